/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure: counters and bytes of a console's shared page.  Each barrier's partner is the guest's
 * driver, which orders bytes before counters in the same way.
 */
#include "ring.h"

#include <string.h>

void ring_attach(struct ring *r, void *page)
{
    memset(r, 0, sizeof(*r));
    r->page = page;
    r->out_cons = __atomic_load_n(&r->page->out_cons, __ATOMIC_RELAXED);
    r->in_prod = __atomic_load_n(&r->page->in_prod, __ATOMIC_RELAXED);
}

/* A guest that was begun anew may have set the counters to 0: then its view is taken, if it can
 * be one.  Else what it said is lost. */
static void resync_out(struct ring *r, uint32_t prod)
{
    uint32_t cons = __atomic_load_n(&r->page->out_cons, __ATOMIC_RELAXED);

    r->nonsense++;
    r->out_cons = prod - cons <= RING_OUT ? cons : prod;
}

size_t ring_take(struct ring *r, char *text)
{
    uint32_t prod = __atomic_load_n(&r->page->out_prod, __ATOMIC_ACQUIRE);
    size_t first, at;

    if (prod - r->out_cons > RING_OUT) {
        resync_out(r, prod);
    }
    r->taken = prod - r->out_cons;
    at = r->out_cons % RING_OUT;
    first = r->taken < RING_OUT - at ? r->taken : RING_OUT - at;
    memcpy(text, r->page->out + at, first);
    memcpy(text + first, r->page->out, r->taken - first);
    return r->taken;
}

void ring_taken(struct ring *r)
{
    r->out_cons += r->taken;
    r->taken = 0;
    __atomic_store_n(&r->page->out_cons, r->out_cons, __ATOMIC_RELEASE);
}

size_t ring_put(struct ring *r, const char *text, size_t size)
{
    uint32_t cons = __atomic_load_n(&r->page->in_cons, __ATOMIC_ACQUIRE);
    size_t room, first, at;

    if (r->in_prod - cons > RING_IN) {
        r->nonsense++;
        r->in_prod = cons;
    }
    room = RING_IN - (r->in_prod - cons);
    size = size < room ? size : room;
    at = r->in_prod % RING_IN;
    first = size < RING_IN - at ? size : RING_IN - at;
    memcpy(r->page->in + at, text, first);
    memcpy(r->page->in, text + first, size - first);
    r->in_prod += (uint32_t)size;
    __atomic_store_n(&r->page->in_prod, r->in_prod, __ATOMIC_RELEASE);
    return size;
}
