# SPDX-License-Identifier: GPL-2.0-or-later
"""The rule about command lines in the documentation: they are such that hvctl takes them.

Verbs, their options and how many arguments they want are read from hvctl's own table. A command is
a line of an example that begins with hvctl, or a span of a text that begins with hvctl or, in what
administrators read, with a verb. What stands behind two spaces, or behind the shell's |, >, ; or #,
is no part of it.
"""
import os
import re
import shlex

TABLE = 'dom0-tools/hvctl/verbs.def'
GUIDE = 'docs/administration.md'
FOLDERS = ('docs', 'guest-pv-headers', 'dom0-tools')
KINDS = re.compile(r'.*\.(md|[1-8]|head|tail)$|dom0-tools/image/(init|demo)$')
VERB = re.compile(r'^VERB\(\w+, "([\w-]+)", "([^"]*)", (\d+), (\w+),', re.M)
OPTION = re.compile(r'OPTION\(\'(.)\', "([\w-]+)", "(\w*)"')
EXAMPLE = re.compile(r'^(?:    |\t| *echo "  |)(hvctl (?!- )[^"\n]*)', re.M)
SPAN = re.compile(r'`([^`\n]+)`')
END = re.compile(r'  +|\t|[|>;#&]|$')


def read_table(text):
    """{verb: (arguments, least, most, {option: whether it has an argument})}."""
    verbs = {}
    _, *found = VERB.split(text)
    for name, arguments, least, most, rest in zip(*[iter(found)] * 5):
        options = {'-h': False, '--help': False}
        for letter, option, argument in OPTION.findall(rest):
            options['-' + letter] = options['--' + option] = bool(argument)
        verbs[name] = (arguments, int(least), 1000 if most == 'ANY' else int(most), options)
    return verbs


def count_arguments(words, options):
    """How many words are arguments; the first option that there is not, as a ValueError."""
    count, words = 0, list(words)
    while words:
        word = words.pop(0)
        if not word.startswith('-') or word == '-':
            count += 1
            continue
        name, equals, _ = word.partition('=')
        if name not in options or (equals and not options[name]):
            raise ValueError(f'has no option {word}')
        if options[name] and not equals and not (words and words.pop(0)):
            raise ValueError(f'lacks the argument of {word}')
    return count


def complaint(line, verbs, bare):
    """What is wrong with a command, without its hvctl; bare: a verb alone only names it."""
    words = shlex.split(line[:END.search(line).start()])
    if not words or words in (['--help'], ['--version'], ['VERB']):
        return None
    if words[0] not in verbs:
        return 'there is no such verb'
    _, least, most, options = verbs[words[0]]
    try:
        count = count_arguments(words[1:], options)
    except ValueError as why:
        return f'{words[0]} {why}'
    if (bare and count == 0) or least <= count <= most:
        return None
    return f'{words[0]} takes {least} to {most} arguments, not {count}'


def commands(path, text, verbs):
    """(command without its hvctl, whether a verb alone is enough) of a page."""
    if not path.endswith('.md'):
        text = text.replace('\\-', '-')
    for line in EXAMPLE.findall(text):
        yield line[len('hvctl '):], False
    for span in SPAN.findall(text if path.endswith('.md') else ''):
        if span.startswith('hvctl '):
            yield span[len('hvctl '):], True
        elif path == GUIDE and span.split()[0] in verbs:
            yield span, True


def read_pages(top):
    """{path: text} of what shows commands to people."""
    paths = ['README.md', TABLE]
    for root in FOLDERS:
        for folder, _, names in os.walk(os.path.join(top, root)):
            paths += [os.path.relpath(os.path.join(folder, name), top) for name in sorted(names)]
    pages = {}
    for path in paths:
        if KINDS.match(path) or path == TABLE:
            with open(os.path.join(top, path), encoding='utf-8') as file:
                pages[path] = file.read()
    return pages


def check_pages(pages):
    """Each command that is wrong, and each verb that the guide does not speak of."""
    verbs = read_table(pages[TABLE])
    if not verbs:
        yield f'{TABLE}: no verb is found'
    spoken = set()
    for path, text in pages.items():
        for line, bare in commands(path, text, verbs) if path != TABLE else ():
            why = complaint(line, verbs, bare)
            if why:
                yield f'{path}: "hvctl {line.strip()}": {why}'
            if path == GUIDE:
                spoken.add(line.split()[0])
    for verb in verbs:
        if verb not in spoken:
            yield f'{GUIDE}: nothing is said of hvctl {verb}'


# One mistake each, which must be noticed.
MUTATIONS = (
    ('README.md', 'hvctl list ', 'hvctl lst '),
    ('README.md', 'hvctl console web', 'hvctl console'),
    (GUIDE, '`hvctl info --xml GUEST`', '`hvctl info --xlm GUEST`'),
    (GUIDE, 'hvctl shutdown --wait web', 'hvctl shutdown --wait=5 web'),
    (GUIDE, '`hvctl sched --weight=512 web`', '`hvctl sched web --weight`'),
    (GUIDE, '`block-detach web xvdb`', '`block-detach web xvdb xvdc`'),
    ('dom0-tools/hvctl/hvctl.1.tail', 'hvctl mem\\-set web 256', 'hvctl mem\\-set web'),
    ('dom0-tools/image/init', 'hvctl shutdown -w web', 'hvctl shutdown -x web'),
    (TABLE, 'VERB(help, "help",', 'VERB(blink, "blink", "", 0, 0, "Blinks.", )\nVERB(help, "help",'),
)


def check_mutations(top):
    """Mistakes that are not noticed."""
    before = len(list(check_pages(read_pages(top))))
    for path, old, new in MUTATIONS:
        pages = read_pages(top)
        if old not in pages[path]:
            yield f'{path}: has no "{old}" to break'
            continue
        pages[path] = pages[path].replace(old, new)
        if len(list(check_pages(pages))) <= before:
            yield f'{path}: "{new}" is not noticed'


def tests(top):
    """Both tests by name, as tests/style/run has them."""
    return {'docs-commands': lambda _: list(check_pages(read_pages(top))),
            'docs-commands-can-fail': lambda _: list(check_mutations(top))}
