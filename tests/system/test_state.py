# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor's own accounts: the audit is clean, memory is within its budget, and only calls
that are expected to be refused were refused.
"""
import qemu
import state
from cases import case, check_end, machine, run_in_initramfs

MIB = 1 << 20


def accounts(test, tests, budget=None, refusals=True, **shape):
    """Runs tests, then "state", and looks at what it printed; refusals: whether they fit the record."""
    names = (*tests, 'state')
    with machine(test, shape.pop('options', ''), kernel_arguments=f'quiet test={",".join(names)}',
                 **shape) as vm:
        run_in_initramfs(vm, names[0], 120)
        for name in names[1:]:
            status = vm.expect(rf'^mortise: test {name}: exit status (\d+)', 120).group(1)
            if status != '0':
                raise qemu.Failed(f'test {name}: exit status {status}')
        check_end(vm, 'poweroff')
    state.check_audit(vm.text)
    if refusals:
        print(f'{state.check_refusals(vm.text)} refusals, all expected')
    own = state.hypervisor_memory(vm.text)
    print(f'measure hypervisor memory {own / MIB:.2f} MiB of {shape.get("memory", "512M")}')
    if budget and own >= budget:
        raise qemu.Failed(f'the hypervisor takes {own / MIB:.2f} MiB, budget {budget // MIB} MiB')


@case('state-after-work', on_xen=False)
def after_work(test):
    """After programs of all kinds on two CPUs."""
    accounts(test, ('shape', 'compat32', 'segments', 'vectors', 'ports'), smp=2, memory='1G')


@case('state-after-hotplug', on_xen=False, full=True)
def after_hotplug(test):
    """After CPUs went off and on line; each time brings two refusals, more than are kept."""
    accounts(test, ('hotplug',), refusals=False, smp=2, memory='1G', machine='q35')


@case('memory-512M', on_xen=False)
def memory_512m(test):
    """Less than 5 MiB of a host of 512 MiB."""
    accounts(test, ('vectors',), 5 * MIB, memory='512M', options='dom0_mem=128M')


@case('memory-4G', on_xen=False)
def memory_4g(test):
    """Less than 34 MiB of a host of 4 GiB."""
    accounts(test, ('vectors',), 34 * MIB, memory='4G', options='dom0_mem=128M')
