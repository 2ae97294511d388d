# SPDX-License-Identifier: GPL-2.0-or-later
"""How long it takes to create a guest, and what one costs: hvctl on Mortise against Debian's xl
on Debian's Xen.  Two machines of the same shape, control-domain kernel and initramfs take turns;
the one that is not measured stands still.
"""
import re
import statistics

import qemu
from cases import case
from toolstack import Host, definition

LISTS = (0, 1, 8)
# The most of xl's figure that ours may be.  Instructions see neither the TLB nor what it costs to
# load a CR3, of which Xen does more, so there the first is only a limit to what it may become.
LIMITS = {'create: first instruction, ms': 0.5, 'create: user space, ms': 1,
          'frames beyond its own': 0.5}
INSTRUCTIONS = dict(LIMITS, **{'create: first instruction, ms': 0.65})
# The guest's first process asks to be switched off: nothing is nearer to user space's begin.
INIT = 'rdinit=/bin/busybox -- poweroff -f'
XL = '''name="{name}"
memory={memory}
vcpus=1
kernel="/guests/vmlinuz"
ramdisk="/guests/initrd"
extra="console=hvc0 quiet name={name} {arguments}"
on_poweroff="preserve"
on_crash="preserve"
'''


class Subject:
    """A machine, and how guests are made there."""

    def __init__(self, host, tool, text):
        self.host, self.tool, self.text = host, tool, text

    def prepare(self):
        """What Debian's tools want to find; definitions; everything once, so that files are in
        memory."""
        self.host.run('mkdir -p /etc/xen /var/log/xen /var/lib/xen; : >/etc/xen/xl.conf')
        self.host.file('/tmp/t', self.text(name='t', memory=128, arguments=INIT))
        self.host.file('/tmp/small', self.text(name='NAME', memory=80, arguments=''))
        self.create()
        self.overhead()
        self.list()

    def measure(self, line, timeout=300):
        """What domains(1) says: names and figures."""
        printed = self.host.run(f'domains {line} 2>/tmp/errors || {{ cat /tmp/errors; false; }}', timeout)
        found = re.findall(r'([a-z]+) (\d+)', printed.partition('domains: ')[2])
        return {name: int(value) for name, value in found}

    def create(self):
        """One guest from its creation to its end, in ms."""
        measured = self.measure(f'create {self.tool} create /tmp/t')
        self.host.run(f'{self.tool} destroy t')
        return {name: value / 1000 for name, value in measured.items()}

    def overhead(self):
        """Frames that a guest of 128 MiB costs beyond its own."""
        before = self.measure('memory')
        self.host.run(f'{self.tool} create -p /tmp/t')
        after = self.measure('memory')
        self.host.run(f'{self.tool} destroy t')
        return before['free'] - after['free'] - (after['own'] - before['own'])

    def add(self, number):
        """One more guest that does nothing."""
        self.host.run(f'sed s/NAME/small{number}/ /tmp/small >/tmp/s; {self.tool} create -p /tmp/s')

    def list(self):
        """The time of a listing, in ms."""
        return self.measure(f'time 5 {self.tool} list')['median'] / 1000


def ours(**changes):
    """The definition for hvctl."""
    return definition(on_poweroff='preserve', on_crash='preserve', **changes)


class Turns:
    """Of two machines only the one whose turn it is runs."""

    def __init__(self, subjects):
        self.subjects = subjects
        for subject in subjects:
            subject.host.vm.monitor.execute('stop')

    def each(self, function):
        """Calls it with each subject in turn; the results."""
        results = []
        for subject in self.subjects:
            subject.host.vm.monitor.execute('cont')
            subject.host.run('sleep 1')  # what piled up while it stood still is not the figure's
            results.append(function(subject))
            subject.host.vm.monitor.execute('stop')
        return results


def measure(turns, rounds):
    """All figures: rows of a name and both values."""
    turns.each(Subject.prepare)
    rounds = [turns.each(Subject.create) for _ in range(rounds)]
    rows = []
    for key, name in (('first', 'create: first instruction, ms'), ('over', 'create: returns, ms'),
                      ('end', 'create: user space, ms')):
        rows.append((name, *(statistics.median(pair[side][key] for pair in rounds)
                             for side in (0, 1))))
    rows.append(('frames beyond its own', *turns.each(Subject.overhead)))
    made = 0
    for count in LISTS:
        while made < count:
            turns.each(lambda subject, number=made: subject.add(number))
            made += 1
        rows.append((f'list, {count} guests, ms', *turns.each(Subject.list)))
    return rows


def compare(test, rounds, limits, **shape):
    """Measures on both, prints the table, and fails where it is too much."""
    shape = {'memory': '2G', 'options': 'dom0_mem=1024M,max:1024M', **shape}
    with Host(test, **shape) as mortise:
        mortise.vm.monitor.execute('stop')
        with Host(test, beside_xen=True, **shape) as xen:
            rows = measure(Turns((Subject(mortise, 'hvctl', ours),
                                  Subject(xen, 'xl', XL.format))), rounds)
        mortise.vm.monitor.execute('cont')  # what went well ends with an audit there
    print(f'measure {"":32}{"hvctl":>8}{"xl":>8}')
    for name, left, right in rows:
        print(f'measure {name:32}{left:8.0f}{right:8.0f}  {left / right:.2f}')
    table = {name: (left, right) for name, left, right in rows}
    wrong = [name for name, limit in limits.items() if table[name][0] > limit * table[name][1]]
    if wrong:
        raise qemu.Failed('too much: ' + ', '.join(
            f'{name} {table[name][0]:.0f} against {table[name][1]:.0f}' for name in wrong))


@case('toolstack-create-time', full=True, on_xen=False)
def create_time(test):
    """Creating takes under half of xl's time on Xen; the guest is in user space no later."""
    compare(test, 5, LIMITS)


@case('toolstack-create-instructions', full=True, on_xen=False)
def create_instructions(test):
    """The same where the clock counts instructions: what else this machine does is not in it."""
    compare(test, 1, INSTRUCTIONS, smp=1, icount='shift=0,sleep=off')
