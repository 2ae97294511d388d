# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs Frama-C on files that ship, with or without a seeded mistake.

Entries of functions.py: `name`; `source`, the file that is analysed; `functions`, those that must
be proven whole; `goals`, the least number of them (a contract that is lost proves nothing);
`options`, words for Frama-C; `defines`, words for the preprocessor; `eva`, the harness whose main()
is analysed by EVA in place of WP; `unrelated`, functions that none of the proven ones
calls, and that need no contract; `mistakes`, triples of file, text, text in its place, with a
fourth: the property that then fails, or None when it is a run-time error.
"""
import functools
import os
import re
import subprocess
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
SRC = os.environ.get('MORTISE_SRC', os.path.dirname(os.path.dirname(HERE)))
# For one goal and prover, by the clock: those that hold take less than one second on an idle machine,
# so a busy one fails nothing. A mistake's goal that nobody proves takes all of it, with each prover.
SECONDS = {False: 60, True: 15}
LIMIT = 3000

# What WP says about contracts and code that it can't take as they are.
DOUBT = re.compile(r'\[wp[^]]*\] .*Warning|Missing RTE|[Uu]nsupported'
                   r'|[Nn]either code nor specification|User Error|aborted')
HARMLESS = re.compile(r'No updated script|allocates')


class Refused(str):
    """Why a proof does not go through, when the tool ran as it should."""


def overlay(mistake, folder):
    """Puts the file with the mistake into the folder, under its own path; an error or None."""
    with open(os.path.join(SRC, mistake[0]), encoding='utf-8') as file:
        text = file.read()
    if text.count(mistake[1]) != 1:
        return f'{mistake[0]} has {text.count(mistake[1])} times {mistake[1]!r}'
    path = os.path.join(folder, mistake[0])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text.replace(mistake[1], mistake[2]))
    return None


@functools.lru_cache(maxsize=None)
def environment():
    """With a why3 configuration of our own, that knows the provers of this machine."""
    made = tempfile.TemporaryDirectory(prefix='why3-')
    path = os.path.join(made.name, 'why3.conf')
    subprocess.run(['why3', '-C', path, 'config', 'detect'], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    return made, dict(os.environ, WHY3CONFIG=path)


def call(entry, mistake, folder):
    """Output of Frama-C, or None and an error."""
    def place(path):
        changed = os.path.join(folder, path)
        return changed if os.path.exists(changed) else os.path.join(SRC, path)

    if mistake:
        wrong = overlay(mistake, folder)
        if wrong:
            return None, wrong
    include = [os.path.join(root, part) for root in (folder, SRC)
               for part in ('', 'hypervisor', 'guest-pv-headers/include', 'tests/proof')]
    words = [f'-I{path}' for path in include] + ['-include', 'atomics.h'] + ['-D__XEN__', '-D__XEN_TOOLS__',
                                                 *entry.get('defines', ())]
    command = ['frama-c', '-c11', '-machdep', 'gcc_x86_64', f'-cpp-extra-args={" ".join(words)}']
    if 'eva' in entry:
        command += ['-eva', '-eva-precision', '3', '-eva-no-print',
                    '-eva-msg-key=-initial-state,-final-states', *entry.get('options', ()), place(entry['eva'])]
        command += [place(path) for path in entry.get('sources', ())]
    else:
        command += ['-wp', '-wp-rte', '-wp-prover', 'tip,z3,cvc4' if '-wp-auto' in entry.get('options', ()) else 'z3,cvc4', '-wp-timeout', str(SECONDS[bool(mistake)]),
                    '-wp-par', '2', '-wp-cache', 'none', '-wp-session', os.path.join(folder, 's'),
                    '-wp-fct', ','.join(entry['functions']), *entry.get('options', ())]
        if mistake and mistake[3]:
            command += ['-wp-prop', mistake[3]]
        command.append(place(entry['source']))
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=LIMIT, cwd=folder, check=False,
                              env=environment()[1])
    except subprocess.TimeoutExpired:
        return None, f'no answer within {LIMIT} s'
    print(done.stdout, end='')
    if done.returncode:
        return None, f'frama-c: exit status {done.returncode}'
    return done.stdout, None


def prove(entry, mistake, folder):
    """(None, goals) when all is proven, else (why, None)."""
    output, wrong = call(entry, mistake, folder)
    if wrong:
        return wrong, None
    return judge_eva(output) if 'eva' in entry else judge_wp(entry, mistake, output)


def judge_wp(entry, mistake, output):
    """Every goal proven, no fewer than expected, of every function, and no doubt."""
    lines = output.splitlines()
    doubts = [line for line, following in zip(lines, lines[1:] + [''])
              if DOUBT.search(line) and not HARMLESS.search(line)
              and 'Memory model hypotheses' not in following
              and not any(f'for function {name},' in line for name in entry.get('unrelated', ()))]
    if doubts:
        return f'frama-c has a doubt: {doubts[0]}', None
    counts = re.search(r'Proved goals: +(\d+) / (\d+)', output)
    if not counts:
        return 'no goals', None
    proven, goals = int(counts.group(1)), int(counts.group(2))
    if proven < goals:
        failed = re.findall(r'Goal typed_(\S+?) *(?:$|:(?! *Valid))', output, re.MULTILINE)
        return Refused(f'{goals - proven} of {goals} goals not proven: {" ".join(failed[:4])}'), None
    if mistake:
        return None, goals
    if goals < entry['goals']:
        return f'{goals} goals where {entry["goals"]} are expected', None
    without = [name for name in entry['functions']
               if not re.search(rf'Goal typed(_cast|_ref)*_{name}_', output)]
    if without:
        return f'nothing was proven about {" ".join(without)}', None
    return None, f'{goals} goals'


def judge_eva(output):
    """No alarm, all code seen, the end reached."""
    if 'EVA ANALYSIS COMPLETED' not in output.upper() and 'done for function' not in output:
        return 'EVA did not end', None
    if re.search(r'NON TERMINATING FUNCTION|implicit-function|annot:missing-spec', output):
        return Refused('EVA says that the end is never reached, or misses a function'), None
    alarms = re.search(r'(\d+) alarms? generated', output)
    if not alarms:
        return 'EVA printed no summary', None
    if int(alarms.group(1)):
        first = re.search(r'\[eva:alarm\].*\n.*', output)
        return Refused(f'{alarms.group(1)} alarms: {first.group(0) if first else ""}'), None
    unknown = re.findall(r'(?:Assertions|Preconditions) +\d+ valid +(\d+) unknown +(\d+) invalid',
                         output)
    if any(int(n) for pair in unknown for n in pair):
        return Refused('an assertion is not proven'), None
    covered = re.search(r'(\d+) statements reached', output)
    return None, f'{covered.group(1) if covered else "?"} statements, no alarm'
