# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules about the documentation: what docs/ says and what the code does must agree.

A check takes a Tree and yields complaints.  MUTATIONS break a copy of the tree in one
place each, so that a check which never complains is itself a failed test.
"""
import os
import re

import refusals_page

ROOT_PAGES = ('README.md', 'CHANGELOG.md', 'tests/README.md', 'guest-pv-headers/README.md')
LINK = re.compile(r'\[[^\]]*\]\(([^)\s]+)\)')
HEADING = re.compile(r'^#+ +(.*?) *$', re.M)
ERROR = re.compile(r'-E[A-Z0-9]+|GNTST_\w+')
RULE = re.compile(r'RULE_(\w+)')
CELL = re.compile(r'`([A-Z][A-Z0-9_]+)`')
REFUSE = re.compile(r'(?<!\w)refused?\(')
# Short forms of refuse(), and the headers that define them.
MEMORY = re.compile(r'(?<!\w)(?:refuse_memory|give_back)\(')
CALL = re.compile(r'^(CALL|NO_CALL)\((\d+), (\w+)', re.M)
PATH = re.compile(r'`((?:[\w.-]+/)+[\w.-]+)`')
HEADERS = 'guest-pv-headers/include'
SHORT_FORMS = ('hypervisor/lib/refusal.h', 'hypervisor/call/argument.h')
FOLDERS = 'lib cpu dev kern mm dom event pv grant call ctl dom0 boot'.split()
OTHERS = ['tests', 'hypervisor', 'tools', 'guest-pv-headers']


def summary(text):
    """The first sentence of a header's head, without the file's name."""
    head = re.search(r'/\*\n \* [\w./-]+\.h: ((?:.+\n)(?: \* .+\n)*?)(?: \*/| \*\n)', text)
    return ' '.join(re.split(r'\n \* |\n', head.group(1))).strip() if head else ''


class Tree:
    """Pages and sources by path, relative to the top of the tree."""

    def __init__(self, top):
        self.top = top
        self.pages, self.code = {}, {}
        for page in ROOT_PAGES:
            if os.path.exists(os.path.join(top, page)):
                self._read(self.pages, page)
        self._walk('docs', r'.*\.md$', self.pages)
        self._walk('hypervisor', r'.*\.(c|h|def)$', self.code)
        self.headers = {}
        self._walk(HEADERS, r'.*\.h$', self.headers)
        self.headers = {os.path.relpath(path, HEADERS): summary(text)
                        for path, text in self.headers.items() if '/xen/abi/' not in path}

    def _read(self, into, path):
        with open(os.path.join(self.top, path), encoding='utf-8') as file:
            into[path] = file.read()

    def _walk(self, folder, pattern, into):
        for where, _, names in os.walk(os.path.join(self.top, folder)):
            for name in sorted(names):
                if re.match(pattern, name):
                    self._read(into, os.path.relpath(os.path.join(where, name), self.top))

    def abi(self):
        """The pages of docs/abi by path."""
        return {path: text for path, text in self.pages.items() if path.startswith('docs/abi/')}


def arguments(text, at):
    """The arguments of a call, whose opening parenthesis ends at `at`."""
    depth, begin, found = 1, at, []
    while depth:
        if text[at] in '([{':
            depth += 1
        elif text[at] in ')]}':
            depth -= 1
        if depth == 0 or (depth == 1 and text[at] == ','):
            found.append(text[begin:at].strip())
            begin = at + 1
        at += 1
    return found


def refusals(text):
    """{(rule, error)} of a source; error is None where the code passes one on."""
    found = set()
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    for match in REFUSE.finditer(text):
        words = arguments(text, match.end())
        errors = ERROR.findall(words[-1]) or [None]
        found |= {(rule, error) for rule in RULE.findall(words[0]) for error in errors}
    if MEMORY.search(text):
        found.add(('GUEST_MEMORY', '-EFAULT'))
    return found


def sources_of(page):
    """The hypervisor's files that a page names behind `Source:`."""
    named = []
    for paragraph in re.findall(r'^Source: (.*?)(?:\n\n|\Z)', page, re.M | re.S):
        named += ['hypervisor/' + name for name in re.findall(r'`([^`]+)`', paragraph)]
    return named


def rows(page):
    """(rule, errors) of each line of a page's tables that names a rule in its second cell."""
    for line in page.split('\n'):
        cells = [cell.strip() for cell in line.split('|')]
        if len(cells) > 4 and ERROR.match(cells[1]) and CELL.match(cells[2]):
            yield CELL.match(cells[2]).group(1), set(ERROR.findall(cells[1] + ' ' + cells[2]))


