/* SPDX-License-Identifier: MIT */
/*
 * ring.h: the two kinds of rings, with a peer that is believed in nothing.
 *
 * The macros of xen/io/ring.h let an end keep using the shared counters. Here each end has its own
 * and reads the peer's once a step; a record is copied out before anybody looks at it, and a
 * counter that no honest peer can reach is PV_RING_BROKEN, once and for all. An index never leaves
 * the ring, whatever the peer writes. Both ends of one ring may use different headers.
 */
#ifndef PV_RING_H
#define PV_RING_H

#include "../xen/io/ring.h"
#include "barrier.h"

#define PV_RING_EMPTY  0
#define PV_RING_GOT    1
#define PV_RING_BROKEN (-1) /* the peer's counter is impossible: stop using the device */

#define PV_RING_HEADER 64 /* bytes before the first slot */

/* The counters at the start of every shared page of DEFINE_RING_TYPES. */
struct pv_ring_counters {
    RING_IDX req_prod, req_event;
    RING_IDX rsp_prod, rsp_event;
};

/* One end of a ring of records; the other end has one of its own. */
struct pv_ring {
    struct pv_ring_counters *shared;
    unsigned int entries, slot; /* slots, a power of two; bytes of one */
    RING_IDX made, sent;        /* produced; of these published */
    RING_IDX seen;              /* consumed */
    int broken;
};

static inline void pv_ring_copy(void *to, const volatile void *from, unsigned int bytes)
{
    unsigned char *out = (unsigned char *)to;
    const volatile unsigned char *in = (const volatile unsigned char *)from;

    while (bytes-- > 0)
        *out++ = *in++;
}

/* page: bytes shared bytes; slot: sizeof(union tag_sring_entry). */
static inline void pv_ring_attach(struct pv_ring *ring, void *page, unsigned int bytes,
                                  unsigned int slot)
{
    unsigned int fit = (bytes - PV_RING_HEADER) / slot;

    ring->shared = (struct pv_ring_counters *)page;
    ring->slot = slot;
    ring->made = ring->sent = ring->seen = 0;
    ring->broken = 0;
    for (ring->entries = 1; ring->entries <= fit / 2;)
        ring->entries *= 2;
}

/* The front end makes the page ready, before the back end is told of it. */
static inline void pv_front_init(struct pv_ring *ring, void *page, unsigned int bytes,
                                 unsigned int slot)
{
    unsigned char *at = (unsigned char *)page;
    unsigned int i;

    for (i = 0; i < bytes; i++)
        at[i] = 0;
    pv_ring_attach(ring, page, bytes, slot);
    ring->shared->req_event = ring->shared->rsp_event = 1;
}

static inline unsigned char *pv_ring_slot(const struct pv_ring *ring, RING_IDX at)
{
    return (unsigned char *)ring->shared + PV_RING_HEADER +
           (uint64_t)(at & (ring->entries - 1)) * ring->slot;
}

/* True when the peer's wish lies among the newly published: it wants an event. */
static inline int pv_ring_publish(struct pv_ring *ring, RING_IDX *counter, const RING_IDX *wish)
{
    RING_IDX from = ring->sent;

    pv_wmb(); /* slots before the counter; pairs with pv_rmb in pv_ring_take */
    pv_write32(counter, ring->made);
    ring->sent = ring->made;
    pv_mb(); /* counter before the look; pairs with pv_mb in pv_ring_ask */
    return (RING_IDX)(ring->made - pv_read32(wish)) < (RING_IDX)(ring->made - from);
}

/* Copies the next record out, when there is one; limit: how many an honest peer may have ready. */
static inline int pv_ring_take(struct pv_ring *ring, const RING_IDX *counter, unsigned int limit,
                               void *record, unsigned int bytes)
{
    RING_IDX ready = pv_read32(counter) - ring->seen;

    if (ready > limit) {
        ring->broken = 1;
        return PV_RING_BROKEN;
    }
    if (ready == 0)
        return PV_RING_EMPTY;
    pv_rmb(); /* counter before slots; pairs with pv_wmb in pv_ring_publish */
    pv_ring_copy(record, pv_ring_slot(ring, ring->seen++), bytes);
    return PV_RING_GOT;
}

