# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs in the control domain that lean on one mechanism each: 32-bit code, I/O ports, segments,
vector registers; CPUs off and on line; NMIs from outside during load.
"""
import qemu
from cases import case, check_end, machine, run_in_initramfs


def run_programs(test, names, **shape):
    """Each program must succeed."""
    with machine(test, kernel_arguments=f'quiet test={",".join(names)}', **shape) as vm:
        run_in_initramfs(vm, names[0], 90)
        for name in names[1:]:
            status = vm.expect(rf'^mortise: test {name}: exit status (\d+)', 90).group(1)
            if status != '0':
                raise qemu.Failed(f'{name}: exit status {status}')
        check_end(vm, 'poweroff')


@case('programs')
def programs(test):
    """Two CPUs without AVX."""
    run_programs(test, ('compat32', 'ports', 'segments', 'vectors'), smp=2)


@case('programs-avx')
def programs_avx(test):
    """Two CPUs with AVX."""
    run_programs(test, ('vectors', 'segments', 'compat32'), smp=2, cpu='Haswell-noTSX',
                 machine='q35')


@case('programs-more-vcpus', full=True)
def programs_more_vcpus(test):
    """Four vCPUs on one CPU."""
    run_programs(test, ('vectors', 'segments', 'compat32', 'ports'), smp=1,
                 options='dom0_max_vcpus=4')


@case('hotplug')
def hotplug(test):
    """CPUs off and on line under load."""
    with machine(test, kernel_arguments='quiet test=hotplug', smp=2) as vm:
        run_in_initramfs(vm, 'hotplug', 400)
        check_end(vm, 'poweroff')


@case('nmi-storm')
def nmi_storm(test):
    """NMIs from QEMU's monitor while system calls, returns and faults go on."""
    with machine(test, kernel_arguments='quiet test=load', smp=2, machine='q35') as vm:
        vm.expect(r'^load: begins', 120)
        for _ in range(300):
            vm.monitor.human('nmi')
            vm.sleep(0.02)
        vm.send('stop\n')
        status = vm.expect(r'^mortise: test load: exit status (\d+)', 60).group(1)
        if status != '0':
            raise qemu.Failed(f'the load ended with {status}')
        check_end(vm, 'poweroff')
