# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolstack under attack: daemons that die, guests that lie, a disk that is full.

What must hold each time: others go on, nothing that was promised is lost, nothing is left behind.
"""
import os
import re
import time

import qemu
from cases import case
from toolstack import Guest, Host, card, definition, disk

# Kills the store's daemon $1 times, each time another one, at any moment of its work.
KILLER = '''n=0; old=
while [ $n -lt $1 ]; do
    new=$(pidof hvstored)
    if [ -n "$new" ] && [ "$new" != "$old" ]; then
        usleep $((RANDOM % 300 * 1000 + RANDOM % 1000))
        kill -9 $new && n=$((n + 1)) && old=$new && [ $((n % 10)) != 0 ] || echo "kills: $n"
    else
        usleep 5000
    fi
done
: >/tmp/killed
'''

# Devices of three guests come and go until the killing is over; a verb that fails is noted.
DEVICES = '''rounds=0
try() { "$@" >/tmp/said 2>&1 || { echo "$* said: $(cat /tmp/said)"; failed=1; }; }
while [ ! -e /tmp/killed ] && [ -z "$failed" ]; do
    for g in g1 g2 g3; do
        try hvctl block-attach $g /tmp/$g.img xvdb
        try hvctl network-attach $g xenbr0
        try hvctl block-detach $g xvdb
        try hvctl network-detach $g 0
    done
    rounds=$((rounds + 1))
done
echo "rounds $rounds"
'''

LOAD = re.compile(r'^storeload (\d): (\d+) requests, (\d+) commits, (\d+) unsure, (\d+) again, '
                  r'bells(.*) rang (\d+)$', re.MULTILINE)


def check_load(host, printed):
    """What all workers tell must agree with each other and with the store."""
    if 'wrong' in printed:
        raise qemu.Failed(re.search('.*wrong.*', printed).group(0))
    told = {int(line[1]): line for line in LOAD.finditer(printed)}
    if sorted(told) != [1, 2, 3, 4, 5]:
        raise qemu.Failed(f'not all workers came to their end: {printed}')
    counter = int(host.run('xenstore-read /load/counter'))
    commits = sum(int(line[3]) for line in told.values())
    unsure = sum(int(line[4]) for line in told.values())
    if not commits <= counter <= commits + unsure:
        raise qemu.Failed(f'{commits} commits, perhaps {unsure} more, but the counter is {counter}')
    bells = {n: host.run(f'xenstore-read /load/bell-{n}') for n in told}
    for n, line in told.items():
        heard = dict(word.split('=') for word in line[6].split())
        for m, bell in bells.items():
            if heard.get(str(m)) != bell:
                raise qemu.Failed(f'worker {n} knows {heard.get(str(m))} of bell {m}: it is {bell}')
    print(f'measure hvstored killed in the machine: {sum(int(t[2]) for t in told.values())} '
          f'requests, {commits} commits, {sum(int(t[5]) for t in told.values())} done again')


def store_kill(test, kills):
    """Three guests and two local clients work while the daemon dies again and again.

    None is a job of the shell's: busybox's takes the end of one for its input's where nothing is
    echoed.
    """
    with Host(test, smp=2, memory='1G') as host:
        host.file('/tmp/killer', KILLER)
        host.file('/tmp/devices', DEVICES)
        before = host.state()
        host.run('xenstore-write /load/counter 0 && xenstore-chmod /load b0 && '
                 'xenstore-chmod /load/counter b0')
        for n in (1, 2, 3):
            host.run(f'dd if=/dev/zero of=/tmp/g{n}.img bs=64k count=1 2>/dev/null')
            host.create(f'g{n}', memory=96)
        for n in (1, 2, 3):
            host.up(f'g{n}', 180)
            with Guest(host, f'g{n}') as guest:
                guest.run(f'(storeload {n} >/tmp/load 2>&1 &)')
        host.run('(for n in 4 5; do /tests/storeload $n /run/xenstored/socket >/tmp/load-$n 2>&1 & '
                 'done; sh /tmp/devices >/tmp/devices.log 2>&1 &)')
        host.run(f'sh /tmp/killer {kills} 2>/dev/null', 60 + kills * 3)
        host.until('cat /tmp/devices.log', r'^rounds', 60)
        devices = host.run('cat /tmp/devices.log')
        if 'said' in devices or not re.search(r'^rounds [1-9]', devices, re.MULTILINE):
            raise qemu.Failed(f'devices during the kills: {devices}')
        host.run('xenstore-write /load/stop 1')
        host.until('xenstore-ls /load', r'(?s)(done-\d.*){5}', 60)
        host.run('xenstore-write /load/end 1')
        host.until('cat /tmp/load-[45]', r'(?s)(storeload.*){2}', 60)
        printed = host.run('cat /tmp/load-[45]') + '\n'
        for n in (1, 2, 3):
            with Guest(host, f'g{n}') as guest:
                printed += guest.run('for i in $(seq 100); do grep storeload /tmp/load && break; '
                                     'sleep 0.2; done') + '\n'
        check_load(host, printed)
        for n in (1, 2, 3):
            host.run(f'hvctl shutdown --wait g{n}')
            host.gone(f'g{n}')
        host.run('xenstore-rm /load; rm /tmp/g?.img')
        host.leaks(before)
        host.audit()
        print('measure devices attached and detached meanwhile: ' + devices.splitlines()[-1])


@case('toolstack-store-kill', full=True)
def toolstack_store_kill(test):
    """The store's daemon killed 200 times in the middle of work."""
    store_kill(test, int(os.environ.get('MORTISE_KILLS', '200')))


