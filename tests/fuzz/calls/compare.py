# SPDX-License-Identifier: GPL-2.0-or-later
"""The same programs on Mortise and on Debian's Xen, answer by answer.

A program is followed up to the first difference that the file `differences` does not list, or until
the two go different ways, since what succeeded on one only leaves another state behind.
"""
import re
from pathlib import Path

LENGTH = 512  # short, so that one known difference hides little
BOOT = 250    # programs of a boot
ANSWER = re.compile(r"^C (\d+) (\d+\.\d+) (-?\d+)$")


def known_differences():
    """{(call.sub, xen's answer, ours)}; a star stands for any answer."""
    found = set()
    for line in (Path(__file__).resolve().parent / "differences").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            call, xen, ours = line.split()[:3]
            found.add((call, xen, ours))
    return found


def is_known(known, call, xen, ours):
    """Whether a difference is one of the list."""
    return any((name, a, b) in known for name in (call, call.split(".")[0] + ".*")
               for a in (xen, "*") for b in (ours, "*"))


def programs_of(text):
    """{number: [(position, call.sub, answer)]} of what a boot said."""
    found, answers = {}, None
    for line in text.splitlines():
        if line.startswith("PROGRAM "):
            answers = found.setdefault(int(line.split()[1]), [])
        answer = ANSWER.match(line)
        if answer and answers is not None:
            answers.append(answer.groups())
    return found


def follow(known, xen, ours):
    """(answers that were compared, listed differences among them, the first other one or None)."""
    seen = listed = 0
    for one, other in zip(xen, ours):
        if one[:2] != other[:2]:
            break
        seen += 1
        if one[2] == other[2]:
            continue
        if not is_known(known, one[1], one[2], other[2]):
            return seen, listed, (one[1], one[2], other[2])
        listed += 1
    return seen, listed, None


def compare(machines, seed, count, log):
    """Runs `count` programs on both; (a summary's numbers, {difference: [programs]})."""
    known, unknown = known_differences(), {}
    sums = {"programs": 0, "same": 0, "known": 0, "answers": 0}
    first = 0
    while first < count:
        arguments = (f"seed={seed} first={first} programs={min(BOOT, count - first)} "
                     f"length={LENGTH} comparing=1")
        both = {m.subject: programs_of(m.boot(arguments, 600, log).text) for m in machines}
        common = sorted(set(both["xen"]) & set(both["mortise"]))
        # The last one of a boot that ended early is not whole.
        for number in common[:-1] if len(common) < min(BOOT, count - first) else common:
            xen, ours = both["xen"][number], both["mortise"][number]
            sums["programs"] += 1
            seen, listed, difference = follow(known, xen, ours)
            sums["answers"] += seen
            sums["same"] += difference is None and not listed
            sums["known"] += difference is None and listed > 0
            if difference:
                unknown.setdefault(difference, []).append(number)
        first = max(common[-1] if common else first, first) + 1
    return sums, unknown
