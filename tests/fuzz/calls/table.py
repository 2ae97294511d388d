# SPDX-License-Identifier: GPL-2.0-or-later
"""The table at the end of a run: calls of each sub-operation, what succeeded, each errno."""
import re
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent.parent


# The last operation of each call that has them; what is beyond is one row.
LAST = {12: 28, 17: 10, 18: 1, 20: 11, 21: 32, 24: 13, 25: 3, 26: 20, 28: 1, 29: 7, 30: 1, 32: 10,
        33: 31, 40: 7}
UNKNOWN = 99


def names():
    """{number: name} out of the hypervisor's list of calls."""
    text = (TOP / "hypervisor" / "call" / "hypercalls.def").read_text()
    return {int(n): name for n, name in re.findall(r"^CALL\((\d+), (\w+)", text, re.M)}


def errnos():
    """{number: name} of the ABI's errnos."""
    text = (TOP / "guest-pv-headers" / "include" / "xen" / "errno.h").read_text()
    return {int(n): name for name, n in re.findall(r"XEN_ERRNO\((\w+),\s*(\d+)\)", text)}


def answer(call, number, words):
    """A refusal in words: errno, a grant's status, or 0 extents where some were asked for."""
    if number == -1000:
        return "none"
    if call == 20 and number > -13:
        return f"GNTST{number}"
    return words.get(-number, str(number))


def folded(counts, known):
    """{(call, sub): row}, with numbers that are no operation in one row a call."""
    rows = {}
    for key, row in counts.items():
        call, sub = map(int, key.split("."))
        if call not in known or sub > LAST.get(call, UNKNOWN):
            sub = UNKNOWN
        sums = rows.setdefault((call, sub), {"tries": 0, "good": 0, "longest": 0, "bad": {}})
        sums["tries"] += row["tries"]
        sums["good"] += row["good"]
        sums["longest"] = max(sums["longest"], row["longest"])
        for number, count in row["bad"].items():
            sums["bad"][number] = sums["bad"].get(number, 0) + count
    return rows


def text(tally, counted=False):
    """All of it; with the longest time of each if it counts instructions."""
    known, words, lines = names(), errnos(), []
    tries = good = 0
    for (call, sub), row in sorted(folded(tally.counts, known).items()):
        bad = " ".join(f"{answer(call, int(n), words)}:{count}"
                       for n, count in sorted(row["bad"].items(), key=lambda item: -item[1]))
        name = "all" if sub == UNKNOWN else sub
        lines.append(f"{known.get(call, '?'):30} {name:>4} {row['tries']:9} {row['good']:9}  "
                     f"{str(row['longest']).rjust(10) * counted}{'  ' * counted}{bad}")
        tries += row["tries"]
        good += row["good"]
    modes = ", ".join(f"{n} {mode}" for mode, n in sorted(tally.calls.items()))
    lines.insert(0, f"{'call':30} {'sub':>4} {'tries':>9} {'good':>9}  "
                    f"{'longest   ' * counted}refused")
    lines.append(f"measure fuzz calls: {tries} answers ({modes}), {100 * good / max(tries, 1):.1f}"
                 f"% succeeded, {tally.boots} boots, {len(tally.findings)} findings")
    for mode, work in sorted(tally.work.items()):
        lines.append(f"measure fuzz rate {mode}: {tally.calls[mode] / max(work, 1):.0f} calls in a "
                     f"second of QEMU's CPU time")
    lines += [f"finding: {what}" for what in tally.findings]
    return "\n".join(lines)
