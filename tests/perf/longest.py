# SPDX-License-Identifier: GPL-2.0-or-later
"""The longest sections of the hypervisor with interrupts off, or without a preemption point.

The kernel that fuzzes hypercalls and the guest tests run on one CPU whose time counts instructions,
watched by watch/sections.c.  `sections` has the limits, docs/sections.md what was found.
"""
import importlib.machinery
import importlib.util
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import sections  # noqa: E402
import matrix  # noqa: E402
from subject import build, find_subject  # noqa: E402

PAGE = "docs/sections.md"
CLOCK = ("-icount", "shift=0,sleep=off", "-smp", "1")
END = r"^VERDICTS .*$"


def runner():
    """tests/guest/run, for what it knows about its groups."""
    loader = importlib.machinery.SourceFileLoader("guest_run", str(TOP / "tests" / "guest" / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("guest_run", loader))
    loader.exec_module(module)
    return module


def operations() -> dict:
    """{(call, operation): name} of the conformance matrix's lists."""
    listed, numbers = matrix.Matrix(), {}
    for op in listed.ops:
        if op.number.isdigit():
            numbers[listed.calls[op.call], int(op.number)] = op.name
    return numbers


def boot(options, kernel: Path, arguments: str, extra, found) -> bool:
    """Adds what one boot shows; whether it came to its end."""
    subject = find_subject("mortise", options, "loglvl=warning")
    out = options.build / "tests" / "perf" / f"{kernel.stem}.sections"
    out.unlink(missing_ok=True)
    watched = sections.option(options.build, subject.image.with_suffix(".elf64"), kernel, out)
    text = subject.boot(kernel, arguments, until=END, seconds=options.seconds,
                        extra=[*CLOCK, *extra, *watched])
    out.with_suffix(".log").write_text(text)
    if not out.exists():
        raise RuntimeError(f"QEMU did not start: {text[-300:]}")
    found.add(out)
    return re.search(END, text, re.M) is not None


def measure(options, whole: bool):
    """(sections, what was run, what did not end): fuzzed programs; in whole the guest tests too."""
    found, programs = sections.Sections(), 400 if whole else 60
    guest = runner()
    groups = sorted({path.parent.name for path in (TOP / "tests" / "guest").glob("*/*.c")
                     if "TEST(" in path.read_text()} - set(guest.TIMED) - set(guest.IMAGES) -
                    {"harness", "outside"}) if whole else []
    images = build(options.build, options.headers, ["calls", *groups])
    for first in range(0, programs, 100):
        share = min(100, programs - first)
        if not boot(options, images["calls"], f"seed=5 first={first} programs={share} length=4096",
                    (), found):
            raise RuntimeError("the fuzzing kernel did not come to its end")
    unended = [group for group in groups
               if not boot(options, images[group], "", guest.MACHINES.get(group, ()), found)]
    ran = [f"{programs} fuzzed programs", *(group for group in groups if group not in unended)]
    return found, ran, unended


def limits() -> dict:
    """{row's name, or `other`: (most with interrupts off, most without a point)}."""
    rows = {}
    for line in (HERE / "sections").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, off, gap = re.fullmatch(r"(.*\S)\s+(\d+)\s+(\d+)", line).groups()
            rows[name] = (int(off), int(gap))
    return rows


def folded(found) -> dict:
    """{name: row} in the order of the calls; what is no operation is one row a call."""
    names, calls, rows = operations(), sections.call_names(), {}
    for index in sorted(found):
        name = sections.name_of(index, calls, names)
        old = rows.setdefault(name, [0, 0, 0, (0, 0), 0, (0, 0)])
        sections.larger(old, found[index])
    return rows


def judge(options, whole: bool) -> int:
    """Prints the longest of all and what is too long; how many rows are."""
    found, ran, unended = measure(options, whole)
    rows, most, failed = folded(found), limits(), 0
    for name, row in rows.items():
        off, gap = most.get(name, most["other"])
        for what, length, limit in (("interrupts off", row[2], off), ("no point", row[4], gap)):
            if length > limit:
                print(f"measure {name}: {length} instructions with {what}, {limit} are allowed")
                failed += 1
    entries = sum(row[0] for row in rows.values())
    print(f"measure sections: {entries} entries in {', '.join(ran)}")
    for what, at in (("interrupts off", 2), ("no preemption point", 4)):
        ranked = sorted(rows.items(), key=lambda item: -item[1][at])[:3]
        print(f"measure longest with {what}: " +
              ", ".join(f"{row[at]} ({name})" for name, row in ranked))
    for name in set(most) - set(rows) - {"other"} if whole else ():
        print(f"measure {name}: has limits, but was never seen")
        failed += 1
    if unended:
        print(f"measure sections: not to their end: {', '.join(unended)}")
        failed += len(unended)
    if whole and options.write:
        write(options, rows, ran)
    return failed


def write(options, rows, ran):
    """The page."""
    image = find_subject("mortise", options).image.with_suffix(".elf64")
    symbols = sections.Symbols(image)
    head = (HERE / "sections-page").read_text()
    lines = [head.replace("@RAN@", ", ".join(f"`{r}`" if " " not in r else r for r in ran)),
             "| entry | times | longest stay | interrupts off | where | no point | where |",
             "|---|---|---|---|---|---|---|"]
    for name, row in rows.items():
        spots = [f"{symbols.name(a)} to {symbols.name(b)}" if length else "-"
                 for length, (a, b) in ((row[2], row[3]), (row[4], row[5]))]
        lines.append(f"| {name} | {row[0]:,} | {row[1]:,} | {row[2]:,} | {spots[0]} | {row[4]:,} | "
                     f"{spots[1]} |")
    (TOP / PAGE).write_text("\n".join(lines) + "\n")
