/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the ring of text without locks.
 */
#include "kern/text_ring.h"

void text_ring_put(struct text_ring *r, const char *text, size_t n)
{
    uint64_t at, head, committed;
    size_t i;

    n = MIN(n, (size_t)r->size / 4);
    __atomic_fetch_add(&r->writers, 1, __ATOMIC_SEQ_CST);
    at = __atomic_fetch_add(&r->head, n, __ATOMIC_SEQ_CST);
    for (i = 0; i < n; i++)
        WRITE_ONCE(r->buf[(at + i) & (r->size - 1)], text[i]);
    /*
     * Whoever took a place before this load and is still copying keeps the count from reaching 0
     * below.
     */
    head = __atomic_load_n(&r->head, __ATOMIC_SEQ_CST);
    if (__atomic_sub_fetch(&r->writers, 1, __ATOMIC_SEQ_CST))
        return;
    committed = __atomic_load_n(&r->committed, __ATOMIC_SEQ_CST);
    while (committed < head && !__atomic_compare_exchange_n(&r->committed, &committed, head, true,
                                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        ;
}

uint64_t text_ring_end(const struct text_ring *r)
{
    return __atomic_load_n(&r->committed, __ATOMIC_SEQ_CST);
}

uint64_t text_ring_start(const struct text_ring *r)
{
    uint64_t head = __atomic_load_n(&r->head, __ATOMIC_SEQ_CST);

    return head > r->size ? head - r->size : 0;
}

size_t text_ring_read(const struct text_ring *r, uint64_t *pos, char *buf, size_t n)
{
    uint64_t start, end = text_ring_end(r);
    size_t i, lost;

    *pos = MAX(*pos, text_ring_start(r));
    if (*pos >= end)
        return 0;
    n = MIN(n, (size_t)(end - *pos));
    for (i = 0; i < n; i++)
        buf[i] = READ_ONCE(r->buf[(*pos + i) & (r->size - 1)]);
    start = text_ring_start(r);
    if (start > *pos) { /* overwritten while it was copied: the first part is not what it was */
        lost = (size_t)MIN(start - *pos, (uint64_t)n);
        for (i = lost; i < n; i++)
            buf[i - lost] = buf[i];
        *pos += lost;
        n -= lost;
    }
    *pos += n;
    return n;
}
