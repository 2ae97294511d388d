# SPDX-License-Identifier: GPL-2.0-or-later
"""End-to-end speed beside Debian's Xen: that tests/bench/run works, and two of its figures."""
import os
import re
import subprocess

import qemu
from cases import BUILD, SRC, case

# By the time that QEMU has of this machine's CPUs, which what else it does changes a little.
FIGURES = ('guest-boot', 'switch')
MOST = 1.1


@case('speed', full=True, on_xen=False)
def speed(_):
    """A guest's boot and its context switches take no more of a CPU than on Xen."""
    done = subprocess.run(
        [os.path.join(SRC, 'tests/bench/run'), '--build', BUILD, '--by', 'cpu', '--runs', '3',
         '--only', ','.join(FIGURES)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False)
    print(done.stdout)
    rows = re.findall(r'^\| (.*) \| \S+ \| \S+ \| (\S+) \| \w+ \|', done.stdout, re.MULTILINE)
    if done.returncode or len(rows) != len(FIGURES):
        raise qemu.Failed(f'tests/bench/run ended with {done.returncode}')
    for what, ratio in rows:
        print(f'measure {what}: {ratio} of Xen\'s')
    wrong = [what for what, ratio in rows if float(ratio) > MOST]
    if wrong:
        raise qemu.Failed('slower than on Xen: ' + '; '.join(wrong))
