/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads notes byte by byte, so that nothing is asked of their alignment. Proven for any bytes:
 * tests/proof.
 */
#include "dom0/elf_note.h"

/*@ requires \valid_read(at + (0 .. 3));
    assigns \nothing;
*/
static uint32_t little_endian(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Names and values are filled up to whole words. */
/*@ assigns \nothing;
    ensures n <= \result <= n + 3;
*/
static uint64_t padded(uint32_t n)
{
    return ((uint64_t)n + 3) / 4 * 4;
}

bool elf_bytes_are(const uint8_t *value, const char *text, uint32_t n)
{
    uint32_t i;

    /*@ loop invariant 0 <= i <= n;
        loop invariant \forall integer j; 0 <= j < i ==> value[j] == (uint8_t)text[j];
        loop assigns i;
        loop variant n - i;
    */
    for (i = 0; i < n; i++) {
        if (value[i] != (uint8_t)text[i])
            return false;
    }
    return true;
}

bool elf_note_number(const uint8_t *value, uint32_t n, uint64_t *out)
{
    if (n == 8) {
        *out = little_endian(value) | (uint64_t)little_endian(value + 4) << 32;
    } else if (n == 4) {
        *out = little_endian(value);
    } else {
        return false;
    }
    return true;
}

void elf_note_text(const uint8_t *value, uint32_t n, char *to, uint32_t size)
{
    uint32_t i;

    /*@ loop invariant 0 <= i <= n && i < size;
        loop assigns i, to[0 .. size - 1];
        loop variant n - i;
    */
    for (i = 0; i < n && i < size - 1; i++)
        to[i] = (char)value[i];
    to[i] = 0;
}

uint64_t elf_note_read(const uint8_t *at, uint64_t left, struct elf_note *note)
{
    uint32_t name_bytes;
    uint64_t value, next;

    if (left < ELF_NOTE_HEAD)
        return 0;
    name_bytes = little_endian(at);
    note->bytes = little_endian(at + 4);
    note->type = little_endian(at + 8);
    value = ELF_NOTE_HEAD + padded(name_bytes);
    if (value + note->bytes > left)
        return 0;
    note->value = at + value;
    note->ours = name_bytes == 4 && elf_bytes_are(at + ELF_NOTE_HEAD, "Xen", 4);
    next = value + padded(note->bytes);
    return MIN(next, left); /* the last one may lack what fills it up */
}
