# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests through the command line: unmodified Debian kernels, their devices, their ends."""
import re
import urllib.request

import qemu
from cases import ON_XEN, case
from toolstack import Guest, Host, card, definition, disk, free_port, serve_once

WEB = disk('/guests/root.img') + card()
ADDRESS = 'root=/dev/xvda ip=10.0.2.20,10.0.2.2'


@case('toolstack-guest')
def toolstack_guest(test):
    """Disk, card and console of Debian's cloud kernel: each way, and nothing left behind."""
    port = free_port()
    received = []
    outside = serve_once(received)
    with Host(test, forward={port: '10.0.2.20:80'}) as host:
        before = host.state()
        host.create('web', arguments=ADDRESS, devices=WEB)
        host.up('web')
        with urllib.request.urlopen(f'http://127.0.0.1:{port}/', timeout=30) as page:
            if b'from the guest web' not in page.read():
                raise qemu.Failed('the page is not the guest\'s')
        host.run('dd if=/dev/zero of=/tmp/data bs=1M count=8 2>/dev/null; '
                 'hvctl block-attach web /tmp/data xvdb; hvctl network-attach web xenbr0')
        with Guest(host, 'web') as guest:
            written = guest.run('dd if=/dev/urandom of=/dev/xvdb bs=1M count=8 conv=fsync '
                                '2>/dev/null; sha256sum </dev/xvdb')
            inside = re.search(r'^[0-9a-f]{64}', written, re.MULTILINE).group(0)
            guest.run(f'dd if=/dev/xvdb bs=1M count=1 2>/dev/null | nc 10.0.2.2 {outside}')
            guest.run('[ -e /sys/class/net/eth1 ]')
        host.run('hvctl block-detach web xvdb; hvctl network-detach web 1')
        if host.run('sha256sum </tmp/data').split()[0] != inside:
            raise qemu.Failed('the disk has not what the guest wrote')
        if not received or len(received[0]) != 1 << 20:
            raise qemu.Failed('what the guest sent did not arrive')
        host.run('hvctl shutdown --wait web')
        host.gone('web')
        host.run('rm /tmp/data')
        host.leaks(before)
        host.audit()


@case('toolstack-generic')
def toolstack_generic(test):
    """Debian's generic kernel; vCPUs on and off line; the balloon."""
    with Host(test, smp=2) as host:
        before = host.state()
        host.create('big', memory=192, vcpus=4, online=1, kernel='vmlinuz-generic',
                    initrd='initrd-generic', arguments='root=/dev/xvda',
                    devices=disk('/guests/root.img', readonly=True))
        host.up('big')
        for count in (4, 2):
            host.run(f'hvctl vcpu-set big {count}')
            with Guest(host, 'big') as guest:
                guest.run('for c in /sys/devices/system/cpu/cpu[1-3]/online; do '
                          '[ "$(cat $c)" = 1 ] || echo 1 >$c 2>/dev/null; done; true')
            host.until('hvctl list big', rf'^big +\d+ +\d+ +{count} ')
        for size in (128, 192):
            host.run(f'hvctl mem-set big {size}')
            host.until('hvctl list big', rf'^big +\d+ +{size} ')
        host.run('hvctl destroy big')
        host.leaks(before)
        host.audit()


@case('toolstack-ends')
def toolstack_ends(test):
    """Power-off, reboot and crash as the definition says."""
    with Host(test) as host:
        before = host.state()
        host.create('one', arguments='sysrq_always_enabled')
        host.up('one')
        first = host.run('hvctl domid one')
        host.run('hvctl reboot one')
        host.until('hvctl domid one', rf'^(?!{first}$)\d+$')
        host.up('one', again=True)
        host.run('hvctl sysrq one c')
        host.gone('one')
        host.create('two', on_crash='preserve', arguments='sysrq_always_enabled')
        host.up('two')
        host.run('hvctl sysrq two c')
        host.until('hvctl list two', r'^two .* crashed ')
        host.run('hvctl destroy two')
        host.leaks(before)
        host.audit()


