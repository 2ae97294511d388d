# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor's own keys, behind three Ctrl-A's."""
import qemu
from cases import case, check_end, machine

SWITCH = '\x01\x01\x01'


def keys_up(vm):
    """The control domain is up, and input goes to the hypervisor."""
    vm.expect(r'^mortise: a shell', 120)
    vm.sleep(1)
    vm.send(SWITCH)
    vm.expect(r'(?i)input.*hypervisor', 10)


@case('keys-dump', on_xen=False)
def dump(test):
    """Every key that help lists, but for those that end it all, prints something and harms nothing;
    then input goes back to the shell."""
    with machine(test, kernel_arguments='quiet', smp=2) as vm:
        keys_up(vm)
        vm.send('h')
        vm.expect(r"'h' pressed", 10)
        vm.sleep(1)
        listed = qemu.re.findall(r'^\S*\s+(\w)  \S', vm.text[vm.position:], qemu.re.MULTILINE)
        if len(listed) < 4:
            raise qemu.Failed(f'help lists {listed}')
        for key in listed:
            if key not in 'FRh':
                vm.send(key)
                vm.expect(rf"'{key}' pressed.*\n.+\n", 15)
        vm.sleep(1)
        vm.send(SWITCH)
        vm.expect(r'(?i)input.*control domain', 10)
        vm.send('\necho $((6 * 7))\n')
        vm.expect(r'^42$', 10)
        vm.send('poweroff\n')
        check_end(vm, 'poweroff')


@case('keys-fault', on_xen=False)
def fault(test):
    """A fault on purpose prints registers and a backtrace with symbols, then resets."""
    with machine(test, kernel_arguments='quiet', smp=2, trouble=None) as vm:
        keys_up(vm)
        vm.send('F')
        vm.expect(r'(?i)panic|fatal', 10)
        vm.expect(r'(?i)\brip\b', 10)
        vm.expect(r'key_fault\+0x', 10)
        vm.expect(r'softirq_run\+0x', 10)
        check_end(vm, 'reset', 30)


@case('keys-reboot', on_xen=False)
def reboot(test):
    """The key for it resets the machine."""
    with machine(test, kernel_arguments='quiet', machine='q35') as vm:
        keys_up(vm)
        vm.send('R')
        check_end(vm, 'reset', 30)
