# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps of guests, looked at outside of the machine that wrote them.

A Disk is an empty file that the control domain has as a second disk, so that a dump gets out. gdb
reads it beside the guest's kernel: Debian's own, unpacked, to which the symbol in question is
added, since Debian's packages of kernels have none.
"""
import os
import re
import subprocess

import qemu
from cases import BUILD, CACHE, mkimage_module

SIZE = 256 << 20


class Disk:
    """The file; use it in a with statement."""

    def __init__(self, test):
        self.path = os.path.join(BUILD, f'check/system-{test.name}.dump')
        self.arguments = ['-drive', f'file={self.path},if=virtio,format=raw']

    def __enter__(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, 'wb') as file:
            file.truncate(SIZE)
        return self

    def __exit__(self, *_):
        os.unlink(self.path)


def run(*command):
    """A command's output; it must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode:
        raise qemu.Failed(f'{" ".join(command)}: {done.stdout}')
    return done.stdout


def kernel(address):
    """The guests' kernel as an ELF file in which linux_banner is at an address."""
    mkimage = mkimage_module()
    package = mkimage.kernel_package('linux-image-cloud-amd64')
    folder = os.path.join(mkimage.fetch(CACHE, package), 'boot')
    packed = next(name for name in os.listdir(folder) if name.startswith('vmlinuz-'))
    plain, named = (os.path.join(BUILD, f'check/guest-vmlinux{end}') for end in ('', '-named'))
    run(os.path.join(BUILD, 'dom0-tools/mortise-unpack'), '-q', os.path.join(folder, packed), plain)
    for line in run('objdump', '-hw', plain).split('\n'):
        section = re.match(r' *\d+ (\S+) +([0-9a-f]+) +([0-9a-f]+) ', line)
        offset = address - int(section.group(3), 16) if section else -1
        if section and 0 <= offset < int(section.group(2), 16):
            run('objcopy', '--add-symbol', f'linux_banner={section.group(1)}:{offset:#x},global',
                plain, named)
    os.unlink(plain)
    return named


def check(path, address, banner):
    """gdb must find the guest's banner in a dump, by its name."""
    named = kernel(address)
    printed = run('gdb', '-batch', '-nx', '-ex', 'set print elements 0',
                  '-ex', 'x/s (char *)&linux_banner', named, path)
    os.unlink(named)
    if banner not in printed:
        raise qemu.Failed(f'gdb finds no "{banner}" in the dump: {printed}')
