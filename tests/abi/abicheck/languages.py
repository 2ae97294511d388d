# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles the headers in each language they promise: alone, freestanding, without a warning."""
from concurrent.futures import ThreadPoolExecutor

from . import compare, toolchain

MODES = (
    ("gcc", "c99", "c"), ("gcc", "c11", "c"), ("gcc", "c17", "c"), ("gcc", "gnu17", "c"),
    ("g++", "c++11", "c++"), ("g++", "c++17", "c++"),
    ("clang", "c99", "c"), ("clang", "c11", "c"), ("clang", "c17", "c"),
    ("clang++", "c++11", "c++"), ("clang++", "c++17", "c++"),
)
# Those in which each header is compiled alone; in the others all of them together.
ALONE = (("gcc", "c99"), ("gcc", "c17"), ("g++", "c++17"), ("clang", "c17"), ("clang++", "c++17"))
# Types only: nothing in them serves an assembly file.
NOT_ASSEMBLY = ("pv/", "xen/io/", "xen/arch-x86/hvm/", "xen/hvm/start_info.h",
                "xen/arch-x86/cpufeatureset.h")
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]


def own_headers(include):
    """Every header that a user may include; the folder abi/ is reached through the others."""
    found = [h for h in compare.list_headers(include) if "/abi/" not in h]
    return found + compare.list_headers(include, "pv")


def jobs(include):
    """(what, command) of each compilation."""
    headers = own_headers(include)

    def job(mode, names, defines, what):
        text = "".join("#include <%s>\n" % n for n in names) + "extern int used;\n"
        path = toolchain.write_source(text, ".cc" if mode[2] == "c++" else ".c")
        return (what, [mode[0], "-std=" + mode[1], "-x", mode[2], "-ffreestanding",
                       "-fsyntax-only"] + WARNINGS + defines + ["-I", include, path])

    for mode in MODES:
        label = "%s -std=%s" % mode[:2]
        for header in headers if mode[:2] in ALONE else ():
            yield job(mode, [header], ["-D__XEN_TOOLS__"], "%s: <%s> alone" % (label, header))
        for name, defines in compare.CONFIGS:
            use = compare.usable(headers, defines)
            # Stubs refuse revisions whose numbers they would get wrong; a hypervisor is no guest.
            if name in ("guest, unset", "hypervisor"):
                use = [h for h in use if not h.startswith("pv/")]
            yield job(mode, use, defines, "%s: all, %s" % (label, name))
    for name, defines in compare.CONFIGS[1:3] + compare.CONFIGS[-1:]:
        for header in compare.usable(headers, defines):
            if name == "hypervisor" and header.startswith("pv/"):
                continue
            yield job(("gcc", "c17", "c"), [header], defines,
                      "gcc -std=c17: <%s> alone, %s" % (header, name))
    for header in headers:
        if header.startswith(NOT_ASSEMBLY):
            continue
        path = toolchain.write_source("#include <%s>\n" % header, ".S")
        yield ("assembly: <%s>" % header, ["gcc", "-D__ASSEMBLY__", "-D__XEN_TOOLS__", "-c", "-o",
                                           "/dev/null", "-I", include, path])


def run(include, report, only=""):
    """Compiles everything, or what names one header."""
    todo = [(what, command) for what, command in jobs(include) if only in what]
    with ThreadPoolExecutor(2) as pool:
        for (what, _), (status, _, err) in zip(todo, pool.map(lambda j: toolchain.run(j[1]), todo)):
            if status == 0:
                report.ok("compilations without a warning")
            else:
                report.fail("language", what, err.strip().split("\n")[0][:300])
