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
          ('swap(w, CLAIMED(want), good);\n       if\n       :: good ->',
           'if\n       :: TYPE(w) != want && TYPE(w) != 0 -> flush_older(w >> 2)\n       :: else\n'
           '       fi;\n       swap(w, CLAIMED(want), good);\n       if\n       :: good && 1 -> '
           'trusted = (want == TABLE); word = USED(want, 1); got = true; break\n       :: 0 ->')),
]
