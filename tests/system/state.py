# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program "state" printed in the control domain: refusals, memory, the audit."""
import collections
import errno
import os
import re

import qemu
from cases import SRC

LINE = re.compile(r'^refusal call (-?\d+) subop (-?\d+) rule (\d+) errno (\d+) argument (\w+)$',
                  re.MULTILINE)


def read(path):
    """A file of the source tree."""
    with open(os.path.join(SRC, path), encoding='utf-8') as file:
        return file.read()


# Python has another name for it.
ERRNO = {**errno.errorcode, 95: 'EOPNOTSUPP'}


def call_names():
    """Names of the hypercalls by number."""
    found = re.findall(r'^#define __HYPERVISOR_(\w+)\s+(\d+)', read(
        'guest-pv-headers/include/xen/xen.h'), re.MULTILINE)
    return {int(number): name for name, number in found if not name.startswith('arch_')}


def rule_names():
    """Names of the rules by number."""
    return dict(enumerate(re.findall(r'^RULE\((\w+),', read('hypervisor/lib/refusals.def'),
                                     re.MULTILINE)))


def expected():
    """{(call, subop, rule, errno): most}."""
    lines = [line.split(None, 5) for line in read('tests/system/expected-refusals').splitlines()
             if line and not line.startswith('#')]
    return {tuple(words[:4]): int(words[4]) for words in lines}


def check_refusals(text):
    """Every refusal in the text is one that is expected, and not more often than that."""
    if 'refusal lost' in text:
        raise qemu.Failed('there were more refusals than the record holds')
    calls, rules = call_names(), rule_names()
    counts = collections.Counter()
    example = {}
    for call, subop, rule, number, argument in LINE.findall(text):
        key = (calls.get(int(call), call), '-' if int(subop) < 0 else subop,
               rules.get(int(rule), rule), ERRNO.get(int(number), number))
        counts[key] += 1
        example[key] = argument
    allowed = expected()
    wrong = [f'{" ".join(key)} {count} times (argument {example[key]})'
             for key, count in counts.items() if count > allowed.get(key, 0)]
    if wrong:
        raise qemu.Failed('not in expected-refusals: ' + '; '.join(wrong))
    return sum(counts.values())


def check_audit(text):
    """Each audit in the text is clean; there is at least one."""
    audits = re.findall(r'^audit differences (\d+) frames (\d+) us (\d+)', text, re.MULTILINE)
    if not audits:
        raise qemu.Failed('no audit was made')
    for differences, _, _ in audits:
        if differences != '0':
            raise qemu.Failed(f'the audit found {differences} differences')
    print(f'measure audit of {audits[-1][1]} frames in {audits[-1][2]} us')


def hypervisor_memory(text):
    """Bytes that belong to nobody but the hypervisor, by the last account in the text."""
    found = re.findall(r'^memory ram (\d+) free (\d+) domains (\d+) hypervisor (\d+)', text,
                       re.MULTILINE)
    if not found:
        raise qemu.Failed('no account of memory was given')
    ram, free, domains, own = (int(word) for word in found[-1])
    if own != ram - free - domains:
        raise qemu.Failed(f'memory does not add up: {found[-1]}')
    return own * 4096
