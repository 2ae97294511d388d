#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix of operations and errors: which guest test shows each.

Operations and errors are in hypervisor/{call,ctl}/errors.def, with a reason for those that no test
can show.  The names of tests come from what the tests saw: each prints its calls with their results
(`SEEN`, harness/seen.c), and a cell holds a test that saw call, operation, errno and rule together.
docs/conformance-matrix.md is written from the logs of a run; the style tests ask that it has every
cell, tests/guest/run that each test of it still sees what it stands for.

    matrix.py [--logs build/tests/guest] [--write | --missing]
"""
import argparse
import errno
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
DEFS = ("hypervisor/call/errors.def", "hypervisor/ctl/errors.def")
PAGE = "docs/conformance-matrix.md"
ENTRY = re.compile(r"^(OP|CANNOT|DIFFERS)\(((?:[^()\"]|\"[^\"]*\")*)\)", re.M)
CALL = re.compile(r"^(NO_|)CALL\((\d+), (\w+)", re.M)
RULE = re.compile(r"^RULE\((\w+),", re.M)
SEEN = re.compile(r"^SEEN (\w+)((?: \d+\.\d+\.\d+\.\d+)+)$", re.M)
TEST = re.compile(r"^TEST(?:_ALONE|_FATAL|)\((\w+)\)", re.M)
ROW = re.compile(r"^\| (\S+) \| (\S+) (\w+) \| (\S+) \| (\S+) \| (.*?) \| (.*?) \|$", re.M)
STATUSES = {"GNTST_okay": 0, "GNTST_general_error": 1, "GNTST_bad_domain": 2,
            "GNTST_bad_gntref": 3, "GNTST_bad_handle": 4, "GNTST_bad_virt_addr": 5,
            "GNTST_bad_dev_addr": 6, "GNTST_no_device_space": 7, "GNTST_permission_denied": 8,
            "GNTST_bad_page": 9, "GNTST_bad_copy_arg": 10, "GNTST_address_too_big": 11,
            "GNTST_eagain": 12, "GNTST_no_space": 13}
NONE, NO_RULE = 0xffff, 0xffff
HEAD = """# The conformance matrix

Made by `tests/guest/matrix.py --write` from the logs of a run on both hypervisors; not edited by
hand. [Conformance](conformance.md) says how to read it.

Each row is an operation and an error that [the reference](abi/README.md) documents; `works` is
the operation's success. *Shown by* is a guest test which saw exactly this result, by this rule, on
Mortise; or `cannot:` and why no test can. *Xen* is `same` when that test, or another, had the same
errno from the same operation on Debian's Xen; else what the test had from it there and not here,
or `-`, with the reason why Mortise differs, or why Xen is not asked.
"""


class Op:
    """An operation of a call: `number` is its own, NONE, ANY or OTHER.  `never` among the errors:
    it is always refused."""

    def __init__(self, call: str, number: str, name: str, errors: list):
        self.call, self.number, self.name, self.errors = call, number, name, errors

    def cells(self):
        """(error, rule) of each row, the operation's success first."""
        never = self.number in ("ANY", "OTHER") or ("never",) in self.errors
        return [("works", "-")] * (not never) + [error for error in self.errors if len(error) == 2]


def words(text: str):
    """Arguments of an entry, strings without their quotes; adjacent strings are one."""
    text = re.sub(r'"\s+"', "", text)
    return [word.strip().strip('"') for word in re.findall(r'"[^"]*"|[^,\s][^,]*', text)]


