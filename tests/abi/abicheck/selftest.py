# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows that the comparison can fail: one mistake a time, in a copy of the headers."""
import os
import re
import shutil

from . import behaviour, compare, languages, toolchain
from .report import Report
from .toolchain import Side

# File, what to look for, what to put there, kind and name of the difference it must cause.
MISTAKES = (
    ("xen/xen.h", r"(#define __HYPERVISOR_memory_op\s+)12\b", r"\g<1>11",
     "macro", "__HYPERVISOR_memory_op"),
    ("xen/grant_table.h", r"#define GTF_readonly\b.*\n", "", "macro", "GTF_readonly"),
    ("xen/grant_table.h", r"(#define GTF_permit_access\s+\(1)U", r"\1", "macro",
     "GTF_permit_access"),
    ("xen/memory.h", r"\(\(x\) \+ 1\) << 8", "(x) << 8", "macro", "XENMEMF_node(*"),
    ("xen/abi/start.h", r"(\bmagic\[)32", r"\g<1>40", "member", "struct start_info.magic"),
    ("xen/vcpu.h", r"uint64_t time\[4\]", "int64_t time[4]", "member",
     "struct vcpu_runstate_info.time"),
    ("xen/abi/shared.h", r"int8_t tsc_shift", "uint8_t tsc_shift", "member",
     "struct vcpu_time_info.tsc_shift"),
    ("xen/abi/platform-power.h", r"bm_check : 1", "bm_check : 2", "member",
     "struct xen_processor_flags.bm_check"),
    ("xen/abi/domctl-domain.h", r"uint8_t pad2\[7\];", "", "member",
     "struct xen_domctl_getdomaininfo.arch_config"),
    ("xen/abi/domctl-domain.h", r"(uint64_aligned_t) (cpu_time;)", r"\1 mistake; \1 \2", "type",
     "struct xen_domctl_getdomaininfo"),
    ("xen/errno.h", r"XEN_ERRNO\(EBUSY, 16\)", "XEN_ERRNO(EBUSY, 15)", "enumerator", "XEN_EBUSY"),
    ("xen/io/ring.h", r"req_event = \(r\)->req_cons \+ 1", "req_event = (r)->req_cons + 2",
     "behaviour", "line*"),
    ("xen/abi/uuid.h", r"XEN_UUID_BYTE\(x, 1\)", "XEN_UUID_BYTE(x, 2)", "behaviour", "line*"),
    ("xen/version.h", r"XEN_ABI_EXT (unsigned char buf)", r"\1", "language", "g++*"),
    ("xen/grant_table.h", r'#include "xen.h"', "", "language",
     "gcc -std=c17: <xen/grant_table.h> *"),
    ("xen/sched.h", r"\}\s*sched_poll_t;", "} sched_poll_tt;", "type", "typedef sched_poll_t"),
)


def broken_copy(ours, number, mistake):
    """A copy of the headers with that mistake; its include directory."""
    path, find, put = mistake[:3]
    copy = os.path.join(toolchain.work_dir(), "broken%d" % number)
    shutil.copytree(ours, copy)
    with open(os.path.join(copy, path)) as f:
        text = f.read()
    changed, count = re.subn(find, put, text, count=1)
    if count:
        # A name that the typedef loses is still wanted by its handle.
        changed = changed.replace("DEFINE_XEN_GUEST_HANDLE(sched_poll_t)", "") \
            if "sched_poll_tt" in changed else changed
        with open(os.path.join(copy, path), "w") as f:
            f.write(changed)
    return copy if count else None


def run(reference, ours, report):
    mine = compare.list_headers(ours)
    shared = [h for h in compare.list_headers(reference) if h in mine]
    theirs = Side(reference, shared, ["-D__XEN_TOOLS__"])
    for number, mistake in enumerate(MISTAKES):
        path, kind, name = mistake[0], mistake[3], mistake[4]
        copy = broken_copy(ours, number, mistake)
        if copy is None:
            report.fail("selftest", name, "found nothing to break in %s" % path)
            continue
        found = Report(quiet=True)
        if kind == "behaviour":
            behaviour.run(reference, copy, found)
        elif kind == "language":
            languages.run(copy, found, path)
        else:
            compare.compare_sides(theirs, Side(copy, shared, ["-D__XEN_TOOLS__"]), "broken", found)
        want = re.compile("".join(".*" if c == "*" else re.escape(c) for c in name) + r"\Z")
        if any(k == kind and want.match(n) for k, n, _ in found.failures):
            report.ok("mistakes on purpose that were noticed")
        else:
            report.fail("selftest", name, "the mistake in %s went unnoticed" % path)
