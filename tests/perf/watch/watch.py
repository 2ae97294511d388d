# SPDX-License-Identifier: GPL-2.0-or-later
"""The watchers: plugins of QEMU's that count what a machine runs, built with the host's compiler.

`rounds.c` counts in each round of a measurement, `sections.c` looks for the longest sections of the
hypervisor.  They speak version 1 of QEMU's interface, that of Debian 12's QEMU 7.2.
"""
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLAGS = ("-std=gnu17 -O2 -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla -Werror "
         "-fvisibility=hidden -fPIC -shared").split()


SOURCES = {"rounds": ["rounds.c", "insn.c"], "sections": ["sections.c", "stay.c", "insn.c"]}


def plugin(name: str, folder: Path) -> Path:
    """The watcher `name` as a shared object in the build folder."""
    out = folder.resolve() / "tests" / "perf"
    out.mkdir(parents=True, exist_ok=True)
    made = out / f"{name}.so"
    whole = made.with_suffix(f".{os.getpid()}")
    subprocess.run([os.environ.get("CC", "cc").split()[-1], *FLAGS, "-o", str(whole),
                    *(str(HERE / part) for part in SOURCES[name])], check=True)
    whole.replace(made)
    return made


def option(made: Path, **arguments) -> list:
    """QEMU's option that loads it."""
    words = [str(made)] + [f"{key}={value}" for key, value in arguments.items()]
    return ["-plugin", ",".join(word.replace(",", ",,") for word in words)]
