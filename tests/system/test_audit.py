# SPDX-License-Identifier: GPL-2.0-or-later
"""The audit as an administrator sees it, and how long the guests stand still for it."""
import json
import os
import re

import qemu
import state
from cases import BUILD, case, check_end, machine, run_in_initramfs
from toolstack import Host

FAULT = re.compile(r'^#define MORTISE_FAULT_(\w+)\s+(\d+)', re.MULTILINE)
# The fault, whose record, which object; the kind and the words that the audit must have for it.
FAULTS = (
    ('DOMAIN_REF', '{guest}', 0, 'domains', 'domain {guest} has '),
    ('FRAMES', '{guest}', 0, 'owner', 'domain {guest} has '),
    ('PORTS', '{guest}', 0, 'events', 'domain {guest} has '),
    ('WINDOW', '{guest}', 0, 'windows', 'window 31 of vCPU 0 of domain {guest}'),
    ('MAPPINGS', '0', 0, 'maptrack', 'domain 0 has '),
    ('PAGE_REF', '0', 0x200, 'page-refs', 'frame 200 of domain '),
)


def numbers():
    """{name of a fault: number}."""
    return dict(FAULT.findall(state.read('guest-pv-headers/include/xen/mortise-fault.h')))


def audit_json(host, status):
    """What the audit prints as JSON; it must end with the status."""
    printed = host.run('hvctl audit --json 2>/dev/null', status=status)
    return json.loads(printed[printed.index('{'):printed.rindex('}') + 1])


def found(host, guest, kind, words):
    """The audit finds what was spoilt, in words and in JSON."""
    text = host.run('hvctl audit', status=1)
    if words not in text:
        raise qemu.Failed(f'the audit does not say "{words}": {text}')
    told = audit_json(host, 1)
    if told['differences'] < 1 or not any(
            one['kind'] == kind and words in one['words'] and one['domid'] in (0, guest, 0x7ff2, None)
            for one in told['described']):
        raise qemu.Failed(f'JSON has no {kind} "{words}": {told}')


@case('toolstack-audit', on_xen=False)
def toolstack_audit(test):
    """hvctl audit finds records that were spoilt, with a guest running, and says which."""
    known = numbers()
    with Host(test, image=os.path.join(BUILD, 'hypervisor/mortise-faults')) as host:
        host.create('web')
        host.up('web')
        guest = int(host.run('hvctl domid web'))
        clean = audit_json(host, 0)
        if clean['differences'] or clean['described'] or clean['references'] < 10000:
            raise qemu.Failed(f'the audit before: {clean}')
        for fault, domid, where, kind, words in FAULTS:
            domid, words = domid.format(guest=guest), words.format(guest=guest)
            host.run(f'/tests/state fault {known[fault]} {domid} {where} 1')
            found(host, guest, kind, words)
            host.run(f'/tests/state fault {known[fault]} {domid} {where} -1')
            host.audit()
        host.run('hvctl destroy web')
        host.gone('web')


def pause(test, memory, icount=None):
    """How long the audit of a host took with Debian in it, and over how much."""
    with machine(test, memory=memory, icount=icount, kernel_arguments='quiet test=state') as vm:
        run_in_initramfs(vm, 'state', 1200 if icount else 120)
        check_end(vm, 'poweroff', 300)
    state.check_audit(vm.text)
    frames, spent, references = re.search(
        r'^audit differences 0 frames (\d+) us (\d+) references (\d+)', vm.text,
        re.MULTILINE).groups()
    gib = int(frames) * 4096 / 2**30
    print(f'measure audit of {memory}{" by instructions" if icount else ""}: {int(spent) / 1000:.2f} '
          f'ms, {int(spent) / 1000 / gib:.2f} ms a GiB, {references} references on {frames} frames')


@case('audit-pause', on_xen=False, full=True)
def audit_pause(test):
    """The pause by the clock, and where an instruction is a nanosecond."""
    for memory in ('1G', '4G'):
        pause(test, memory)
    pause(test, '1G', 'shift=0,sleep=off')
