# SPDX-License-Identifier: GPL-2.0-or-later
"""The same programs on Mortise and on Debian's Xen, answer by answer.

A program is followed up to the first difference that the file `differences` does not list, or until
the two go different ways, since what succeeded on one only leaves another state behind. Boots make
many programs, and what one leaves behind in Xen can be a later one's difference (a PIRQ that stays
bound, a use of a frame): a program with a difference is made again in a boot of its own, and that
counts.
"""
import re
import time
from concurrent.futures import ThreadPoolExecutor
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
    """(answers that were compared, listed differences among them, the first other one or None,
    whether that came after one in which only one of both did something)."""
    seen = listed = 0
    apart = False
    for one, other in zip(xen, ours):
        if one[:2] != other[:2]:
            break
        seen += 1
        if one[2] == other[2]:
            continue
        if not is_known(known, one[1], one[2], other[2]):
            return seen, listed, (one[1], one[2], other[2]), apart
        listed += 1
        apart = apart or one[2].startswith("-") != other[2].startswith("-")
    return seen, listed, None, apart


class Comparison:
    """Both hypervisors, what differs on purpose, and the sums so far."""

    def __init__(self, machines, seed, log):
        self.machines, self.seed, self.log = machines, seed, log
        self.known, self.unknown = known_differences(), {}
        self.programs = self.same = self.listed = self.answers = self.alone = self.apart = 0
        machine_module.QUIET = 10.0  # nobody's finding here

    @property
    def differing(self):
        """Programs with a difference that is not listed."""
        return sum(map(len, self.unknown.values()))

    def boot(self, first, count):
        """Both at once; (programs of Xen, programs of Mortise, whether both came to their end)."""
        def one(machine):
            return machine.boot(f"seed={self.seed} first={first} programs={count} "
                                f"length={LENGTH} comparing=1", 3600, self.log).text
        with ThreadPoolExecutor(len(self.machines)) as pool:
            xen, ours = pool.map(one, self.machines)
        ended = all(machine_module.END.search(text.encode()) for text in (xen, ours))
        return programs_of(xen), programs_of(ours), ended

    def judge(self, number, xen, ours):
        """Counts one program."""
        result = follow(self.known, xen, ours)
        if result[2]:
            self.alone += 1
            xen, ours, ended = self.boot(number, 1)
            if ended and number in xen and number in ours:
                result = follow(self.known, xen[number], ours[number])
        seen, listed, difference, apart = result
        if difference and apart:
            self.apart, difference = self.apart + 1, None
            listed = max(listed, 1)
        self.programs += 1
        self.answers += seen
        self.same += difference is None and not listed
        self.listed += difference is None and listed > 0
        if difference:
            self.unknown.setdefault(difference, []).append(number)

    def some(self, first, number):
        """Up to `number` programs from `first` on; the next one."""
        xen, ours, _ = self.boot(first, number)
        common = sorted(set(xen) & set(ours))
        # The last one of a boot that ended early is not whole.
        for each in common if len(common) == number else common[:-1]:
            self.judge(each, xen[each], ours[each])
        # One that ends a boot by itself is left behind.
        return common[-1] + (len(common) in (1, number)) if common else first + 1


def compare(machines, seed, count, log, seconds=None):
    """Runs `count` programs on both; the comparison."""
    sums = Comparison(machines, seed, log)
    first, end = 0, time.monotonic() + (seconds or 1e9)
    while sums.programs < count and time.monotonic() < end:
        first = sums.some(first, min(BOOT, count - sums.programs))
        print(f"{sums.programs} programs, {sums.answers} answers, "
              f"{sums.differing} to judge", flush=True)
    return sums