/* Asks for an event at the next record; true when there is one already, and no need to sleep. */
static inline int pv_ring_ask(struct pv_ring *ring, const RING_IDX *counter, RING_IDX *wish)
{
    pv_write32(wish, ring->seen + 1);
    pv_mb(); /* wish before the look; pairs with pv_mb in pv_ring_publish */
    return pv_read32(counter) != ring->seen;
}

/* Front end: requests that still fit. */
static inline unsigned int pv_front_room(const struct pv_ring *ring)
{
    return ring->entries - (ring->made - ring->seen);
}

/* Copies a request into the next slot, not yet published; false when the ring is full. */
static inline int pv_front_put(struct pv_ring *ring, const void *request, unsigned int bytes)
{
    if (pv_front_room(ring) == 0 || ring->broken)
        return 0;
    pv_ring_copy(pv_ring_slot(ring, ring->made++), request, bytes);
    return 1;
}

/* Publishes what was put; true when the back end wants an event. */
static inline int pv_front_push(struct pv_ring *ring)
{
    return pv_ring_publish(ring, &ring->shared->req_prod, &ring->shared->req_event);
}

/* The next response: PV_RING_*. There can't be more of them than requests that wait. */
static inline int pv_front_get(struct pv_ring *ring, void *response, unsigned int bytes)
{
    if (ring->broken)
        return PV_RING_BROKEN;
    return pv_ring_take(ring, &ring->shared->rsp_prod, ring->sent - ring->seen, response, bytes);
}

/* Before sleep; true: look again. */
static inline int pv_front_ask(struct pv_ring *ring)
{
    return pv_ring_ask(ring, &ring->shared->rsp_prod, &ring->shared->rsp_event);
}

/* Back end: the same, from the other side. A response's slot is that of a request taken before. */
static inline int pv_back_get(struct pv_ring *ring, void *request, unsigned int bytes)
{
    if (ring->broken)
        return PV_RING_BROKEN;
    return pv_ring_take(ring, &ring->shared->req_prod, ring->entries - (ring->seen - ring->made),
                        request, bytes);
}

/* False when every request taken is answered: there is nothing to respond to. */
static inline int pv_back_put(struct pv_ring *ring, const void *response, unsigned int bytes)
{
    if (ring->made == ring->seen || ring->broken)
        return 0;
    pv_ring_copy(pv_ring_slot(ring, ring->made++), response, bytes);
    return 1;
}

static inline int pv_back_push(struct pv_ring *ring)
{
    return pv_ring_publish(ring, &ring->shared->rsp_prod, &ring->shared->rsp_event);
}

static inline int pv_back_ask(struct pv_ring *ring)
{
    return pv_ring_ask(ring, &ring->shared->req_prod, &ring->shared->req_event);
}

/*
 * Rings of bytes (console, store): ring has size bytes, a power of two; counters run freely.
 * Return bytes moved, or PV_RING_BROKEN. The caller notifies the peer when bytes were moved.
 */
static inline int pv_bytes_put(char *ring, unsigned int size, const uint32_t *cons, uint32_t *prod,
                               const void *data, unsigned int bytes)
{
    uint32_t at = pv_read32(prod), used = at - pv_read32(cons);
    unsigned int i;

    if (used > size)
        return PV_RING_BROKEN;
    if (bytes > size - used)
        bytes = size - used;
    pv_mb(); /* the consumer's counter before we overwrite; pairs with pv_mb in pv_bytes_get */
    for (i = 0; i < bytes; i++)
        ((volatile char *)ring)[(at + i) & (size - 1)] = ((const char *)data)[i];
    pv_wmb(); /* bytes before the counter; pairs with pv_rmb in pv_bytes_get */
    pv_write32(prod, at + bytes);
    return (int)bytes;
}

static inline int pv_bytes_get(const char *ring, unsigned int size, uint32_t *cons,
                               const uint32_t *prod, void *data, unsigned int bytes)
{
    uint32_t at = pv_read32(cons), ready = pv_read32(prod) - at;
    unsigned int i;

    if (ready > size)
        return PV_RING_BROKEN;
    if (bytes > ready)
        bytes = ready;
    pv_rmb(); /* counter before bytes; pairs with pv_wmb in pv_bytes_put */
    for (i = 0; i < bytes; i++)
        ((char *)data)[i] = ((const volatile char *)ring)[(at + i) & (size - 1)];
    pv_mb(); /* bytes before the counter; pairs with pv_mb in pv_bytes_put */
    pv_write32(cons, at + bytes);
    return (int)bytes;
}

#endif
