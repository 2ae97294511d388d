#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What of the hypervisor ran: counters that gcc put into it, read out of the machine's memory.

The image is made by configure --enable-hypervisor-coverage.  With MORTISE_COVERAGE naming a
folder, every machine of tests/guest keeps its RAM in a file; when QEMU has ended, however it
ended, the counters are found through the image's own list (coverage_info_start) and added to
those in the folder.  Nothing inside the hypervisor knows of it, so a crash loses no count.

    coverage.py FOLDER IMAGE.elf64 [--least FOLDER=LINES/BRANCHES...]

writes .gcda files beside the objects, asks gcov, and prints a table of the folders.
"""
import argparse
import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

MAGIC, SUMMARY, FUNCTION, ARCS = 0x67636461, 0xa1000000, 0x01000000, 0x01a10000
COUNTERS = 8  # kinds that gcc 12 has; only the first, arcs, is asked for
IMAGE_START, IMAGE_PHYS = 0xffff818000000000, 0x200000


def folder():
    """Where counts are kept, or None when nobody wants them."""
    name = os.environ.get("MORTISE_COVERAGE")
    return Path(name) if name else None


def ram(memory: str):
    """(QEMU's options for RAM in a file, that file); the file is the caller's to remove."""
    handle, name = tempfile.mkstemp(prefix="mortise-ram-", dir="/dev/shm")
    os.close(handle)
    return ["-object", f"memory-backend-file,id=ram,size={memory},mem-path={name},share=on",
            "-machine", "memory-backend=ram"], Path(name)


def symbols(image: Path) -> dict:
    """Addresses of the list of objects with counters."""
    text = subprocess.run(["nm", str(image)], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = {}
    for line in text.splitlines():
        address, _, name = line.split()[-3:] if len(line.split()) == 3 else ("0", "", "")
        if name.startswith("coverage_info_"):
            found[name] = int(address, 16)
    if found.get("coverage_info_start") == found.get("coverage_info_end"):
        raise RuntimeError(f"{image} counts nothing: configure with --enable-hypervisor-coverage")
    return found


class Memory:
    """A machine's RAM, read by the hypervisor's addresses."""

    def __init__(self, data: bytes):
        self.data = data

    def take(self, address: int, form: str):
        """Fields of a little-endian structure."""
        return struct.unpack_from("<" + form, self.data, address - IMAGE_START + IMAGE_PHYS)

    def string(self, address: int) -> str:
        """Up to the zero byte."""
        at = address - IMAGE_START + IMAGE_PHYS
        return self.data[at:self.data.index(b"\0", at)].decode()


def objects(memory: Memory, where: dict):
    """(file name, version, stamp, checksum, functions) of each; a function is (three numbers
    that identify it, its counts)."""
    count = (where["coverage_info_end"] - where["coverage_info_start"]) // 8
    for info in memory.take(where["coverage_info_start"], f"{count}Q"):
        version, _, stamp, checksum, name = memory.take(info, "I4xQIIQ")
        number, table = memory.take(info + 32 + 8 * COUNTERS, "I4xQ")
        functions = []
        for function in memory.take(table, f"{number}Q"):
            if not function:
                continue
            _, ident, lines, graph, values, at = memory.take(function, "QIIIxxxxI4xQ")
            functions.append(((ident, lines, graph), memory.take(at, f"{values}q")))
        yield memory.string(name), version, stamp, checksum, functions


def collect(memory_file: Path, image: Path, into: Path) -> None:
    """Adds a machine's counts to the folder's; a machine that never ran adds nothing."""
    with memory_file.open("rb") as file:
        memory = Memory(file.read(16 << 20))
    store = into / "counts"
    total = pickle.loads(store.read_bytes()) if store.exists() else {}
    where = symbols(image)
    if not any(memory.take(where["coverage_info_start"], "Q")):
        return
    for name, version, stamp, checksum, functions in objects(memory, where):
        known = total.setdefault(name, {"head": (version, stamp, checksum), "functions": {}})
        if known["head"] != (version, stamp, checksum):
            raise RuntimeError(f"{into} has counts of another build of {name}: remove it")
        for key, values in functions:
            old = known["functions"].get(key, (0,) * len(values))
            known["functions"][key] = tuple(a + b for a, b in zip(old, values))
    into.mkdir(parents=True, exist_ok=True)
    store.write_bytes(pickle.dumps(total))


def write_gcda(name: str, known: dict) -> None:
    """The form that gcov reads (gcc 12: lengths in bytes)."""
    out = struct.pack("<4I", MAGIC, *known["head"])
    out += struct.pack("<4I", SUMMARY, 8, 1, 0)
    for key, values in known["functions"].items():
        out += struct.pack("<5I", FUNCTION, 12, *key)
        out += struct.pack("<Ii", ARCS, 8 * len(values)) + struct.pack(f"<{len(values)}q", *values)
    Path(name).write_bytes(out + struct.pack("<I", 0))


def gcov(names):
    """gcov's own account of each object: {source: {line: (count, [branch counts])}}."""
    sources = {}
    for name in names:
        done = subprocess.run(["gcov", "--json-format", "--stdout", "-b", name], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for file in json.loads(done.stdout)["files"]:
            lines = sources.setdefault(file["file"], {})
            for line in file["lines"]:
                old = lines.get(line["line_number"], (0, []))
                branches = [b["count"] for b in line["branches"]]
                # The same inline function in several objects: the branches that match are added.
                both = [a + b for a, b in zip(old[1], branches)] \
                    if len(old[1]) == len(branches) else max(old[1], branches, key=len)
                lines[line["line_number"]] = (old[0] + line["count"], both)
    return sources


def table(sources: dict, mark: str):
    """{folder: [lines, lines run, branches, branches taken]} and what no test reached."""
    sums, missing = {}, []
    for path, lines in sorted(sources.items()):
        if mark not in path:
            continue
        name = path.split(mark, 1)[1]
        row = sums.setdefault(name.split("/")[0], [0, 0, 0, 0])
        for number, (count, branches) in sorted(lines.items()):
            row[0] += 1
            row[1] += count > 0
            row[2] += len(branches)
            row[3] += sum(b > 0 for b in branches)
            if not count:
                missing.append(f"{name}:{number}")
    return sums, missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--missing", action="store_true", help="print the lines that never ran")
    parser.add_argument("--least", nargs="*", default=[], metavar="FOLDER=LINES/BRANCHES",
                        help="per cent that a folder must reach; else the status is 1")
    options = parser.parse_args()
    total = pickle.loads((options.folder / "counts").read_bytes())
    for name, known in total.items():
        write_gcda(name, known)
    sums, missing = table(gcov(total), "hypervisor/")
    if options.missing:
        print("\n".join(missing))
    print(f"{'folder':10} {'lines':>7} {'run':>7} {'%':>6} {'branches':>9} {'taken':>7} {'%':>6}")
    share, low = {}, []
    for name, (lines, run, branches, taken) in sorted(sums.items()):
        share[name] = 100 * run / max(lines, 1), 100 * taken / max(branches, 1)
        print(f"{name:10} {lines:7} {run:7} {share[name][0]:6.1f} {branches:9} {taken:7} "
              f"{share[name][1]:6.1f}")
    for wish in options.least:
        name, least = wish.split("=")
        want = [float(part) for part in least.split("/")]
        if share[name][0] < want[0] or share[name][1] < want[1]:
            low.append(f"{name}: {share[name][0]:.1f}% of lines and {share[name][1]:.1f}% of "
                       f"branches, not {want[0]:.0f} and {want[1]:.0f}")
    print("\n".join(low))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
