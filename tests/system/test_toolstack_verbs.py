# SPDX-License-Identifier: GPL-2.0-or-later
"""Every verb of hvctl and every option, typed in the control domain as an administrator does.

One boot; two guests: web, Debian's kernel with a disk and a card, and idle, which stays paused.
Steps run in their order and leave both as they were.  What hvctl's own table names and no step
types is a failure, so a new verb comes with its step.
"""
import json
import os
import re
import sys
import xml.etree.ElementTree

import dump
import qemu
import verbs_wrong
from cases import SRC, case
from test_toolstack import ADDRESS, WEB, Guest
from toolstack import Host, definition

sys.path.append(os.path.join(SRC, 'tests/style'))
import commands  # noqa: E402  pylint: disable=wrong-import-position

STEPS = []


def step(function):
    """Registers a step: a function of an Administrator."""
    STEPS.append(function)
    return function


def expect(true, what):
    """A step's claim."""
    if not true:
        raise qemu.Failed(what)


class Administrator:
    """Types command lines, and remembers the verbs and options in them."""

    def __init__(self, host):
        self.host = host
        with open(os.path.join(SRC, commands.TABLE), encoding='utf-8') as file:
            self.verbs = commands.read_table(file.read())
        self.typed = set()

    def note(self, line):
        """Every hvctl of a line, and its options, long or short."""
        for verb, rest in re.findall(r'\bhvctl ([\w-]+)([^|;&>]*)', line):
            self.typed.add((verb, None))
            for option in re.findall(r' (--?[\w-]+)', rest):
                self.typed.add((verb, option))

    def run(self, line, timeout=60, status=0):
        """A line, what it prints, its exit status."""
        self.note(line)
        return self.host.run(line, timeout, status)

    def type(self, line):
        """A line whose program goes on talking with the terminal."""
        self.note(line)
        self.host.vm.send(line + '\n')

    def json(self, line):
        """What a line with --json prints, as Python has it."""
        printed = self.run(line + ' 2>/dev/null')
        try:
            return json.loads(printed)
        except ValueError as why:
            raise qemu.Failed(f'"{line}" prints no JSON ({why}): {printed}') from None

    def rows(self, line):
        """A listing: a dictionary a row, by the titles of the columns."""
        title, *rows = [re.split(r'  +', row.strip()) for row in self.run(line).split('\n')]
        for row in rows:
            expect(len(row) == len(title), f'"{line}": {title} has another width than {row}')
        return [dict(zip(title, row)) for row in rows]

    def same(self, line, texts):
        """The --json of a listing, whose columns must say the same: texts maps columns to
        functions of an item.  The control domain's row is left out: it never stands still."""
        rows, items = self.rows(line), self.json(line + ' --json')
        rows = [row for row in rows if row.get('Name') != 'Domain-0']
        items = [item for item in items if item.get('name') != 'Domain-0']
        said = [{title: row[title] for title in texts} for row in rows]
        meant = [{title: str(text(item)) for title, text in texts.items()} for item in items]
        expect(said == meant, f'"{line}" prints {said}, its --json means {meant}')
        return items

    def until(self, line, pattern, timeout=30):
        """Host.until, noted."""
        self.note(line)
        return self.host.until(line, pattern, timeout)

    def missed(self):
        """Verbs and options of the table that were never typed."""
        for verb, (*_, options) in self.verbs.items():
            if (verb, None) not in self.typed:
                yield verb
            names = list(options)  # -h, --help, then letter and name of each option
            for letter, name in zip(names[::2], names[1::2]):
                if name != '--help' and not {(verb, letter), (verb, name)} & self.typed:
                    yield f'{verb} {name}'


