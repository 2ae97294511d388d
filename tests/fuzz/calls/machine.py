# SPDX-License-Identifier: GPL-2.0-or-later
"""One boot of the fuzzing kernel: its command line, what it says, and how it ended."""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "guest"))
import coverage  # noqa: E402
from subject import xen_image  # noqa: E402

END = re.compile(rb"^VERDICTS .*$", re.M)
DEAD = re.compile(rb"stands still|Manual reset required|Reboot disabled|machine halted|"
                  rb"Panic on CPU", re.I)
STAT = re.compile(r"^STAT (\d+) (\d+) tries (\d+) good (\d+) longest (\d+)(.*)$", re.M)
QUIET = 60.0  # seconds without a word of progress are the end: of sleep, or of work


class Ending:
    """What a boot said and how it ended: `done`, `worn`, `finding` or `silent`; `work` is QEMU's
    seconds of CPU."""

    def __init__(self, text: str, silent: bool, work=0.0):
        self.text, self.silent, self.work = text, silent, work
        numbers = re.findall(r"^PROGRAM (\d+)$", text, re.M)
        self.last = int(numbers[-1]) if numbers else None
        worn = re.search(r"^WORN before program (\d+): (.*)$", text, re.M)
        calls = re.search(r"^CALLS (\d+)", text, re.M)
        following = re.search(r"^NEXT (\d+)", text, re.M)
        self.next = int(following.group(1)) if following else None
        self.calls = int(calls.group(1)) if calls else 0
        self.worn = int(worn.group(1)) if worn else None
        self.finding = self.judge()

    def judge(self):
        """One sentence about what is wrong, or None."""
        drift = re.search(r"^FINDING (.*)$", self.text, re.M)
        if drift:
            return drift.group(1)
        if "Panic on CPU" in self.text or re.search(r"^\(mortise\) .*(panic|BUG|assertion)",
                                                    self.text, re.M | re.I):
            return "the hypervisor died"
        crash = re.search(r"^\((?:mortise|XEN)\) .*[Dd]omain 0 crashed.*$", self.text, re.M)
        if crash:
            return "the domain died: " + crash.group(0)
        if self.silent:
            return "nothing was heard any more"
        failed = re.search(r"^TEST fuzz\w*: (?:failure|error): (.*)$", self.text, re.M)
        if failed:
            return failed.group(1)
        return None if END.search(self.text.encode()) else "the machine went off or started again"


def registers(monitor: Path) -> bytes:
    """Where each CPU is, three times, for a machine that says nothing any more."""
    text = b""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(monitor))
            line.settimeout(3)
            for _ in range(3):
                line.sendall(b"info registers -a\n")
                time.sleep(1)
                text += line.recv(1 << 16)
    except OSError as why:
        text += str(why).encode()
    wanted = re.compile(rb"^(?:CPU#\d+|R[A-D]X=.*|RSI=.*|R1?\d ?=.*|RIP=.*|CR0=.*)\s*$")
    return b"\n".join(line for line in text.splitlines() if wanted.match(line)) + b"\n"


def worked_and_waited(process: int) -> tuple:
    """Seconds of CPU that a process has had, and that its threads were kept waiting for one."""
    had, waited = 0, 0
    for thread in Path(f"/proc/{process}/task").iterdir():
        try:
            numbers = (thread / "schedstat").read_text().split()
        except OSError:  # it has just ended
            continue
        had, waited = had + int(numbers[0]), waited + int(numbers[1])
    return had / 1e9, waited / 1e9


class Quiet:
    """Whether a machine has said nothing for too long: this computer may be busy with others, so
    what counts is time that QEMU slept, or worked."""

    def __init__(self, process: int):
        self.process, self.last = process, None
        self.limit = QUIET * float(os.environ.get("MORTISE_TIME_FACTOR", "1"))

    def heard(self):
        """Something was said."""
        self.last = None

    def too_long(self) -> bool:
        """To be asked while nothing is said."""
        now = (time.monotonic(), *worked_and_waited(self.process))
        if self.last is None:
            self.last = now
        passed, worked, waited = (a - b for a, b in zip(now, self.last))
        return worked > self.limit or passed - worked - waited > self.limit


class Machine:
    """The hypervisor, the kernel and QEMU's options of all boots."""

    def __init__(self, subject: str, image: Path, kernel: Path, cpus=1, counted=False, vcpus=4):
        self.subject, self.image, self.kernel, self.cpus = subject, image, kernel, cpus
        self.counted, self.vcpus = counted, vcpus

    def command(self, arguments: str):
        """QEMU's command line."""
        line = (f"console=com1 com1=115200,8n1 noreboot dom0_max_vcpus={self.vcpus} "
                "dom0_mem=64M,max:64M loglvl=info")
        command = ["qemu-system-x86_64", "-machine", "pc", "-accel", "tcg", "-cpu", "qemu64",
                   "-m", "256M", "-smp", str(self.cpus), "-display", "none", "-no-reboot",
                   "-nodefaults", "-device", "virtio-rng-pci,addr=3", "-device", "edu,addr=4",
                   "-serial", "stdio",
                   "-kernel", str(self.image), "-append", line,
                   "-initrd", f"{self.kernel} {arguments}".replace(",", ",,")]
        return command + ["-icount", "shift=0,sleep=off"] * self.counted

    def boot(self, arguments: str, seconds: float, log: Path, heard=None, ram=((), ())) -> Ending:
        """Runs until the kernel has ended, or is silent, or the time is over. `heard` is told what
        was said so far; `ram` is QEMU's options for its memory, and the handles it inherits."""
        command = self.command(arguments) + list(ram[0])
        counts = coverage.folder() if self.subject == "mortise" and not ram[0] else None
        if counts:
            options, handle = coverage.ram("256M")
            command, ram = command + options, ((), (handle,))
        monitor = Path(tempfile.mkdtemp(prefix="mortise-fuzz-")) / "monitor"
        command += ["-monitor", f"unix:{monitor},server=on,wait=off"]
        qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, pass_fds=ram[1])
        os.set_blocking(qemu.stdout.fileno(), False)
        text = b""
        limit, grace, silent = time.monotonic() + seconds, None, False
        quiet = Quiet(qemu.pid)
        try:
            while grace is None or time.monotonic() < grace:
                part = qemu.stdout.read()
                now = time.monotonic()
                if part:
                    text += part
                    quiet.heard()
                    if heard:
                        heard(text)
                    if grace is None and (END.search(text[-4000:]) or DEAD.search(text[-4000:])):
                        grace = now + 0.2
                elif qemu.poll() is not None:
                    break
                elif now > limit or quiet.too_long():
                    silent = True
                    text += registers(monitor)
                    break
                else:
                    time.sleep(0.02)
        finally:
            work = worked_and_waited(qemu.pid)[0] if qemu.poll() is None else 0.0
            if qemu.poll() is None:
                qemu.send_signal(signal.SIGKILL)
            qemu.wait()
            monitor.unlink(missing_ok=True)
            monitor.parent.rmdir()
            if counts:
                coverage.collect(handle, self.image.with_suffix(".elf64"), counts)
        text = text.decode("utf-8", "replace").replace("\r", "")
        with log.open("a") as file:
            file.write(f"==== {self.subject}: {arguments}\n{text}\n")
        return Ending(text, silent, work)


def image_of(subject: str, build: Path, cache: Path) -> Path:
    """The hypervisor's image."""
    return xen_image(cache / "xen-4.17") if subject == "xen" else build / "hypervisor" / "mortise"
