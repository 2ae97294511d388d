# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that shows something, made smaller: its end is cut, then operations are left out.

`shows(length, drops)` says whether it is still shown; drops are ranges of operations by number.
"""

TRIES = 60  # boots


def shortest(shows, length):
    """The least length, to a sixty-fourth, by bisection: what is shown once stays shown."""
    low, high = 0, length
    while high - low > max(length // 64, 8):
        middle = (low + high) // 2
        if shows(middle, []):
            high = middle
        else:
            low = middle
    return high


def smaller(shows, length):
    """(length, ranges that may be left out): halves, quarters, ... of the operations, by turns."""
    length = shortest(shows, length)
    most = length // 8 + 1  # operations that so many bytes can be
    dropped, tries, size = [], TRIES, most // 2
    while size >= 1 and tries > 0:
        for start in range(0, most, size):
            piece = (start, min(start + size, most))
            if tries > 0 and not any(a <= piece[0] and piece[1] <= b for a, b in dropped):
                tries -= 1
                if shows(length, dropped + [piece]):
                    dropped.append(piece)
        size //= 2
    return length, joined(dropped)


def joined(ranges):
    """The same ranges, with neighbours in one."""
    found = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def argument(ranges):
    """The kernel's."""
    return "drop=" + ",".join(f"{start}.{end}" for start, end in ranges) if ranges else ""
