#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What of the hypervisor ran: counters that gcc put into it, read out of the machine's memory.

The image is made by configure --enable-hypervisor-coverage.  With MORTISE_COVERAGE naming a
folder, every machine of tests/guest keeps its RAM in a file; when QEMU has ended, however it
ended, the counters are found through the image's own list (coverage_info_start) and added to
those in the folder.  Nothing inside the hypervisor knows of it, so a crash loses no count.

    coverage.py COUNTS --report FOLDER [--least FILE]

writes .gcda files beside the objects, asks gcov, and prints a table of the folders.  In the report
are this table (`folders`), the same for each file (`files`), and what never ran (`missing`): lines,
and lines of which a branch was never taken.  The status is 1 when a folder is below its limit.
"""
import argparse
import json
import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path

MAGIC, SUMMARY, FUNCTION, ARCS = 0x67636461, 0xa1000000, 0x01000000, 0x01a10000
COUNTERS = 8  # kinds that gcc 12 has; only the first, arcs, is asked for
IMAGE_START, IMAGE_PHYS = 0xffff818000000000, 0x200000


def folder():
    """Where counts are kept, or None when nobody wants them."""
    name = os.environ.get("MORTISE_COVERAGE")
    return Path(name) if name else None


def ram(memory: str):
    """(QEMU's options for RAM that outlives it, the handle that QEMU must inherit).  The file has
    no name, so nothing is left when the run is killed."""
    handle = os.memfd_create("mortise-ram")
    path = f"/proc/self/fd/{handle}"
    return ["-object", f"memory-backend-file,id=ram,size={memory},mem-path={path},share=on",
            "-machine", "memory-backend=ram"], handle


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


def collect(handle: int, image: Path, into: Path) -> None:
    """Adds a machine's counts to the folder's and closes its RAM; a machine that never ran adds
    nothing."""
    with os.fdopen(handle, "rb") as file:
        file.seek(0)
        memory = Memory(file.read(16 << 20))
    store = into / "counts"
    total = pickle.loads(store.read_bytes()) if store.exists() else {}
    where = symbols(image)
    if len(memory.data) < 16 << 20 or not any(memory.take(where["coverage_info_start"], "Q")):
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
        told = json.loads(done.stdout)
        for file in told["files"]:
            path = os.path.normpath(os.path.join(told["current_working_directory"], file["file"]))
            lines = sources.setdefault(path, {})
            for line in file["lines"]:
                old = lines.get(line["line_number"], (0, []))
                branches = [b["count"] for b in line["branches"]]
                # The same inline function in several objects: the branches that match are added.
                both = [a + b for a, b in zip(old[1], branches)] \
                    if len(old[1]) == len(branches) else max(old[1], branches, key=len)
                lines[line["line_number"]] = (old[0] + line["count"], both)
    return sources


def sums(lines: dict) -> list:
    """[lines, lines run, branches, branches taken] of a file."""
    branches = [b for _, taken in lines.values() for b in taken]
    return [len(lines), sum(count > 0 for count, _ in lines.values()),
            len(branches), sum(b > 0 for b in branches)]


def gaps(name: str, lines: dict, text: list):
    """A line for each that never ran, or of which a branch was never taken."""
    for number, (count, branches) in sorted(lines.items()):
        what = "-" if not count else "".join("+" if b else "-" for b in branches)
        if "-" in what:
            yield f"{name}:{number}: {what if count else 'never ran':12} {text[number - 1].strip()}"


def percent(row: list) -> tuple:
    """The shares of lines and of branches."""
    return 100 * row[1] / max(row[0], 1), 100 * row[3] / max(row[2], 1)


def table(rows: dict, width: int) -> str:
    """A row a name: what there is, what ran, the share."""
    out = [f"{'':{width}} {'lines':>7} {'run':>7} {'%':>6} {'branches':>9} {'taken':>7} {'%':>6}"]
    for name, row in sorted(rows.items()):
        lines, branches = percent(row)
        out.append(f"{name:{width}} {row[0]:7} {row[1]:7} {lines:6.1f} {row[2]:9} {row[3]:7} "
                   f"{branches:6.1f}")
    return "\n".join(out) + "\n"


def limits(file: Path) -> dict:
    """{folder: (lines, branches)} of the lines `folder lines branches`."""
    rows = [line.split() for line in file.read_text().splitlines()
            if line.strip() and not line.startswith("#")]
    return {name: (float(lines), float(branches)) for name, lines, branches in rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="COUNTS")
    parser.add_argument("--report", type=Path, required=True, help="the folder to write")
    parser.add_argument("--least", type=Path, help="file with the limits of folders")
    options = parser.parse_args()
    total = pickle.loads((options.folder / "counts").read_bytes())
    for name, known in total.items():
        write_gcda(name, known)
    files, missing = {}, []
    for path, lines in sorted(gcov(total).items()):
        if "/hypervisor/" in path:
            name = path.rsplit("/hypervisor/", 1)[1]
            files[name] = sums(lines)
            missing += gaps(name, lines, Path(path).read_text().splitlines())
    folders = {}
    for name, row in files.items():
        part = folders.setdefault(name.split("/")[0], [0, 0, 0, 0])
        folders[name.split("/")[0]] = [a + b for a, b in zip(part, row)]
    options.report.mkdir(parents=True, exist_ok=True)
    (options.report / "folders").write_text(table(folders, 10))
    (options.report / "files").write_text(table(files, 32))
    (options.report / "missing").write_text("\n".join(missing) + "\n")
    print(table(folders, 10), end="")
    low = 0
    for name, want in (limits(options.least) if options.least else {}).items():
        have = percent(folders[name])
        if have[0] < want[0] or have[1] < want[1]:
            low += 1
            print(f"{name}: {have[0]:.1f}% of lines and {have[1]:.1f}% of branches ran, "
                  f"not {want[0]:.0f}% and {want[1]:.0f}%")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
