# SPDX-License-Identifier: GPL-2.0-or-later
"""How the machine ends: power-off, reset, and a crash of the control domain."""
import os
import tempfile

import qemu
from cases import ON_XEN, case, check_end, machine


def until_up(vm):
    vm.expect(r'^mortise: control domain is up', 120)


@case('power-off')
def power_off(test):
    """poweroff switches the machine off."""
    with machine(test, kernel_arguments='quiet test=poweroff', smp=2) as vm:
        until_up(vm)
        check_end(vm, 'poweroff')


@case('power-reboot')
def reboot(test):
    """reboot resets the machine."""
    with machine(test, kernel_arguments='quiet test=reboot', smp=2, machine='q35') as vm:
        until_up(vm)
        check_end(vm, 'reset')


@case('power-crash')
def crash(test):
    """A crash of the kernel is told on the console, and resets the machine."""
    with machine(test, kernel_arguments='quiet test=crash', smp=2, trouble=None) as vm:
        until_up(vm)
        vm.expect(r'Kernel panic|sysrq triggered crash', 60)
        if not ON_XEN:
            vm.expect(r'(?i)crash', 60)
            vm.expect(r'(?i)rip', 60)
        check_end(vm, 'reset', 90)


@case('power-crash-noreboot')
def crash_noreboot(test):
    """With noreboot the machine halts after a crash, for its screen to be read."""
    with machine(test, 'noreboot', kernel_arguments='quiet test=crash', trouble=None) as vm:
        until_up(vm)
        vm.expect(r'Kernel panic|sysrq triggered crash', 60)
        vm.sleep(10)
        if vm.process.poll() is not None:
            raise qemu.Failed('the machine did not stay on')


# What restarts the machine where the ways before it are not there.
WAYS = {'acpi': 'q35,i8042=off', 'keyboard': 'pc', 'cf9': 'pc,i8042=off'}


def restart(test, kind):
    """A boot without a kernel ends in a restart, and not by the last resort, a triple fault."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, 'resets')
        with machine(test, kernel=None, initrd=None, machine=kind,
                     arguments=('-d', 'cpu_reset', '-D', log)) as vm:
            check_end(vm, 'reset')
        with open(log, encoding='utf-8', errors='replace') as file:
            if 'Triple fault' in file.read():
                raise qemu.Failed('it took a triple fault')


for each, shape in WAYS.items():
    case(f'power-restart-{each}', on_xen=False)(
        lambda test, shape=shape: restart(test, shape))


@case('console-shell')
def shell(test):
    """What is typed on the serial line reaches the control domain's shell, ^C included."""
    with machine(test, kernel_arguments='quiet', smp=2) as vm:
        until_up(vm)
        vm.expect(r'^mortise:.*# ', 30)
        vm.send('echo $((6 * 7))$(tty)\n')
        vm.expect(r'^42/dev/hvc0$')
        vm.send('for i in 1 2 3 4 5 6 7 8; do echo "0123456789abcdefghijklmnopqrstuvwxyz" | '
                'sha256sum; done | uniq | wc -l; sleep 1000\n')
        vm.expect(r'^1$')
        vm.sleep(1)
        vm.send('\x03')
        vm.expect(r'# ')
        vm.send('poweroff\n')
        check_end(vm, 'poweroff')
