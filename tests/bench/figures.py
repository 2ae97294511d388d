# SPDX-License-Identifier: GPL-2.0-or-later
"""All figures of end-to-end speed, in one list.  Each is a cost: less is better."""
import dataclasses
import re
import typing

from machines import WEIGHTS, boot

BUSY_SECONDS = 8
SERVER = '10.0.2.15'


@dataclasses.dataclass
class Figure:
    """name: for --only.  what, unit: for the table.  guests: what must be there; with none, the
    machines stand still.  take(side): the value."""
    name: str
    what: str
    unit: str
    guests: tuple
    take: typing.Callable


def in_guest(arguments, scale):
    """A figure of the measuring program, in ns / scale."""
    return lambda side: side.figure(arguments) / scale


def take_boot(side):
    """A machine of its own, beside that which stands still."""
    return boot(side.shape, side.beside_xen)


def take_guest_boot(side):
    """From the command to the guest's first process, in ms."""
    begin = side.had()
    printed = side.domains(f'create {side.tool} create /tmp/short')
    end = side.had()
    side.run('destroy short')
    if side.shape.by == 'cpu':
        return (end - begin) * 1e3
    return int(re.search(r' end (\d+)', printed).group(1)) / 1000


def take_shares(side):
    """How much less than its due who has least gets: due by weight / had."""
    side.each_busy('unpause')
    printed = side.domains(f'cpu {BUSY_SECONDS}')
    side.each_busy('pause')
    had = {int(who): int(time) for who, time in re.findall(r'domain (\d+) had (\d+)', printed)}
    had = {name: had[side.domid(name)] for name in WEIGHTS}
    total, weights = sum(had.values()), sum(WEIGHTS.values())
    return max(total * weight / weights / had[name] for name, weight in WEIGHTS.items())


def take_wake(side):
    """How late a sleeping guest wakes beside a busy one on the same CPU, in us."""
    side.run(f'vcpu-pin work 0 {side.shape.cpu}')
    side.run('unpause busy4')
    late = side.figure('wake 301', by_guest=True) / 1000
    side.run('pause busy4')
    side.run('vcpu-pin work 0 all')
    return late


FIGURES = (
    Figure('boot', 'control domain: power-on to user space with its daemons', 's', (), take_boot),
    Figure('guest-boot', 'guest: from the command to its first process', 'ms', ('none',),
           take_guest_boot),
    Figure('fork', 'fork, exit, wait', 'us', ('work',), in_guest('fork 300', 1e3)),
    Figure('exec', 'fork, exec, exit, wait', 'us', ('work',), in_guest('exec 200', 1e3)),
    Figure('switch', 'context switch, by a byte through a pipe', 'us', ('work',),
           in_guest('switch 10000', 1e3)),
    Figure('pipe', 'pipe, a MiB', 'us', ('work',), in_guest('pipe 64', 1e3)),
    Figure('build', 'compile a file of 2,000 lines, of 12 that are built', 'ms',
           ('work', 'compiler'), in_guest('build 12', 1e6)),
    Figure('write', 'file written to blkfront, a MiB', 'us', ('work',),
           in_guest('write 16 /mnt/file', 1e3)),
    Figure('read', 'file read from blkfront, a MiB', 'us', ('work',),
           in_guest('read 16 /mnt/file', 1e3)),
    Figure('send', 'TCP out through netfront, a MiB', 'us', ('work',),
           in_guest(f'send 16 {SERVER}', 1e3)),
    Figure('receive', 'TCP in through netfront, a MiB', 'us', ('work',),
           in_guest(f'receive 16 {SERVER}', 1e3)),
    Figure('shares', 'four busy guests of unequal weights: due / had, the worst', '', ('busy',),
           take_shares),
    Figure('wake', 'an idle guest wakes beside a busy one', 'us late', ('work', 'busy'), take_wake),
)
