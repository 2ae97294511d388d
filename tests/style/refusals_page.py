#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes docs/refusals.md: every rule by which a call is refused, with its sentence, the errnos that
the code answers with, and the pages that say when.  `make refusals-page` writes it; the style test
docs-refusals fails when it is out of date.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PAGE = 'docs/refusals.md'
DEFINITIONS = 'hypervisor/lib/refusals.def'
LINE = re.compile(r'^RULE\((\w+), "(.*)"\)$|^/\* (.*) \*/$', re.M)

HEAD = '''# Refusals

Made from `hypervisor/lib/refusals.def`, the hypervisor's sources and the pages of [abi/](abi/README.md)
by `make refusals-page`; do not edit it.

Every call that is refused leaves a record: which call, which errno, which rule, and the value that
the rule looked at. `hvctl why GUEST` prints a guest's last ones, as "refused since" and the sentence.
What a rule looked at is said by the page of the call. A test of each rule runs on the machine
(`tests/guest/run mortise-rules`); those that no test can show are marked, and `tests/guest/refusals-cannot`
says why.
'''


def rules(text):
    """[(section, [(number, rule, sentence)])] of refusals.def."""
    sections, number = [('', [])], 0
    for name, sentence, section in LINE.findall(text):
        if 'SPDX' in section:
            continue
        if section:
            sections.append((section, []))
        else:
            sections[-1][1].append((number, name, sentence))
            number += 1
    return sections


def where(tree, rule, rows):
    """Links to the pages that have the rule in a table."""
    found = [path for path in sorted(tree.abi()) if any(name == rule for name, _ in
                                                        rows(tree.pages[path]))]
    return ', '.join(f'[{os.path.basename(path)[:-3]}]({path[len("docs/"):]})' for path in found)


def errnos(tree, refusals, rows):
    """{rule: errnos}: those of the code, and where it passes one on, those of the pages."""
    made = {}
    for text in tree.code.values():
        for rule, error in refusals(text):
            made.setdefault(rule, set()).add(error)
    for path in tree.abi():
        for rule, said in rows(tree.pages[path]):
            if None in made.get(rule, ()):
                made[rule] |= said
    return {rule: sorted(filter(None, errors)) for rule, errors in made.items()}


def cannot():
    """Rules that no test on a machine can show."""
    with open(os.path.join(TOP, 'tests/guest/refusals-cannot'), encoding='utf-8') as file:
        return {line.split()[0] for line in file if line.strip() and not line.startswith('#')}


def page(tree, refusals, rows):
    """The text of the page; the parsers are those of docs.py."""
    made, unseen, text = errnos(tree, refusals, rows), cannot(), HEAD
    for section, lines in rules(tree.code[DEFINITIONS]):
        title = section[:1].upper() + section[1:] if section else 'Any call'
        text += f'\n## {title}\n\n| no. | rule | refused since | errno | calls |\n|---|---|---|---|---|\n'
        for number, rule, sentence in lines:
            mark = ' (not shown by a test)' if rule in unseen else ''
            text += (f'| {number} | `{rule}` | {sentence}{mark} | {", ".join(made.get(rule, []))} | '
                     f'{where(tree, rule, rows)} |\n')
    return text


def main():
    """Writes the page."""
    sys.path.insert(0, HERE)
    sys.dont_write_bytecode = True
    import docs  # pylint: disable=import-outside-toplevel
    with open(os.path.join(TOP, PAGE), 'w', encoding='utf-8') as file:
        file.write(page(docs.Tree(TOP), docs.refusals, docs.rows))


if __name__ == '__main__':
    main()
