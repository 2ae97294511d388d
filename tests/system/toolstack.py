# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolstack as an administrator uses it: a control domain with a shell, and what is typed there.

A Host is the machine with the control domain up.  run() types a command line and gives back what
it printed; each test leaves the host as it found it, which leaks() checks.
"""
import os
import re
import shutil
import socket
import threading

import qemu
from cases import BUILD, ON_XEN, VMLINUX, hypervisor_image, xen_image

INITRD = os.path.join(BUILD, 'image/initrd-toolstack')
GUESTS = os.path.join(BUILD, 'image/guests-toolstack.img')

DEFINITION = '''<domain type="xen"><name>{name}</name><memory unit="MiB">{memory}</memory>
<vcpu current="{online}">{vcpus}</vcpu>
<os><type>linux</type><kernel>/guests/{kernel}</kernel>{initrd}
<cmdline>console=hvc0 quiet name={name} {arguments}</cmdline></os>
<on_poweroff>{on_poweroff}</on_poweroff><on_reboot>{on_reboot}</on_reboot>
<on_crash>{on_crash}</on_crash><devices>{devices}<console type="pty"/></devices></domain>
'''

# What a guest must not leave behind, one line a kind; the free memory comes last.  The folders
# that all guests have in common come with the first and stay, as the daemons' /dev/xen/gntdev does.
STATE = r'''xs() { xenstore-ls -f 2>/dev/null | sed 's/ = .*//' | grep -Ev '^/(tool|libhvctl$|vm$|local/domain/0/(error/?)?(backend(/v..)?)?$)'; }
hvctl list --names; xs; losetup -a; ls /sys/class/net/xenbr0/brif /sys/bus/xen-backend/devices
for p in hvstored $(pidof hvconsoled >/dev/null && echo hvconsoled); do n=0; for i in $(pidof $p); do n=$((n + $(ls -l /proc/$i/fd | grep -vc gntdev))); done; echo "$p $n"; done
echo "free $(hvctl info | sed -n 's/^free memory *//p')"
'''

# What the hypervisor counts for the control domain, to the frame.
BOOKS = r'''domains memory; for i in $(pidof hvstored hvconsoled); do ls -l /proc/$i/fd | grep -c gntdev; done
hvctl dmesg | sed -n 's/^.*\(domain 0: .* ports in use\).*/\1/p' | tail -n 1
hvctl dmesg | sed -n 's/^.*\(domain 0: .* mappings\).*/\1/p' | tail -n 1
'''


def disk(source, target='xvda', readonly=False):
    """The element of a file as a disk."""
    return (f'<disk type="file" device="disk"><source file="{source}"/>'
            f'<target dev="{target}" bus="xen"/>{"<readonly/>" if readonly else ""}</disk>')


def card(mac=None):
    """The element of a card in the bridge."""
    return ('<interface type="bridge"><source bridge="xenbr0"/>'
            + (f'<mac address="{mac}"/>' if mac else '') + '</interface>')


def definition(name, memory=128, vcpus=1, online=None, kernel='vmlinuz', initrd='initrd',
               arguments='', devices='', on_poweroff='destroy', on_reboot='restart',
               on_crash='destroy'):
    """The XML of a guest."""
    initrd = f'<initrd>/guests/{initrd}</initrd>' if initrd else ''
    return DEFINITION.format(name=name, memory=memory, vcpus=vcpus, online=online or vcpus,
                             kernel=kernel, initrd=initrd, arguments=arguments, devices=devices,
                             on_poweroff=on_poweroff, on_reboot=on_reboot, on_crash=on_crash)


class Host:
    """The machine; use it in a with statement.

    beside_xen: it is Debian's Xen with Debian's daemons, to be compared with a machine of ours.
    """

    def __init__(self, test, memory='1G', smp=2, forward=None, options='dom0_mem=512M',
                 arguments='', image=None, devices=(), beside_xen=False, icount=None):
        suffix = '-xen' if beside_xen else ''
        self.on_xen = beside_xen or ON_XEN
        if beside_xen:
            arguments += ' store=xenstored consoled=xenconsoled'
        self.disk = os.path.join(BUILD, f'check/system-{test.name}{suffix}.img')
        os.makedirs(os.path.dirname(self.disk), exist_ok=True)
        shutil.copyfile(GUESTS, self.disk)
        network = 'user,id=net' + ''.join(
            f',hostfwd=tcp:127.0.0.1:{here}-{there}' for here, there in (forward or {}).items())
        self.vm = qemu.Machine(
            kernel=image or (xen_image() if beside_xen else hypervisor_image()),
            log=test.log + suffix, machine='q35', smp=smp, memory=memory, icount=icount,
            append=f'console=com1 com1=115200,8n1 {options}',
            modules=[qemu.module_argument(VMLINUX, f'console=hvc0 quiet {arguments}'),
                     qemu.module_argument(INITRD)],
            arguments=['-drive', f'file={self.disk},if=virtio,format=raw', '-netdev', network,
                       '-device', 'virtio-net-pci,netdev=net', *devices])
        self.number = 0

    def __enter__(self):
        self.vm.__enter__()
        try:
            self.vm.expect(r'^mortise: a shell', 180)
            self.vm.expect(r'mortise:\S*# ', 30)
            # One line a command, whatever its length, and no echo of it.
            self.vm.send('stty cols 4000 -echo; export PS1= ENV=; dmesg -n 1; exec /bin/sh\n')
            self.run('true')
        except Exception:
            self._stop()
            raise
        return self

    def __exit__(self, kind, failure, trace):
        """What went well ends with an audit."""
        try:
            if kind is None:
                self.audit()
        finally:
            self._stop(kind, failure, trace)

    def _stop(self, kind=None, failure=None, trace=None):
        self.vm.__exit__(kind, failure, trace)
        if os.path.exists(self.disk):
            os.unlink(self.disk)

    def run(self, line, timeout=60, status=0):
        """Types a command line; what it printed.  Any status is right with status None."""
        self.number += 1
        # The mark is put together by the shell, so that an echo of the line is not taken for it.
        self.vm.send(f'{line}\necho "=""{self.number}=$?="\n')
        begin = self.vm.position
        found = self.vm.expect(rf'={self.number}=(\d+)=$', timeout)
        printed = self.vm.text[begin:found.start()]
        printed = re.sub(r'\x1b\[[0-9;]*[A-Za-z]', '', printed).strip('\n')
        if status is not None and int(found.group(1)) != status:
            raise qemu.Failed(f'"{line}" ended with {found.group(1)}, not {status}: {printed}')
        return printed

    def file(self, path, text):
        """Writes a small text file.  A line waits until the one before is read: a terminal that
        is typed on faster than a slow machine reads loses what is too much."""
        self.vm.send(f"cat >{path} <<'END_OF_FILE'\n")
        for line in text.rstrip().split('\n'):
            self.vm.expect('> ', 60)
            self.vm.send(line + '\n')
        self.vm.expect('> ', 60)
        self.run('END_OF_FILE')

    def create(self, name, flags='', timeout=60, **kwargs):
        """Defines and creates a guest."""
        self.file(f'/tmp/{name}.xml', definition(name, **kwargs))
        self.run(f'hvctl create {flags} /tmp/{name}.xml', timeout)

    def until(self, line, pattern, timeout=30):
        """Types a line again and again until what it prints matches; the match."""
        for _ in range(int(timeout * 2 * qemu.FACTOR)):
            printed = self.run(line, status=None)
            found = re.search(pattern, printed, re.MULTILINE)
            if found:
                return found
            self.run('sleep 0.5')
        raise qemu.Failed(f'"{line}" does not print "{pattern}" within {timeout} s: {printed}')

    def up(self, name, timeout=120, again=False):
        """Waits until a small guest is up; its line: kernel, CPUs, kB of memory.
        again: after a reboot; what it said before that stands in the same log."""
        return self.until(f'hvctl console --log {name}', ('(?s)Restarting system.*' if again else '')
                          + r'^guest: up, Linux (\S+), (\d+) CPUs, (\d+) kB', timeout)

    def gone(self, name, timeout=30):
        """Waits until there is no guest of a name."""
        self.until(f'hvctl list --names | grep -cx {name}', r'^0$', timeout)

    def state(self, books=False):
        """All that guests could leave behind, as lines; with the hypervisor's own books."""
        script = STATE + BOOKS if books else STATE
        if books:
            self.run('domains keys eg; sleep 1')  # answers on the same line, and in the log
        return self.run(script.replace('\n', '; ').rstrip('; '))

    def open_files(self):
        """How many files the control domain's kernel has open (it counts in batches)."""
        return int(self.run('cut -f1 /proc/sys/fs/file-nr'))

    def leaks(self, before, timeout=20, books=False):
        """The state must become what it was before."""
        for _ in range(timeout):
            after = self.state(books)
            if after == before:
                return
            self.run('sleep 1')
        lines = set(before.split('\n')).symmetric_difference(after.split('\n'))
        raise qemu.Failed('left behind, or gone: ' + '; '.join(sorted(lines)))

    def audit(self):
        """The hypervisor's books must agree (Debian's Xen has none)."""
        if not self.on_xen:
            printed = self.run('hvctl audit')
            if not re.search(r'\b0 differences', printed):
                raise qemu.Failed(f'the audit: {printed}')


