# SPDX-License-Identifier: GPL-2.0-or-later
"""The two machines that are compared: Mortise with hvctl and its daemons, Debian's Xen with xl and
its own.  Kernel, initramfs, guests, programs and QEMU's command line are the same.
"""
import copy
import glob
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../system'))
sys.dont_write_bytecode = True
import qemu  # noqa: E402  pylint: disable=wrong-import-position
import toolstack  # noqa: E402  pylint: disable=wrong-import-position

MEMORY = 768  # MiB of the control domain, in which the guests' disks lie
DISK = '/tmp/disk.img'
BUSY = 'rdinit=/bin/busybox -- sh -c "while :; do :; done"'
# The guest's first process asks to be switched off: nothing is nearer to user space's begin.
SHORT = 'rdinit=/bin/busybox -- poweroff -f'
WEIGHTS = {'busy1': 128, 'busy2': 256, 'busy3': 512, 'busy4': 1024}
# The disk of the guest that works, and the compiler that its own image has not.
MAKE_DISK = f'''set -e
dd if=/dev/zero of={DISK} bs=1M count=64 2>/dev/null
mke2fs -F {DISK} >/dev/null
'''
MAKE_COMPILER = f'''mkdir -p /tmp/disk
mount -o loop {DISK} /tmp/disk
cd /tmp/disk
mkdir -p compiler/sbin compiler/lib/x86_64-linux-gnu compiler/lib64
cp /sbin/tcc compiler/sbin
cp /lib64/ld-linux-x86-64.so.2 compiler/lib64
for name in c m pthread dl; do
    cp /lib/x86_64-linux-gnu/lib$name.so.? compiler/lib/x86_64-linux-gnu
done
cd /
umount /tmp/disk
'''
# What xl's helpers say to the back ends; Debian's own scripts want more than this image has.
SCRIPTS = {
    '/tmp/block': '''#!/bin/sh
[ "$1" = add ] || exit 0
xenstore-write $XENBUS_PATH/physical-device 7:0 $XENBUS_PATH/hotplug-status connected
''',
    '/tmp/vif': '''#!/bin/sh
[ "$1" = online ] || exit 0
brctl addif xenbr0 $vif && ip link set $vif up
xenstore-write $XENBUS_PATH/hotplug-status connected
'''}
XL = '''name="{name}"
memory={memory}
vcpus=1
kernel="/guests/vmlinuz"
ramdisk="/guests/initrd"
extra='console=hvc0 quiet name={name} {arguments}'
on_poweroff="preserve"
on_crash="preserve"
'''
XL_DEVICES = '''disk=["format=raw,vdev=xvda,access=rw,script=/tmp/block,target=/dev/loop0"]
vif=["bridge=xenbr0,script=/tmp/vif"]
'''


class XenHost(toolstack.Host):
    """Debian's Xen has no audit."""

    def audit(self):
        """There is none."""


class Shape:
    """How both machines are started.  by: what is measured, 'clock', 'cpu' (the time that QEMU had
    of this machine's CPUs) or 'icount' (instructions).  smp: CPUs; 0 for what suits that."""

    def __init__(self, by, smp, folder):
        self.by = by
        self.name = 'bench'
        self.log = os.path.join(folder, 'bench.console')
        self.icount = 'shift=0,sleep=off' if by == 'icount' else None
        self.smp = smp or (2 if by == 'clock' else 1)
        self.cpu = self.smp - 1  # the one that several guests are put on

    def host(self, beside_xen, arguments=''):
        """A machine that is not on yet."""
        kind = XenHost if beside_xen else toolstack.Host
        return kind(self, memory='2G', smp=self.smp, icount=self.icount,
                    beside_xen=beside_xen, arguments=arguments,
                    options=f'dom0_mem={MEMORY}M,max:{MEMORY}M')


