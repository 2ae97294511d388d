# SPDX-License-Identifier: GPL-2.0-or-later
"""One boot of the test kernel: each primitive's instructions, and what is counted beside them.

The kernel prints a line a primitive; the watcher outside (watch/rounds.c) writes one at the same
moment, with the counts of the cheapest round.
"""
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))
sys.path.insert(0, str(HERE / "watch"))
sys.dont_write_bytecode = True
import watch  # noqa: E402
from subject import find_subject  # noqa: E402

PERF = re.compile(r"^PERF (\w+) (\d+)$", re.M)
# Defences against speculation off on both, and as each has them without a word.
SETTINGS = {"off": {"xen": "spec-ctrl=no xpti=off", "mortise": "mitigations=off"},
            "default": {"xen": "", "mortise": ""}}
COUNTED = ("-icount", "shift=0,sleep=off")
COLUMNS = ("cr3", "flush", "invlpg", "ipi", "locked", "wrmsr")
PAIR = "only=perf_pair_memory,perf_pair_tables,perf_pair_event"


class Figures(dict):
    """{primitive: TSC ticks} of a boot; `counts` has {primitive: {column: n}}."""

    def __init__(self, text: str, rows):
        super().__init__((name, int(ticks)) for name, ticks in PERF.findall(text))
        self.counts = {}
        for name, row in zip(self, rows):
            rounds, _, *counts = row
            if rounds:  # a figure of no rounds is a time since the boot
                self.counts[name] = dict(zip(COLUMNS, counts))


def measure(name: str, options, image: Path, setting="off", pair=False, watched=True) -> Figures:
    """What one subject takes; `pair`: the primitives that reach a second CPU instead.

    Without `watched` nothing is counted but instructions, which is faster."""
    subject = find_subject(name, options, SETTINGS[setting][name], memory="128M")
    tag = f"{name}-perf-{setting}{'-pair' * pair}"
    out = options.build / "tests" / "guest" / tag
    rows = out.with_suffix(".counts")
    # Xen comes up on two CPUs by the host's clock only, on one thread too; what is counted of pairs
    # does not depend on it, but for what Xen does while it waits.
    clock = ("-accel", "tcg,thread=single") if pair and name == "xen" else COUNTED
    extra = [*clock, "-smp", "2" if pair else "1"]
    if watched:
        extra += watch.option(watch.plugin("rounds", options.build), out=rows.resolve())
    text = subject.boot(image, PAIR if pair else "", until=r"^VERDICTS .*$",
                        seconds=options.seconds, memory="512M", extra=extra)
    log = out.with_suffix(".log")
    log.write_text(text)
    if "VERDICTS " not in text:
        raise RuntimeError(f"the test kernel did not come to its end on {name}: see {log}")
    for line in re.findall(r"^TEST .*: (?:failure|error): .*$", text, re.M):
        print(f"{name}: {line}")
    if not watched:
        return Figures(text, ())
    lines = [[int(word) for word in line.split()] for line in rows.read_text().splitlines()]
    figures = Figures(text, lines)
    if len(lines) != len(figures):
        raise RuntimeError(f"{len(figures)} figures on {name}, but {len(lines)} counts in {rows}")
    return figures


def measure_debian(options):
    """TSC when Debian's kernel starts as the control domain; None without its image."""
    kernel = options.build / "image" / "vmlinux"
    if not kernel.exists():
        return None
    line = SETTINGS["off"]["mortise"] + " loglvl=debug"
    subject = find_subject("mortise", options, line, memory="128M")
    start = r"control domain starts at TSC (\d+)"
    text = subject.boot(kernel, "console=hvc0", until=start, seconds=options.seconds,
                        memory="512M", extra=[*COUNTED, "-smp", "1"])
    found = re.search(start, text)
    if not found:
        raise RuntimeError("Debian's kernel was not started")
    return int(found.group(1))
