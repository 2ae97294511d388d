# SPDX-License-Identifier: GPL-2.0-or-later
"""What watch/sections.c wrote: rows by call and operation, by vector, and for other work."""
import bisect
import re
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(HERE / "watch"))
sys.path.insert(0, str(HERE.parent / "guest"))
sys.dont_write_bytecode = True
import watch  # noqa: E402

ROW = struct.Struct("<8Q")
SUBS, CALLS = 128, 64
NO_CALL, SOFTIRQS, IDLE, VECTORS = 8192, 8193, 8194, 8256


class Symbols:
    """Addresses and names of an image."""

    def __init__(self, image: Path):
        text = subprocess.run(["nm", "-n", "-S", str(image)], check=True, capture_output=True,
                              text=True).stdout
        self.sizes, found = {}, []
        for words in map(str.split, text.splitlines()):
            if len(words) >= 3 and words[-2] in "tTrRdDbBwW":
                found.append((int(words[0], 16), words[-1]))
                self.sizes[words[-1]] = int(words[1], 16) if len(words) == 4 else 0
        self.at = {name: address for address, name in found}
        self.code = sorted((a, n) for a, n in found if not n.startswith("."))
        self.starts = [address for address, _ in self.code]

    def name(self, address: int) -> str:
        """The function that an address lies in; the guest for addresses of its own."""
        if not 0xffff818000000000 <= address < 0xffff820000000000:
            return "entry" if 0xffff800000000000 <= address < 0xffff880000000000 else "guest"
        name = self.code[bisect.bisect(self.starts, address) - 1][1].split(".")[0]
        return "entry" if name in ("boot_cpu_stub", "entry_stubs") else name


def option(build: Path, image: Path, kernel: Path, out: Path) -> list:
    """QEMU's option that watches `kernel` on the hypervisor whose ELF is `image`."""
    symbols = Symbols(image)
    ends = {f"{key}{end}": symbols.at[name] + (symbols.sizes[name] if end else 0)
            for key, name in (("raise", "softirq_raise"), ("on", "softirq_raise_on"),
                              ("unlock", "spin_unlock_irqrestore"))
            for end in ("", "_end")}
    places = {"stubs": symbols.at["entry_stubs"], "exit": symbols.at["exit_to_guest"],
              "iret": symbols.at["guest_iretq"],
              "run": symbols.at["softirq_run"], "idle": symbols.at["idle_loop"],
              "labels": Symbols(kernel).at["watch_labels"], **ends}
    return watch.option(watch.plugin("sections", build), out=out.resolve(),
                        **{key: f"{value:x}" for key, value in places.items()})


def call_names() -> dict:
    """{number: name} out of the hypervisor's list of calls."""
    text = (TOP / "hypervisor" / "call" / "hypercalls.def").read_text()
    return {int(n): name for n, name in re.findall(r"^CALL\((\d+), \w+, do_(\w+)", text, re.M)}


def larger(old: list, new: list):
    """Takes the larger figures of a row into another."""
    old[0] += new[0]
    old[1] = max(old[1], new[1])
    for at in (2, 4):
        if new[at] > old[at]:
            old[at:at + 2] = new[at:at + 2]


class Sections(dict):
    """{index of a row: [entries, total, off, (from, to), gap, (from, to)]} of some boots."""

    def add(self, path: Path):
        """The rows of one boot; the larger of what was there."""
        data = path.read_bytes()
        for index in range(len(data) // ROW.size):
            entries, total, *rest = ROW.unpack_from(data, index * ROW.size)
            if entries == 0:
                continue
            new = [entries, total, rest[0], rest[1:3], rest[3], rest[4:6]]
            larger(self.setdefault(index, [0, 0, 0, (0, 0), 0, (0, 0)]), new)


def name_of(index: int, calls: dict, operations: dict) -> str:
    """A row in words; `other` is no operation of the call, or not known which."""
    if index < NO_CALL:
        call, sub = divmod(index, SUBS)
        if call not in calls:
            return "no call"
        named = (operations or {}).get((call, sub))
        if any(other == call for other, _ in operations or {}):
            return f"{calls[call]} {named or 'other'}"
        return calls[call]
    if index >= VECTORS:
        vector = index - VECTORS
        return f"exception {vector}" if vector < 32 else {128: "int 0x80"}.get(vector, "interrupts")
    return {NO_CALL: "system calls of user mode", SOFTIRQS: "work on the way out",
            IDLE: "idle"}[index]
