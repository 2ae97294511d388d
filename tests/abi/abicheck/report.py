# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts results, and excuses the differences that tests/abi/allowed gives a reason for."""
import fnmatch


class Allowed:
    """One line of the list: what kind of difference, of which names, and why."""

    def __init__(self, kind, pattern, reason, line):
        self.kind, self.pattern, self.reason, self.line = kind, pattern, reason, line
        self.used = 0

    def matches(self, kind, name):
        return kind == self.kind and fnmatch.fnmatchcase(name, self.pattern)


def read_allowed(path):
    """Reads `kind pattern: reason` lines; a line that starts with '#' is a comment."""
    found = []
    with open(path) as f:
        for number, line in enumerate(f, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            head, _, reason = line.partition(": ")
            words = head.split()
            if len(words) != 2 or not reason.strip():
                raise SystemExit("%s:%d: want `kind pattern: reason`" % (path, number))
            found.append(Allowed(words[0], words[1], reason.strip(), number))
    return found


class Report:
    def __init__(self, allowed=(), verbose=False, quiet=False):
        self.allowed, self.verbose, self.quiet = list(allowed), verbose, quiet
        self.passed = self.failed = self.excused = 0
        self.groups = {}
        self.failures = []
        self.not_compared = {}

    def ok(self, group):
        self.passed += 1
        self.groups[group] = self.groups.get(group, 0) + 1

    def fail(self, kind, name, text):
        """A difference; kind and name are what an entry of the allowed list matches."""
        for entry in self.allowed:
            if entry.matches(kind, name):
                entry.used += 1
                self.excused += 1
                return
        self.failed += 1
        self.failures.append((kind, name, text))
        if not self.quiet:
            print("FAIL %s %s: %s" % (kind, name, text))

    def skip(self, why, name):
        """Something that has no value to compare; it counts neither way."""
        self.not_compared.setdefault(why, set()).add(name)

    def check_allowed_used(self):
        for entry in self.allowed:
            if not entry.used:
                self.fail("allowed", entry.pattern,
                          "line %d of the list matches no difference" % entry.line)

    def finish(self, seconds):
        for group in sorted(self.groups):
            print("%6d %s" % (self.groups[group], group))
        print("%6d differences excused by tests/abi/allowed" % self.excused)
        for why in sorted(self.not_compared):
            names = sorted(self.not_compared[why])
            print("%6d not compared: %s" % (len(names), why))
            if self.verbose:
                for name in names:
                    print("         %s" % name)
        print("%.1f s" % seconds)
        print("%d passed, %d failed" % (self.passed, self.failed))
