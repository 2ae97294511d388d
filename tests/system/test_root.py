# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian root file system (debootstrap, ext4) on a disk, with systemd up, TCP through a
network card to a program on this side of QEMU, and load for as long as the run allows.
"""
import os
import socket
import subprocess
import threading
import time

import qemu
import state
from cases import CACHE, ON_XEN, case, check_end, machine, mkimage_module

BLOB = os.urandom(1 << 20) * 4
ECHO = os.urandom(1 << 18)
DISKS = {
    'virtio': ('/dev/vda', ['-device', 'virtio-blk-pci,drive=root']),
    'ahci': ('/dev/sda', ['-device', 'ich9-ahci,id=ahci', '-device',
                          'ide-hd,drive=root,bus=ahci.0']),
}


def root_image(role='root'):
    """The image, made the first time; "guest": one that boots by itself."""
    module = mkimage_module()
    kernel = module.fetch(CACHE, module.kernel_package(module.KERNEL))
    done = subprocess.run([os.path.join(os.path.dirname(__file__), 'mkroot'), CACHE, kernel,
                           role],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise OSError(f'mkroot: exit status {done.returncode}')
    return done.stdout.strip()


class Peer:
    """The program on QEMU's side: gives the blob to the first who connects, compares what the
    second sends, then talks to the echo server within."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(300 * qemu.FACTOR)
        self.port = self.listener.getsockname()[1]
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.inward = free.getsockname()[1]
        self.result = 'nothing connected'
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    @staticmethod
    def _read(connection):
        parts = []
        while True:
            part = connection.recv(65536)
            if not part:
                return b''.join(parts)
            parts.append(part)

    def _run(self):
        try:
            with self.listener.accept()[0] as connection:
                connection.settimeout(120 * qemu.FACTOR)
                connection.sendall(BLOB)
            self.result = 'nothing came back'
            with self.listener.accept()[0] as connection:
                connection.settimeout(120 * qemu.FACTOR)
                if self._read(connection) != BLOB:
                    self.result = 'what came back is not what was sent'
                    return
            self.result = 'no echo'
            with socket.create_connection(('127.0.0.1', self.inward)) as connection:
                connection.settimeout(120 * qemu.FACTOR)
                connection.sendall(ECHO)
                connection.shutdown(socket.SHUT_WR)
                self.result = None if self._read(connection) == ECHO else 'the echo is wrong'
        except OSError as why:
            self.result += f' ({why})'
        finally:
            self.listener.close()

    def check(self):
        """All of it must have worked."""
        self.thread.join(30 * qemu.FACTOR)
        if self.result:
            raise qemu.Failed(f'TCP: {self.result}')


def root_machine(test, disk, tests, card=None, peer=None, extra='', options='', **shape):
    """The machine with the Debian root on the disk; its changes are thrown away."""
    device, arguments = DISKS[disk]
    arguments = ['-drive', f'file={root_image()},if=none,id=root,format=raw,snapshot=on',
                 *arguments]
    if card:
        arguments += ['-netdev',
                      f'user,id=net,hostfwd=tcp:127.0.0.1:{peer.inward}-10.0.2.15:7777',
                      '-device', f'{card},netdev=net']
        extra += f' tcp={peer.port}'
    kernel_arguments = (
        f'root={device} rw quiet systemd.show_status=0 systemd.wants=systemd-networkd.service '
        'systemd.mask=systemd-networkd-wait-online.service systemd.mask=serial-getty@hvc0.service '
        f'systemd.wants=mortise-test.service test={tests} {extra}')
    return machine(test, options, kernel_arguments, arguments=arguments, **shape)


def expect_systemd(vm, device):
    """systemd must be running, from that disk."""
    state = vm.expect(r'^mortise: systemd is (\S+) after ([\d.]+) s, root is (\S+),', 240)
    if state.group(1) != 'running' or state.group(3) != device:
        vm.sleep(2)
        raise qemu.Failed(f'systemd is {state.group(1)}, root is {state.group(3)}')
    print(f'measure systemd running after {state.group(2)} s')


