# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong command lines of hvctl: those that are wrong in a way of their own, and, made from the
table of verbs, those that are wrong with any verb."""
import re

# What stands for an argument where the guest is the wrong one.
RIGHT = {'NAME': 'new', 'LETTER': 'h', 'TRIGGER': 'nmi', 'FILE': '/tmp/new', 'SIZE': '64',
         'COUNT': '1', 'VCPU': '0', 'CPUS': 'all', 'SOURCE': '/guests/root.img', 'TARGET': 'xvdb',
         'BRIDGE': 'xenbr0', 'CARD': '0'}
# What is typed behind hvctl, the exit status, and what the sentence names.
WRONG = (
    ('create /tmp/none.xml', 4, '/tmp/none.xml'), ('create /tmp/web.xml', 5, 'web is taken'),
    ('create --console /tmp/idle.xml', 2, 'terminal'), ('destroy 0', 3, 'control domain'),
    ('shutdown 0', 3, 'poweroff'), ('shutdown --timeout 0 web', 2, 'the timeout "0"'),
    ('shutdown idle', 8, 'unpause it first'), ('reboot 0', 3, 'reboot'),
    ('pause 0', 3, 'control domain'), ('unpause 0', 3, 'control domain'),
    ('rename web idle', 5, 'idle is taken'), ('rename web a/b', 3, 'slash'),
    ('rename web 7', 3, 'domid'), ('console 0', 3, 'serial line'),
    ('console web', 2, '--read-only'), ('sysrq web all', 2, '"all"'),
    ('trigger web blink', 3, 'nmi'), ('trigger web nmi x', 2, '"x"'),
    ('trigger web nmi 99', 4, '99'), ('list web 999', 4, 'hvctl list'),
    ('info --xml', 2, 'name one'), ('top', 1, '--batch'), ('top --delay never', 2, 'never'),
    ('top --count 0', 2, '"0"'), ('dump 0 /tmp/new', 3, 'control domain'),
    ('dump web /none/new', 4, '/none/new'), ('mem-set web 1x', 2, '"1x"'),
    ('mem-set web 1T', 3, 'MiB'), ('vcpu-set web 0', 2, '"0"'), ('vcpu-set web 9', 3, '2'),
    ('vcpu-pin web 9 all', 4, '9'), ('vcpu-pin web x all', 2, '"x"'),
    ('vcpu-pin web 0 3-1', 2, '3-1'), ('vcpu-pin web 0 77', 3, 'CPU'),
    ('sched --weight=0 web', 2, '"0"'), ('sched --cap=x web', 2, '"x"'),
    ('sched --cap 5', 2, 'name it'), ('block-attach web root.img xvdb', 2, 'absolute'),
    ('block-attach web /tmp xvdb', 3, 'directory'), ('block-attach web /none xvdb', 4, '/none'),
    ('block-attach web /guests/root.img fd0', 3, 'xvda'),
    ('block-attach web /tmp/none.xml', 4, '/tmp/none.xml'), ('block-detach web xvdq', 4, 'xvdq'),
    ('network-attach web none', 4, 'none'), ('network-attach web lo', 4, 'lo'),
    ('network-attach --mac 7 web xenbr0', 2, '00:16:3e'), ('network-detach web 7', 4, '7'),
    ('validate /tmp', 12, '/tmp'), ('help blink', 2, 'hvctl help'), ('blink', 2, 'hvctl help'),
)


def usage(verbs):
    """What is wrong with any verb: too few arguments and too many, an option that there is not."""
    for verb, (_, least, most, _) in verbs.items():
        yield f'{verb} --blink' + ' x' * least, 2, f'unknown option --blink; usage: hvctl {verb}'
        if least:
            yield verb + ' x' * (least - 1), 2, f'is missing; usage: hvctl {verb}'
        if most < 1000:
            yield verb + ' x' * (most + 1), 2, f'too many arguments; usage: hvctl {verb}'


def nobody(verbs):
    """Each verb that takes a guest, with one that there is not."""
    for verb, (arguments, *_) in verbs.items():
        first, *others = re.findall(r'\w+', re.sub(r' \[.*', '', arguments)) or ['']
        if first == 'GUEST':
            yield (' '.join([verb, 'nobody', *(RIGHT[word] for word in others)]), 4,
                   'there is no guest called nobody ("hvctl list" shows')
