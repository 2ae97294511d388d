# SPDX-License-Identifier: GPL-2.0-or-later
"""Test kernels (tests/guest/outside) that need a hand from outside: NMIs from QEMU's monitor,
a device on the bus.  Each case is one boot of the test that it names.
"""
import argparse
import os
import re
import sys

import cases
import qemu
from cases import case

sys.path.insert(0, os.path.join(cases.SRC, 'tests/guest'))
import subject  # noqa: E402  pylint: disable=wrong-import-position


def image():
    """The image with all of these tests."""
    options = argparse.ArgumentParser()
    subject.add_options(options)
    build = options.parse_args([]).build
    return subject.build(build, None, ['outside'])['outside']


def guest(test, name, options='', **kwargs):
    """A Machine that will run this one test as its control domain."""
    line = f'console=com1 com1=115200,8n1 noreboot dom0_mem=64M,max:64M dom0_max_vcpus=2 {options}'
    return qemu.Machine(kernel=cases.hypervisor_image(), append=line.strip(), log=test.log,
                        modules=[qemu.module_argument(image(), f'only={name}')], trouble=None,
                        **kwargs)


def verdict(vm, name, timeout=30):
    """The test's own verdict must be success."""
    found = vm.expect(rf'^TEST {name}: (\w+)(.*)\n', timeout)
    if found.group(1) != 'success':
        raise qemu.Failed(found.group(1) + found.group(2))


def send_nmis(test, name, smp):
    """NMIs, in groups and alone, for as long as the test wants them."""
    with guest(test, name, smp=smp) as vm:
        vm.expect(r'^WANT nmi', 60)
        sent = 0
        while not re.search(r'^ENOUGH.*\n', vm.text[vm.position:], re.MULTILINE):
            vm.monitor.human('nmi')
            sent += 1
            if sent % 5:
                vm.sleep(0.005 * (sent % 7))
            if sent > 20000:
                raise qemu.Failed(f'{sent} NMIs were not enough')
        print(f'{sent} NMIs sent; {vm.expect("^ENOUGH.*", 5).group(0)}')
        verdict(vm, name)


for each, cpus in (('nmi_syscalls', 1), ('nmi_hypercalls', 1), ('nmi_spin_in_user', 1),
                   ('nmi_waiting', 1), ('nmi_two_vcpus', 2), ('nmi_two_vcpus', 1)):
    case(f'outside-{each}-smp{cpus}')(
        lambda test, name=each, smp=cpus: send_nmis(test, name, smp))