@case('toolstack-four')
def toolstack_four(test):
    """Four guests at once on 2 GiB, each with a disk of its own."""
    with Host(test, memory='2G') as host:
        host.run('for n in 1 2 3 4; do cp /guests/root.img /tmp/$n.img; done')
        before = host.state()
        for n in range(1, 5):
            host.create(f'g{n}', arguments=f'root=/dev/xvda ip=10.0.2.3{n}',
                        devices=disk(f'/tmp/{n}.img') + card())
        for n in range(1, 5):
            host.up(f'g{n}', 180)
            printed = host.run(f'wget -q -O - http://10.0.2.3{n}/')
            if f'from the guest g{n},' not in printed:
                raise qemu.Failed(f'g{n} answers with another page: {printed}')
        host.run('hvctl shutdown --wait g1 g2 g3 g4', 120)
        for n in range(1, 5):
            host.gone(f'g{n}')
        host.leaks(before)
        host.audit()


def rounds(test, count):
    """Guests created and destroyed while they boot."""
    with Host(test) as host:
        host.file('/tmp/rounds', 'for i in $(seq $1); do hvctl create -p /tmp/r.xml >/dev/null && '
                  'hvctl unpause r && hvctl destroy r || exit 1; done')
        host.create('r', memory=96, devices=WEB)
        host.run('hvctl destroy r; sh /tmp/rounds 10', 300)
        host.run('sleep 2')
        before, files = host.state(books=not ON_XEN), host.open_files()
        host.run(f'sh /tmp/rounds {count}', 60 + 15 * count)
        host.leaks(before, books=not ON_XEN)
        more = host.open_files() - files
        print(f'measure after {count} rounds: {more} open files more; otherwise as before:')
        print(before)
        if more > 90:
            raise qemu.Failed(f'the kernel has {more} open files more')
        host.audit()


@case('toolstack-rounds')
def toolstack_rounds(test):
    """50 rounds leave nothing."""
    rounds(test, 50)


@case('toolstack-rounds-1000', full=True)
def toolstack_rounds_long(test):
    """1,000 rounds leave nothing."""
    rounds(test, 1000)


# What is typed, the exit status, and what the sentence must name.
BAD = (
    ('hvctl create /tmp/none.xml', 4, 'none.xml'),
    ('hvctl create /tmp/text.xml', 3, 'text.xml'),
    ('hvctl create /tmp/kernel.xml', 4, '/guests/nothing'),
    ('hvctl create /tmp/notkernel.xml', 3, 'root.img'),
    ('hvctl create /tmp/nodisk.xml', 4, '/tmp/nodisk.img'),
    ('hvctl create /tmp/folder.xml', 3, 'directory'),
    ('hvctl create /tmp/bridge.xml', 4, 'nobridge'),
    ('hvctl create /tmp/memory.xml', 7, 'memory'),
    ('hvctl create /tmp/vcpus.xml', 3, 'vcpu'),
    ('hvctl create /tmp/taken.xml', 5, 'taken'),
    ('hvctl create /tmp/shared.xml', 8, '/guests/root.img'),
    ('hvctl destroy nobody', 4, 'nobody'),
    ('hvctl destroy 0', None, ''),
    ('hvctl block-attach taken /tmp xvdb', 3, 'directory'),
    ('hvctl block-attach taken /guests/root.img floppy', 3, 'floppy'),
    ('hvctl block-detach taken xvdq', 4, 'xvdq'),
    ('hvctl network-attach taken lo', 4, 'no bridge'),
    ('hvctl network-detach taken 7', 4, '7'),
    ('hvctl mem-set taken 1x', None, '1x'),
)


@case('toolstack-bad')
def toolstack_bad(test):
    """Bad input: a sentence that names the cause, and nothing half made."""
    with Host(test) as host:
        host.create('taken', flags='--paused', devices=disk('/guests/root.img'))
        host.file('/tmp/text.xml', 'no XML')
        for name, changes in {
                'kernel': {'kernel': 'nothing'}, 'notkernel': {'kernel': 'root.img'},
                'nodisk': {'devices': disk('/tmp/nodisk.img')},
                'folder': {'devices': disk('/tmp')},
                'bridge': {'devices': card().replace('xenbr0', 'nobridge')},
                'memory': {'memory': 4096}, 'vcpus': {'vcpus': 4000},
                'shared': {'devices': disk('/guests/root.img')}}.items():
            host.file(f'/tmp/{name}.xml', definition(name, **changes))
        before = host.state()
        for line, status, names in BAD:
            printed = host.run(line + ' 2>&1', status=status)
            if names not in printed or not re.search(r'hvctl: \S', printed):
                raise qemu.Failed(f'"{line}" says "{printed}", not a word of "{names}"')
        host.leaks(before)
        host.run('hvctl unpause taken')
        host.up('taken')
        host.audit()


