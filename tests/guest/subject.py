# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisors under test: where each comes from and how it is booted in QEMU.

Shared by tests/guest/run and tests/perf/run.  Debian's Xen is taken from its package with
apt-get download and unpacked into a cache folder, never installed.
"""
import gzip
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import coverage

HERE = Path(__file__).resolve().parent
XEN_PACKAGE = "xen-hypervisor-4.17-amd64"


def add_options(parser) -> None:
    """The options that both runners have."""
    top = Path(os.environ.get("MORTISE_SRC", HERE.parent.parent))
    folder = Path(os.environ.get("MORTISE_BUILD", top / "build"))
    cache = Path(os.environ.get("MORTISE_CACHE", Path.home() / ".cache" / "mortise"))
    parser.add_argument("--build", type=Path, default=folder, help="images and logs go there")
    parser.add_argument("--cache", type=Path, default=cache, help="where Debian's Xen is kept")
    parser.add_argument("--headers", type=Path, help="where <xen/xen.h> is")
    parser.add_argument("--mortise", type=Path, help="the hypervisor image")
    parser.add_argument("--machine", default="pc")
    parser.add_argument("--cpu", default="qemu64")


def build(folder: Path, headers, groups) -> dict:
    """Builds the images of the groups; {group: image}."""
    out = folder.resolve() / "tests" / "guest"
    out.mkdir(parents=True, exist_ok=True)
    command = ["make", "-s", "-j2", "-C", str(HERE), f"O={out}", f"GROUPS_WANTED={' '.join(groups)}"]
    if headers:
        command.append(f"HEADERS={headers.resolve()}")
    subprocess.run(command, check=True)
    return {group: out / f"{group}.elf" for group in groups}


def xen_image(cache: Path) -> Path:
    """Debian's Xen as an ELF, downloaded the first time."""
    image = cache / "xen"
    if image.exists():
        return image
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "-q", XEN_PACKAGE], cwd=cache, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    package = next(cache.glob(XEN_PACKAGE + "_*.deb"))
    subprocess.run(["dpkg", "-x", str(package), str(cache / "root")], check=True)
    packed = next((cache / "root" / "boot").glob("xen-4.17-amd64.gz"))
    image.write_bytes(gzip.decompress(packed.read_bytes()))
    return image


class Subject:
    """A hypervisor image with the command line and the QEMU options of a run."""

    def __init__(self, name: str, image: Path, line: str, machine: str, cpu: str, limit: float):
        self.name, self.image, self.line = name, image, line
        self.machine, self.cpu, self.limit = machine, cpu, limit

    def boot(self, guest: Path, arguments: str, until: str, seconds: float, extra=(),
             memory="256M") -> str:
        """Boots `guest` and returns the serial output up to `until` (a pattern) or the end."""
        command = ["qemu-system-x86_64", "-machine", self.machine, "-accel", "tcg",
                   "-cpu", self.cpu, "-m", memory, "-display", "none", "-no-reboot",
                   "-serial", "stdio", "-kernel", str(self.image), "-append", self.line,
                   # A comma separates modules: a doubled one is itself.
                   "-initrd", f"{guest} {arguments}".strip().replace(",", ",,"), *extra]
        counts = coverage.folder() if self.name == "mortise" else None
        if counts:
            options, ram = coverage.ram(memory)
            command += options
        done = re.compile(until, re.M)
        dead = re.compile(r"Manual reset required|not rebooting|Reboot disabled|"
                          r"halting machine|: rebooting|machine halted|Panic on CPU", re.I)
        qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        os.set_blocking(qemu.stdout.fileno(), False)
        text, end, grace = "", time.monotonic() + seconds, None
        try:
            while time.monotonic() < (grace or end):
                part = qemu.stdout.read()
                if part:
                    text += part.decode("utf-8", "replace").replace("\r", "")
                    if grace is None and (done.search(text) or dead.search(text)):
                        grace = time.monotonic() + 0.3
                elif qemu.poll() is not None:
                    break
                else:
                    time.sleep(0.02)
        finally:
            if qemu.poll() is None:
                qemu.send_signal(signal.SIGKILL)
            qemu.wait()
            if counts:
                coverage.collect(ram, self.image.with_suffix(".elf64"), counts)
                ram.unlink()
        return text


def find_subject(name: str, options, line="", memory="64M", image_name=None) -> Subject:
    """The subject `xen` or `mortise` for the options of a runner; `image_name`: another than `mortise`."""
    common = ("console=com1 com1=115200,8n1 noreboot dom0_max_vcpus=2 "
              f"dom0_mem={memory},max:{memory} ")
    if name == "xen":
        return Subject("xen", xen_image(options.cache / "xen-4.17"),
                       common + "loglvl=warning guest_loglvl=warning " + line,
                       options.machine, options.cpu, 180)
    image = options.mortise or options.build / "hypervisor" / "mortise"
    image = image.with_name(image_name) if image_name else image
    if not image.exists():
        raise RuntimeError(f"no hypervisor at {image}: build it first, or use --on xen")
    return Subject("mortise", image, common + line, options.machine, options.cpu, 120)
