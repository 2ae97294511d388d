# SPDX-License-Identifier: GPL-2.0-or-later
"""Sources of other people's programs, from Debian, and what is built of them.

apt fetches source packages with lists of its own, made from this machine's configuration, which is
left as it is. Only the upstream archive of a package is unpacked. All of it is kept in the cache;
what depends on our headers is built anew.
"""
import glob
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADERS = HERE.parent.parent / 'guest-pv-headers' / 'include'
SAMPLES = HERE.parent.parent / 'guest-pv-headers' / 'samples'


def call(*command, cwd=None, **environment):
    """Runs a command; what it printed is in the error when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True, check=False,
                          env=dict(os.environ, **environment), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f'{command[0]}: exit status {done.returncode}\n{done.stdout[-3000:]}')


def apt_options(work):
    """Options for apt-get that make it look for sources where this machine looks for packages."""
    parts = work / 'parts'
    for folder in (parts, work / 'lists' / 'partial', work / 'archives' / 'partial'):
        folder.mkdir(parents=True)
    for number, name in enumerate(['/etc/apt/sources.list', *glob.glob('/etc/apt/sources.list.d/*')]):
        path = Path(name)
        if path.suffix not in ('.list', '.sources') or not path.exists():
            continue
        text = re.sub(r'^Types:.*$', 'Types: deb-src', path.read_text(), flags=re.M)
        text = re.sub(r'^deb(-src)?(?=\s)', 'deb-src', text, flags=re.M)
        (parts / f'{number}{path.suffix}').write_text(text)
    return ['-q', '-o', f'Dir::State::Lists={work}/lists', '-o', 'Dir::Etc::SourceList=/dev/null',
            '-o', f'Dir::Etc::SourceParts={parts}', '-o', f'Dir::Cache={work}']


def fetch(cache: Path, package: str) -> Path:
    """The folder of a source package's upstream archive, downloaded the first time."""
    folder = cache / 'sources' / package
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        work = Path(name)
        options = apt_options(work)
        call('apt-get', *options, 'update')
        call('apt-get', *options, 'source', '--download-only', package, cwd=work)
        archive = next(path for path in work.glob('*.orig.tar.*') if path.suffix != '.asc')
        unpack(archive, folder)
    return folder


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks an archive that holds one folder as `folder`."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        call('tar', '-C', name, '-xf', archive)
        os.rename(next(Path(name).iterdir()), folder)


def newlib(cache: Path, pkgconfig: dict) -> Path:
    """newlib built for libpvguest's kernels; the folder where it is installed."""
    flags = subprocess.run(['pkg-config', '--cflags-only-other', 'libpvguest'], check=True,
                           env=dict(os.environ, **pkgconfig), stdout=subprocess.PIPE).stdout
    script = SAMPLES / 'lua' / 'build-newlib'
    key = hashlib.sha256(flags + script.read_bytes()).hexdigest()[:16]
    folder = cache / 'sources' / f'newlib-{key}'
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        work = Path(name)
        call('apt-get', '-q', 'download', 'newlib-source', cwd=work)
        call('dpkg-deb', '-x', next(work.glob('*.deb')), work / 'package')
        unpack(next(work.glob('package/usr/src/newlib/*.tar.*')), work / 'source')
        call(script, work / 'source', work / 'build', work / 'installed', **pkgconfig)
        os.rename(work / 'installed', folder)
    return folder


def grub(cache: Path, out: Path) -> Path:
    """GRUB's x86_64-xen port, built with our headers in place of its own; where it is installed."""
    source, build, installed = out / 'source', out / 'build', out / 'installed'
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(fetch(cache, 'grub2'), source, symlinks=True)
    shutil.rmtree(source / 'include' / 'xen')
    shutil.copytree(HEADERS / 'xen', source / 'include' / 'xen')
    build.mkdir()
    call(source / 'configure', '-q', '--with-platform=xen', '--target=x86_64', '--disable-nls',
         '--disable-werror', '--disable-grub-mount', '--disable-device-mapper',
         '--disable-grub-mkfont', f'--prefix={installed}', 'PYTHON=python3', 'MAKEINFO=true',
         cwd=build)
    call('make', '-s', f'-j{os.cpu_count()}', cwd=build)
    call('make', '-s', 'install', cwd=build)
    return installed


def grub_image(installed: Path, kernel: Path, out: Path) -> tuple:
    """(GRUB as a PV kernel that starts `kernel` from its first disk, that disk)."""
    (out / 'grub.cfg').write_text('echo GRUB finds:\nls (xen/xvda)/\n'
                                  f'linux (xen/xvda)/{kernel.name}\nboot\n')
    call(installed / 'bin' / 'grub-mkimage', '-d', installed / 'lib/grub/x86_64-xen', '-O',
         'x86_64-xen', '-o', out / 'grub.bin', '-c', out / 'grub.cfg', '-p', '', 'echo', 'ls',
         'ext2', 'linux')
    root = out / 'disk'
    root.mkdir(exist_ok=True)
    shutil.copy2(kernel, root)
    (out / 'grub.img').unlink(missing_ok=True)
    call('mke2fs', '-q', '-t', 'ext2', '-d', root, '-F', out / 'grub.img', '4M',
         PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
    return out / 'grub.bin', out / 'grub.img'