@step
def host(admin):
    """version, info, dmesg, audit, help: what needs no guest."""
    version = admin.json('hvctl version --json')
    expect(admin.run('hvctl version') ==
           f'hvctl {version["hvctl"]}\nhypervisor {version["hypervisor"]}', 'version differs')
    info = admin.json('hvctl info --json')
    text = dict(re.split(r'  +', line, maxsplit=1) for line in admin.run('hvctl info').split('\n'))
    expect(text['memory'] == f'{info["memory_kib"] // 1024} MiB' and
           text['hypervisor'] == info['version'] == version['hypervisor'] and
           text['CPUs'].startswith(f'{info["cpus"]} (') and info['cpus'] == 2 and
           text['scheduler'] == info['scheduler'], f'info: {text}, --json: {info}')
    expect('ortise' in admin.run('hvctl dmesg --clear') and not admin.run('hvctl dmesg'),
           'dmesg --clear left the log as it was')
    counted = admin.json('hvctl audit --json')
    expect(counted['differences'] == 0 and counted['frames'] * 4 >= info['memory_kib'] * 0.99 and
           f'{counted["frames"]} frames, ' in admin.run('hvctl audit'), f'audit: {counted}')
    helped = admin.run('hvctl help')
    for verb in admin.verbs:
        expect(re.search(rf'^  {verb} +\S', helped, re.M), f'help does not list {verb}')
    expect(admin.run('hvctl help vcpu-pin') == admin.run('hvctl vcpu-pin --help'),
           'help VERB and VERB --help differ')


