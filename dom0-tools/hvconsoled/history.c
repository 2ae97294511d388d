/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure: a ring of bytes that forgets the oldest.
 */
#include "history.h"

void history_add(struct history *h, const char *text, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        h->text[h->end++ % HISTORY_SIZE] = text[at];
    }
}

void history_seed(struct history *h)
{
    h->seeded = h->end;
}

size_t history_read(const struct history *h, bool fresh, char *text, size_t size)
{
    uint64_t begin = fresh ? h->seeded : 0;

    if (h->end - begin > HISTORY_SIZE) {
        begin = h->end - HISTORY_SIZE;
    }
    if (h->end - begin > size) {
        begin = h->end - size;
    }
    for (uint64_t at = begin; at < h->end; at++) {
        text[at - begin] = h->text[at % HISTORY_SIZE];
    }
    return (size_t)(h->end - begin);
}
