# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's own view of the page tables, on each CPU stopped in guest kernel, guest user and the
hypervisor: no page of the hypervisor is both writable and executable, and no frame of a guest
is mapped there but in the window region and by the closed list of permanent mappings.
"""
import re

import qemu
from cases import case, check_end, machine

SLOT = 1 << 39
FIRST = 0xffff800000000000
M2P, DOMAIN, DATA, END = FIRST, FIRST + SLOT, FIRST + 2 * SLOT, FIRST + 16 * SLOT
LINE = re.compile(r'^([0-9a-f]{16}): ([0-9a-f]{16}) (\S{9})', re.MULTILINE)
CPUS = 2
# shared_info, the PIRQ-EOI page, a vcpu_info and GDT and LDT frames a vCPU, grant frames.
PERMANENT = 2 + CPUS * (1 + 14 + 16) + 64


def where(vm, cpu):
    """What the CPU is in, by its code segment."""
    text = vm.monitor.execute('human-monitor-command',
                              **{'command-line': 'info registers', 'cpu-index': cpu})
    selector = int(re.search(r'^CS =([0-9a-f]{4})', text, re.MULTILINE).group(1), 16)
    halted = 'HLT=1' in text
    if selector & 3 == 0:
        return 'idle' if halted else 'hypervisor'
    return 'kernel' if selector == 0xe033 else 'user'


def check_tables(vm, cpu, mode):
    """The rules, for the tables that are loaded."""
    text = vm.monitor.execute('human-monitor-command', timeout=120,
                              **{'command-line': 'info tlb', 'cpu-index': cpu})
    pages = [(int(found[0], 16), int(found[1], 16), found[2]) for found in LINE.findall(text)]
    own = [page for page in pages if FIRST <= page[0] < END]
    if not own:
        raise qemu.Failed(f'CPU {cpu} in {mode}: no page of the hypervisor is mapped')
    # Flags: X (no execute) G P D A C T U W.
    both = [page for page in own if page[2][0] != 'X' and page[2][8] == 'W']
    if both:
        raise qemu.Failed(f'CPU {cpu} in {mode}: writable and executable: {both[0][0]:016x}, '
                          f'{len(both)} pages')
    user = [page for page in own if page[2][7] == 'U' and
            (page[0] >= DOMAIN or page[2][8] == 'W')]
    if user:
        raise qemu.Failed(f'CPU {cpu} in {mode}: open to the guest: {user[0][0]:016x}, '
                          f'{len(user)} pages')
    if mode == 'user' and any(page[0] < DOMAIN for page in own):
        raise qemu.Failed(f'CPU {cpu} in {mode}: the M2P is mapped')
    # Linux maps all of its frames in its own half.
    guest = {page[1] & ~0xfff for page in pages if not FIRST <= page[0] < END and
             page[2][2] != 'P'}
    seen = [page for page in own if page[0] >= DATA and page[1] & ~0xfff in guest]
    if len(seen) > PERMANENT:
        raise qemu.Failed(f'CPU {cpu} in {mode}: {len(seen)} frames of the guest are mapped, '
                          f'the first at {seen[0][0]:016x}')
    print(f'CPU {cpu} in {mode}: {len(own)} pages of the hypervisor, {len(seen)} of them the '
          f'guest\'s, {len(guest)} frames in the guest\'s tables')


@case('mappings', on_xen=False)
def mappings(test):
    """Stops at random until each CPU was seen in each of the three."""
    with machine(test, 'dom0_mem=256M', kernel_arguments='quiet test=load', smp=CPUS) as vm:
        vm.expect(r'^load: begins', 120)
        wanted = {(cpu, mode) for cpu in range(CPUS) for mode in ('kernel', 'user', 'hypervisor')}
        for _ in range(2000):
            vm.monitor.execute('stop')
            for cpu in range(CPUS):
                state = (cpu, where(vm, cpu))
                if state in wanted:
                    wanted.remove(state)
                    check_tables(vm, *state)
            vm.monitor.execute('cont')
            if not wanted:
                break
            vm.sleep(0.013)
        if wanted:
            raise qemu.Failed(f'never stopped in {sorted(wanted)}')
        vm.send('stop\n')
        vm.expect(r'^mortise: test load: exit status 0', 60)
        check_end(vm, 'poweroff')
