# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU under a test's control.

A Machine is one QEMU process: its serial line (read, expected of, written to),
its monitor (QMP, so that power-off and reset are told apart by QEMU itself),
and its end.  It kills nothing but its own process.  All waiting has a limit,
in seconds, which MORTISE_TIME_FACTOR stretches on slow machines.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

FACTOR = float(os.environ.get('MORTISE_TIME_FACTOR', '1'))
QEMU = os.environ.get('MORTISE_QEMU', 'qemu-system-x86_64')

# What never appears on the console of a healthy control domain.
TROUBLE = (r'Kernel panic|BUG: |Oops[: ]|WARNING: CPU|rcu: INFO: |Call Trace:|soft lockup|'
           r'hung_task|general protection fault|segfault at|EXT4-fs error|I/O error|cannot be mounted|Out of memory')

# Mortise's keys for what a machine that failed was doing; `d`, which asks the other CPUs, last.
STATE_KEYS = 'rqaetrd'


class Failed(Exception):
    """The subject did not do what the test expects."""


def module_argument(path, arguments=''):
    """One element of -initrd: a comma within it is doubled."""
    text = f'{path} {arguments}' if arguments else path
    return text.replace(',', ',,')


class Monitor:
    """A QMP connection; events are collected as they come."""

    def __init__(self, path, deadline):
        self.events = []
        self.changed = threading.Condition()
        self.replies = []
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise Failed('QEMU opened no monitor') from None
                time.sleep(0.02)
        self.file = self.socket.makefile('r', encoding='utf-8')
        self.file.readline()  # the greeting
        threading.Thread(target=self._read, daemon=True).start()
        self.execute('qmp_capabilities')

    def _read(self):
        try:
            for line in self.file:
                message = json.loads(line)
                with self.changed:
                    (self.events if 'event' in message else self.replies).append(message)
                    self.changed.notify_all()
        except (OSError, ValueError):
            pass
        with self.changed:
            self.replies.append({'error': {'desc': 'QEMU has ended'}})
            self.changed.notify_all()

    def execute(self, command, timeout=30, **arguments):
        """Runs a QMP command; its result."""
        try:
            self.socket.sendall(json.dumps(
                {'execute': command, 'arguments': arguments}).encode() + b'\n')
        except OSError as why:
            raise Failed(f'QEMU has ended ({why})') from None
        with self.changed:
            if not self.changed.wait_for(lambda: self.replies, timeout * FACTOR):
                raise Failed(f'QEMU does not answer {command}')
            reply = self.replies.pop(0)
        if 'error' in reply:
            raise Failed(f'{command}: {reply["error"]["desc"]}')
        return reply['return']

    def human(self, line):
        """Runs a line of the human monitor; its text."""
        return self.execute('human-monitor-command', **{'command-line': line})

    def event(self, name):
        """The last event of a name, or None."""
        with self.changed:
            found = [event for event in self.events if event['event'] == name]
        return found[-1] if found else None

    def close(self):
        """Ends the connection."""
        self.socket.close()


