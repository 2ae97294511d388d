# SPDX-License-Identifier: GPL-2.0-or-later
"""GRUB loads the hypervisor from an ISO image, by multiboot 1 and by multiboot 2."""
import os
import shutil
import subprocess
import tempfile

import cases
import qemu
from cases import INITRD, VMLINUX, case, check_end, hypervisor_image, run_in_initramfs

OPTIONS = cases.OPTIONS + 'dom0_mem=512M'
CONFIG = '''set timeout=0
serial --unit=0 --speed=115200
terminal_output serial
menuentry test {{
    {load} /boot/hypervisor placeholder {options}
    {module} /boot/vmlinux {first}console=hvc0 quiet test=shape
    {module} /boot/initrd {second}
}}
'''


def make_iso(folder, load):
    """The ISO image; GRUB 2's multiboot loaders drop the file name, the hypervisor's first word
    is then an option, so none of them may be lost."""
    boot = os.path.join(folder, 'iso/boot')
    os.makedirs(os.path.join(boot, 'grub'))
    for source, name in ((hypervisor_image(), 'hypervisor'), (VMLINUX, 'vmlinux'),
                         (INITRD, 'initrd')):
        shutil.copyfile(source, os.path.join(boot, name))
    with open(os.path.join(boot, 'grub/grub.cfg'), 'w', encoding='ascii') as file:
        file.write(CONFIG.format(load=load, module=load.replace('multiboot', 'module'),
                                 options=OPTIONS, first='placeholder ', second=''))
    iso = os.path.join(folder, 'test.iso')
    done = subprocess.run(['grub-mkrescue', '-d', '/usr/lib/grub/i386-pc', '-o', iso,
                           os.path.join(folder, 'iso')], capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise OSError('grub-mkrescue: ' + done.stderr)
    return iso


def boot(test, load, machine):
    """From the ISO to user space and to power-off."""
    with tempfile.TemporaryDirectory() as folder:
        iso = make_iso(folder, load)
        drive = ['-drive', f'file={iso},if=none,id=cd,format=raw,readonly=on']
        drive += ['-device', 'ide-cd,drive=cd', '-boot', 'd']
        with qemu.Machine(machine=machine, smp=2, memory='1G', arguments=drive,
                          log=test.log) as vm:
            run_in_initramfs(vm, 'shape', 120)
            check_end(vm, 'poweroff')


@case('grub-multiboot2')
def multiboot2(test):
    """multiboot2, on pc"""
    boot(test, 'multiboot2', 'pc')


@case('grub-multiboot1')
def multiboot1(test):
    """multiboot, on q35"""
    boot(test, 'multiboot', 'q35')
