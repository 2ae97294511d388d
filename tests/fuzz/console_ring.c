/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that writes anything into its console's page, between any two steps of the daemon: no
 * byte outside the page and the buffers is touched, never more is taken than a ring holds, what
 * is taken is what stood there, and the daemon's own counters are what the page shows behind
 * each step.
 *
 * sources: dom0-tools/hvconsoled/ring.c
 */
#include <stdlib.h>
#include <string.h>

#include "dom0-tools/hvconsoled/ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void take(struct ring *r)
{
    char *text = malloc(RING_OUT);
    size_t n = ring_take(r, text);

    must(n <= RING_OUT);
    for (size_t i = 0; i < n; i++)
        must(text[i] == r->page->out[(r->out_cons + i) % RING_OUT]);
    free(text);
}

static void put(struct ring *r, const uint8_t *bytes, size_t n)
{
    char *text = malloc(n ? n : 1);
    uint32_t before, sent;

    memcpy(text, bytes, n);
    sent = (uint32_t)ring_put(r, text, n);
    before = r->in_prod - sent;
    must(sent <= n && sent <= RING_IN && r->page->in_prod == r->in_prod);
    for (uint32_t i = 0; i < sent; i++)
        must(r->page->in[(before + i) % RING_IN] == text[i]);
    free(text);
}

/* One of the guest's four counters becomes any number, or a little more than it was. */
static void scribble(struct xencons_interface *page, const uint8_t *bytes)
{
    XENCONS_RING_IDX *counters[] = {&page->in_cons, &page->in_prod, &page->out_cons,
                                    &page->out_prod};
    XENCONS_RING_IDX *counter = counters[bytes[0] % 4];
    uint32_t value;

    memcpy(&value, bytes + 1, 4);
    *counter = bytes[0] & 4 ? value : *counter + value % 64;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xencons_interface *page = calloc(1, sizeof(*page));
    struct ring r;

    ring_attach(&r, page);
    for (size_t at = 0; at + 6 <= size; at += 6) {
        size_t n = data[at + 1] < size - at - 2 ? data[at + 1] : size - at - 2;

        switch (data[at] % 6) {
        case 0:
            take(&r);
            break;
        case 1:
            ring_taken(&r);
            must(page->out_cons == r.out_cons);
            break;
        case 2:
            put(&r, data + at + 2, n);
            break;
        case 3:
            memset(page->out + data[at + 1], data[at + 2], 256);
            break;
        case 4:
            ring_attach(&r, page);
            break;
        default:
            scribble(page, data + at + 1);
            break;
        }
    }
    free(page);
    return 0;
}