class Machine:
    """One QEMU process; use it in a with statement."""

    def __init__(self, *, kernel=None, append='', modules=(), machine='pc', cpu='qemu64', smp=1,
                 memory='512M', arguments=(), icount=None, gdb=False, log=None, trouble=TROUBLE,
                 program=QEMU):
        self.folder = tempfile.mkdtemp(prefix='mortise-')
        self.monitor = None
        self.process = None
        self.trouble = re.compile(trouble) if trouble else None
        self.log = open(log, 'ab') if log else None  # pylint: disable=consider-using-with
        self.text = ''
        self.position = 0  # what expect() has consumed
        self.changed = threading.Condition()
        self.ended = False
        self.command = [
            program, '-accel', 'tcg', '-machine', machine, '-cpu', cpu, '-smp', str(smp),
            '-m', str(memory), '-nodefaults', '-display', 'none', '-no-reboot', '-S',
            '-chardev', 'stdio,id=serial,signal=off', '-serial', 'chardev:serial',
            '-chardev', f'socket,id=monitor,path={self.folder}/monitor,server=on,wait=off',
            '-mon', 'chardev=monitor,mode=control']
        if icount:
            self.command += ['-icount', icount]
        if gdb:
            self.command += ['-gdb', f'unix:{self.folder}/gdb,server=on,wait=off']
        if kernel:
            self.command += ['-kernel', kernel, '-append', append]
        if modules:
            self.command += ['-initrd', ','.join(modules)]
        self.command += arguments

    @property
    def gdb(self):
        """Path of the socket of the gdb stub."""
        return f'{self.folder}/gdb'

    def __enter__(self):
        self._note('$ ' + ' '.join(self.command) + '\n')
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.monitor = Monitor(f'{self.folder}/monitor', time.monotonic() + 20 * FACTOR)
            self.monitor.execute('cont')
        except Exception:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, _, failure, __):
        if self.process.poll() is None:
            if isinstance(failure, Failed) and self.monitor and self.log:
                self._note_state()
            self.process.kill()
        self.process.wait()
        with self.changed:
            self.changed.wait_for(lambda: self.ended, 5)
        if self.monitor:
            self.monitor.close()
        if self.log:
            self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _note_state(self):
        """How the machine stands when a test gives up: Mortise's own view, then the CPUs'."""
        try:
            self.send('\x01\x01\x01')
            for key in STATE_KEYS:
                time.sleep(0.3)
                self.send(key)
            time.sleep(1)
            for _ in range(2):  # twice: what stands still, and what runs
                text = self.monitor.human('info registers -a')
                self._note(re.sub(r'^(FCW|FPR|[XYZ]MM).*\n', '', text, flags=re.MULTILINE))
        except (Failed, OSError) as why:
            self._note(f'its state can not be told: {why}\n')

    def _note(self, text):
        if self.log:
            self.log.write(text.encode())
            self.log.flush()

    def _read(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            with self.changed:
                self.text += data.decode(errors='replace').replace('\r', '')
                if not data:
                    self.ended = True
                elif self.log and not self.log.closed:
                    self.log.write(data.replace(b'\r', b''))
                    self.log.flush()
                self.changed.notify_all()
            if not data:
                return

    def _check_trouble(self):
        found = self.trouble.search(self.text, self.position) if self.trouble else None
        if found:
            # What is told about it belongs into the log.
            deadline = time.monotonic() + 2
            while time.monotonic() < deadline and not self.ended:
                self.changed.wait(deadline - time.monotonic())
            end = self.text.find('\n', found.end())
            end = end if end >= 0 else len(self.text)
            begin = self.text.rfind('\n', 0, found.start()) + 1
            raise Failed('on the console: ' + self.text[begin:end].strip())

    def expect(self, pattern, timeout=30):
        """Waits for a pattern behind what was expected before; the match.

        Fails at once where trouble is seen before the pattern, or QEMU ends.
        """
        compiled = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + timeout * FACTOR
        with self.changed:
            while True:
                found = compiled.search(self.text, self.position)
                if found:
                    self.position = found.end()
                    return found
                self._check_trouble()
                if self.ended:
                    raise Failed(f'QEMU ended before "{pattern}" was seen')
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failed(f'"{pattern}" was not seen within {timeout} s')
                self.changed.wait(left)

    def seen(self, pattern):
        """A match anywhere on the console so far, or None."""
        with self.changed:
            return re.search(pattern, self.text, re.MULTILINE)

    def send(self, text):
        """Types on the serial line."""
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def sleep(self, seconds):
        """Lets the machine run; fails where trouble is seen or QEMU ends."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                self._check_trouble()
                if self.ended:
                    raise Failed('QEMU ended')
                left = deadline - time.monotonic()
                if left <= 0:
                    return
                self.changed.wait(left)

    def wait(self, timeout=30):
        """Waits for QEMU's end; 'poweroff', 'reset', or why else it ended."""
        try:
            status = self.process.wait(timeout * FACTOR)
        except subprocess.TimeoutExpired:
            with self.changed:
                self._check_trouble()
            raise Failed(f'the machine is still on after {timeout} s') from None
        with self.changed:
            self.changed.wait_for(lambda: self.ended, 5)
        if status:
            raise Failed(f'QEMU ended with status {status}')
        time.sleep(0.05)  # let the monitor's reader take the last event
        event = self.monitor.event('SHUTDOWN')
        reason = event['data'].get('reason') if event else 'no event'
        return {'guest-shutdown': 'poweroff', 'guest-reset': 'reset'}.get(reason, reason)