def check_calls(tree):
    """Every hypercall has its row in the index; one that is offered, a page with its name."""
    index = tree.pages.get('docs/abi/README.md', '')
    for kind, number, name in CALL.findall(tree.code['hypervisor/call/hypercalls.def']):
        row = re.search(rf'^\| {number} \| `{name}` \|(.*)$', index, re.M)
        if not row:
            yield f'docs/abi/README.md: no row for hypercall {number} `{name}`'
            continue
        link = LINK.search(row.group(1))
        if kind == 'NO_CALL':
            if '-ENOSYS' not in row.group(1):
                yield f'docs/abi/README.md: {name} is -ENOSYS, its row does not say so'
            continue
        page = tree.pages.get('docs/abi/' + link.group(1), '') if link else ''
        if not any(name in heading for heading in HEADING.findall(page)):
            yield f'docs/abi/README.md: hypercall {name} has no page with a heading of its name'


def check_rules(tree):
    """Each refusal of the code stands, with its errno, on a page that names the file."""
    pages = tree.abi()
    listed = {}
    for path, text in pages.items():
        for source in sources_of(text):
            listed.setdefault(source, []).append(path)
    for source, text in tree.code.items():
        if source in SHORT_FORMS:
            continue
        for rule, error in sorted(refusals(text), key=str):
            where = listed.get(source, [])
            if not where:
                yield f'{source}: refuses calls, and no page of docs/abi names it as its source'
                break
            if not any(rule == said and (error is None or error in errors)
                       for path in where for said, errors in rows(pages[path])):
                yield f'{source}: {rule} with {error or "an errno"} is on none of {" ".join(where)}'


def check_claims(tree):
    """Each rule and errno on a page is one by which a source of the page refuses."""
    known = set(re.findall(r'^RULE\((\w+),', tree.code['hypervisor/lib/refusals.def'], re.M))
    for path, text in tree.abi().items():
        named = sources_of(text)
        made = set()
        for source in named:
            if source not in tree.code:
                yield f'{path}: its source {source} does not exist'
            made |= refusals(tree.code.get(source, ''))
        for rule, errors in rows(text):
            if rule not in known:
                yield f'{path}: there is no rule {rule}'
            elif not any(rule == other and (error is None or error in errors)
                         for other, error in made):
                yield f'{path}: no source of it refuses by {rule} with {" ".join(sorted(errors))}'


def anchor(heading):
    """A heading's name in links."""
    text = re.sub(r'[`*]|\[([^\]]*)\]\([^)]*\)', lambda found: found.group(1) or '', heading)
    return re.sub(r' ', '-', re.sub(r'[^\w\- ]', '', text.lower()))


def check_links(tree):
    """Relative links lead to files, and to headings where they name one."""
    for path, text in tree.pages.items():
        for target in LINK.findall(re.sub(r'^    .*$', '', text, flags=re.M)):
            if re.match(r'[a-z]+:', target):
                continue
            name, _, fragment = target.partition('#')
            full = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
            if not os.path.exists(os.path.join(tree.top, full)):
                yield f'{path}: {target} leads nowhere'
                continue
            headings = HEADING.findall(tree.pages.get(full, ''))
            if fragment and fragment not in map(anchor, headings):
                yield f'{path}: {target} names no heading of {full}'


def check_files(tree):
    """Files that the documentation names exist."""
    for path, text in tree.pages.items():
        if not path.startswith('docs/'):
            continue
        for name in PATH.findall(text):
            first = name.split('/')[0]
            if first not in FOLDERS + OTHERS or '.' not in os.path.basename(name):
                continue
            full = os.path.join('hypervisor', name) if first in FOLDERS else name
            if name in tree.headers:
                continue
            if not os.path.exists(os.path.join(tree.top, full)):
                yield f'{path}: names {name}, which does not exist'


def check_headers(tree):
    """docs/headers.md has a row for each header that is installed, in the header's own words."""
    rows_of = dict(re.findall(r'^\| `((?:xen|pv)/[^`]+)` \| (.*) \|$',
                              tree.pages.get('docs/headers.md', ''), re.M))
    for path, text in tree.headers.items():
        if not text:
            yield f'{HEADERS}/{path}: its head does not say what it is'
        elif rows_of.get(path) != text:
            yield f'docs/headers.md: {path} is not there as "{text}"'
    for path in set(rows_of) - set(tree.headers):
        yield f'docs/headers.md: there is no {path}'


