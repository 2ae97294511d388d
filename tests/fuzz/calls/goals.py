# SPDX-License-Identifier: GPL-2.0-or-later
"""What a campaign is to reach: each operation that the reference documents succeeded often enough,
and gave each of its documented errors, or there is a reason why it can't.

The operations and errors are those of hypervisor/{call,ctl}/errors.def, as the conformance matrix
reads them; reasons are that file's CANNOT and, for what only this kernel can't do, the file
`cannot`.
"""
import errno
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "guest"))
from matrix import STATUSES, Matrix  # noqa: E402

WANTED = 10000  # successes of each operation
FAVOURED = 40   # operations that a boot favours
AUDIT = "mortise_audit"   # the judges make them
PRIVILEGED = {"platform_op", "physdev_op", "sysctl", "domctl", "arch_0", "console_io"}
SKIPPED = {"multicall"}  # comes by itself


class Row:
    """An operation: `good` and errors {name: count} as counted, `lacks` what is still to come,
    `reasons` why some of it can't."""

    def __init__(self, op, call, subs, counts):
        self.op, self.call, self.subs = op, call, subs
        rows = [counts[key] for key in subs if key in counts]
        self.good = sum(row["good"] for row in rows)
        self.tries = sum(row["tries"] for row in rows)
        self.bad = {}
        for row in rows:
            for number, count in row["bad"].items():
                self.bad[int(number)] = self.bad.get(int(number), 0) + count
        self.lacks, self.reasons = [], {}

    @property
    def name(self):
        """As in the matrix."""
        return f"{self.op.call} {self.op.number}"


def count_of(row, error):
    """How often it gave that error: an errno, or a grant's status."""
    if error in STATUSES:
        return row.bad.get(-STATUSES[error], 0)
    # Calls over extents say how many were done: 0 of 1 is their refusal, whatever the reason.
    if row.op.call == "memory_op" and row.op.number in ("0", "1", "6"):
        return row.bad.get(-1000, 0) + row.bad.get(-getattr(errno, error), 0)
    return row.bad.get(-getattr(errno, error), 0)


def cannot():
    """{(call, number, error or "works"): why} of the file; a star is every operation of a call."""
    found = {}
    for line in (HERE / "cannot").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            call, number, errors, why = line.split(None, 3)
            for error in errors.split(","):
                found[call, number, error] = why
    return found


def rows(counts):
    """A Row for each operation of the matrix that has one of its own."""
    matrix, known = Matrix(), cannot()
    for op in matrix.ops:
        if op.name == "none" or op.call in SKIPPED:
            continue
        call = matrix.calls[op.call]
        keys = [key for key in counts if int(key.split(".")[0]) == call]
        listed = {f"{call}.{number}" for number in matrix.listed[op.call]}
        if op.number == "OTHER":
            keys = [key for key in keys if key not in listed]
        elif op.number not in ("ANY", "NONE"):
            keys = [f"{call}.{op.number}"]
        row = Row(op, call, keys, counts)
        cells = [cell[0] for cell in op.cells()]
        for error in dict.fromkeys(cells):
            rules = [cell[1] for cell in op.cells() if cell[0] == error]
            why = known.get((op.call, op.number, error)) or known.get((op.call, "*", error))
            if why is None and all((op.call, op.number, error, rule) in matrix.cannot
                                   for rule in rules):
                why = matrix.cannot[op.call, op.number, error, rules[0]]
            short = row.good < WANTED if error == "works" else not count_of(row, error)
            if short and why is not None:
                row.reasons[error] = why
            elif short:
                row.lacks.append(error)
        yield row


def favours(counts, number, guest):
    """The kernel's arguments for a boot: operations that are behind, how often it lies, whether the
    host runs out of memory, and how often it is judged. A guest is refused what is a control
    domain's."""
    chance = random.Random(number)
    weights, more = {}, ""
    if number % 4 == 2:
        more += " scarce=1"
    for row in rows(counts):
        if row.op.name == AUDIT and row.good < WANTED and number % 8 == 5:
            more += " audit=1000"
        if not row.lacks or row.op.number in ("ANY", "OTHER") or row.op.name == AUDIT:
            continue
        if guest and row.op.call in PRIVILEGED and "EPERM" not in row.lacks:
            continue
        share = 1 - row.good / WANTED if "works" in row.lacks else 0.3
        for key in row.subs or [f"{row.call}.0"]:
            weights[key] = max(share, 0.02)
    names = sorted(weights)
    chance.shuffle(names)
    names.sort(key=lambda key: -weights[key] * chance.random())
    if not names or number % 4 == 3:
        return more.strip()
    lies = (14, 6, 40)[number % 4]
    return f"favour={','.join(names[:FAVOURED])} lies={lies}{more}"


def text(counts):
    """What is short of the goal and has no reason, and a summary."""
    lines, all_rows = [], list(rows(counts))
    for row in all_rows:
        if row.lacks:
            lines.append(f"short: {row.name:24} {row.op.name:28} {row.good:9} of {row.tries} "
                         f"succeeded; lacks {' '.join(row.lacks)}")
    cells = sum(len(dict.fromkeys(cell[0] for cell in row.op.cells())) for row in all_rows)
    lacks = sum(len(row.lacks) for row in all_rows)
    reasons = sum(len(row.reasons) for row in all_rows)
    works = [row for row in all_rows if ("works", "-") in row.op.cells()]
    enough = sum(row.good >= WANTED for row in works)
    lines.append(f"measure fuzz goals: {enough} of {len(works)} operations succeeded {WANTED} "
                 f"times; of {cells} documented results {cells - lacks - reasons} were "
                 f"reached, {reasons} can't be, {lacks} are short")
    return "\n".join(lines)