@step
def create(admin):
    """create: stopped by Ctrl-C, --paused --json, --console; validate before it."""
    admin.host.file('/tmp/web.xml', definition('web', vcpus=2, devices=WEB,
                                               arguments=ADDRESS + ' sysrq_always_enabled'))
    admin.host.file('/tmp/idle.xml', definition('idle', memory=96))
    admin.host.file('/tmp/large.xml', definition('large', memory=320))
    expect('definition of web is right' in admin.run('hvctl validate /tmp/web.xml'), 'validate')
    printed = admin.run('hvctl validate --print /tmp/web.xml')
    expect(xml.etree.ElementTree.fromstring(printed).find('vcpu').text == '2', printed)
    admin.type('hvctl create /tmp/large.xml')
    admin.host.vm.expect(r'\x1b\[K\w', 20)  # progress is shown: it is at work
    admin.host.vm.send('\x03')
    expect('hvctl: ' in admin.run('echo "status $?"', status=None), 'Ctrl-C says nothing')
    expect(admin.run('hvctl list --names') == '', 'Ctrl-C left a guest')
    idle = admin.json('hvctl create --paused --json /tmp/idle.xml')
    expect(re.fullmatch(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', idle['uuid']) and
           admin.run('hvctl domid idle') == str(idle['domid']), f'create --json: {idle}')
    admin.type('hvctl create --console /tmp/web.xml')
    admin.host.vm.expect(r'web is guest \d+$', 60)
    admin.host.vm.expect(r'^guest: up, Linux', 120)
    leave(admin)


def leave(admin):
    """Leaves a console; what is typed before it has left would be the guest's."""
    admin.host.vm.send('\x1d')
    admin.host.vm.sleep(0.5)
    admin.host.run('true')


@step
def looking(admin):
    """pause; list, info, uptime, domid, domname: by name, domid and uuid; rename; unpause."""
    admin.run('hvctl pause web')
    one, web = admin.same('hvctl list', {
        'Name': lambda d: d['name'], 'Id': lambda d: d['domid'], 'State': lambda d: d['state'],
        'MiB': lambda d: d['memory_kib'] // 1024, 'vCPUs': lambda d: d['vcpus'],
        'CPU seconds': lambda d: f'{d["cpu_seconds"]:.1f}'})
    expect((one['name'], one['state'], one['cpu_seconds']) == ('idle', 'paused', 0) and
           (web['name'], web['state'], web['vcpus']) == ('web', 'paused', 2), f'{one} {web}')
    for which in ('web', web['domid'], web['uuid']):
        expect(admin.run(f'hvctl domid {which}') == str(web['domid']) and
               admin.run(f'hvctl domname {which}') == 'web' and
               admin.json(f'hvctl list --json {which}') == [web], f'{which} is not web')
    long = admin.same('hvctl list --long web', {
        'UUID': lambda d: d['uuid'], 'vCPUs': lambda d: f'{d["vcpus"]}/{d["vcpus_max"]}',
        'Max MiB': lambda d: d['memory_max_kib'] // 1024,
        'Ended by': lambda d: d['shutdown_reason'] or '-'})
    info = admin.json('hvctl info web --json')
    expect({key: info[key] for key in long[0] if key in info}.items() <= long[0].items(),
           f'info {info}, list {long}')
    text = dict(re.split(r'  +', line, maxsplit=1)
                for line in admin.run('hvctl info web').split('\n'))
    expect(text['uuid'] == web['uuid'] and text['weight'] == str(info['weight']) and
           text['vCPUs'] == '2 of 2 on line', f'info web: {text}')
    made = xml.etree.ElementTree.fromstring(admin.run('hvctl info --xml web'))
    expect(made.find('uuid').text == web['uuid'] and
           made.find('devices/interface/mac').get('address').startswith('00:16:3e:'), 'info --xml')
    admin.run('hvctl rename web www')
    expect(admin.run('hvctl list --names').split() == ['idle', 'www'], 'rename')
    admin.run('hvctl rename www web; hvctl unpause web')
    up = admin.json('hvctl uptime --json')
    printed = {row['Name']: row['Up'] for row in admin.rows('hvctl uptime')}
    expect([item['name'] for item in up] == ['idle', 'web'] and 1 < up[1]['uptime_seconds'] < 900
           and re.fullmatch(r'0 days, 00:\d\d:\d\d', printed['web']), f'uptime: {up} {printed}')


@step
def processors(admin):
    """vcpu-list, vcpu-pin, vcpu-set, sched."""
    columns = {'Name': lambda v: v['name'], 'vCPU': lambda v: v['vcpu'],
               'May run on': lambda v: v['hard_affinity'],
               'Better on': lambda v: v['soft_affinity']}
    admin.same('hvctl vcpu-list', columns)
    admin.run('hvctl vcpu-pin web all 0; hvctl vcpu-pin web 1 1')
    vcpus = admin.same('hvctl vcpu-list web', columns)
    expect([vcpu['hard_affinity'] for vcpu in vcpus] == ['0', '1'], f'vcpu-pin: {vcpus}')
    admin.until('hvctl vcpu-list web', r'^web +\d+ +1 +1 ')
    admin.run('hvctl vcpu-pin web all all')
    expect(admin.json('hvctl vcpu-list --json web')[1]['hard_affinity'] == '0-1', 'pin to all')
    admin.run('hvctl vcpu-set web 1')
    admin.until('hvctl vcpu-list web', r'^web +\d+ +1 +- +off line')
    admin.run('hvctl vcpu-set web 2')
    with Guest(admin.host, 'web') as guest:
        guest.run('echo 1 >/sys/devices/system/cpu/cpu1/online')
    admin.until('hvctl list web', r'^web +\d+ +\d+ +2 ')
    admin.run('hvctl sched --weight=512 web; hvctl sched web --cap 50')
    shares = admin.same('hvctl sched', {
        'Name': lambda d: d['name'], 'Weight': lambda d: d['weight'],
        'Cap': lambda d: f'{d["cap"]}%' if d['cap'] else 'none'})
    expect([(d['name'], d['weight'], d['cap']) for d in shares] ==
           [('idle', 256, 0), ('web', 512, 50)], f'sched: {shares}')
    admin.run('hvctl sched --cap=0 --weight=256 web')


@step
def memory(admin):
    """mem-set, in MiB and with a unit."""
    for size, mib in (('112', 112), ('128M', 128)):
        admin.run(f'hvctl mem-set web {size}')
        admin.until('hvctl list web', rf'^web +\d+ +{mib} ')


@step
def disks(admin):
    """block-attach from words and from XML, block-list, block-detach."""
    admin.run('dd if=/dev/zero of=/tmp/data bs=1M count=1 2>/dev/null; cp /tmp/data /tmp/more')
    admin.host.file('/tmp/more.xml', '<disk type="file"><source file="/tmp/more"/>'
                    '<target dev="xvdc"/></disk>')
    admin.run('hvctl block-attach --readonly web /tmp/data xvdb')
    admin.run('hvctl block-attach web /tmp/more.xml')
    listed = admin.same('hvctl block-list web', {
        'Disk': lambda d: d['target'], 'Id': lambda d: d['id'], 'State': lambda d: d['state'],
        'Mode': lambda d: d['mode'], 'Source': lambda d: d['source']})
    expect([(d['target'], d['mode'], d['state'], d['source']) for d in listed] ==
           [('xvda', 'rw', 'connected', '/guests/root.img'),
            ('xvdb', 'ro', 'connected', '/tmp/data'), ('xvdc', 'rw', 'connected', '/tmp/more')],
           f'block-list: {listed}')
    admin.run('hvctl block-detach web xvdb; hvctl block-detach --force web xvdc')
    expect(len(admin.rows('hvctl block-list web')) == 1, 'block-detach')


@step
def cards(admin):
    """network-attach, network-list, network-detach by number and by address."""
    admin.run('hvctl network-attach --mac 00:16:3e:00:00:05 --target webcard web xenbr0')
    admin.host.file('/tmp/card.xml', '<interface type="bridge"><source bridge="xenbr0"/>'
                    '<mac address="00:16:3e:00:00:06"/></interface>')
    admin.run('hvctl network-attach web /tmp/card.xml')
    listed = admin.same('hvctl network-list web', {
        'Card': lambda d: d['target'], 'Id': lambda d: d['id'], 'State': lambda d: d['state'],
        'MAC': lambda d: d['mac'], 'Bridge': lambda d: d['bridge']})
    expect([(d['target'], d['mac']) for d in listed[1:]] ==
           [('webcard', '00:16:3e:00:00:05'),
            (f'vif{admin.run("hvctl domid web")}.2', '00:16:3e:00:00:06')] and
           all(d['state'] == 'connected' and d['bridge'] == 'xenbr0' for d in listed),
           f'network-list: {listed}')
    admin.run('[ -e /sys/class/net/xenbr0/brif/webcard ]')
    admin.run('hvctl network-detach web 00:16:3e:00:00:05; hvctl network-detach --force web 2')
    expect(len(admin.rows('hvctl network-list web')) == 1, 'network-detach')


@step
def talking(admin):
    """console: attached, with two readers beside, the log; sysrq, trigger; why."""
    admin.run('for n in 1 2; do hvctl console --read-only web >/tmp/reader$n & done; sleep 1')
    with Guest(admin.host, 'web') as guest:
        guest.run('echo to "all readers"')
    admin.run('hvctl sysrq web h; hvctl trigger web nmi; hvctl trigger web nmi 1')
    for line in ('to all readers', 'sysrq: HELP', 'NMI received'):
        for source in ('cat /tmp/reader1', 'cat /tmp/reader2', 'hvctl console --log web'):
            admin.until(source, re.escape(line), 10)
    admin.run('kill %1 %2; wait', status=None)
    refused = admin.json('hvctl why --json web')  # Linux asks for what is not offered
    expect('FIFO event channels are not offered' in [item['sentence'] for item in refused] and
           [item['sentence'] for item in refused] ==
           re.findall(r'^\d+\.\d+ vCPU .*\): (.*)$', admin.run('hvctl why web'), re.M),
           f'why: {refused}')


@step
def watching(admin):
    """top: --batch, --json, and in the terminal until q."""
    printed = admin.run('hvctl top --batch --delay 0.3 --count 2')
    expect(len(re.findall(r'^web +\d+ ', printed, re.M)) == 2, f'top --batch: {printed}')
    looks = [json.loads(line) for line in
             admin.run('hvctl top --json -d 0.3 -n 2').strip().split('\n')]
    expect([sorted(d['name'] for d in look) for look in looks] ==
           [['Domain-0', 'idle', 'web']] * 2, f'top --json: {looks}')
    admin.type('hvctl top')
    for _ in range(2):
        admin.host.vm.expect(r'\x1b\[H\x1b\[J3 domains; q leaves$', 20)
        admin.host.vm.expect(r'^Domain-0 +0 +\d+\.\d', 5)
    admin.host.vm.send('q')
    admin.host.run('true')


@step
def dumping(admin):
    """dump: what is read outside, with gdb, is the kernel's own banner."""
    admin.run('hvctl dump web /tmp/web.elf; dd if=/tmp/web.elf of=/dev/vdb bs=1M 2>/dev/null; '
              'rm /tmp/web.elf; sync')
    with Guest(admin.host, 'web') as guest:
        said = guest.run('cat /proc/version; echo 0 >/proc/sys/kernel/kptr_restrict; '
                         'grep -w linux_banner /proc/kallsyms')
    banner = re.search(r'^Linux version .*', said, re.M).group(0)
    address = int(re.search(r'^([0-9a-f]{16}) \w linux_banner$', said, re.M).group(1), 16)
    dump.check(admin.dump, address, banner)


@step
def wrong(admin, lines=None):
    """Whatever is wrong: one sentence that names it, and the documented exit status."""
    lines = lines or [*verbs_wrong.WRONG, *verbs_wrong.nobody(admin.verbs)]
    admin.host.file('/tmp/wrong', '\n'.join(line for line, _, _ in lines))
    printed = admin.host.run('while read -r line; do said=$(hvctl $line 2>&1 </dev/null); '
                             'echo "$?: $said"; done </tmp/wrong', 300).split('\n')
    failed = [f'"hvctl {line}" ({status}, {names}): {said}'
              for (line, status, names), said in zip(lines, printed)
              if not said.startswith(f'{status}: hvctl: ') or names not in said]
    expect(len(lines) == len(printed), 'more than one line is said: ' + '; '.join(printed))
    expect(not failed, '; '.join(failed))


@step
def ending(admin):
    """reboot, shutdown with and without waiting, destroy; the console of a guest that ends."""
    before = admin.json('hvctl info web --json')
    made = admin.run('hvctl info --xml web')
    admin.run('hvctl reboot web')
    admin.until('hvctl domid web', rf'^(?!{before["domid"]}$)\d+$')
    after = admin.json('hvctl info web --json')
    expect(after['uuid'] == before['uuid'] and after['uptime_seconds'] < 60, f'reboot: {after}')
    expect(admin.run('hvctl info --xml web') == made, 'after the reboot web is another guest')
    admin.host.up('web', again=True)
    admin.run('(sleep 2; hvctl shutdown --wait web; '
              'echo $? $(hvctl list --names) >/tmp/ended) 2>/dev/null &')
    admin.type('hvctl console web')
    admin.host.vm.expect(r'^The guest is gone', 60)
    admin.until('cat /tmp/ended', r'^0 idle( \(|$)')  # its name is free at once
    admin.run('hvctl shutdown --timeout=1 idle', status=8)  # paused: it can't answer
    admin.run('hvctl destroy idle')
    admin.host.gone('idle')


@case('toolstack-verbs', on_xen=False)
def toolstack_verbs(test):
    """All verbs and options, one after the other, on one machine."""
    with dump.Disk(test) as disk, Host(test, devices=disk.arguments) as machine:
        admin = Administrator(machine)
        admin.dump = disk.path
        before = machine.state()
        for function in STEPS:
            function(admin)
        missed = list(admin.missed())
        expect(not missed, 'never typed: ' + ', '.join(missed))
        machine.run('rm -f /tmp/data /tmp/more /tmp/reader?')
        machine.leaks(before)
        machine.audit()


@case('toolstack-verbs-wrong', full=True, on_xen=False)
def toolstack_verbs_wrong(test):
    """Each verb with too few arguments, too many, and an option that there is not."""
    with Host(test) as machine:
        admin = Administrator(machine)
        wrong(admin, list(verbs_wrong.usage(admin.verbs)))
