# SPDX-License-Identifier: GPL-2.0-or-later
"""A control domain with Debian's own toolstack, which creates guests on Debian's Xen.

Packages are downloaded with apt-get into the cache and never installed. The programs, and the
libraries they need, become an initramfs beside the kernel that dom0-tools/mkimage makes.
"""
import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
XEN = 'usr/lib/xen-4.17/bin'
PACKAGES = ('xen-utils-4.17', 'xenstore-utils', 'libxencall1', 'libxendevicemodel1',
            'libxenevtchn1', 'libxenforeignmemory1', 'libxengnttab1', 'libxenhypfs1',
            'libxenmisc4.17', 'libxenstore4', 'libxentoolcore1', 'libxentoollog1', 'libyajl2')
PROGRAMS = (f'{XEN}/xl', f'{XEN}/xenstored', f'{XEN}/xenconsoled', f'{XEN}/xen-init-dom0',
            f'{XEN}/xenconsole', 'usr/bin/xenstore-read', 'usr/bin/xenstore-write',
            'usr/bin/xenstore-ls')


def mkimage():
    """dom0-tools/mkimage as a module."""
    path = str(TOP / 'dom0-tools' / 'mkimage')
    loader = importlib.machinery.SourceFileLoader('mkimage', path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('mkimage', loader))
    loader.exec_module(module)
    return module


def collect(cache: Path, root: Path) -> None:
    """Puts the toolstack, with its libraries, below root."""
    shutil.rmtree(root, ignore_errors=True)
    fetch = mkimage().fetch
    folders = [Path(fetch(str(cache), package)) for package in PACKAGES]
    libraries = sorted({str(path.parent) for folder in folders for path in folder.rglob('*.so.*')})
    environment = dict(os.environ, LD_LIBRARY_PATH=':'.join(libraries))
    for name in PROGRAMS:
        source = next(folder / name for folder in folders if (folder / name).exists())
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, root / name)
        listed = subprocess.run(['ldd', str(source)], env=environment, check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        for line in listed.splitlines():
            words = line.split()
            if 'not found' in line:
                raise RuntimeError(f'{name}: {line.strip()}')
            if '=>' in words:
                target = root / 'usr/lib/xl' / words[0]
            elif words[0].startswith('/lib'):
                target = root / words[0].lstrip('/')
            else:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(words[words.index('=>') + 1] if '=>' in words else words[0], target)
    # Loaded when a thread is cancelled, so no program names it.
    for path in Path('/lib/x86_64-linux-gnu').glob('libgcc_s.so.1'):
        shutil.copy2(path, root / 'usr/lib/xl')
    (root / 'etc/xen').mkdir(parents=True, exist_ok=True)
    (root / 'etc/xen/xl.conf').write_text('')


def make(out: Path, cache: Path, build: Path, guests: Path) -> None:
    """Makes out/vmlinuz, out/vmlinux and out/initrd; guests: a folder that becomes /guests."""
    collect(cache, out / 'xl')
    add = [f'{HERE}/dom0/run-guests=tests/run-guests', f'{guests}=guests',
           f'{HERE}/dom0/block=etc/xen/scripts/block',
           f'{HERE}/dom0/vif-bridge=etc/xen/scripts/vif-bridge']
    add += [f'{path}={path.name}' for path in sorted((out / 'xl').iterdir())]
    command = [str(TOP / 'dom0-tools' / 'mkimage'), str(out), '--cache', str(cache),
               '--unpack', str(build / 'dom0-tools' / 'mortise-unpack')]
    seeder = build / 'dom0-tools' / 'seed-random'
    if seeder.exists():
        command += ['--seeder', str(seeder)]
    for argument in add:
        command += ['--add', argument]
    subprocess.run(command, check=True)
