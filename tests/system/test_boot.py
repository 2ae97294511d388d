# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel reaches user space from an initramfs on every shape of machine.

The quick run has six shapes, in which every pair of values of two columns occurs,
but for CPUs with memory (that alone would take nine); the full run has them all.
"""
import itertools

import qemu
from cases import case, check_end, machine, run_in_initramfs

MACHINES = ('pc', 'q35')
CPUS = ('qemu64', 'Haswell-noTSX')
SMPS = (1, 2, 4)
MEMORIES = ('512M', '2G', '8G')

QUICK = {
    ('pc', 'qemu64', 1, '512M'),
    ('q35', 'Haswell-noTSX', 1, '8G'),
    ('pc', 'Haswell-noTSX', 2, '2G'),
    ('q35', 'qemu64', 2, '2G'),
    ('pc', 'qemu64', 4, '8G'),
    ('q35', 'Haswell-noTSX', 4, '512M'),
}


def boot(test, shape):
    """Boots one shape; CPUs and memory must be those of the machine."""
    kind, cpu, smp, memory = shape
    with machine(test, machine=kind, cpu=cpu, smp=smp, memory=memory,
                 kernel_arguments='quiet test=shape') as vm:
        up = run_in_initramfs(vm, 'shape', 90)
        if int(up.group(1)) != smp:
            raise qemu.Failed(f'the control domain has {up.group(1)} CPUs, not {smp}')
        total = {'512M': 512, '2G': 2048, '8G': 8192}[memory] << 10
        # Without dom0_mem= it gets all but a sixteenth, 128 MiB and some tables.
        least = total - total // 16 - (160 << 10) - total // 24
        if int(up.group(2)) < least:
            raise qemu.Failed(f'the control domain has {up.group(2)} kB of {total}')
        check_end(vm, 'poweroff')


for each in itertools.product(MACHINES, CPUS, SMPS, MEMORIES):
    case('boot-{}-{}-smp{}-{}'.format(*each), full=each not in QUICK)(
        lambda test, shape=each: boot(test, shape))