class Side:
    """One of the two, with the control domain up."""

    def __init__(self, shape, beside_xen, arguments=''):
        self.shape, self.beside_xen = shape, beside_xen
        self.name = 'Xen' if beside_xen else 'Mortise'
        self.host = shape.host(beside_xen, arguments)
        if shape.by == 'cpu':  # a kernel that gets little time says that it is stuck
            self.host.vm.trouble = None
        self.tool = 'xl' if beside_xen else 'hvctl'

    def define(self, name, memory, arguments, devices=False):
        """Writes a guest's definition."""
        if self.beside_xen:
            text = XL.format(name=name, memory=memory, arguments=arguments)
            text += XL_DEVICES if devices else ''
        else:
            arguments = arguments.replace('"', '&quot;')
            text = toolstack.definition(
                name, memory=memory, arguments=arguments, on_poweroff='preserve',
                on_crash='preserve',
                devices=toolstack.disk(DISK) + toolstack.card() if devices else '')
        self.host.file(f'/tmp/{name}', text)

    def run(self, line, timeout=120):
        """A line of the toolstack's command."""
        return self.host.run(f'{self.tool} {line}', timeout)

    def weigh(self, name, weight):
        """Sets a guest's weight."""
        self.run(f'sched-credit2 -d {name} -w {weight}' if self.beside_xen else
                 f'sched --weight={weight} {name}')

    def prepare(self, guests):
        """What tools want to find, the disk, the server, and the guests that stay: of those
        that work and are busy, what is asked for."""
        self.host.run('mkdir -p /etc/xen /var/log/xen /var/lib/xen /var/lock; : >/etc/xen/xl.conf')
        if self.beside_xen:
            for path, text in SCRIPTS.items():
                self.host.file(path, text)
                self.host.run(f'chmod +x {path}')
        self.define('short', 128, SHORT)
        if 'work' in guests:
            compiler = MAKE_COMPILER if 'compiler' in guests else ''
            self.host.file('/tmp/make-disk', MAKE_DISK + compiler)
            self.host.run('sh /tmp/make-disk')
            if self.beside_xen:
                self.host.run(f'losetup /dev/loop0 {DISK}')
            self.host.run('/tests/bench serve >/tmp/serve.log 2>&1 &')
            self.define('work', 192, 'ip=10.0.2.20', devices=True)
            self.run('create /tmp/work')
            self.in_guest(['while [ ! -b /dev/xvda ]; do sleep 0.1; done',
                           'mount -t ext4 /dev/xvda /mnt && cd /mnt',
                           'cp -a compiler/. /' if compiler else 'true'])
        if 'busy' in guests:
            for name, weight in WEIGHTS.items():
                self.define(name, 96, BUSY)
                self.run(f'create /tmp/{name}')
                self.weigh(name, weight)
                self.run(f'vcpu-pin {name} 0 {self.shape.cpu}')
            self.host.run(f'sleep {12 if self.shape.icount else 20}', 300)  # they boot
            self.each_busy('pause')

    def each_busy(self, verb):
        """All busy guests."""
        for name in WEIGHTS:
            self.run(f'{verb} {name}')

    def in_guest(self, lines, timeout=300):
        """Types lines on the console of the guest that works; what each printed."""
        vm = self.host.vm
        answers = []
        self.host.number += 1
        session = self.host.number
        vm.send(f'{self.tool} console work; echo "=""left{session}="\n')
        for attempt in range(60):  # what is typed before its shell is there may be lost
            vm.send(f'\nstty cols 4000 -echo; PS1=; echo "=""r{session}="\n')
            try:
                if vm.expect(rf'=(r|left){session}=$', 5).group(1) == 'r':
                    break
                raise qemu.Failed(f'{self.name}: no console')
            except qemu.Failed:
                if attempt == 59 or vm.ended or vm.seen(f'^=left{session}='):
                    raise
        for line in lines:
            self.host.number += 1
            begin = vm.position
            vm.send(f'{line}\necho "=""g{self.host.number}=$?="\n')
            found = vm.expect(rf'=g{self.host.number}=(\d+)=$', timeout)
            answers.append(vm.text[begin:found.start()].strip('\n'))
            if found.group(1) != '0':
                raise qemu.Failed(f'{self.name}: "{line}" ended with {found.group(1)}: '
                                  f'{answers[-1]}')
        vm.send('\x1d')
        vm.expect(rf'=left{session}=$', 60)
        return answers

    def had(self):
        """Seconds that QEMU had of this machine's CPUs so far."""
        total = 0
        for path in glob.glob(f'/proc/{self.host.vm.process.pid}/task/*/schedstat'):
            with open(path, encoding='ascii') as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def figure(self, arguments, by_guest=False):
        """What the measuring program does in the guest: ns for one; by_guest: in any case by the
        guest's clock."""
        begin = self.had()
        printed = self.in_guest([f'bench {arguments}'])[0]
        end = self.had()
        found = re.search(r'^bench: \w+ (\d+) (\d+)', printed, re.MULTILINE)
        if not found:
            raise qemu.Failed(f'{self.name}: bench {arguments}: {printed}')
        took = (end - begin) * 1e9 if self.shape.by == 'cpu' and not by_guest else \
            int(found.group(2))
        return took / int(found.group(1))

    def domains(self, arguments, timeout=300):
        """What domains(1) prints."""
        return self.host.run(f'domains {arguments}', timeout)

    def domid(self, name):
        """A guest's number."""
        return int(self.run(f'domid {name}'))


def boot(shape, beside_xen):
    """Switches a machine on, until the control domain is up: seconds, or with a clock that counts
    instructions, thousand millions of them."""
    own = copy.copy(shape)  # with files of its own
    own.name, own.log = shape.name + '-boot', shape.log + '-boot'
    side = Side(own, beside_xen, arguments='test=bench')
    try:
        with side.host.vm as vm:
            begin = time.monotonic()
            found = vm.expect(r'^bench: stamp 1 (\d+)', 300)
            return {'clock': time.monotonic() - begin, 'cpu': side.had(),
                    'icount': int(found.group(1)) / 1e9}[shape.by]
    finally:
        if os.path.exists(side.host.disk):
            os.unlink(side.host.disk)
