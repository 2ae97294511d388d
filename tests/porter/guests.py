# SPDX-License-Identifier: GPL-2.0-or-later
"""The guests that the tests create, and what each must print.

A Guest knows its image, its configuration for the toolstack, what is done to it from the control
domain meanwhile (a shell script), and judges what it printed.
"""
import random
import re
import zlib
from pathlib import Path


class Guest:
    """A plain kernel: it must print `expect` (a pattern) and end by itself."""

    def __init__(self, name, image, expect, options='', memory=32, vcpus=1):
        self.name, self.image, self.expect = name, Path(image), expect
        self.options, self.memory, self.vcpus = options, memory, vcpus
        self.lines, self.files = [], {}
        self.prepare = self.meanwhile = self.afterwards = ''

    def config(self):
        """The toolstack's configuration."""
        return '\n'.join([
            f'name = "{self.name}"', f'kernel = "/guests/{self.image.name}"',
            f'memory = {self.memory}', f'vcpus = {self.vcpus}', f'extra = "{self.options}"',
            'on_poweroff = "destroy"', 'on_reboot = "destroy"', 'on_crash = "preserve"',
            *self.lines, ''])

    def write(self, folder):
        """Its files in the folder that becomes /guests."""
        (folder / self.image.name).write_bytes(self.image.read_bytes())
        (folder / f'{self.name}.cfg').write_text(self.config())
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        for end, script in (('prepare', self.prepare), ('do', self.meanwhile),
                            ('after', self.afterwards)):
            if script:
                (folder / f'{self.name}.{end}').write_text('#!/bin/sh\n' + script)
                (folder / f'{self.name}.{end}').chmod(0o755)

    def judge(self, text):
        """What is wrong in the control domain's output, or None."""
        part = re.search(rf'run-guests: {self.name} begins\n(.*?)run-guests: {self.name} is over',
                         text, re.S)
        if not part:
            return f'{self.name}: it never came to its end'
        for bad in ('never ended', 'crashed', 'FAILED', 'libpvguest: exception'):
            if bad in part.group(1):
                return f'{self.name}: {bad}'
        if not re.search(self.expect, part.group(1), re.M):
            return f'{self.name}: it did not print {self.expect}'
        return None


def block(image, write):
    """Checksums a disk of random bytes; with write, half of it is its own pattern first."""
    sectors = 6000 - 3  # no multiple of a request
    data = bytearray(random.Random(4).randbytes(sectors * 512))
    name = 'blockw' if write else 'block'
    result = bytearray(data)
    if write:
        for at in range(sectors // 2 * 512, sectors * 512, 8):
            result[at:at + 8] = at.to_bytes(8, 'little')
    guest = Guest(name, image, rf'^{name}\| block: done, crc32 {zlib.crc32(result):08x}, ',
                  'write=1' if write else '')
    guest.files[f'{name}.img'] = bytes(data)
    guest.prepare = f'losetup /dev/loop{int(write)} /guests/{name}.img\n'
    guest.lines = [f'disk = ["phy:/dev/loop{int(write)},xvda,{"rw"[write]}"]']
    if write:
        guest.expect = rf'(?s){guest.expect}.*^{name}: on disk {zlib.crc32(result):08x}$'
        guest.afterwards = 'sync; ' \
            'echo on disk $(gzip -1 </dev/loop1 | tail -c 8 | head -c 4 | od -An -tx4)\n'
    return guest


def plain(folder):
    """The samples that need no other sources."""
    return [
        Guest('hello', folder / 'hello.elf', r'^hello\| Hello from a guest of hypervisor 4\.17'),
        Guest('clock', folder / 'clock.elf', r'^clock\| clock: done, 3 seconds', 'seconds=3'),
        Guest('pingpong', folder / 'pingpong.elf', r'^pingpong\| pingpong: done, 200 rounds',
              'rounds=200', vcpus=2),
        block(folder / 'block.elf', False),
        block(folder / 'block.elf', True),
    ]
