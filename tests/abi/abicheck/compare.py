# SPDX-License-Identifier: GPL-2.0-or-later
"""Sets the two sets of headers side by side, in each configuration a user may choose."""
import os
import re

from . import macros, types
from .toolchain import Side, run as run_tool, work_dir, write_source

LATEST = "-D__XEN_INTERFACE_VERSION__=0x00040e00"

# Name, defines. Control calls exist only in the first two.
CONFIGS = (
    ("tools", ["-D__XEN_TOOLS__"]),
    ("hypervisor", ["-D__XEN__"]),
    ("guest, newest", [LATEST]),
    ("guest, 4.3", ["-D__XEN_INTERFACE_VERSION__=0x00040300"]),
    ("guest, 3.2", ["-D__XEN_INTERFACE_VERSION__=0x00030209"]),
    ("guest, unset", []),
)
PRIVILEGED = ("xen/domctl.h", "xen/sysctl.h")


def list_headers(include, below="xen"):
    """Paths under the include directory, as they are written in #include."""
    found = []
    for folder, _, files in os.walk(os.path.join(include, below)):
        for name in files:
            if name.endswith(".h"):
                found.append(os.path.relpath(os.path.join(folder, name), include))
    return sorted(found)


def left_out(readme):
    """Header to reason, from the table under the README's last heading."""
    with open(readme) as f:
        table = f.read().split("\n## Left out\n")[-1]
    return dict(re.findall(r"^\| `(xen/[\w/.-]+\.h)` \| (.+?) \|$", table, re.M))


def usable(headers, defines):
    """The headers a configuration may include."""
    privileged = any(d in ("-D__XEN__", "-D__XEN_TOOLS__") for d in defines)
    return [h for h in headers if privileged or h not in PRIVILEGED]


def stub_dir():
    """A directory with an empty xen/lib.h."""
    path = os.path.join(work_dir(), "stub")
    os.makedirs(os.path.join(path, "xen"), exist_ok=True)
    with open(os.path.join(path, "xen", "lib.h"), "w"):
        pass
    return path


def run(reference, ours, readme, report):
    theirs, mine = list_headers(reference), list_headers(ours)
    missing = left_out(readme)
    for header in theirs:
        if header in mine and header in missing:
            report.fail("file", header, "is provided, and listed in the README as left out")
        elif header in mine or header in missing:
            report.ok("headers provided, or left out with a reason")
        else:
            report.fail("file", header, "is neither provided nor listed in the README")
    for header in missing:
        if header not in theirs:
            report.fail("file", header, "is listed in the README, but libxen-dev has no such file")
    shared = [h for h in theirs if h in mine]
    for name, defines in CONFIGS:
        use = usable(shared, defines)
        # Some of the reference's headers reach into the hypervisor they were made for.
        theirs_too = ["-I", stub_dir()] if "-D__XEN__" in defines else []
        compare_sides(Side(reference, use, defines + theirs_too), Side(ours, use, defines),
                      name, report)
    alone(reference, ours, shared, report)


def compare_sides(theirs, mine, config, report):
    compare_macros(theirs, mine, config, report)
    compare_types(theirs, mine, config, report)


def compare_values(kind, config, theirs, mine, names, group, report):
    for name in sorted(names):
        if name in theirs and name in mine and theirs[name] == mine[name]:
            report.ok("%s (%s)" % (group, config))
        elif name not in mine:
            report.fail(kind, name, "%s: has the value %s there, and none here"
                        % (config, theirs[name]))
        elif name not in theirs:
            report.fail(kind, name, "%s: has the value %s here, and none there"
                        % (config, mine[name]))
        else:
            report.fail(kind, name, "%s: is %s there and %s here"
                        % (config, theirs[name], mine[name]))


def compare_macros(theirs, mine, config, report):
    there, here = macros.list_macros(theirs), macros.list_macros(mine)
    for name in sorted(set(there) - set(here)):
        report.fail("macro", name, "%s: is not defined here" % config)
    for name in sorted(set(here) - set(there)):
        report.fail("extra", name, "%s: is defined here only" % config)
    both = set(there) & set(here)
    there = {n: there[n] for n in both}
    here = {n: here[n] for n in both}
    for name in sorted(both):
        if (there[name][0] is None) != (here[name][0] is None):
            report.fail("macro", name, "%s: takes arguments on one side only" % config)

    left, right = macros.constants(theirs, there), macros.constants(mine, here)
    compare_values("macro", config, left, right, set(left) | set(right), "constants", report)
    known = set(left) | set(right)
    left_types = macros.type_aliases(theirs, there, known)
    right_types = macros.type_aliases(mine, here, known)
    compare_values("macro", config, left_types, right_types, set(left_types) | set(right_types),
                   "type macros", report)

    functions = {n for n in both if there[n][0] is not None and here[n][0] is not None}
    left_calls = macros.calls(theirs, there, functions)
    right_calls = macros.calls(mine, here, functions)
    compare_values("macro", config, left_calls, right_calls, set(left_calls) & set(right_calls),
                   "macro calls", report)
    called = {c.split("(")[0] for c in set(left_calls) & set(right_calls)}
    for name in functions - called:
        report.skip("macros with arguments that make no constant", name)
    known |= set(left_types) | set(right_types)
    for name in both - functions - known:
        body = there[name][1]
        report.skip("empty macros" if not body else "macros that are neither value nor type", name)


def compare_types(theirs, mine, config, report):
    left, right = types.read(theirs), types.read(mine)
    for name in sorted(set(left.named) - set(right.named)):
        report.fail("type", name, "%s: is not defined here" % config)
    for name in sorted(set(right.named) - set(left.named)):
        report.fail("extra", name, "%s: is defined here only" % config)
    for name in sorted(set(left.named) & set(right.named)):
        there, here = left.named[name], right.named[name]
        for member in sorted(set(there) | set(here)):
            full = "%s.%s" % (name, member) if member else name
            group = "%s (%s)" % ("members" if member else "type sizes", config)
            if there.get(member) == here.get(member):
                report.ok(group)
            else:
                report.fail("member" if member else "type", full, "%s: is `%s` there and `%s` here"
                            % (config, there.get(member), here.get(member)))
    compare_values("enumerator", config, left.enumerators, right.enumerators,
                   set(left.enumerators) & set(right.enumerators), "enumerators", report)
    for name in sorted(set(left.enumerators) - set(right.enumerators)):
        report.fail("enumerator", name, "%s: is not defined here" % config)
    for name in sorted(set(right.enumerators) - set(left.enumerators)):
        report.fail("extra", name, "%s: is defined here only" % config)


def alone(reference, ours, shared, report):
    """Each header by itself must show at least the names it shows on the other side."""
    for header in shared:
        there = Side(reference, [header], ["-D__XEN_TOOLS__"], alone=True)
        here = Side(ours, [header], ["-D__XEN_TOOLS__"], alone=True)
        lost = set(macros.list_macros(there)) - set(macros.list_macros(here))
        status, _, err = run_tool(there.gcc("-fsyntax-only", write_source(there.source)))
        lost_types = set()
        if status == 0:
            lost_types = set(types.read(there).named) - set(types.read(here).named)
        for name in sorted(lost):
            report.fail("macro", name, "is not defined after <%s> alone" % header)
        for name in sorted(lost_types):
            report.fail("type", name, "is not defined after <%s> alone" % header)
        report.ok("headers that define all their names alone")
