# SPDX-License-Identifier: GPL-2.0-or-later
"""There is no memory: each allocation of the hypervisor, and some of those of hvctl, fail one
after the other while a guest is made, is given a disk and a card, and is destroyed.  What can't be
done is said in a sentence, and nothing is left of it."""
import os
import re

import qemu
from cases import BUILD, case
from toolstack import Host, card, definition, disk

# Prepares, and does /tmp/do with the n-th allocation failing, for n from 1 in steps of $1; then
# what is to be done when it went well, or when it did not.  $2: one, the hypervisor's n-th; all,
# from the n-th on; program, that of the program itself.  A line each: n, status, how many
# allocations there were, guests and loop devices left, and what was said.
SWEEP = '''guests() {
    hvctl list --json | tr -d ' \\n' | tr '}' '\\n' | grep '"domid"' | grep -vc '"state":"dying"'
}
n=1
while :; do
    last=$n; [ $2 = all ] && last=4294967295
    sh /tmp/prepare >/tmp/prepared 2>&1 || echo "wrong: $(cat /tmp/prepared)"
    [ $2 = program ] || /tests/state allocations $n $last >/dev/null
    N=$n sh /tmp/do >/tmp/said 2>&1; status=$?
    if [ $2 = program ]; then calls=$(cat /tmp/count)
    else calls=$(/tests/state allocations 0 0); fi
    after=bad; [ $status = 0 ] && after=good
    sh /tmp/$after >/tmp/undone 2>&1 || echo "wrong after $n: $(cat /tmp/undone)"
    echo "n $n status $status of $calls left $(guests) $(losetup -a | wc -l):" \\
        $(tail -n 1 /tmp/said)
    [ $status -lt 98 ] && [ "$calls" -lt "$n" ] && break
    n=$((n + $1))
done
'''
# For the program's own allocations; 99 is a crash of libxml2, which has some without memory.
PRELOAD = 'LD_PRELOAD=/tests/failing.so FAIL_AT=$N FAIL_COUNT=/tmp/count '
LIBXML2 = '99'
# A guest that looks at a new disk right now does not let go of it: then once more.
DETACH = 'for i in 1 2 3; do hvctl block-detach web xvdb && exit 0; sleep 1; done; exit 1'
# One that was taken away again while the guest connected it: the guest has to see it go, first.
SETTLE = 'sleep 3'
MAC = '00:16:3e:00:00:77'
LINE = re.compile(r'^n (\d+) status (\d+) of (\d+) left (\d+) (\d+): *(.*)$', re.MULTILINE)


def sweep(host, what, do, step, which='one', prepare='true', good='true', bad='true'):
    """One after the other; how often there was a refusal."""
    for name, line in (('do', do), ('prepare', prepare), ('good', good), ('bad', bad)):
        host.file('/tmp/' + name, line)
    host.file('/tmp/left', SWEEP.split('n=1')[0] + 'guests; losetup -a | wc -l')
    left = host.run('sh /tmp/left').split()
    printed = host.run(f'sh /tmp/sweep {step} {which}', 1800)
    rounds = LINE.findall(printed)
    if not rounds or 'wrong' in printed:
        raise qemu.Failed(f'{what}: {printed}')
    refused = crashes = 0
    for n, status, _, guests, loops, said in rounds:
        refused += status != '0'
        crashes += status == LIBXML2
        if [guests, loops] != left:
            raise qemu.Failed(f'{what}, allocation {n}: {guests} guests and {loops} loop devices '
                              f'are there, not {left}: {said}')
        if status not in ('0', LIBXML2) and 'memory' not in said:
            raise qemu.Failed(f'{what}, allocation {n}: it ended with {status} and "{said}"')
    if rounds[-1][1] != '0':
        raise qemu.Failed(f'{what}: it fails without a fault: {rounds[-1]}')
    print(f'measure {what}: {rounds[-1][2]} allocations, {len(rounds) - 1} made to fail, '
          f'{refused} refusals, {crashes} crashes in libxml2')
    return refused


def hypervisors(host, before, step):
    """The hypervisor's allocations."""
    create, destroy = 'hvctl create -p /tmp/new.xml', 'hvctl destroy new'
    attach = f'hvctl network-attach web xenbr0 --mac {MAC}'
    refused = sweep(host, 'create', create, step, good=destroy)
    host.leaks(before)
    host.audit()
    sweep(host, 'create with no memory from', create, 4 * step, 'all', good=destroy)
    host.leaks(before)
    host.audit()
    sweep(host, 'block-attach', 'hvctl block-attach web /tmp/other xvdb', step,
          good=DETACH, bad=SETTLE)
    sweep(host, 'network-attach', attach, step, good=f'hvctl network-detach web {MAC}')
    host.leaks(before)
    host.audit()
    sweep(host, 'destroy', destroy, step, prepare=create, bad=f'! hvctl domid new || {destroy}')
    host.leaks(before)
    host.audit()
    return refused


def commands(host, before, step):
    """The command's own; of the thousands of libxml2 a few."""
    create, destroy = 'hvctl create -p /tmp/new.xml', 'hvctl destroy new'
    sweep(host, 'hvctl create', PRELOAD + create, 61 * step, 'program', good=destroy)
    # Whatever fails, the rest is taken down: it may be gone all the same, or there to be destroyed.
    sweep(host, 'hvctl destroy', PRELOAD + destroy, 3 * step, 'program', prepare=create,
          bad=f'! hvctl domid new || {destroy}')
    host.run(f'{create} && {destroy}')
    sweep(host, 'hvctl block-attach', PRELOAD + 'hvctl block-attach web /tmp/other xvdb', 3 * step,
          'program', good=DETACH, bad=SETTLE)
    host.leaks(before)
    host.audit()


def allocations(test, step):
    """Each `step`-th allocation of each."""
    with Host(test, image=os.path.join(BUILD, 'hypervisor/mortise-faults')) as host:
        host.file('/tmp/sweep', SWEEP)
        host.run('dd if=/dev/zero of=/tmp/data bs=64k count=1 2>/dev/null')
        host.run('cp /tmp/data /tmp/other')
        host.file('/tmp/new.xml', definition('new', kernel='hostile.elf', initrd=None, memory=16,
                                             devices=disk('/tmp/data') + card()))
        host.create('web', arguments='root=/dev/xvda ip=10.0.2.20',
                    devices=disk('/guests/root.img') + card())
        host.up('web')
        host.run('hvctl create -p /tmp/new.xml && hvctl destroy new')
        # Once without a fault: then the guest's grant table is large enough. A guest's Linux does
        # not go on when it can't grow (BUG in gnttab_map), which is no matter of the toolstack's.
        host.run('hvctl block-attach web /tmp/other xvdb && hvctl block-detach web xvdb')
        host.run(f'hvctl network-attach web xenbr0 --mac {MAC} && hvctl network-detach web {MAC}')
        before = host.state()
        if hypervisors(host, before, step) * step < 30:
            raise qemu.Failed('too few creations were refused')
        commands(host, before, step)
        host.run('wget -q -O - http://10.0.2.20/ | grep -q "from the guest web"')
        host.run('hvctl shutdown --wait web')
        host.gone('web')


@case('toolstack-allocations', on_xen=False, full=True)
def toolstack_allocations(test):
    """Every allocation."""
    allocations(test, int(os.environ.get('MORTISE_STEP', '1')))
