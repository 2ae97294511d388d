# SPDX-License-Identifier: GPL-2.0-or-later
"""Which rules the tests of all groups showed: each boot ends with the numbers of those by which
anything was refused.  All of hypervisor/lib/refusals.def must be among them but those that
refusals-cannot lists, each with its reason; and none of these may be.
"""
import os
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
RULES = "mortise-rules"


def rule_names(top: Path) -> list:
    """The rules' names in the order of their numbers."""
    text = (top / "hypervisor" / "lib" / "refusals.def").read_text()
    return re.findall(r"^RULE\((\w+),", text, re.M)


def cannot() -> dict:
    """{rule: why no test on a machine can show it}."""
    lines = (HERE / "refusals-cannot").read_text().splitlines()
    return dict(line.split(None, 1) for line in lines if line and not line.startswith("#"))


def raised(logs: Path, names: list) -> set:
    """The rules that the logs of all groups on Mortise show."""
    found = set()
    for log in sorted(logs.glob("mortise-*.log")):
        for numbers in re.findall(r"^RULES((?: \d+)*)$", log.read_text(errors="replace"), re.M):
            found |= {names[int(number)] for number in numbers.split()}
    return found


def judge_rules(logs: Path) -> bool:
    """Prints the verdict in the protocol of tests/README.md; whether it is well."""
    names = rule_names(Path(os.environ.get("MORTISE_SRC", HERE.parent.parent)))
    shown, listed = raised(logs, names), cannot()
    wrong = [f"{name} was not shown" for name in names if name not in shown | set(listed)]
    wrong += [f"{name} is listed in refusals-cannot, but was shown" for name in listed
              if name in shown]
    wrong += [f"{name} is listed in refusals-cannot, and is no rule" for name in listed
              if name not in names]
    print(f"measure guest {RULES}: {len(shown)} of {len(names)} rules were shown, "
          f"{len(listed)} can't be")
    print(f"not ok {RULES} - {'; '.join(wrong)}" if wrong else f"ok {RULES}", flush=True)
    return not wrong
