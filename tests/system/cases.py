# SPDX-License-Identifier: GPL-2.0-or-later
"""What the system tests share: the registry of cases, the two hypervisors,
and the usual way to boot the control domain.

With MORTISE_TEST_ON=xen the same cases run on Debian's Xen, which shows that
a case asks nothing that a correct hypervisor does not do.
"""
import glob
import gzip
import importlib.machinery
import importlib.util
import os
import re

import qemu

SRC = os.environ.get('MORTISE_SRC') or os.path.realpath(f'{os.path.dirname(__file__)}/../..')
BUILD = os.environ.get('MORTISE_BUILD') or os.path.join(SRC, 'build')
CACHE = os.environ.get('MORTISE_CACHE') or os.path.expanduser('~/.cache/mortise')
ON_XEN = os.environ.get('MORTISE_TEST_ON') == 'xen'
VMLINUX = os.path.join(BUILD, 'image/vmlinux')
INITRD = os.path.join(BUILD, 'image/initrd-tests')

# Every machine that is switched off counts its references before.
OPTIONS = 'console=com1 com1=115200,8n1 ' + ('' if ON_XEN else 'audit=end ')
AUDIT = re.compile(r'audit: (\d+) differences, \d+ references on \d+ frames')

CASES = {}


class Case:
    """A test: a name, a function, and whether it belongs to the quick run."""

    def __init__(self, name, function, full):
        self.name = name
        self.function = function
        self.full = full

    @property
    def log(self):
        """The file that takes the console."""
        folder = os.path.join(BUILD, 'check')
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, f'system-{self.name}.console')

    def run(self):
        """Runs it; raises qemu.Failed with the reason."""
        if os.path.exists(self.log):
            os.unlink(self.log)
        self.function(self)


def case(name, full=False, on_xen=True):
    """Registers a function as a test.  full: not in the quick run.  on_xen: whether it is
    about something that Xen has, too."""
    def register(function):
        if on_xen or not ON_XEN:
            assert name not in CASES
            CASES[name] = Case(name, function, full)
        return function
    return register


def mkimage_module():
    """dom0-tools/mkimage as a module, for its downloads."""
    path = os.path.join(SRC, 'dom0-tools/mkimage')
    loader = importlib.machinery.SourceFileLoader('mkimage', path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('mkimage', loader))
    loader.exec_module(module)
    return module


def xen_image():
    """Debian's Xen as a multiboot image, downloaded once."""
    folder = mkimage_module().fetch(CACHE, 'xen-hypervisor-4.17-amd64')
    image = os.path.join(folder, 'xen')
    if not os.path.exists(image):
        packed = glob.glob(os.path.join(folder, 'boot/xen-4.17-amd64.gz'))[0]
        with gzip.open(packed) as source, open(image + '.tmp', 'wb') as target:
            target.write(source.read())
        os.rename(image + '.tmp', image)
    return image


def hypervisor_image():
    """The hypervisor under test."""
    return xen_image() if ON_XEN else os.path.join(BUILD, 'hypervisor/mortise')


def machine(test, options='', kernel_arguments='', kernel=VMLINUX, initrd=INITRD, **kwargs):
    """A Machine with the hypervisor, the kernel and the initramfs; not yet started."""
    modules = []
    if kernel:
        modules.append(qemu.module_argument(kernel, 'console=hvc0 ' + kernel_arguments))
    if initrd:
        modules.append(qemu.module_argument(initrd))
    return qemu.Machine(kernel=hypervisor_image(), modules=modules, log=test.log,
                        append=(OPTIONS + options).strip(), **kwargs)


def check_end(vm, expected, timeout=60):
    """The machine must end in the expected way."""
    how = vm.wait(timeout)
    if how != expected:
        raise qemu.Failed(f'the machine ended with "{how}", not with "{expected}"')
    if expected == 'poweroff' and not ON_XEN:
        check_last_audit(vm)


def check_last_audit(vm):
    """The hypervisor made an audit as the control domain switched it off, and it was clean."""
    found = AUDIT.findall(vm.text)
    if not found or found[-1] != '0':
        words = re.findall(r'audit: .*', vm.text)
        raise qemu.Failed('the last audit: ' + '; '.join(words[-4:] or ['there was none']))


def run_in_initramfs(vm, name, timeout=60):
    """Waits for user space and for one test of the image to pass (test=NAME)."""
    up = vm.expect(r'^mortise: control domain is up: .* (\d+) CPUs, (\d+) kB', 120)
    status = vm.expect(rf'^mortise: test {name}: exit status (\d+)', timeout)
    if status.group(1) != '0':
        raise qemu.Failed(f'test {name} in the control domain: exit status {status.group(1)}')
    return up