class Matrix:
    """What is to be shown, by the definitions of a tree."""

    def __init__(self, top=TOP):
        top = Path(top)
        self.top, self.ops, self.cannot, self.differs = top, [], {}, []
        calls = CALL.findall((top / "hypervisor/call/hypercalls.def").read_text())
        self.calls = {name: int(number) for _, number, name in calls}
        self.rules = {name: number for number, name in
                      enumerate(RULE.findall((top / "hypervisor/lib/refusals.def").read_text()))}
        for path in DEFS:
            text = re.sub(r"/\*.*?\*/", "", (top / path).read_text(), flags=re.S)
            for kind, inside in ENTRY.findall(text):
                parts = words(inside)
                if kind == "OP":
                    errors = [tuple(error.split()) for error in parts[3:]]
                    self.ops.append(Op(parts[0], parts[1], parts[2], errors))
                elif kind == "DIFFERS":
                    self.differs.append((parts[0], parts[1].split(), parts[2:-1], parts[-1]))
                else:
                    for error in parts[2:-1]:
                        self.cannot[parts[0], parts[1], *error.split()] = parts[-1]
        self.ops += [Op(name, "NONE", "none", [("never",), ("ENOSYS", "UNKNOWN_OPERATION")])
                     for none, _, name in calls if none]
        self.listed = {}
        for op in self.ops:
            self.listed.setdefault(op.call, set()).add(op.number)

    def tests(self) -> dict:
        """{test: its group} of all guest tests."""
        found = {}
        for source in sorted((self.top / "tests/guest").glob("*/*.c")):
            for test in TEST.findall(source.read_text()):
                if found.setdefault(test, source.parent.name) != source.parent.name:
                    raise RuntimeError(f"{test} is in {found[test]} and in {source.parent.name}")
        return found

    def number_matches(self, op: Op, number: int) -> bool:
        """Whether an operation that was seen is this one."""
        if op.number == "NONE":
            return number == NONE
        if op.number == "ANY":
            return True
        if op.number == "OTHER":
            return str(number) not in self.listed[op.call]
        return number == int(op.number)

    def why_differs(self, key) -> str:
        """Why Xen's answer is another one, or ""."""
        call, number, error, rule = key
        for named, numbers, errors, why in self.differs:
            if call == named and (number in numbers or numbers == ["*"]) and \
                    (errors == ["*"] or f"{error} {rule}" in errors):
                return why
        return ""

    def shows(self, op: Op, error: str, rule: str, seen: set) -> bool:
        """Whether a test with these (call, operation, errno, rule) shows the cell."""
        code = self.code(error)
        mine = {(code_seen, rule_seen) for call, number, code_seen, rule_seen in seen
                if call == self.calls[op.call] and self.number_matches(op, number)}
        if rule == "-":  # and nothing that a record explains
            return (code, NO_RULE) in mine and \
                not any(found == code and rule_seen != NO_RULE for found, rule_seen in mine)
        wanted = self.rules.get(rule)
        if error in STATUSES:  # the record has an errno, the element a status
            return (code, NO_RULE) in mine and any(wanted == found for _, found in mine)
        return (code, wanted) in mine

    def codes(self, op: Op, seen: set) -> set:
        """Results of an operation that a test saw, without rules."""
        return {code for call, number, code, rule in seen if rule == NO_RULE and
                call == self.calls[op.call] and self.number_matches(op, number)}

    def on_xen(self, op: Op, error: str, shown: str, mortise: dict, xen: dict) -> str:
        """`same` if a test saw that result on Xen, else what the cell's test saw there alone."""
        if any(self.code(error) in self.codes(op, seen) for seen in xen.values()):
            return "same"
        names = {number: name for name, number in STATUSES.items()} if error in STATUSES else \
            {number: "-" + name for number, name in errno.errorcode.items()}
        other = self.codes(op, xen.get(shown, set())) - self.codes(op, mortise.get(shown, set()))
        return ",".join("works" if code == 0 else names.get(code, str(code))
                        for code in sorted(other)) or "-"

    @staticmethod
    def code(error: str) -> int:
        """Number of an errno or status; 0 for success."""
        if error == "works":
            return 0
        return STATUSES[error] if error in STATUSES else getattr(errno, error)


def seen_in(text: str) -> dict:
    """{test: {(call, operation, errno, rule)}} of a log."""
    found = {}
    for test, line in SEEN.findall(text):
        found.setdefault(test, set()).update(
            tuple(int(part) for part in word.split(".")) for word in line.split())
    return found


def seen_on(logs: Path, subject: str) -> dict:
    """The same of all groups' logs of a subject."""
    found = {}
    for log in sorted(logs.glob(f"{subject}-*.log")):
        for test, words_seen in seen_in(log.read_text()).items():
            found.setdefault(test, set()).update(words_seen)
    return found


def page_cells(top=TOP) -> dict:
    """{(call, number, error, rule): (shown by, Xen)} as the page has them."""
    path = Path(top) / PAGE
    text = path.read_text() if path.exists() else ""
    return {(call, number, error.lstrip("-"), rule.strip("`")): (shown, xen)
            for call, number, _, error, rule, shown, xen in ROW.findall(text)}