# What grows where a guest can make it grow: kB of the daemons, and bytes of logs and state.
SIZES = '''for p in hvstored hvconsoled; do
    echo $p $(grep VmRSS /proc/$(pidof $p | cut -d' ' -f1)/status | tr -dc 0-9)
done
echo state $(du -sk /run/hvstored)
echo logs $(du -sk /var/log)
'''
GROWTH = {'hvstored': 4096, 'hvconsoled': 4096, 'state': 4096, 'logs': 24576}
ATTACKS = ('store', 'console', 'nodes', 'rings')
KERNEL_TROUBLE = 'BUG: |WARNING: CPU|Oops|hung_task|blocked for more|general protection|unable to handle'

# Linux 6.1 counts a ring's requests when it lets go of it, also of one that it never had whole.
KNOWN_TROUBLE = 'WARNING.*drivers/block/xen-blkback/xenbus.c.*xen_blkif_disconnect'


def sizes(host):
    """SIZES as a dictionary."""
    return {name: int(size) for name, size in
            (line.split()[:2] for line in host.run('sh /tmp/sizes').splitlines())}


def attackers(host, seconds, seed):
    """A guest for each attack, at work."""
    for attack in ATTACKS:
        host.create(f'bad-{attack}', memory=32, kernel='hostile.elf', initrd=None,
                    on_crash='preserve', arguments=f'attack={attack} seconds={seconds} seed={seed}',
                    devices=disk(f'/tmp/bad-{attack}.img') + card())
    for attack in ATTACKS:
        host.until(f'xenstore-read /local/domain/$(hvctl domid bad-{attack})/data/report',
                   r'^(at work|\w+: )', 60)


def others_go_on(host):
    """A guest that behaves is served, and so is the administrator."""
    printed = host.run('wget -q -O - http://10.0.2.20/')
    if 'from the guest web,' not in printed:
        raise qemu.Failed(f'the guest that behaves answers: {printed}')
    host.run('hvctl list | grep -q "^web " && hvctl list --json >/dev/null && '
             'hvctl console --log web | grep -q "^guest: up" && xenstore-ls >/dev/null')
    host.run('hvctl block-attach web /tmp/data xvdb && hvctl block-detach web xvdb')


def hostile(test, seconds, seed):
    """Guests that lie to the store, the consoles' daemon and the back ends."""
    with Host(test, smp=2, memory='1G') as host:
        host.file('/tmp/sizes', SIZES)
        host.run('for f in data bad-store bad-console bad-nodes bad-rings; do '
                 'dd if=/dev/zero of=/tmp/$f.img bs=64k count=16 2>/dev/null; done; '
                 'mv /tmp/data.img /tmp/data')
        host.create('web', arguments='root=/dev/xvda ip=10.0.2.20',
                    devices=disk('/guests/root.img') + card())
        host.up('web')
        before, small = host.state(), sizes(host)
        attackers(host, 1000, seed)  # these are destroyed while they are at it
        others_go_on(host)
        host.run('hvctl destroy ' + ' '.join(f'bad-{attack}' for attack in ATTACKS), 120)
        attackers(host, seconds, seed + 1)
        others_go_on(host)
        for attack in ATTACKS:
            found = host.until(
                f'xenstore-read /local/domain/$(hvctl domid bad-{attack})/data/report',
                rf'^{attack}: (.*), (\d+) rounds', seconds + 60)
            print(f'measure hostile guest, {attack}: {found.group(2)} rounds')
            if found.group(1) != 'done':
                raise qemu.Failed(f'bad-{attack} says: {found.group(0)}')
        print(host.run('xenstore-read /local/domain/$(hvctl domid bad-store)/data/quotas'))
        others_go_on(host)
        large = sizes(host)
        host.audit()
        host.run('hvctl destroy ' + ' '.join(f'bad-{attack}' for attack in ATTACKS), 120)
        host.leaks(before)
        host.audit()
        others_go_on(host)
        for name, growth in GROWTH.items():
            if large[name] - small[name] > growth:
                raise qemu.Failed(f'{name} has grown from {small[name]} to {large[name]} kB')
        trouble = host.run(f"dmesg | grep -E '{KERNEL_TROUBLE}' | grep -v '{KNOWN_TROUBLE}'; true")
        if trouble:
            raise qemu.Failed(f'the control domain says: {trouble}')
        host.run('hvctl shutdown --wait web')


