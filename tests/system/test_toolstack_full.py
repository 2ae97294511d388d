# SPDX-License-Identifier: GPL-2.0-or-later
"""The control domain's disk is full: the store's state and the consoles' logs lie on file systems
without room.  Guests go on, what can't be done is said in a sentence, and all is well again once
there is room."""
import re

import qemu
from cases import case
from toolstack import Guest, Host, card, definition, disk

# Moves both onto small file systems of their own, as if they had always been there.
MOVE = '''store=$(pidof hvstored)
kill -STOP $store
mkdir -p /tmp/store /var/log/mortise/console
cp -a /run/hvstored/. /tmp/store
mount -t tmpfs -o size=512k none /run/hvstored
cp -a /tmp/store/. /run/hvstored
mount -t tmpfs -o size=128k none /var/log/mortise/console
kill -9 $store $(pidof hvconsoled)
'''
# Takes all room there is, that behind the ends of files as well.
FILL = '''for folder in /run/hvstored /var/log/mortise/console; do
    dd if=/dev/zero of=$folder/fill bs=4k 2>/dev/null
done
n=0
while xenstore-write /tool/fill-$((n % 2)) $n 2>/dev/null && [ $n -lt 2000 ]; do n=$((n + 1)); done
echo "refused after $n"
'''
EMPTY = 'rm /run/hvstored/fill /var/log/mortise/console/fill; xenstore-rm /tool'


def refused(host, line):
    """A line that fails for want of room, and says so."""
    printed = host.run(f'{line} 2>&1; [ $? != 0 ]')
    if not re.search(r'hvctl: .*[Nn]o space left', printed):
        raise qemu.Failed(f'"{line}" says "{printed}"')


@case('toolstack-full')
def toolstack_full(test):
    """Nothing can be written any more; then it can again."""
    with Host(test) as host:
        host.file('/tmp/move', MOVE)
        host.file('/tmp/fill', FILL)
        host.run('dd if=/dev/zero of=/tmp/data bs=64k count=1 2>/dev/null')
        host.run('cp /tmp/data /tmp/other; sh /tmp/move; sleep 1')
        before = host.state()
        host.create('web', arguments='root=/dev/xvda ip=10.0.2.20',
                    devices=disk('/guests/root.img') + card())
        host.up('web')
        host.create('idle', flags='--paused', kernel='hostile.elf', initrd=None, memory=32)
        host.create('disk', flags='--paused', kernel='hostile.elf', initrd=None, memory=32,
                    devices=disk('/tmp/data'))
        host.file('/tmp/new.xml', definition('new', kernel='hostile.elf', initrd=None, memory=32,
                                             devices=disk('/tmp/other')))
        free = host.run('hvctl info | grep "^free memory"')
        printed = host.run('sh /tmp/fill', 180)
        if 'refused after 2000' in printed:
            raise qemu.Failed('the store\'s file system was not full')
        refused(host, 'hvctl create /tmp/new.xml')
        refused(host, 'hvctl block-attach web /tmp/other xvdb')
        refused(host, 'hvctl rename web www')
        if host.run('hvctl list --names | grep -c new; losetup -a | grep -c other', status=None) \
                .split() != ['0', '0'] or host.run('hvctl info | grep "^free memory"') != free:
            raise qemu.Failed('a creation that was refused left something')
        refused(host, 'hvctl destroy idle')
        refused(host, 'hvctl destroy disk')
        with Guest(host, 'web') as guest:
            if '2999' not in guest.run('seq 3000'):
                raise qemu.Failed('the console stopped with its log')
        host.run('wget -q -O - http://10.0.2.20/ | grep -q "from the guest web"')
        host.run('kill -9 $(pidof hvstored); sleep 1')
        host.run('wget -q -O - http://10.0.2.20/ | grep -q "from the guest web"')
        host.run(EMPTY)
        with Guest(host, 'web') as guest:
            guest.run('echo there is room')
        host.run('grep -q "bytes lost: No space" /var/log/mortise/console/web.log')
        host.run('hvctl block-attach web /tmp/other xvdb && hvctl block-detach web xvdb')
        host.run('hvctl destroy disk; hvctl destroy idle', status=None)
        for name in ('idle', 'disk', 'new'):
            host.run(f'hvctl create -p /tmp/{name}.xml && hvctl destroy {name}')
        host.run('hvctl shutdown --wait web')
        host.gone('web')
        host.leaks(before)
        host.audit()
