# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tests/abi/behaviour.c against both sets of headers and compares what it prints."""
import os

from . import toolchain

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "behaviour.c")


def output(include):
    """Lines the program prints when it is built against these headers."""
    exe = toolchain.write_source("", ".exe")
    where = [] if os.path.realpath(include) == "/usr/include" else ["-I", include]
    toolchain.must(["gcc", "-std=gnu17", "-O1", "-w"] + where + ["-o", exe, PROGRAM])
    return toolchain.must([exe]).split("\n")


def run(reference, ours, report):
    theirs, mine = output(reference), output(ours)
    if len(theirs) != len(mine):
        report.fail("behaviour", "length", "prints %d lines there and %d here"
                    % (len(theirs), len(mine)))
    for number, (there, here) in enumerate(zip(theirs, mine), 1):
        if there == here:
            report.ok("lines of the behaviour program")
        else:
            report.fail("behaviour", "line%d" % number, "prints `%s` there and `%s` here"
                        % (there[:100], here[:100]))
