/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copying from and to a ring. Positions are streams of bytes counted with 64 bits; the page has
 * the low 32 of them.
 */
#include "ring.h"

#include <errno.h>
#include <string.h>

int ring_waiting(const struct xenstore_domain_interface *page, uint64_t in)
{
    /* Pairs with the guest's barrier between its bytes and its counter. */
    uint32_t n = __atomic_load_n(&page->req_prod, __ATOMIC_ACQUIRE) - (uint32_t)in;

    return n > XENSTORE_RING_SIZE ? -EPROTO : (int)n;
}

void ring_peek(const struct xenstore_domain_interface *page, uint64_t in, void *to, size_t n)
{
    size_t at = MASK_XENSTORE_IDX((uint32_t)in), first = XENSTORE_RING_SIZE - at;

    if (first > n)
        first = n;
    memcpy(to, page->req + at, first);
    memcpy((char *)to + first, page->req, n - first);
}

int ring_room(const struct xenstore_domain_interface *page, uint64_t out)
{
    /* Pairs with the guest's barrier between its last read and its counter. */
    uint32_t n = (uint32_t)out - __atomic_load_n(&page->rsp_cons, __ATOMIC_ACQUIRE);

    return n > XENSTORE_RING_SIZE ? -EPROTO : (int)(XENSTORE_RING_SIZE - n);
}

void ring_put(struct xenstore_domain_interface *page, uint64_t out, const void *from, size_t n)
{
    size_t at = MASK_XENSTORE_IDX((uint32_t)out), first = XENSTORE_RING_SIZE - at;

    if (first > n)
        first = n;
    memcpy(page->rsp + at, from, first);
    memcpy(page->rsp, (const char *)from + first, n - first);
}

void ring_publish(struct xenstore_domain_interface *page, uint64_t in, uint64_t out)
{
    /* The guest's barriers behind its reads of these counters pair with the releases. */
    __atomic_store_n(&page->rsp_prod, (uint32_t)out, __ATOMIC_RELEASE);
    __atomic_store_n(&page->req_cons, (uint32_t)in, __ATOMIC_RELEASE);
}
