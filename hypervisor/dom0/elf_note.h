/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the reading of one note of a kernel, and of numbers and text in it. Pure; trusts no length.
 */
#ifndef DOM0_ELF_NOTE_H
#define DOM0_ELF_NOTE_H

#include "lib/types.h"

#define ELF_NOTE_HEAD 12 /* bytes before its name */

struct elf_note {
    bool ours; /* its name is Xen's */
    uint32_t type, bytes;
    const uint8_t *value; /* `bytes` of them */
};

/*
 * Reads the note that begins `left` bytes before the end. Returns how far the next one is, or the
 * end; 0 when it is truncated.
 */
/*@ requires \valid_read(at + (0 .. left - 1)) && \valid(note);
    requires \separated(note, at + (0 .. left - 1));
    assigns *note;
    ensures within: \result <= left;
    ensures onward: \result == 0 || \result >= ELF_NOTE_HEAD;
    ensures value: \result != 0 ==> \exists integer i;
              0 <= i && i + note->bytes <= left && note->value == at + i;
*/
uint64_t elf_note_read(const uint8_t *at, uint64_t left, struct elf_note *note);

/* A number of 4 or 8 bytes; false, and nothing written, where it has another length. */
/*@ requires \valid_read(value + (0 .. n - 1)) && \valid(out);
    assigns *out;
    ensures length: \result != 0 <==> n == 4 || n == 8;
    ensures short: n == 4 ==> *out <= 0xffffffff;
    ensures same: n != 4 && n != 8 ==> *out == \old(*out);
*/
bool elf_note_number(const uint8_t *value, uint32_t n, uint64_t *out);

/* As much of a text as there is room for, with a zero behind it. */
/*@ requires \valid_read(value + (0 .. n - 1)) && \valid(to + (0 .. size - 1)) && size > 0;
    requires \separated(value + (0 .. n - 1), to + (0 .. size - 1));
    assigns to[0 .. size - 1];
    ensures ended: \exists integer i; 0 <= i < size && to[i] == 0;
*/
void elf_note_text(const uint8_t *value, uint32_t n, char *to, uint32_t size);

/* Whether the first n bytes are those of the text. */
/*@ requires \valid_read(value + (0 .. n - 1)) && \valid_read(text + (0 .. n - 1));
    assigns \nothing;
    ensures equal: \result != 0 <==>
              \forall integer i; 0 <= i < n ==> value[i] == (uint8_t)text[i];
*/
bool elf_bytes_are(const uint8_t *value, const char *text, uint32_t n);

#endif
