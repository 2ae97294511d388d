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
        Guest('clock', folder / 'clock.elf', r'^clock\| clock: done, [0-9]+ seconds', 'seconds=3'),
        Guest('pingpong', folder / 'pingpong.elf', r'^pingpong\| pingpong: done, [0-9]+ rounds',
              'rounds=200', vcpus=2),
        block(folder / 'block.elf', False),
        block(folder / 'block.elf', True),
    ]


ECHOED = '''
for _ in $(seq 100); do
    ping -c 1 -W 1 {address} >/dev/null && break
done
right=0
for i in $(seq 20); do
    [ "$(echo "word $i" | nc -w 20 {address} 7)" = "word $i" ] && right=$((right + 1))
done
echo "$right of 20 short"
nc -w 60 {address} 7 <{place}/echo.data >/tmp/echoed
cmp {place}/echo.data /tmp/echoed && echo long equal
'''


def echo(folder, address='10.9.0.2', place='/guests'):
    """The echo server: 300 KB in one connection, 20 short ones; all come back as they went."""
    guest = Guest('echo', folder / 'echo.elf', r'(?s)^echo: 20 of 20 short$.*^echo: long equal$.*'
                  r'^echo\| echo: done, 21 connections, ', 'connections=21', memory=64)
    guest.lines = ['vif = ["mac=00:16:3e:00:00:07"]']
    guest.files['echo.data'] = random.Random(7).randbytes(300000)
    guest.meanwhile = ECHOED.format(address=address, place=place)
    return guest


def echo_as_shipped(folder):
    """The same by its own definition: in the bridge, and it serves until it is destroyed."""
    guest = echo(folder, '10.0.2.20', '/root')
    guest.expect = (r'(?s)^echo: 20 of 20 short$.*^echo: long equal$.*^echo: vif\d+\.0 .*xenbr0$.*'
                    r'^echo\| echo: listening on port 7')
    guest.meanwhile += 'hvctl network-list echo | grep xenbr0\nhvctl destroy echo\n'
    return guest


LUA_SCRIPT = b"""
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do
  words[#words + 1] = word
end
table.sort(words)
local turns = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end)
local ok, why = pcall(error, "caught")
local big = {}
for i = 1, 20000 do big[i] = {i, tostring(i)} end
big = nil; collectgarbage()
assert(collectgarbage("count") < 2000)
assert(os.time() > 1700000000 and os.clock() > 0)
io.write(string.format("%d %s %.6f %d%d%d %s\\n", fib(18), table.concat(words, ","),
                       math.sin(1) ^ 2 + math.pi, turns(), turns(), turns(), why))
os.exit(0)
"""


def lua(image):
    """Lua's own interpreter with a script: integers, strings, floats, memory, clocks."""
    guest = Guest('lua', image, r'^lua\| 2584 brown,dog,fox,jumps,lazy,over,quick,the,the '
                  r'3\.849666 149 caught$', memory=32)
    guest.files['script.lua'] = LUA_SCRIPT
    guest.lines = ['ramdisk = "/guests/script.lua"']
    return guest


def grub(image, disk):
    """GRUB as a guest's kernel: it reads a disk and starts the hello sample from it."""
    guest = Guest('grub', image, r'(?s)GRUB finds:\n.*hello\.elf.*^grub\| Hello from a guest',
                  memory=64)
    guest.files['grub.img'] = disk.read_bytes()
    guest.prepare = 'losetup /dev/loop2 /guests/grub.img\n'
    guest.lines = ['disk = ["phy:/dev/loop2,xvda,r"]']
    return guest
