# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the house that a program can check.

A rule takes a path (relative to the top of the tree) and the file's text, and
yields complaints.  Beside it stand samples that it must pass and samples that
it must refuse, so that a rule which never fires is itself a failed test.
"""
import re

FOLDERS = 'lib cpu dev kern mm dom event pv grant call ctl dom0 boot'.split()
ABI = 'xen'  # the folder of guest-pv-headers, below all of the hypervisor
FREESTANDING = {'stdarg.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'limits.h', 'stdalign.h',
                'stdatomic.h'}
MAX_LINES = 400
HEAD = (3, 20)  # lines of a head comment, its delimiters included
LICENCES = (('hypervisor/', 'GPL-2.0-or-later'), ('guest-pv-headers/', 'MIT'),
            ('libhvctl/', 'LGPL-2.1-or-later'), ('', 'GPL-2.0-or-later'))
WORDS = '|'.join(('TO' + 'DO', 'FIX' + 'ME', 'X' * 3))


class Rule:
    """A rule with its samples: pairs of path and text."""

    def __init__(self, function, applies, good, bad):
        self.name = function.__name__.replace('_', '-')
        self.check = function
        self.applies = applies
        self.good = good
        self.bad = bad


RULES = []


def rule(applies, good, bad):
    """Registers a rule for the paths that match a pattern."""
    def register(function):
        RULES.append(Rule(function, re.compile(applies), good, bad))
        return function
    return register


@rule(r'.*',
      [('hypervisor/lib/a.c', '/* SPDX-License-Identifier: GPL-2.0-or-later */\n'),
       ('guest-pv-headers/include/xen/a.h', '/* SPDX-License-Identifier: MIT */\n'),
       ('tools/a', '#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-or-later\n')],
      [('hypervisor/lib/a.c', 'int a;\n'),
       ('hypervisor/lib/a.c', '/* SPDX-License-Identifier: MIT */\n'),
       ('tools/a', '#!/bin/sh\n\n\n# SPDX-License-Identifier: GPL-2.0-or-later\n')])
def spdx(path, text):
    """The licence stands in the first or second line, and is the one of its folder."""
    # Build fragments are not part of what they build.
    place = '' if path.endswith('.mk') else path
    wanted = next(licence for folder, licence in LICENCES if place.startswith(folder))
    found = re.search(r'SPDX-License-Identifier: (\S+)', '\n'.join(text.split('\n')[:2]))
    if not found:
        yield 1, 'no SPDX-License-Identifier'
    elif found.group(1) != wanted:
        yield 1, f'licence {found.group(1)}, but {wanted} is this folder\'s'


@rule(r'.*', [('a.c', 'x\n' * MAX_LINES)], [('a.c', 'x\n' * (MAX_LINES + 1))])
def length(_, text):
    """A file has at most MAX_LINES lines."""
    lines = text.count('\n')
    if lines > MAX_LINES:
        yield lines, f'{lines} lines, at most {MAX_LINES}'


@rule(r'.*', [('a.c', '/* nothing to do */\n')],
      [('a.c', f'/* {word} later */\n') for word in WORDS.split('|')])
def open_ends(_, text):
    """No marks of unfinished work."""
    for number, line in enumerate(text.split('\n'), 1):
        if re.search(rf'\b({WORDS})\b', line):
            yield number, 'unfinished work: ' + line.strip()


@rule(r'.*\.[chS]$', [('a.c', '/* ' + 'x' * 94 + ' */\n')], [('a.c', '/* ' + 'x' * 95 + ' */\n')])
def columns(_, text):
    """No line is longer than 100 columns; clang-format leaves comments alone."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > 100:
            yield number, f'{len(line)} columns, at most 100'


@rule(r'.*\.c$', [('a.c', '#include "a.h"\nint a; /* #ifdef */\n')],
      [('a.c', '#ifdef A\n#endif\n'), ('a.c', '# if 0\n#endif\n'), ('a.c', '#ifndef A\n')])
def no_ifdef(_, text):
    """A .c file is not varied by the preprocessor."""
    for number, line in enumerate(text.split('\n'), 1):
        if re.match(r'\s*#\s*(if|ifdef|ifndef|elif|else)\b', line):
            yield number, line.strip()


@rule(r'.*\.(c|h|S)$',
      [('a.c', '/* SPDX */\n/*\n * One.\n * Two.\n */\n'), ('a.S', '/* SPDX */\n/*\n * One.\n */\n')],
      [('a.c', '/* SPDX */\n#include "a.h"\n'), ('a.c', '/* SPDX */\n/* short */\n'),
       ('a.c', '/* SPDX */\n/*\n' + ' * a\n' * 30 + ' */\n')])
def head_comment(_, text):
    """Behind the licence a comment says what the file owns."""
    found = re.match(r'[^\n]*\n(/\*.*?\*/)', text, re.DOTALL)
    lines = found.group(1).count('\n') + 1 if found else 0
    if not HEAD[0] <= lines <= HEAD[1]:
        yield 2, f'the head comment has {lines} lines, not {HEAD[0]} to {HEAD[1]}'


def includes(text):
    """Line number, opening character and name of each #include."""
    for number, line in enumerate(text.split('\n'), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1), found.group(2)


@rule(r'hypervisor/\w+/.*\.(c|h|S)$',
      [('hypervisor/mm/a.c', '#include "mm/a.h"\n#include "cpu/b.h"\n#include "xen/xen.h"\n'),
       ('hypervisor/mm/a.c', '#include <stdint.h>\n'),
       ('hypervisor/boot/a.c', '#include "lib/a.h"\n')],
      [('hypervisor/lib/a.c', '#include "cpu/a.h"\n'), ('hypervisor/mm/a.h', '#include "dom/a.h"\n'),
       ('hypervisor/lib/a.c', '#include <stdio.h>\n'), ('hypervisor/lib/a.c', '#include "a.h"\n')])
def include_order(path, text):
    """A folder includes only from itself and from the folders before it."""
    own = path.split('/')[1]
    if own not in FOLDERS:
        return
    for number, kind, name in includes(text):
        folder = name.split('/')[0]
        if kind == '<' and name in FREESTANDING:
            continue
        if folder == ABI:
            continue
        if '/' not in name:
            yield number, f'"{name}" without its folder'
        elif folder not in FOLDERS:
            yield number, f'<{name}> is not of the hypervisor'
        elif FOLDERS.index(folder) > FOLDERS.index(own):
            yield number, f'{own} comes before {folder} ("{name}")'
