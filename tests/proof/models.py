# SPDX-License-Identifier: GPL-2.0-or-later
"""The models, and the mistakes that they refuse (see spin.py)."""


def model(name, *mistakes):
    """An entry whose mistakes are pairs of texts of the model."""
    file = f'{name}.pml'
    return {'name': f'model-{name.replace("_", "-")}', 'model': file,
            'mistakes': [(f'tests/proof/{file}', *pair) for pair in mistakes]}


MODELS = [
    model('type_machine',
          ('flushed[1 - c] <= since', 'flushed[1 - c] < since'),
          ('TYPE(w) != want && TYPE(w) != 0 -> flush_older(w >> 2)', 'TYPE(w) == 3 -> skip'),
          ('atomic { e = epoch; epoch++; assert(epoch < 16) };\n    stale[c] = false;',
           'stale[c] = false;\n    atomic { e = epoch; epoch++; assert(epoch < 16) };'),
          ('entries--; /* the entry goes first, then the use of the frame */\n       give();',
           'give();\n       entries--;'),
          ('       swap(w, CLAIMED(TYPE(w)), good);\n       if\n       :: good ->\n',
           '       e = epoch;\n       swap(w, IDLE(TYPE(w), e), good);\n       if\n'
           '       :: good && TYPE(w) == WRITABLE -> break\n       :: good && TYPE(w) == TABLE ->\n')),
    model('grant_map',
          ('       check();\n', '       permitted = permitted || ((word & ACCESS) && (word & DOMAIN) &&'
           ' !(write && (word & READONLY)));\n'),
          ('frame = word & FRAME;', 'frame = entry & FRAME;'),
          ('(writers == 0 && readers == 0 -> READING : 0)', 'READING'),
          ('(writers == 0 -> WRITING : 0) |', 'WRITING |')),
    model('window',
          (':: filled[i] -> tlb[i] = NONE', ':: filled[i] && 0 -> tlb[i] = NONE'),
          ('filled[k] && users[k] == 0 ->', 'filled[k] ->'),
          ('          tlb[0] = NONE;\n          tlb[1] = NONE;\n', ''),
          ('    users[i]++;\n    if\n    :: shows[i] == m\n', '    if\n    :: shows[i] == m -> '
           'users[i]++\n')),
    model('event_pair',
          ('    acquire(first);\n    first = (a < b -> b : a);\n    acquire(first)', 'acquire(a);\n    acquire(b)'),
          (':: state[d] != PAIR || peer[d] == other ->', ':: true ->'),
          ('          acquire(d);\n          if\n          :: state[d] == PAIR ->\n',
           '          if\n          :: state[d] == PAIR -> lock[d] = true;\n'),
          (':: state[d] == PAIR -> state[peer[d]] = UNBOUND', ':: state[d] == PAIR')),
    model('wake',
          ('       blocked = true;\n       if\n       :: upcall -> blocked = false\n       :: else ->\n',
           '       if\n       :: upcall -> skip\n       :: else ->\n          blocked = true;\n'),
          ('atomic { was = selector; selector = true };', 'skip;'),
          ('       upcall = false;\n       atomic { work = selector; selector = false };',
           '       atomic { work = selector; selector = false };\n       upcall = false;'),
          (':: was && pending[p] -> forward(p)', ':: was && pending[p] && 0 -> forward(p)'),
          ('    :: blocked -> awake = false\n    :: else\n', '    :: true -> awake = false\n')),
    model('teardown',
          ('    acquire(lock);\n    gone = pages == 0;\n    waits = !gone;\n    lock = false;',
           '    gone = pages == 0;\n    waits = !gone;'),
          (':: got && owner[f] != DYING ->', ':: got && 0 ->'),
          (':: refs > 0 -> refs++; got = true', ':: true -> refs++; got = true'),
          ('          release_pins()\n       :: else\n       fi;\n       domain_put()',
           '          domain_put();\n          release_pins()\n       :: else -> domain_put()\n       fi'),
          ('              :: count[f] > 0 -> count[f]++; got = true',
           '              :: true -> count[f]++; got = true')),
]
