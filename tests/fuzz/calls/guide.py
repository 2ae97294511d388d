# SPDX-License-Identifier: GPL-2.0-or-later
"""Guidance by what ran in the hypervisor: gcc's counters, read out of the machine's RAM.

A program during which an arc of the code ran for the first time is kept, by its seed and number.
Later boots are told some of these as parents (`parents=SEED.NUMBER,...`), and the kernel makes most
of their programs out of a parent's bytes with some of them changed.
"""
import array
import json
import os
import random
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "guest"))
import coverage  # noqa: E402

MEMORY = "256M"
PARENTS = 24  # that a boot is told
PROGRAM = re.compile(rb"^PROGRAM (\d+)\s*$", re.M)


class Guide:
    """The arcs that ran so far, and the programs that are kept."""

    def __init__(self, image: Path, store: Path):
        self.image, self.store = image.with_suffix(".elf64"), store
        self.regions, self.seen, self.corpus, self.boots = None, [], [], 0
        if store.exists():
            self.corpus = [entry for entry in json.loads(store.read_text())]

    def options(self):
        """QEMU's options for a RAM that can be read meanwhile; and the handle it inherits."""
        options, self.ram = coverage.ram(MEMORY)
        self.last, self.fresh = 0, []
        return options, self.ram

    def _find(self):
        """Where each object's counters are, once the image is in memory."""
        memory = coverage.Memory(os.pread(self.ram, 16 << 20, 0))
        where = coverage.symbols(self.image)
        count = (where["coverage_info_end"] - where["coverage_info_start"]) // 8
        self.regions = []
        for info in memory.take(where["coverage_info_start"], f"{count}Q"):
            number, table = memory.take(info + 32 + 8 * coverage.COUNTERS, "I4xQ")
            for function in memory.take(table, f"{number}Q"):
                if function:
                    _, _, _, _, values, at = memory.take(function, "QIIIxxxxI4xQ")
                    self.regions.append((at - coverage.IMAGE_START + coverage.IMAGE_PHYS, values))
        self.regions.sort()
        self.low = self.regions[0][0]
        self.high = max(at + 8 * values for at, values in self.regions)
        self.arcs = sum(values for _, values in self.regions)

    def look(self) -> int:
        """How many arcs have run for the first time since the last look."""
        if self.regions is None:
            self._find()
        data = os.pread(self.ram, self.high - self.low, self.low)
        new = 0
        if not self.seen:
            self.seen = [0] * len(self.regions)
        for index, (at, values) in enumerate(self.regions):
            counts = array.array("q", data[at - self.low:at - self.low + 8 * values])
            ran = 0
            for bit, count in enumerate(counts):
                ran |= (count != 0) << bit
            new += bin(ran & ~self.seen[index]).count("1")
            self.seen[index] |= ran
        return new

    def heard(self, seed, text):
        """Something was printed: what was reached belongs to the programs since the last look."""
        numbers = PROGRAM.findall(text[-200:])
        if not numbers or int(numbers[-1]) == self.last:
            return
        number = int(numbers[-1])
        if self.look() and self.boots:
            self.fresh += [[seed, one] for one in range(max(self.last, number - 3), number)]
        self.last = number

    def done(self, seed):
        """A boot has ended; how many arcs ran so far, and how many there are."""
        if self.look() and self.boots:
            self.fresh.append([seed, self.last])
        os.close(self.ram)
        self.boots += 1
        self.corpus += [entry for entry in self.fresh if entry not in self.corpus]
        self.store.write_text(json.dumps(self.corpus))
        return sum(bin(ran).count("1") for ran in self.seen), self.arcs

    def parents(self, number) -> str:
        """The kernel's argument: some of the corpus, what came last more often."""
        chance = random.Random(number)
        if not self.corpus:
            return ""
        chosen = {int(len(self.corpus) * max(chance.random(), chance.random()))
                  for _ in range(PARENTS)}
        return "parents=" + ",".join(f"{seed}.{one}" for seed, one in
                                     (self.corpus[index] for index in sorted(chosen)))