def fill(matrix: Matrix, logs: Path) -> dict:
    """All cells from what the tests saw; a test that stood in a cell before stays if it can, and
    if the logs do not have it."""
    before, tests = page_cells(matrix.top), matrix.tests()
    mortise, xen = seen_on(logs, "mortise"), seen_on(logs, "xen")
    groups = {tests[shown] for shown, _ in before.values() if shown in tests}
    all_of_xen = all((logs / f"xen-{group}.log").exists() for group in groups)
    cells = {}
    for op in matrix.ops:
        for error, rule in op.cells():
            key = (op.call, op.number, error, rule)
            names = sorted((test for test, seen in mortise.items()  # random calls come last
                            if matrix.shows(op, error, rule, seen)),
                           key=lambda test: (test.startswith("garbage"), test))
            old, there = before.get(key, ("", ""))
            keep = old in names and not old.startswith("garbage") or \
                old in tests and old not in mortise
            shown = old if keep else names[0] if names else ""
            if all_of_xen or shown in xen and there != "same" or \
                    shown != old and key not in matrix.cannot:
                there = matrix.on_xen(op, error, shown, mortise, xen)
            if key in matrix.cannot:
                shown = f"cannot: {matrix.cannot[key]}" if not names else \
                    f"{shown} (although: cannot)"
            there = there.split(":")[0]
            if there != "same" and key not in matrix.cannot and matrix.why_differs(key):
                there += f": {matrix.why_differs(key)}"
            cells[key] = (shown, there)
    return cells


def write(matrix: Matrix, cells: dict) -> str:
    """The page."""
    lines = [HEAD]
    offered = {op.call for op in matrix.ops if op.name != "none"}
    for call in list(dict.fromkeys(op.call for op in matrix.ops if op.call in offered)) + [None]:
        lines += [f"## {call} ({matrix.calls[call]})" if call else "## Calls that are not offered",
                  "", "| call | operation | error | rule | shown by | Xen |",
                  "|---|---|---|---|---|---|"]
        for op in (op for op in matrix.ops if (op.call if op.call in offered else None) == call):
            for error, rule in op.cells():
                shown, xen = cells[op.call, op.number, error, rule]
                dash = "-" if error.startswith("E") else ""
                rule = rule if rule == "-" else f"`{rule}`"
                lines.append(f"| {op.call} | {op.number} {op.name} | {dash}{error} | {rule} | "
                             f"{shown} | {xen} |")
        lines.append("")
    return "\n".join(lines)


def check_page(matrix: Matrix):
    """Complaints: cells without a test or a reason, tests that are not there, stale rows."""
    cells, tests = page_cells(matrix.top), matrix.tests()
    wanted = {(op.call, op.number, error, rule) for op in matrix.ops for error, rule in op.cells()}
    for key in sorted(wanted - set(cells)):
        yield f"{PAGE}: no row for {' '.join(key)}"
    for key in sorted(set(cells) - wanted):
        yield f"{PAGE}: a row for {' '.join(key)}, which no errors.def has"
    for why in sorted(set(matrix.cannot.values())):
        for unit in re.findall(r"unit test (\w+)", why):
            if not (matrix.top / f"tests/unit/{unit}.c").exists():
                yield f"errors.def: there is no unit test {unit}"
    for key in sorted(set(matrix.cannot) - wanted):
        yield f"errors.def: CANNOT for {' '.join(key)}, which no OP has"
    for key in sorted(wanted & set(cells)):
        shown, xen = cells[key]
        if key in matrix.cannot:
            if shown != f"cannot: {matrix.cannot[key]}":
                yield f"{PAGE}: {' '.join(key)} is not as errors.def says it cannot be shown"
        elif shown not in tests:
            yield f"{PAGE}: {' '.join(key)} has neither a test nor a reason: \"{shown}\""
        elif xen != "same" and (not matrix.why_differs(key) or
                                not xen.endswith(": " + matrix.why_differs(key))):
            yield f"{PAGE}: {' '.join(key)} is another on Xen, and nothing says why"


def check_seen(matrix: Matrix, group: str, ran: set, log: str):
    """Complaints: tests of a group that did not see what the page says they show."""
    cells, tests, seen = page_cells(matrix.top), matrix.tests(), seen_in(log)
    for op in matrix.ops:
        for error, rule in op.cells():
            shown = cells.get((op.call, op.number, error, rule), ("", ""))[0]
            if shown in ran and tests.get(shown) == group and \
                    not matrix.shows(op, error, rule, seen.get(shown, set())):
                yield f"{shown} did not see {op.call} {op.name}: {error} {rule}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", type=Path, default=TOP / "build/tests/guest")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}")
    parser.add_argument("--missing", action="store_true", help="print the cells without a test")
    options = parser.parse_args()
    matrix = Matrix()
    cells = fill(matrix, options.logs)
    empty = [key for key, (shown, _) in cells.items() if not shown or "although" in shown]
    if options.missing:
        print("\n".join(" ".join(key) + " " + cells[key][0] for key in empty))
    if options.write:
        (TOP / PAGE).write_text(write(matrix, cells))
    same = sum(xen.startswith("same") for _, xen in cells.values())
    cannot = sum(shown.startswith("cannot") for shown, _ in cells.values())
    print(f"{len(cells)} cells: {len(cells) - len(empty) - cannot} shown, {cannot} cannot be, "
          f"{len(empty)} missing; {same} the same on Xen")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