@case('toolstack-daemons')
def toolstack_daemons(test):
    """Both daemons killed while a guest runs: it goes on, and its devices come and go."""
    with Host(test) as host:
        host.create('web', arguments=ADDRESS, devices=WEB)
        host.up('web')
        host.run('dd if=/dev/zero of=/tmp/data bs=1M count=1 2>/dev/null')
        for _ in range(5):
            host.run('kill -9 $(pidof hvstored) $(pidof hvconsoled)')
            host.run('hvctl block-attach web /tmp/data xvdb')
            host.run('hvctl block-detach web xvdb')
        host.run('wget -q -O - http://10.0.2.20/ | grep -q "from the guest web"')
        host.run('hvctl shutdown --wait web')
        host.gone('web')
        host.audit()


def xl_begin(host):
    """What xl needs, and a definition; what there is then."""
    host.run('mkdir -p /etc/xen /var/log/xen /var/lib/xen /run/xen; : >/etc/xen/xl.conf')
    host.run('xenstore-write /libxl ""')  # xl makes it, and leaves it
    host.file('/tmp/xl.cfg', 'name="debian"\nmemory=128\nvcpus=1\nkernel="/guests/vmlinuz"\n'
              'ramdisk="/guests/initrd"\nextra="console=hvc0 quiet name=debian"\n')
    return host.state()


@case('toolstack-xl', on_xen=False)
def toolstack_xl(test):
    """Debian's own xl beside ours; docs/administration.md lists what of it fails, and why."""
    with Host(test) as host:
        before = xl_begin(host)
        failed = []
        for line, pattern in (('xl list', 'Domain-0 +0 +512'), ('xl info', 'xen_major +: 4'),
                              ('xl vcpu-list', 'Domain-0 +0 +0'),
                              ('xl create /tmp/xl.cfg; xl list', r'^debian +\d+ +128 '),
                              ('hvctl list', '^debian '), ('xl domid debian', r'^\d+$'),
                              ('xl uptime', r'^debian +\d+ '),
                              ('xl pause debian; xl list', '^debian .* --p---'),
                              ('xl unpause debian; xl mem-set debian 112; xenstore-read '
                               '/local/domain/$(xl domid debian)/memory/target', '^114688$'),
                              ('xl sched-credit2 -d debian -w 512; hvctl sched', '^debian .*512'),
                              ('xl vcpu-pin debian 0 1; xl vcpu-list', r'^debian .* 1 / all'),
                              ('xl dmesg', 'Mortise: a paravirt'),
                              ('xl debug-keys r', 'run queues'),
                              ('xl cpupool-list', '^Pool-0 .* credit2 '),
                              ('xl sysrq debian h && echo sent', '^sent'),
                              ('xl dump-core debian /tmp/core && echo dumped', '^dumped'),
                              ('rm /tmp/core; xl destroy debian; xl list', 'Domain-0')):
            if not re.search(pattern, host.run(line + ' 2>&1', 60, None), re.MULTILINE):
                failed.append(line)
        if failed:
            raise qemu.Failed('not as on Xen: ' + '; '.join(failed))
        host.leaks(before)
        host.audit()


@case('toolstack-xl-life', full=True, on_xen=False)
def toolstack_xl_life(test):
    """A guest of Debian's xl: its console, another name, reboot, shutdown."""
    with Host(test) as host:
        before = xl_begin(host)
        host.run('xl create /tmp/xl.cfg 2>&1')
        host.up('debian')
        first = host.run('xl rename debian www; xl domid www')
        host.run('xl reboot www')
        host.until('xl domid www', rf'^(?!{first}$)\d+$')
        host.up('www', again=True)
        host.vm.send('xl console www\n')
        host.vm.sleep(2)  # what is typed before it has the terminal is lost
        host.vm.send('\n\necho "I am =""$(hostname)="\n')
        host.vm.expect('^I am =debian=$', 30)
        host.vm.send('\x1d')
        host.vm.sleep(1)
        host.run('xl shutdown -w www 2>&1')
        host.until('xl list | grep -c www', '^0$')
        host.leaks(before)
        host.audit()
