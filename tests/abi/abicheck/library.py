# SPDX-License-Identifier: GPL-2.0-or-later
"""libhvctl's face: its header in each language, the functions that the library shows, all under
a version, pkg-config's answer, and the example built with nothing else."""
import os
import re

from . import toolchain

MODES = (("gcc", "c11", "c"), ("gcc", "c17", "c"), ("g++", "c++11", "c++"), ("g++", "c++17", "c++"),
         ("clang", "c11", "c"), ("clang++", "c++17", "c++"))
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]


def declared(text):
    """Functions that the header declares, but for those it only names as types."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = "\n".join(line for line in text.split("\n") if not line.startswith("typedef"))
    return set(re.findall(r"\b(hvctl_\w+)\(", text))


def shown(library):
    """Names that a program can link to, by version."""
    status, out, err = toolchain.run(["nm", "-D", "--defined-only", library])
    if status:
        return None, err
    names = {}
    for line in out.splitlines():
        name, _, version = line.split()[-1].partition("@@")
        if version:
            names[name] = version
        elif not name.startswith("HVCTL_"):
            names[name] = ""
    return names, ""


def check_symbols(header, library, report):
    """The library shows what the header declares, no more and no less."""
    names, err = shown(library)
    if names is None:
        report.fail("library", "symbols", err.strip() or "nm failed")
        return
    for name in sorted(declared(header) - set(names)):
        report.fail("library", name, "declared, but not in the library")
    for name in sorted(set(names) - declared(header)):
        report.fail("library", name, "in the library, but not declared")
    for name, version in sorted(names.items()):
        if version.startswith("HVCTL_"):
            report.ok("functions under a version")
        else:
            report.fail("library", name, "without a version")


def run(top, build, report):
    include = os.path.join(top, "libhvctl/include")
    with open(os.path.join(include, "hvctl.h"), encoding="utf-8") as file:
        header = file.read()
    for compiler, standard, language in MODES:
        path = toolchain.write_source("#include <hvctl.h>\n#include <hvctl.h>\nextern int used;\n",
                                      ".cc" if language == "c++" else ".c")
        status, _, err = toolchain.run([compiler, "-std=" + standard, "-x", language,
                                        "-fsyntax-only", *WARNINGS, "-I", include, path])
        if status:
            report.fail("library", f"hvctl.h as {standard}", err.strip().split("\n")[0][:300])
        else:
            report.ok("hvctl.h without a warning")
    check_symbols(header, os.path.join(build, "libhvctl/.libs/libhvctl.so.0"), report)
    status, out, err = toolchain.run(["env", "PKG_CONFIG_PATH=" + os.path.join(build, "libhvctl"),
                                      "pkg-config", "--cflags", "--libs", "libhvctl"])
    if status or "-lhvctl" not in out:
        report.fail("library", "libhvctl.pc", (err or out).strip())
    else:
        report.ok("pkg-config's answer")
    status, _, err = toolchain.run([
        "gcc", "-std=c11", *WARNINGS, "-I", include, "-o", "/dev/null",
        os.path.join(top, "libhvctl/example/guests.c"), "-L",
        os.path.join(build, "libhvctl/.libs"), "-lhvctl"])
    if status:
        report.fail("library", "the example", err.strip().split("\n")[0][:300])
    else:
        report.ok("the example, linked")
