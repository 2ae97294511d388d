# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel on CPU models that the shapes of test_boot.py don't have.

Debian's QEMU breaks SMAP (docs/options.md, smap=) and has no x2APIC: the cases
newer-* use a newer one, and fail where there is none.
"""
import re

import qemu
from cases import case, check_end, machine, run_in_initramfs
from newer_qemu import newer_qemu

STOCK = ((('max', 'q35'), 'smap=off'), (('EPYC', 'pc'), 'smap=off smep=off'))
NEWER = (('max', 'pc'), ('max', 'q35'), ('EPYC,+x2apic', 'pc'), ('EPYC,+x2apic', 'q35'),
         ('qemu64,+x2apic', 'pc'), ('qemu64,+x2apic', 'q35'))


def boot(test, model, smp, **kwargs):
    """Boots a model to the end; the machine's console text."""
    cpu, kind = model
    with machine(test, machine=kind, cpu=cpu, smp=smp, kernel_arguments='quiet test=shape',
                 **kwargs) as vm:
        up = run_in_initramfs(vm, 'shape', 120)
        if int(up.group(1)) != smp:
            raise qemu.Failed(f'the control domain has {up.group(1)} CPUs, not {smp}')
        check_end(vm, 'poweroff')
        return vm.text


def newer(test, model):
    """On the newer QEMU, where the hypervisor must have found what the model has."""
    text = boot(test, model, 4, program=newer_qemu())
    if not re.search(r'local APIC: x2APIC', text):
        raise qemu.Failed('the hypervisor did not use the x2APIC')


for each, options in STOCK:
    case(f'model-{each[0]}-{each[1]}', full=True, on_xen=False)(
        lambda test, model=each, options=options: boot(test, model, 2, options=options))
for each in NEWER:
    case('newer-{}-{}'.format(each[0].replace(',+', '-'), each[1]), full=True,
         on_xen=False)(
        lambda test, model=each: newer(test, model))
