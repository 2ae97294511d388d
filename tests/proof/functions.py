# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions that are proven, and the mistakes that their proofs refuse (see frama.py)."""

BITS = ('-wp-auto', 'wp:bitwised,wp:bittestrange,wp:split', '-wp-auto-depth', '5',
        '-wp-auto-width', '100')
PTE = 'hypervisor/pv/pte_check.h'

FUNCTIONS = [
    {'name': 'pte_check', 'source': 'hypervisor/pv/pte_check.c', 'goals': 30,
     'functions': ['pte_check', 'l4_slot_is_guests'], 'options': BITS,
     'mistakes': [
         (PTE, ': PTE_ALWAYS_ALLOWED) |', ': PTE_L1_ALLOWED) |', 'superpage'),
         (PTE, '*stored = (e & ~PTE_HV) | PTE_U;', '*stored = e & ~PTE_HV;', 'user'),
         (PTE, '(e & ~PTE_HV) | PTE_U;', '(e & ~PTE_G) | PTE_U;', 'table'),
         (PTE, 'index > 271', 'index >= 271', 'slots'),
     ]},
]