def check_refusals(tree):
    """docs/refusals.md is what refusals.def, the code and docs/abi make of it."""
    if tree.pages.get(refusals_page.PAGE) != refusals_page.page(tree, refusals, rows):
        yield f'{refusals_page.PAGE} is out of date: make refusals-page'
    unused = [rule for _, lines in refusals_page.rules(tree.code[refusals_page.DEFINITIONS])
              for _, rule, _ in lines
              if rule != 'NONE' and not any(rule == name for text in tree.code.values()
                                            for name, _ in refusals(text))]
    for rule in unused:
        yield f'{refusals_page.DEFINITIONS}: nothing refuses by {rule}'


CHECKS = {'docs-calls': check_calls, 'docs-rules': check_rules, 'docs-claims': check_claims,
          'docs-links': check_links, 'docs-files': check_files,
          'docs-headers': check_headers, 'docs-refusals': check_refusals}


def drop(pages, path, pattern):
    """Takes what matches out of a page."""
    pages[path] = re.sub(pattern, '', pages[path], flags=re.M)


def add(tree, path, text):
    """A new page."""
    tree.pages[path] = text


MUTATIONS = {
    'docs-calls': [
        lambda tree: drop(tree.pages, 'docs/abi/README.md', r'^\| 12 \|.*\n'),
        lambda tree: tree.pages.pop('docs/abi/multicall.md'),
        lambda tree: drop(tree.pages, 'docs/abi/README.md', r'(?<=`hvm_op` \|) -ENOSYS')],
    'docs-rules': [
        lambda tree: drop(tree.pages, 'docs/abi/multicall.md', r'^.*`MULTICALL_NESTED`.*\n'),
        lambda tree: drop(tree.pages, 'docs/abi/console_io.md', r'^Source: .*\n'),
        lambda tree: tree.code.update({'hypervisor/call/pmu.c':
                                       'return refuse(RULE_NOT_OFFERED, f(a, b), -EAGAIN);'}),
        lambda tree: tree.code.update({'hypervisor/call/pmu.c': 'return refuse_memory(arg);'})],
    'docs-claims': [
        lambda tree: tree.code.update({'hypervisor/call/pmu.c': ''}),
        lambda tree: add(tree, 'docs/abi/new.md', '| -EPERM | `NO_SUCH_RULE` | never |\n'),
        lambda tree: add(tree, 'docs/abi/new.md', 'Source: `call/absent.c`\n')],
    'docs-links': [
        lambda tree: add(tree, 'docs/new.md', '[a](absent.md)'),
        lambda tree: add(tree, 'docs/new.md', '# A\n[a](#b)')],
    'docs-headers': [
        lambda tree: drop(tree.pages, 'docs/headers.md', r'^.*`pv/ring.h`.*\n'),
        lambda tree: tree.headers.pop('xen/sched.h'),
        lambda tree: tree.headers.update({'xen/nmi.h': 'something else'})],
    'docs-refusals': [
        lambda tree: drop(tree.pages, 'docs/refusals.md', r'^.*`PIN_TWICE`.*\n'),
        lambda tree: tree.code.update({'hypervisor/call/pmu.c':
                                       'return refuse(RULE_NOT_OFFERED, 0, -EXDEV);'}),
        lambda tree: tree.code.update({refusals_page.DEFINITIONS:
                                       tree.code[refusals_page.DEFINITIONS]
                                       + 'RULE(UNHEARD, "it was never heard of")\n'})],
    'docs-files': [lambda tree: add(tree, 'docs/new.md', 'see `mm/absent.c`')],
}


def check_mutations(top, name):
    """Complaints about mutations that a check does not notice."""
    for number, mutate in enumerate(MUTATIONS[name]):
        tree = Tree(top)
        before = len(list(CHECKS[name](tree)))
        mutate(tree)
        if len(list(CHECKS[name](tree))) <= before:
            yield f'mutation {number} of the tree is not noticed'


def tests(top):
    """All tests by name, as tests/style/run has them: functions from anything to complaints."""
    named = {}
    for name, check in CHECKS.items():
        named[name] = lambda _, check=check: list(check(Tree(top)))
        named[name + '-can-fail'] = lambda _, name=name: list(check_mutations(top, name))
    return named
