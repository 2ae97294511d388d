# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor has no memory: each of its allocations fails, one after the other, while a guest is
made, is given a disk and a card, and is destroyed.  What can't be done is said in a sentence, and
nothing is left of it."""
import os
import re

import qemu
from cases import BUILD, case
from toolstack import Host, card, definition, disk

# Prepares, and does /tmp/do with the n-th allocation failing, or all from it on, for n from $1 in
# steps of $2; then what is to be done when it went well, or when it did not.  A line each: n, status,
# how many allocations there were, guests and loop devices left, and what was said.
SWEEP = '''guests() {
    hvctl list --json | tr -d ' \\n' | tr '}' '\\n' | grep '"domid"' | grep -vc '"state":"dying"'
}
n=$1
while :; do
    last=$n; [ "$3" = all ] && last=4294967295
    sh /tmp/prepare >/tmp/prepared 2>&1 || echo "wrong: $(cat /tmp/prepared)"
    /tests/state allocations $n $last >/dev/null
    sh /tmp/do >/tmp/said 2>&1; status=$?
    calls=$(/tests/state allocations 0 0)
    after=bad; [ $status = 0 ] && after=good
    sh /tmp/$after >/tmp/undone 2>&1 || echo "wrong after $n: $(cat /tmp/undone)"
    echo "n $n status $status of $calls left $(guests) $(losetup -a | wc -l):" \\
        $(tail -n 1 /tmp/said)
    [ "$calls" -lt "$n" ] && break
    n=$((n + $2))
done
'''
MAC = '00:16:3e:00:00:77'
LINE = re.compile(r'^n (\d+) status (\d+) of (\d+) left (\d+) (\d+): *(.*)$', re.MULTILINE)


def sweep(host, what, do, step, every=False, prepare='true', good='true', bad='true'):
    """One after the other; how often there was a refusal."""
    for name, line in (('do', do), ('prepare', prepare), ('good', good), ('bad', bad)):
        host.file('/tmp/' + name, line)
    left = [host.run('hvctl list --names | wc -l'), host.run('losetup -a | wc -l')]
    printed = host.run(f'sh /tmp/sweep 1 {step} {"all" if every else "one"}', 1800)
    rounds = LINE.findall(printed)
    if not rounds or 'wrong' in printed:
        raise qemu.Failed(f'{what}: {printed}')
    refused = 0
    for n, status, _, guests, loops, said in rounds:
        refused += status != '0'
        if [guests, loops] != left:
            raise qemu.Failed(f'{what}, allocation {n}: {guests} guests and {loops} loop devices '
                              f'are there, not {left}: {said}')
        if status != '0' and 'memory' not in said:
            raise qemu.Failed(f'{what}, allocation {n}: it ended with {status} and "{said}"')
    if rounds[-1][1] != '0':
        raise qemu.Failed(f'{what}: it fails without a fault: {rounds[-1]}')
    print(f'measure {what}: {int(rounds[-1][0]) - 1} allocations, {len(rounds) - 1} made to fail, '
          f'{refused} refusals')
    return refused


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
        before = host.state()
        create, destroy = 'hvctl create -p /tmp/new.xml', 'hvctl destroy new'
        refused = sweep(host, 'create', create, step, good=destroy)
        host.leaks(before)
        host.audit()
        sweep(host, 'create with no memory from', create, 4 * step, every=True, good=destroy)
        host.leaks(before)
        host.audit()
        sweep(host, 'block-attach', 'hvctl block-attach web /tmp/other xvdb', step,
              good='hvctl block-detach web xvdb')
        sweep(host, 'network-attach', f'hvctl network-attach web xenbr0 --mac {MAC}', step,
              good=f'hvctl network-detach web {MAC}')
        host.leaks(before)
        host.audit()
        sweep(host, 'destroy', destroy, step, prepare=create, bad=destroy)
        host.leaks(before)
        host.run('wget -q -O - http://10.0.2.20/ | grep -q "from the guest web"')
        host.run('hvctl shutdown --wait web')
        host.gone('web')
    if refused * step < 60:
        raise qemu.Failed(f'{refused} creations were refused: too few')


@case('toolstack-allocations', on_xen=False, full=True)
def toolstack_allocations(test):
    """Every allocation."""
    allocations(test, int(os.environ.get('MORTISE_STEP', '1')))
