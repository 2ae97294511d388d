# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input at boot: a sentence on the serial line that names the file or the option,
then a reset (or, with noreboot, a halt); never a crash of the hypervisor.

Each case is a row: name, hypervisor options, what makes the files, and what the
sentence must contain.
"""
import os
import tempfile

import elf
import qemu
from cases import INITRD, VMLINUX, case, check_end, hypervisor_image

CRASH = r'(?i)hypervisor (crash|fault)|\brip\b.*[0-9a-f]{8}|backtrace|FATAL (TRAP|PAGE FAULT)'


def truncated_vmlinux():
    """Debian's kernel without its second half."""
    with open(VMLINUX, 'rb') as file:
        return file.read(os.path.getsize(VMLINUX) // 2)


def read_initrd():
    """Debian's initramfs as it is."""
    with open(INITRD, 'rb') as file:
        return file.read()


def note_with_sizes(name_size, data_size):
    """A note whose header promises more than there is."""
    sound = elf.notes()
    return sound + name_size.to_bytes(4, 'little') + data_size.to_bytes(4, 'little') + \
        (10).to_bytes(4, 'little') + b'Xen\0'


# name: (options, {file: contents}, machine, pattern that some line must match)
ROWS = {
    'no-module': ('', {}, {}, r'module|kernel'),
    'not-elf': ('', {'badkernel': lambda: b'This is no kernel.\n' * 100}, {}, r'badkernel'),
    'empty-kernel': ('', {'badkernel': lambda: b'\0'}, {}, r'badkernel'),
    'half-a-kernel': ('', {'badkernel': truncated_vmlinux}, {}, r'badkernel'),
    'wrong-machine': ('', {'badkernel': lambda: elf.kernel(elf.notes(), machine=183)}, {},
                      r'badkernel'),
    'no-notes': ('', {'badkernel': elf.kernel}, {}, r'badkernel.*|.*note.*badkernel'),
    'no-xen-version': ('', {'badkernel': lambda: elf.kernel(elf.notes(XEN_VERSION=None))}, {},
                       r'badkernel'),
    'wrong-version': ('', {'badkernel': lambda: elf.kernel(elf.notes(XEN_VERSION='xen-9.9'))}, {},
                      r'badkernel'),
    'wrong-entry': ('', {'badkernel': lambda: elf.kernel(elf.notes(ENTRY=0xffff800000001000))}, {},
                    r'badkernel'),
    'truncated-note': ('', {'badkernel': lambda: elf.kernel(elf.notes()[:-3])}, {}, r'badkernel'),
    'note-name-too-long': ('', {'badkernel': lambda: elf.kernel(note_with_sizes(0xffffffff, 8))},
                           {}, r'badkernel'),
    'note-data-too-long': ('', {'badkernel': lambda: elf.kernel(note_with_sizes(4, 0xfffffffd))},
                           {}, r'badkernel'),
    'notes-beyond-file': ('', {'badkernel': lambda: elf.kernel(elf.notes(), note_size=1 << 40)},
                          {}, r'badkernel'),
    'kernel-too-large': ('dom0_mem=128M',
                         {'badkernel': lambda: elf.kernel(elf.notes(), memory=160 << 20)}, {},
                         r'badkernel'),
    'initrd-too-large': ('dom0_mem=128M',
                         {'goodkernel': lambda: elf.kernel(elf.notes()),
                          'hugeinitrd': lambda: b'\0' * (130 << 20)}, {}, r'hugeinitrd'),
    'dom0-mem-word': ('dom0_mem=lots', {'goodkernel': lambda: elf.kernel(elf.notes())}, {},
                      r'dom0_mem'),
    'dom0-mem-unit': ('dom0_mem=512Q', {'goodkernel': lambda: elf.kernel(elf.notes())}, {},
                      r'dom0_mem'),
    'dom0-mem-zero': ('dom0_mem=0', {'goodkernel': lambda: elf.kernel(elf.notes())}, {},
                      r'dom0_mem'),
    'dom0-mem-overflow': ('dom0_mem=99999999999999999999G',
                          {'goodkernel': lambda: elf.kernel(elf.notes())}, {}, r'dom0_mem'),
    'dom0-mem-too-large': ('dom0_mem=64G', {'goodkernel': lambda: elf.kernel(elf.notes())}, {},
                           r'dom0_mem'),
    'too-little-memory': ('', {'vmlinux': lambda: open(VMLINUX, 'rb').read(),
                               'initrd': read_initrd}, {'memory': '96M'},
                          r'memory|vmlinux|initrd'),
}

QUICK = {'no-module', 'not-elf', 'no-notes', 'truncated-note', 'kernel-too-large',
         'initrd-too-large', 'dom0-mem-word', 'too-little-memory'}


def start(test, folder, row, options):
    """The Machine of a row, its files made."""
    extra, files, shape, _ = row
    modules = []
    for name, contents in files.items():
        path = os.path.join(folder, name)
        with open(path, 'wb') as file:
            file.write(contents())
        modules.append(qemu.module_argument(path))
    return qemu.Machine(kernel=hypervisor_image(), modules=modules, log=test.log, trouble=CRASH,
                        append=f'console=com1 com1=115200,8n1 {extra} {options}'.strip(), **shape)


def bad_input(test, row):
    """The sentence, then the reset; the file's own path in the module list does not count."""
    with tempfile.TemporaryDirectory() as folder:
        with start(test, folder, row, '') as vm:
            vm.expect(rf'(?i)^(?!.*command line).*({row[3]})', 30)
            check_end(vm, 'reset', 30)


for key, value in ROWS.items():
    case(f'bad-{key}', full=key not in QUICK, on_xen=False)(
        lambda test, row=value: bad_input(test, row))


@case('bad-noreboot-halts', on_xen=False)
def noreboot(test):
    """With noreboot the machine halts behind the sentence."""
    with tempfile.TemporaryDirectory() as folder:
        with start(test, folder, ROWS['not-elf'], 'noreboot') as vm:
            vm.expect(r'badkernel', 30)
            vm.sleep(3)


@case('bad-unknown-option', on_xen=False)
def unknown_option(test):
    """An unknown option is named, and the boot goes on."""
    with tempfile.TemporaryDirectory() as folder:
        row = ('frobnicate=7', {}, {}, '')
        with start(test, folder, row, '') as vm:
            vm.expect(r'(?i)unknown.*frobnicate|frobnicate.*unknown', 30)
