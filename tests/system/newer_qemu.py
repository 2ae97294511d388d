# SPDX-License-Identifier: GPL-2.0-or-later
"""A QEMU newer than Debian 12's own, for what that one can't show.

QEMU 7.2 emulates neither x2APIC nor the TSC deadline timer, breaks SMAP and hangs on XSAVE
without XSAVEOPT.  newer_qemu() gives a QEMU that does these, from the backports suite of the
mirror that this machine's apt already uses.  Nothing is installed: apt works in folders of its
own, and the packages are unpacked into the cache.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile

import qemu
from cases import CACHE

SUITE = 'bookworm-backports'
WRAPPER = '''#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH="$here/usr/lib/x86_64-linux-gnu:$here/lib/x86_64-linux-gnu" \\
QEMU_MODULE_DIR="$here/usr/lib/x86_64-linux-gnu/qemu" \\
exec "$here/usr/bin/qemu-system-x86_64" -L "$here/usr/share/qemu" -L "$here/usr/share/seabios" \\
    -L "$here/usr/lib/ipxe/qemu" "$@"
'''


def run(*command):
    """Runs a command; its output, or qemu.Failed with its last line."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors='replace', check=False)
    if done.returncode:
        last = (done.stdout.strip().splitlines() or ['no output'])[-1]
        raise qemu.Failed(f'no newer QEMU to be had: {" ".join(command[:1])}: {last}')
    return done.stdout


def sources():
    """The lines of a sources.list: the suites of Debian's mirror here, and the backports."""
    text = run('apt-get', 'indextargets', '--format', '$(SITE) $(RELEASE) $(COMPONENT)')
    main = [line.split()[0] for line in text.splitlines()
            if line.split()[1:] == ['bookworm', 'main']]
    if not main:
        raise qemu.Failed('no newer QEMU to be had: apt knows no mirror of Debian bookworm')
    lines = {f'deb {site} {release} {component}' for site, release, component in
             (line.split() for line in text.splitlines() if len(line.split()) == 3)
             if release.startswith('bookworm') and component == 'main'}
    return sorted(lines | {f'deb {main[0]} {SUITE} main'})


def download(work):
    """The packages that this machine lacks for the newer QEMU: their files."""
    for folder in ('lists/partial', 'archives/partial'):
        os.makedirs(os.path.join(work, folder))
    listing = os.path.join(work, 'sources.list')
    with open(listing, 'w', encoding='utf-8') as file:
        file.write('\n'.join(sources()) + '\n')
    options = ['-q', '-y', '-o', f'Dir::Etc::SourceList={listing}', '-o', 'Dir::Etc::SourceParts=-',
               '-o', f'Dir::State::Lists={work}/lists', '-o', f'Dir::Cache={work}',
               '-o', f'Dir::Cache::Archives={work}/archives', '-o', 'APT::Sandbox::User=root',
               '-o', 'Debug::NoLocking=1']
    run('apt-get', *options, 'update')
    run('apt-get', *options, '--download-only', '--no-install-recommends', '-t', SUITE, 'install',
        'qemu-system-x86', 'seabios')
    return glob.glob(f'{work}/archives/*.deb')


def newer_qemu():
    """Path of a QEMU of version 8 or later; fetched once."""
    folder = os.path.join(CACHE, 'qemu-10')
    wrapper = os.path.join(folder, 'qemu')
    if not os.path.exists(wrapper):
        os.makedirs(CACHE, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            new = os.path.join(work, 'root')
            for package in download(work):
                run('dpkg-deb', '-x', package, new)
            with open(os.path.join(new, 'qemu'), 'w', encoding='utf-8') as file:
                file.write(WRAPPER)
            os.chmod(os.path.join(new, 'qemu'), 0o755)
            shutil.rmtree(folder, ignore_errors=True)
            os.rename(new, folder)
    version = re.search(r'version (\d+)', run(wrapper, '--version'))
    if not version or int(version.group(1)) < 8:
        raise qemu.Failed(f'no newer QEMU to be had: {SUITE} has an old one')
    return wrapper