def expect_each(vm, names, timeout):
    """Each test must report success."""
    for name in names:
        status = vm.expect(rf'^mortise: test {name}: exit status (\d+)', timeout).group(1)
        if status != '0':
            raise qemu.Failed(f'test {name} in the root: exit status {status}')


def expect_tests(vm, tests, timeout):
    """Each test must report success, then the machine switches off."""
    expect_each(vm, tests.split(','), timeout)
    end = vm.expect(r'^mortise: (the kernel complained|tests are done)', 60)
    if end.group(1) != 'tests are done':
        raise qemu.Failed('the kernel complained')
    check_end(vm, 'poweroff', 90)
    if not ON_XEN:
        state.check_audit(vm.text)
        print(f'{state.check_refusals(vm.text)} refusals, all expected')


def boot_root(test, disk, card, **shape):
    """systemd, disk and network."""
    peer = Peer()
    with root_machine(test, disk, 'disk,tcp', card, peer, memory='1G', **shape) as vm:
        expect_systemd(vm, DISKS[disk][0])
        expect_tests(vm, 'disk,tcp', 180)
        peer.check()


@case('root-virtio', full=True)
def root_virtio(test):
    """virtio-blk and virtio-net on pc"""
    boot_root(test, 'virtio', 'virtio-net-pci', machine='pc', smp=2)


@case('root-ahci', full=True)
def root_ahci(test):
    """AHCI and e1000 on q35"""
    boot_root(test, 'ahci', 'e1000', machine='q35', smp=2)


@case('root-ahci-e1000e', full=True)
def root_ahci_e1000e(test):
    """AHCI on pc, e1000e (MSI-X) on AVX"""
    boot_root(test, 'ahci', 'e1000e', machine='pc', smp=4, cpu='Haswell-noTSX')


@case('root-virtio-e1000e-q35', full=True)
def root_virtio_e1000e_q35(test):
    """virtio-blk and e1000e (both MSI-X) on q35, whose configuration window is read-only"""
    boot_root(test, 'virtio', 'e1000e', machine='q35', smp=2)


def stress(test, seconds, before=(), disk='ahci', card=None, machine_type='q35'):
    """Load on 4 vCPUs over 2 pCPUs, after other tests; the clock keeps up with QEMU's."""
    peer = Peer() if card else None
    with root_machine(test, disk, ','.join([*before, 'stress']), card, peer,
                      extra=f'stress={seconds}',
                      options='dom0_max_vcpus=4', machine=machine_type, smp=2, memory='1G') as vm:
        expect_systemd(vm, DISKS[disk][0])
        expect_each(vm, before, 180)
        vm.expect(r'^mortise: stress begins', 60)
        began = time.monotonic()
        vm.expect(r'^mortise: stress ends at ([\d.]+) s, began at ([\d.]+) s', seconds + 150)
        elapsed = time.monotonic() - began
        inside = [float(value) for value in vm.seen(
            r'stress ends at ([\d.]+) s, began at ([\d.]+) s').groups()]
        drift = abs(inside[0] - inside[1] - elapsed)
        print(f'measure clock drift {drift * 1000:.0f} ms in {elapsed:.0f} s of load')
        # The console's own delay is in it: 0.5 %, and not less than 0.5 s.
        if drift > max(0.5, elapsed * 0.005):
            raise qemu.Failed(f'the clock is off by {drift:.3f} s after {elapsed:.0f} s')
        expect_tests(vm, 'stress', 60)
        if peer:
            peer.check()


@case('root-stress-1min')
def stress_short(test):
    """systemd, virtio-blk, TCP through virtio-net, and load for a minute."""
    stress(test, 60, ('disk', 'tcp'), 'virtio', 'virtio-net-pci', 'pc')


@case('stress-10min', full=True)
def stress_long(test):
    """Ten minutes."""
    stress(test, 600)
