# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks a model with spin, with or without a seeded mistake.

Entries of models.py: `name`; `model`, a file of this folder; `mistakes`, triples of file, text and
text in its place. Every state is visited; an assertion that fails, a process that waits for ever
and a line that is never reached are errors.
"""
import collections
import os
import re
import subprocess

from frama import SRC, Refused, overlay

LIMIT = 300


def step(command, folder):
    """Output of a command; raises OSError with its end when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          cwd=folder, timeout=LIMIT, check=False)
    if done.returncode:
        raise OSError(f'{command[0]}: {done.stdout[-400:]}')
    return done.stdout


def check(entry, mistake, folder):
    """(None, states) when no fault is found, else (why, None)."""
    model = os.path.join(SRC, 'tests/proof', entry['model'])
    if mistake:
        wrong = overlay(mistake, folder)
        if wrong:
            return wrong, None
        model = os.path.join(folder, mistake[0])
    try:
        step(['spin', '-a', model], folder)
        step(['cc', '-O1', '-w', '-DSAFETY', '-DCOLLAPSE', '-DVECTORSZ=4096', '-o', 'pan', 'pan.c'],
             folder)
        states = step(['./pan', '-d'], folder)
        output = step(['./pan', '-m1000000', '-w22'], folder)
    except (OSError, subprocess.TimeoutExpired) as why:
        return str(why), None
    return judge(output, states, os.path.basename(model), bool(mistake))


def judge(output, states, name, changed):
    """Reads the verifier's report."""
    print(output, end='')
    errors = re.search(r'errors: (\d+)', output)
    if not errors:
        return 'the verifier printed no verdict', None
    if int(errors.group(1)):
        what = re.search(r'pan:\d+: (.*)', output)
        return Refused(what.group(1) if what else 'errors'), None
    if 'Search not completed' in output or 'max search depth too small' in output:
        return 'not all states were visited', None
    if changed:
        return None, 'no fault'
    lines = re.compile(rf'{re.escape(name)}:(\d+)(?:, state| =>)')
    unreached = collections.Counter(lines.findall(output[output.index('unreached in'):]))
    for line, times in collections.Counter(lines.findall(states)).items():
        if unreached[line] >= times:
            return f'line {line} of {name} is never reached', None
    found = re.search(r'(\d+) states, stored', output)
    return None, f'{found.group(1)} states'
