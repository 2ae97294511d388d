# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules about the conformance matrix: what the reference documents, errors.def lists; what
errors.def lists, the matrix shows by a test that is there, or says why none can; classes of holes
have their tests.
"""
import os
import re
import sys

import docs

# Behind this folder, which has modules of the same names.
sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'guest'))
import matrix as matrices  # noqa: E402  pylint: disable=wrong-import-position

NUMBERS = re.compile(r'\((\d+(?:(?:, | to )\d+)*)\)')
# Calls whose errors a page documents beside those of its headings.
MORE = {'docs/abi/domctl-domain.md': ['domctl'], 'docs/abi/domctl-vcpu.md': ['domctl', 'sysctl'],
        'docs/abi/vcpu_op.md': ['domctl']}
PAGE = 'docs/conformance.md'
HOLE = re.compile(r'^\| (\d[\d, ]*) \| ([^|]+) \| ([^|]+) \|$', re.M)


def calls_of(tree):
    """{page: names of its calls}, by the index."""
    found = {page: list(calls) for page, calls in MORE.items()}
    for name, page in re.findall(r'^\| \d+ \| `(\w+)` \|.*\[\w+\]\(([\w-]+\.md)\)',
                                 tree.pages['docs/abi/README.md'], re.M):
        found.setdefault('docs/abi/' + page, []).append(name)
    return found


def rows(text):
    """(numbers of the heading, error, rule) of each error that a page documents."""
    numbers = []
    for line in text.split('\n'):
        if line.startswith('## '):
            numbers = [n for group in NUMBERS.findall(line) for n in re.split(', | to ', group)]
        cells = [cell.strip() for cell in line.split('|')]
        if len(cells) <= 4 or not docs.ERROR.match(cells[1]):
            continue
        rule = docs.CELL.match(cells[2])
        if not rule and cells[2] != '–':
            continue
        for error in docs.ERROR.findall(cells[1]):
            yield numbers, error.lstrip('-'), rule.group(1) if rule else '-'


def named_by(page, calls, matrix):
    """The calls whose errors a page documents: those of page tables are many calls'."""
    return list(matrix.calls) if page.endswith('page-tables.md') else calls.get(page, [])


def check_listed(tree, matrix):
    """Each documented error is some operation's in errors.def."""
    calls = calls_of(tree)
    for page, text in tree.abi().items():
        if page.endswith('/README.md'):
            continue
        for numbers, error, rule in rows(text):
            ops = [op for op in matrix.ops if op.call in named_by(page, calls, matrix)]
            exact = [op for op in ops if op.number in numbers or op.call in MORE.get(page, ())]
            if not any((error, rule) in op.errors for op in numbers and exact or ops):
                yield f'{page}: {error} {rule} of {" ".join(numbers) or "any"} is in no errors.def'


def check_documented(tree, matrix):
    """Each error of errors.def is on a page of its call."""
    calls, said = calls_of(tree), {}
    for page, text in tree.abi().items():
        for name in named_by(page, calls, matrix):
            said.setdefault(name, set()).update((error, rule) for _, error, rule in rows(text))
    for op in matrix.ops:
        for error, rule in op.cells():
            if error != 'works' and op.name != 'none' and (error, rule) not in said[op.call]:
                yield f'errors.def: no page says that {op.call} {op.name} gives {error} {rule}'


def check_page(_, matrix):
    """The matrix has every cell, with a test that is there or the reason."""
    yield from matrices.check_page(matrix)


def check_holes(tree, matrix):
    """Each class of holes on the page names tests that are there."""
    tests, classes = matrix.tests(), HOLE.findall(tree.pages.get(PAGE, ''))
    if len(classes) < 20:
        yield f'{PAGE}: {len(classes)} classes of holes are not all'
    for numbers, _, shown in classes:
        names = re.findall(r'`(\w+)`', shown)
        if not names and 'excluded:' not in shown:
            yield f'{PAGE}: {numbers} has neither a test nor a reason'
        for name in names:
            unit = os.path.join(tree.top, 'tests', 'unit', name + '.c')
            if name not in tests and not os.path.exists(unit):
                yield f'{PAGE}: {numbers}: there is no test {name}'


CHECKS = {'matrix-listed': check_listed, 'matrix-documented': check_documented,
          'matrix-page': check_page, 'matrix-holes': check_holes}
NEW = ('multicall', '7', 'new', [('EPERM', 'NOT_OFFERED')])
MUTATIONS = {
    'matrix-listed': [
        lambda tree, _: docs.add(tree, 'docs/abi/multicall.md',
                                 '| -EPERM | `NOT_OFFERED` | no |\n'),
        lambda _, matrix: matrix.ops.pop(0)],
    'matrix-documented': [lambda _, matrix: matrix.ops.append(matrices.Op(*NEW))],
    'matrix-page': [
        lambda _, matrix: matrix.ops.append(matrices.Op(*NEW)),
        lambda _, matrix: matrix.ops.pop(0),
        lambda _, matrix: setattr(matrix, 'tests', dict),
        lambda _, matrix: matrix.differs.clear(),
        lambda _, matrix: matrix.cannot.clear()],
    'matrix-holes': [
        lambda tree, _: docs.add(tree, PAGE, tree.pages[PAGE] + '| 1 | a | `no_such_test` |\n'),
        lambda tree, _: docs.add(tree, PAGE, tree.pages[PAGE] + '| 1 | a | nothing |\n')],
}


def check(top, name):
    """Complaints of one check about the tree."""
    return list(CHECKS[name](docs.Tree(top), matrices.Matrix(top)))


def check_mutations(top, name):
    """Complaints about mutations that a check does not notice."""
    before = len(check(top, name))
    for number, mutate in enumerate(MUTATIONS[name]):
        tree, matrix = docs.Tree(top), matrices.Matrix(top)
        mutate(tree, matrix)
        if len(list(CHECKS[name](tree, matrix))) <= before:
            yield f'mutation {number} of the tree is not noticed'


def tests(top):
    """All tests by name, as tests/style/run has them."""
    named = {}
    for name in CHECKS:
        named[name] = lambda _, name=name: check(top, name)
        named[name + '-can-fail'] = lambda _, name=name: list(check_mutations(top, name))
    return named
