# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions that are proven, and the mistakes that their proofs refuse (see frama.py)."""

BITS = ('-wp-auto', 'wp:bitwised,wp:bittestrange,wp:split', '-wp-auto-depth', '5',
        '-wp-auto-width', '100')
PTE = 'hypervisor/pv/pte_check.h'
WORD = 'hypervisor/mm/type_word.c'
CLAIM = 'hypervisor/grant/claim.c'
BITMAP = 'hypervisor/lib/bits.c'
RANGES = 'hypervisor/lib/ranges.c'
POLICY = 'hypervisor/dom/sched_policy.c'
DECODE = 'hypervisor/pv/decode.c'
NOTE = 'hypervisor/dom0/elf_note.c'
ELF = 'hypervisor/dom0/elf.c'

FUNCTIONS = [
    {'name': 'pte_check', 'source': 'hypervisor/pv/pte_check.c', 'goals': 30, 'long': True,
     'functions': ['pte_check', 'l4_slot_is_guests'], 'options': BITS,
     'mistakes': [
         (PTE, ': PTE_ALWAYS_ALLOWED) |', ': PTE_L1_ALLOWED) |', 'superpage'),
         (PTE, '*stored = (e & ~PTE_HV) | PTE_U;', '*stored = e & ~PTE_HV;', 'user'),
         (PTE, '(e & ~PTE_HV) | PTE_U;', '(e & ~PTE_G) | PTE_U;', 'table'),
         (PTE, 'index > 271', 'index >= 271', 'slots'),
     ]},
    {'name': 'type_word', 'source': WORD, 'goals': 100,
     'functions': ['type_of', 'type_is_table', 'move', 'needs_checking', 'get_idle',
                   'type_get_first_move', 'type_put_last_move', 'type_put_move',
                   'type_resume_undo_move'],
     'mistakes': [
         (WORD, 'm.flush = last != want && last != TYPE_NONE;', 'm.flush = false;', 'flush'),
         (WORD, 'type_of(w) == want ? STEP_WAIT', 'type_of(w) != want ? STEP_WAIT', 'forward'),
         (WORD, 'm = move(STEP_CLAIM, type_used(want, TYPE_BUSY));',
          'm = move(STEP_SWAP, type_used(want, TYPE_BUSY));', 'checked'),
         (WORD, 'move(STEP_CLAIM, type_used(type_of(w), TYPE_BUSY))',
          'move(STEP_SWAP, type_used(type_of(w), TYPE_BUSY))', 'claimed'),
         ('hypervisor/mm/type_word.h', '(w & TYPE_COUNT_MASK) > 1)', '(w & TYPE_COUNT_MASK) > 0)',
          'less'),
     ]},
    {'name': 'grant_claim', 'source': CLAIM, 'goals': 50,
     'functions': ['check', 'grant_entry_claim', 'grant_entry_unmark'],
     'mistakes': [
         (CLAIM, 'if (write && (flags & GTF_readonly))', 'if (flags & GTF_readonly & GTF_reading)',
          'readonly'),
         (CLAIM, '(domid_t)(word >> 16) != to', '(domid_t)(word >> 32) != to', 'domain'),
         (CLAIM, '*frame = word >> 32;', '*frame = __atomic_load_n(entry, 0) >> 32;', 'frame'),
         (CLAIM, 'GTF_reading | (write ?', 'GTF_reading | (!write ?', 'marks'),
         (CLAIM, '        if (r != CLAIM_OK)\n            return r;\n', '', 'access'),
     ]},
    {'name': 'guest_copy', 'source': 'hypervisor/mm/guest_copy.c', 'goals': 9,
     'functions': ['gva_range_ok', 'gva_words_ok'],
     'mistakes': [
         ('hypervisor/mm/guest_copy.h', 'n <= UINT64_MAX - a.a && (', '(', 'out'),
         ('hypervisor/mm/guest_copy.h', 'return n <= UINT64_MAX - a.a && (a.a + n',
          'return n <= UINT64_MAX - a.a && (a.a', 'byte'),
         ('hypervisor/mm/guest_copy.h', 'return first * 8 <= UINT64_MAX - array &&', 'return', 'end'),
     ]},
    {'name': 'bitmap', 'source': BITMAP, 'goals': 35,
     'functions': ['bitmap_next', 'bitmap_next_set', 'bitmap_next_clear', 'bit_lowest'],
     'mistakes': [
         (BITMAP, 'return n < size ? n : size;', 'return n;', 'size'),
         (BITMAP, 'while (from < size)', 'while (from <= size)', None),
         (BITMAP, 'from = (from / 64 + 1) * 64;', 'from = from / 64 * 64;', None),
     ]},
    {'name': 'bitmap_bytes', 'source': 'hypervisor/ctl/bitmap.c', 'goals': 2,
     'functions': ['bitmap_bytes'],
     'unrelated': ('copy_from_guest', 'copy_to_guest', 'refuse'),
     'mistakes': [
         ('hypervisor/ctl/bitmap.h', 'return bits / 8 + !!(bits % 8);', 'return (bits + 7) / 8;',
          'room'),
     ]},
    {'name': 'ranges', 'source': RANGES, 'goals': 90, 'long': True,
     'functions': ['put', 'ranges_add', 'ranges_remove', 'ranges_contain'],
     'mistakes': [
         (RANGES, 'if (r->count == RANGES_MAX)', 'if (r->count > RANGES_MAX)', None),
         (RANGES, 'first >= r->range[i].first && last', 'first >= r->range[i].first || last',
          'member'),
         (RANGES, '    if (ok && !done)\n        ok = put(&next, first, last);\n    if (ok)',
          '    if (ok && !done)\n        ok = put(&next, first, last);\n    if (done)', 'same'),
     ]},
    {'name': 'sched_policy', 'source': POLICY, 'goals': 55,
     'functions': ['policy_load', 'policy_charge', 'policy_clock', 'policy_place', 'policy_slice'],
     'mistakes': [
         (POLICY, 'return MAX(load, 1U);', 'return load;', 'least'),
         (POLICY, 'return MAX(clock, least);', 'return least;', 'forward'),
         (POLICY, 'return clock_entered + MAX(lag, -SCHED_SLEEPER_CREDIT);',
          'return clock_entered + lag;', 'credit'),
         (POLICY, 'MAX(budget->left / MAX((int64_t)active, 1), SCHED_CAP_MIN_SLICE)',
          'budget->left / MAX((int64_t)active, 1)', 'capped'),
     ]},
    {'name': 'decode', 'long': True, 'eva': 'tests/proof/decode_all.c', 'sources': [DECODE],
     'mistakes': [
         (DECODE, 'if (s->at < s->n && s->at < INSN_MAX)', 'if (s->at < INSN_MAX)'),
         (DECODE, 's->at < s->n ? s->code[s->at] : 0', 's->code[s->at]'),
         (DECODE, 'ops[opcode >> 1 & 1]', 'ops[opcode >> 1 & 3]'),
     ]},
    {'name': 'elf_note', 'source': NOTE, 'goals': 60,
     'functions': ['little_endian', 'padded', 'elf_bytes_are', 'elf_note_number', 'elf_note_text',
                   'elf_note_read'],
     'mistakes': [
         (NOTE, 'value + note->bytes > left', 'note->bytes > left', 'value'),
         (NOTE, 'i < n && i < size - 1', 'i < n && i < size', None),
         (NOTE, 'return MIN(next, left);', 'return next;', 'within'),
         (NOTE, 'left < ELF_NOTE_HEAD', 'left < 4', None),
     ]},
    {'name': 'elf', 'source': ELF, 'goals': 300, 'long': True,
     'functions': ['inside', 'table_inside', 'note_take', 'notes_parse', 'segment_take', 'programs_parse',
                   'sections_parse', 'is_generic', 'kernel_parse'],
     'unrelated': ('memcpy',),
     'mistakes': [
         (ELF, 'offset <= bytes && n <= bytes - offset', 'offset + n <= bytes', None),
         (ELF, 'k->segments == ELF_SEGMENTS', 'k->segments > ELF_SEGMENTS', None),
         (ELF, 'p->file_bytes > p->memory_bytes || !inside(p->offset, p->file_bytes, k->bytes)',
          '!inside(p->offset, p->file_bytes, k->bytes)', 'placed'),
         (ELF, 'return each >= used && inside', 'return inside', 'table'),
     ]},
    {'name': 'event_bits', 'eva': 'tests/proof/event_all.c',
     'mistakes': [
         ('hypervisor/event/bits.h', 'if (bit_test(shared->evtchn_mask, port) || !info)',
          'if (bit_test(shared->evtchn_mask, port))'),
         ('hypervisor/event/bits.h', '&info->evtchn_pending_sel, port / 64',
          '&info->evtchn_pending_sel, port'),
         ('hypervisor/lib/bits.h', '(((const volatile uint64_t *)map)[n / 64] >> (n % 64)) & 1',
          '(((const volatile uint64_t *)map)[n / 32] >> (n % 64)) & 1'),
     ]},
]
