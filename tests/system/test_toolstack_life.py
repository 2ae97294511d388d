# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests over their life: one that boots from its own disk by GRUB, and what CPU time they get."""
import os
import re
import socket

import qemu
from cases import case
from test_root import root_image
from toolstack import Guest, Host, free_port, serve_once

GRUB = '''<domain type="xen"><name>debian</name><memory unit="MiB">320</memory><vcpu>1</vcpu>
<bootloader>pvgrub</bootloader><devices>
<disk type="block" device="disk"><source dev="/dev/vdb"/><target dev="xvda"/></disk>
<interface type="bridge"><source bridge="xenbr0"/></interface><console type="pty"/>
</devices></domain>
'''


class Debian(Guest):
    """The shell of a Debian guest, after logging in."""

    def __enter__(self):
        self.host.vm.send(f'hvctl console {self.name}\n')
        self.host.vm.send('\n')
        self.host.vm.expect('login: ', 300)
        self.host.vm.send('root\n')
        self.host.vm.expect(r'root@\S*:~# ', 120)
        self.host.vm.send('exec sh\n')
        self.host.vm.expect('# ', 60)
        self.host.vm.send('stty cols 4000 -echo; PS1= PS2=\n')
        return self


def guest_on_own_disk(host, port):
    """systemd in the guest, its disk, TCP into it and out of it."""
    blob, answers = os.urandom(1 << 20), []
    outside = serve_once(answers)
    with Debian(host, 'debian') as guest:
        printed = guest.run('timeout 300 systemctl is-system-running --wait', 320, None)
        if not re.search('^running$', printed, re.MULTILINE):
            raise qemu.Failed(f'systemd says "{printed}": '
                              + guest.run('systemctl --failed --plain --no-legend'))
        print('measure systemd in the guest running after '
              + guest.run('cut -d" " -f1 /proc/uptime').split('\n')[-1] + ' s')
        guest.run('[ "$(findmnt -no SOURCE /)" = /dev/xvda ]')
        guest.run('dd if=/dev/urandom of=/root/data bs=1M count=8 status=none; sync; '
                  'sum=$(sha256sum </root/data); echo 3 >/proc/sys/vm/drop_caches; '
                  '[ "$(sha256sum </root/data)" = "$sum" ]')
        guest.run('ping -c 1 -W 20 10.0.2.2 >/dev/null')
        guest.run('socat -u TCP-LISTEN:7777,reuseaddr CREATE:/root/in & sleep 2')
        with socket.create_connection(('127.0.0.1', port)) as peer:
            peer.sendall(blob)
        guest.run(f'wait; socat -u OPEN:/root/in TCP:10.0.2.2:{outside}', 120)
    if answers != [blob]:
        raise qemu.Failed('what came out of the guest is not what was sent into it')


@case('toolstack-grub', full=True)
def toolstack_grub(test):
    """PV GRUB starts Debian's kernel from the guest's own disk; systemd runs; a clean end."""
    port = free_port()
    drive = ['-drive', f'file={root_image("guest")},if=virtio,format=raw,snapshot=on']
    with Host(test, forward={port: '10.0.2.20:7777'}, devices=drive) as host:
        before = host.state()
        host.file('/tmp/debian.xml', GRUB)
        host.run('hvctl create /tmp/debian.xml')
        guest_on_own_disk(host, port)
        host.run('hvctl shutdown --wait debian', 180)
        host.gone('debian')
        # Linux says "halted": a guest has no power to switch off.
        host.run('grep -q "reboot: System halted" /var/log/mortise/console/debian.log')
        host.leaks(before)
        host.audit()


# Three guests that never rest, and one that sleeps and says how late it woke.
BUSY = 'rdinit=/bin/busybox -- sh -c "while :; do :; done"'
WAKE = 'rdinit=/wake'


def cpu_time(host, seconds):
    """Elapsed time and what each domain had, in microseconds."""
    printed = host.run(f'domains cpu {seconds}', 900)
    elapsed = int(re.search(r'elapsed (\d+)', printed).group(1))
    return elapsed, {int(who): int(had) for who, had in
                     re.findall(r'domain (\d+) had (\d+)', printed)}


def check_near(what, value, wanted, part):
    """A figure within a part of what it should be."""
    print(f'measure {what}: {value:.4f}, wanted {wanted:.4f}')
    if abs(value - wanted) > part * wanted:
        raise qemu.Failed(f'{what} is {value:.4f}, not {wanted:.4f}')


def busy(host, name):
    """A guest that never rests, on the second CPU; its number, when it has nothing else to do."""
    host.create(name, memory=96, arguments=BUSY)
    host.run(f'hvctl vcpu-pin {name} 0 1')
    return int(host.run(f'hvctl domid {name}'))


@case('toolstack-shares', full=True, on_xen=False)
def toolstack_shares(test):
    """Weights, a cap, and how late a sleeper wakes beside a busy guest, on one CPU.

    The clock counts instructions, 8 ns each, so that what else this machine does is not in it.
    """
    with Host(test, memory='1G', icount='shift=3,sleep=off',
              options='dom0_mem=512M dom0_max_vcpus=1') as host:
        before = host.state()
        host.run('hvctl vcpu-pin 0 0 0')
        weights = {'one': 128, 'two': 256, 'four': 512}
        ids = {busy(host, name): weight for name, weight in weights.items()}
        host.run('sleep 60', 900)  # until all of them have booted
        for name, weight in weights.items():
            host.run(f'hvctl sched --weight={weight} {name}')
        _, had = cpu_time(host, 30)
        total = sum(had[who] for who in ids)
        for who, weight in ids.items():
            check_near(f'share of weight {weight}', had[who] / total, weight / 896, 0.05)
        host.run('hvctl destroy one; hvctl destroy two')
        host.run('mkdir /tmp/w; cp /sbin/wake /tmp/w; cd /tmp/w; echo wake | cpio -o -H newc '
                 '2>/dev/null | cat /guests/initrd - >/tmp/initrd; cd /')
        check_wake(host)
        host.run('hvctl sched --cap=50 four')
        elapsed, had = cpu_time(host, 30)
        four = int(host.run('hvctl domid four'))
        check_near('cap of 50%', had[four] / elapsed, 0.5, 0.03)
        host.run('hvctl destroy four; rm -r /tmp/w /tmp/initrd')
        host.leaks(before)
        host.audit()


def check_wake(host):
    """A guest that sleeps beside one that does not: its own timer is the measure."""
    host.create('idle', memory=96, initrd='../tmp/initrd', arguments=WAKE)
    host.run('hvctl vcpu-pin idle 0 1')
    late = int(host.until('hvctl console --log idle', r'^wake: median (\d+) us', 300).group(1))
    print(f'measure an idle guest wakes beside a busy one: {late} us late (median)')
    host.run('hvctl destroy idle')
    if late >= 1000:
        raise qemu.Failed(f'an idle guest wakes {late} us late')