@case('toolstack-hostile', full=True)
def toolstack_hostile(test):
    """Hostile guests for some seconds."""
    hostile(test, 3, 1)


@case('toolstack-hostile-long', full=True)
def toolstack_hostile_long(test):
    """The same for two minutes, each time in another way."""
    hostile(test, 120, int(time.time()))


# Ends hvctl by a signal at $1 moments of a creation, and of a destruction, as long as a whole one
# takes; then destroys what is there.  A line each: what, signal, exit status, guests left.
HALF = '''now() { sed 's/ .*//; s/[.]//' /proc/uptime; }
guests() {
    hvctl list --json | tr -d ' \\n' | tr '}' '\\n' | grep -v '"state":"dying"' |
        sed -n 's/.*"domid":\\([0-9]*\\).*/\\1/p' | grep -vx 0
}
ends() {
    usleep $2
    kill -$1 $pid 2>/dev/null
    wait $pid
    status=$?
    left=$(guests)
    for id in $left; do hvctl destroy $id || echo "it stays: $id"; done
    echo $3 $1 $status $(echo $left | wc -w)
}
begin=$(now)
hvctl create -p /tmp/half.xml >/tmp/said 2>&1 || cat /tmp/said
middle=$(now)
hvctl destroy half
end=$(now)
for i in $(seq 0 $1); do
    hvctl create -p /tmp/half.xml >/tmp/said 2>&1 & pid=$!
    ends KILL $(((middle - begin) * 10000 * i / $1)) create
    hvctl create -p /tmp/half.xml >/tmp/said 2>&1 & pid=$!
    ends INT $(((middle - begin) * 10000 * i / $1)) create
    hvctl create -p /tmp/half.xml >/tmp/said 2>&1 || cat /tmp/said
    hvctl destroy half >/tmp/said 2>&1 & pid=$!
    ends KILL $(((end - middle) * 10000 * i / $1)) destroy
done 2>/dev/null
'''


def half_done(test, points):
    """hvctl killed, and interrupted, in the middle of a creation and of a destruction."""
    with Host(test, smp=2, memory='1G') as host:
        host.file('/tmp/half.sh', HALF)
        host.file('/tmp/half.xml', definition('half', memory=128, devices=disk(
            '/guests/root.img') + card()))
        host.run('hvctl create -p /tmp/half.xml && hvctl destroy half')
        host.until('hvctl list --names', r'\A\Z')  # none that is dying
        before = host.state()
        printed = host.run(f'sh /tmp/half.sh {points}', 60 + 30 * points)
        lines = re.findall(r'^(create|destroy) (KILL|INT) (\d+) (\d+)$', printed, re.MULTILINE)
        if len(lines) != 3 * (points + 1) or 'stays' in printed:
            raise qemu.Failed(f'not each end went as it should: {printed}')
        for what, signal, status, left in lines:
            if int(left) > 1 or (signal == 'INT' and (status == '0') != (left == '1')):
                raise qemu.Failed(f'{what}, {signal}: status {status}, {left} guests left')
        for wanted in (('create', 'KILL', '137', '1'), ('create', 'KILL', '137', '0')):
            if wanted not in lines:
                raise qemu.Failed(f'no kill hit where it matters: {printed}')
        host.leaks(before)
        host.create('half', devices=disk('/guests/root.img') + card())
        host.up('half')
        host.run('hvctl destroy half')
        host.leaks(before)
        host.audit()


@case('toolstack-half-done', full=True)
def toolstack_half_done(test):
    """Ended at 40 moments of each."""
    half_done(test, int(os.environ.get('MORTISE_POINTS', '40')))