class Guest:
    """A guest's shell, by hvctl console on the host's terminal; use it in a with statement."""

    number = 0  # of the line: no two have the same, since a console shows again what it showed

    def __init__(self, host, name):
        self.host, self.name = host, name

    def __enter__(self):
        # What was said before may be shown again, or not: only an answer to this counts.
        Guest.number += 1
        self.host.vm.send(f'hvctl console {self.name}\n')
        self.host.vm.send(f'\nstty cols 4000 -echo; PS1=; echo "=""r{Guest.number}="\n')
        self.host.vm.expect(rf'^=r{Guest.number}=$', 60)
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.host.vm.send('\x1d')
            self.host.vm.sleep(1)  # what is typed before it has left would be the guest's
            self.host.run('true')

    def run(self, line, timeout=60, status=0):
        """Types a line in the guest; what it printed."""
        Guest.number += 1
        self.host.vm.send(f'{line}\necho "=""g{Guest.number}=$?="\n')
        begin = self.host.vm.position
        found = self.host.vm.expect(rf'=g{Guest.number}=(\d+)=$', timeout)
        if status is not None and int(found.group(1)) != status:
            raise qemu.Failed(f'in the guest, "{line}" ended with {found.group(1)}')
        return self.host.vm.text[begin:found.start()].strip('\n')


def free_port():
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def serve_once(answers):
    """A server on this machine that keeps what one client sends; its port."""
    server = socket.create_server(('127.0.0.1', 0))

    def accept():
        server.settimeout(120 * qemu.FACTOR)
        with server, server.accept()[0] as peer:
            data = b''
            while chunk := peer.recv(65536):
                data += chunk
            answers.append(data)

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]
