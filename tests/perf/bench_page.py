# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/bench.md: what `make bench` measured, as tables."""
from pathlib import Path

from figures import COLUMNS, SETTINGS

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "bench.md"
HEAD = """# The cost of primitives

Made by `make bench-page`; not edited by hand. One test kernel, the control domain of Mortise and
of Debian's Xen 4.17, on QEMU's CPU model @CPU@ with a clock that counts instructions: the figures
are the same on every machine. `make bench` prints them anew; [testing.md](testing.md#perf) says
what is gated.

*Defences off*: Xen with `spec-ctrl=no xpti=off`, Mortise with `mitigations=off`. *Default*:
neither has an option. TCG offers no CPU feature against speculation, so what Mortise would use,
the barrier between domains, is not there, and both its columns are the same. Xen has retpolines
and overwrites the return stack buffer at each entry, which Mortise does not
([architecture.md](architecture.md#defences-in-the-hardware)): the defaults are not the same
protection.

## Instructions

From the guest's instruction before to the one behind, its own side included. A primitive's figure
is that of the cheapest of 200 rounds. Xen's boot waits for devices by the host's clock, so that
its figure is another in each run.

"""
MIDDLE = """
## Loads of CR3, flushes, IPIs, locked instructions

Inside the hypervisor, in that round: Mortise / Xen. *flush*: what empties the TLB, loads of CR3,
writes of CR4 (a flush of global entries is two) and INVPCID; *ipi*: writes to the APIC's command
register; *locked*: instructions with LOCK, and XCHG with memory; *wrmsr*: writes of MSRs.
Primitives named `pair_` have a second vCPU on a second CPU, and both CPUs' counts are added up;
Xen's locked instructions there include those of waiting.

"""


def table(head, rows) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def write(taken: dict, xen: dict, pairs: dict, most: dict, cpu: str):
    """The page, of the figures of one run: {setting: Figures} of each, and those of two CPUs."""
    head, rows = ["primitive"], []
    for setting in SETTINGS:
        head += [f"Xen, {setting}", f"Mortise, {setting}", "ratio"]
    for name in taken["off"]:
        row = [name]
        for setting in SETTINGS:
            ours, theirs = taken[setting].get(name), xen[setting].get(name)
            ratio = f"{ours / theirs:.2f}" if ours and theirs else "-"
            row += [f"{theirs:,}" if theirs else "-", f"{ours:,}" if ours else "-", ratio]
        rows.append(row + [f"{int(most[name]):,}" if name in most else "-"])
    text = HEAD.replace("@CPU@", f"`{cpu}`") + table(head + ["limit"], rows)
    counts = []
    for ours, theirs in ((taken["off"], xen["off"]), (pairs["mortise"], pairs["xen"])):
        for name, row in ours.counts.items():
            other = theirs.counts.get(name, {})
            counts.append([name] + [f"{row[c]} / {other.get(c, '-')}" for c in COLUMNS])
    PAGE.write_text(text + MIDDLE + table(["primitive", *COLUMNS], counts))
