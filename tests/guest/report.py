# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest tests' runner keeps of a run: verdicts of Xen that need no second run, and the
table of both verdicts side by side.
"""
import hashlib
import json
import subprocess
import time
from pathlib import Path


KEPT_FOR = 30 * 24 * 3600  # seconds


class Kept:
    """Verdicts of a group on Xen, by all that they depend on: test image, Xen, QEMU, runner.

    Only of runs without a failure; so a change of anything, or a failure, is a run.
    """

    def __init__(self, cache: Path, subject, image: Path, full: bool):
        self.path = None
        if subject.name != "xen":
            return
        qemu = subprocess.run(["qemu-system-x86_64", "--version"], stdout=subprocess.PIPE,
                              check=True).stdout
        here = Path(__file__).resolve().parent
        parts = [image.read_bytes(), subject.image.read_bytes(), qemu,
                 repr((subject.line, subject.machine, subject.cpu, full)).encode()]
        parts += [(here / name).read_bytes() for name in ("run", "subject.py", "differences")]
        key = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
        self.path = cache / "verdicts" / f"{image.stem}-{key[:24]}.json"

    def load(self, wanted: set, log: Path):
        """The results, with the log as it was, or None."""
        if self.path is None or not self.path.exists():
            return None
        kept = json.loads(self.path.read_text())
        if not wanted <= set(kept["results"]):
            return None
        log.write_text("==== kept from an earlier run: nothing changed\n" + kept["log"])
        return {test: tuple(verdict) for test, verdict in kept["results"].items()
                if test in wanted}

    def store(self, results: dict, log: Path):
        """Keeps results in which nothing failed."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for old in self.path.parent.glob("*.json"):
            if time.time() - old.stat().st_mtime > KEPT_FOR:
                old.unlink()
        self.path.write_text(json.dumps({"results": results, "log": log.read_text()}))


def table(found: dict, seconds: float) -> str:
    """{(subject, group): {test: (word, why)}} as text: a test a line, both verdicts, the reason."""
    lines, counts = [], {}
    groups = sorted({group for _, group in found})
    for group in groups:
        ours, theirs = found.get(("mortise", group), {}), found.get(("xen", group), {})
        for test in dict.fromkeys(list(ours) + list(theirs)):
            mine, other = ours.get(test, ("-", "")), theirs.get(test, ("-", ""))
            counts[mine[0], other[0]] = counts.get((mine[0], other[0]), 0) + 1
            why = mine[1] or other[1]
            lines.append(f"{group:10} {test:34} {mine[0]:10} {other[0]:10} {why}".rstrip())
    head = [f"{'group':10} {'test':34} {'Mortise':10} {'Xen 4.17':10} why"]
    tail = ["", f"{len(lines)} tests in {seconds:.0f} s:"]
    tail += [f"{number:6}  Mortise {mine}, Xen {other}"
             for (mine, other), number in sorted(counts.items(), key=lambda item: -item[1])]
    return "\n".join(head + lines + tail) + "\n"
