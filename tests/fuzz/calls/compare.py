# SPDX-License-Identifier: GPL-2.0-or-later
"""The same programs on Mortise and on Debian's Xen, answer by answer.

A program is followed up to the first difference that the file `differences` does not list, or until
the two go different ways, since what succeeded on one only leaves another state behind.
"""
import re
import time
from pathlib import Path

import machine as machine_module

LENGTH = 512  # short, so that one known difference hides little
BOOT = 500    # programs of a boot
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


def compare(machines, seed, count, log, seconds=None):
    """Runs `count` programs on both; (a summary's numbers, {difference: [programs]})."""
    known, unknown = known_differences(), {}
    machine_module.QUIET = 10.0  # nobody's finding here
    sums = {"programs": 0, "same": 0, "known": 0, "answers": 0}
    first, end = 0, time.monotonic() + (seconds or 1e9)
    while first < count:
        both, number = {}, min(BOOT, count - first)
        for machine in machines:  # the second makes only what the first came to
            ending = machine.boot(f"seed={seed} first={first} programs={number} length={LENGTH} "
                                  f"comparing=1", 3600, log)
            both[machine.subject] = programs_of(ending.text)
            number = len(both[machine.subject])
        common = sorted(set(both["xen"]) & set(both["mortise"]))
        # The last one of a boot that ended early is not whole.
        whole = common if len(common) == min(BOOT, count - first) else common[:-1]
        for number in whole:
            xen, ours = both["xen"][number], both["mortise"][number]
            sums["programs"] += 1
            seen, listed, difference = follow(known, xen, ours)
            sums["answers"] += seen
            sums["same"] += difference is None and not listed
            sums["known"] += difference is None and listed > 0
            if difference:
                unknown.setdefault(difference, []).append(number)
        first = max(common[-1] if common else first, first) + 1
        print(f"{sums['programs']} programs, {sums['answers']} answers, "
              f"{sum(map(len, unknown.values()))} to judge", flush=True)
        if time.monotonic() > end:
            break
    return sums, unknown
