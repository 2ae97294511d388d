/* SPDX-License-Identifier: MIT */
/*
 * ring.h: rings of requests and responses in a shared page.
 *
 * The front end produces requests, the back end consumes them and produces responses into the same
 * slots. Counters run freely and are masked on use. An end publishes by: fill slots, write
 * barrier, store producer. It sleeps by: set the event counter to one past what it consumed, full
 * barrier, look once more. The other end is believed in nothing: slots are copied out before they
 * are looked at.
 */
#ifndef __XEN_PUBLIC_IO_RING_H__
#define __XEN_PUBLIC_IO_RING_H__

#include "../xen-compat.h"

#include <stddef.h>
#include "../abi/int.h"

/* Barriers between this CPU and the peer's; an includer may bring its own. */
#if __XEN_INTERFACE_VERSION__ < 0x00030208
#define xen_mb()  mb()
#define xen_rmb() rmb()
#define xen_wmb() wmb()
#endif
#ifndef xen_mb
#define xen_mb() __asm__ volatile("mfence" ::: "memory")
#endif
#ifndef xen_rmb
#define xen_rmb() __asm__ volatile("" ::: "memory") /* x86 keeps loads in order */
#endif
#ifndef xen_wmb
#define xen_wmb() __asm__ volatile("" ::: "memory") /* and stores */
#endif

typedef unsigned int RING_IDX;

/*
 * The highest power of two that is not above x, as a constant: fill all lower bits, keep the top.
 */
#define XEN_RING_FILL1(x) ((x) | (x) >> 1)
#define XEN_RING_FILL2(x) (XEN_RING_FILL1(x) | XEN_RING_FILL1(x) >> 2)
#define XEN_RING_FILL3(x) (XEN_RING_FILL2(x) | XEN_RING_FILL2(x) >> 4)
#define XEN_RING_FILL4(x) (XEN_RING_FILL3(x) | XEN_RING_FILL3(x) >> 8)
#define XEN_RING_FILL5(x) (XEN_RING_FILL4(x) | XEN_RING_FILL4(x) >> 16)
#define __RD32(x)         (XEN_RING_FILL5(x) - (XEN_RING_FILL5(x) >> 1))

/* Slots of a ring in sz bytes: by tag, as a constant; and by pointer to the shared ring. */
#define __CONST_RING_SIZE(tag, sz)                                                                 \
    __RD32(((sz)-offsetof(struct tag##_sring, ring)) / sizeof(((struct tag##_sring *)0)->ring[0]))
#define __RING_SIZE(s, sz) __RD32(((sz) - ((long)(s)->ring - (long)(s))) / sizeof((s)->ring[0]))

/*
 * The types of a ring: tag_sring_t is the shared page, tag_front_ring_t and tag_back_ring_t are
 * each end's own. Four counters and padding make 64 bytes before the first slot.
 */
#define DEFINE_RING_TYPES(tag, req_type, rsp_type)                                                 \
    union tag##_sring_entry {                                                                      \
        req_type req;                                                                              \
        rsp_type rsp;                                                                              \
    };                                                                                             \
    typedef struct tag##_sring {                                                                   \
        RING_IDX req_prod, req_event; /* front's; back's: wake me when req_prod passes it */       \
        RING_IDX rsp_prod, rsp_event; /* back's; front's */                                        \
        union {                                                                                    \
            struct {                                                                               \
                uint8_t smartpoll_active;                                                          \
            } netif;                                                                               \
            struct {                                                                               \
                uint8_t msg;                                                                       \
            } tapif_user;                                                                          \
            uint8_t pvt_pad[4];                                                                    \
        } pvt;                                                                                     \
        uint8_t __pad[44];                                                                         \
        union tag##_sring_entry ring[1]; /* nr_ents of them */                                     \
    } tag##_sring_t;                                                                               \
    typedef struct tag##_front_ring {                                                              \
        RING_IDX req_prod_pvt; /* filled, perhaps not yet published */                             \
        RING_IDX rsp_cons;                                                                         \
        unsigned int nr_ents;                                                                      \
        struct tag##_sring *sring;                                                                 \
    } tag##_front_ring_t;                                                                          \
    typedef struct tag##_back_ring {                                                               \
        RING_IDX rsp_prod_pvt;                                                                     \
        RING_IDX req_cons;                                                                         \
        unsigned int nr_ents;                                                                      \
        struct tag##_sring *sring;                                                                 \
    } tag##_back_ring_t

static inline void xen_ring_zero(uint8_t *at, size_t bytes)
{
    while (bytes)
        at[--bytes] = 0;
}

static inline unsigned int xen_ring_lower(unsigned int a, unsigned int b)
{
    return a < b ? a : b;
}

/* A counter in the shared page, read once. */
#define XEN_RING_READ(counter) (*(const volatile RING_IDX *)&(counter))

/* The front end prepares the page, then each end attaches to it. sz: bytes of the page. */
#define SHARED_RING_INIT(s)                                                                        \
    do {                                                                                           \
        (s)->req_prod = (s)->rsp_prod = 0;                                                         \
        (s)->req_event = (s)->rsp_event = 1;                                                       \
        xen_ring_zero((s)->pvt.pvt_pad, sizeof((s)->pvt.pvt_pad));                                 \
        xen_ring_zero((s)->__pad, sizeof((s)->__pad));                                             \
    } while (0)

#define FRONT_RING_ATTACH(r, s, at, sz)                                                            \
    do {                                                                                           \
        (r)->sring = (s);                                                                          \
        (r)->nr_ents = __RING_SIZE(s, sz);                                                         \
        (r)->req_prod_pvt = (r)->rsp_cons = (at);                                                  \
    } while (0)
#define FRONT_RING_INIT(r, s, sz) FRONT_RING_ATTACH(r, s, 0, sz)
#define XEN_FRONT_RING_INIT(r, s, sz)                                                              \
    do {                                                                                           \
        SHARED_RING_INIT(s);                                                                       \
        FRONT_RING_INIT(r, s, sz);                                                                 \
    } while (0)

#define BACK_RING_ATTACH(r, s, at, sz)                                                             \
    do {                                                                                           \
        (r)->sring = (s);                                                                          \
        (r)->nr_ents = __RING_SIZE(s, sz);                                                         \
        (r)->rsp_prod_pvt = (r)->req_cons = (at);                                                  \
    } while (0)
#define BACK_RING_INIT(r, s, sz) BACK_RING_ATTACH(r, s, 0, sz)

#define RING_SIZE(r) ((r)->nr_ents)

/* Front: slots for further requests. */
#define RING_FREE_REQUESTS(r) (RING_SIZE(r) - ((r)->req_prod_pvt - (r)->rsp_cons))
#define RING_FULL(r)          (RING_FREE_REQUESTS(r) == 0)

/*
 * What waits; a peer that claims more requests than there are free slots gets no more than those.
 */
#define XEN_RING_NR_UNCONSUMED_RESPONSES(r) (XEN_RING_READ((r)->sring->rsp_prod) - (r)->rsp_cons)
#define XEN_RING_NR_UNCONSUMED_REQUESTS(r)                                                         \
    xen_ring_lower(XEN_RING_READ((r)->sring->req_prod) - (r)->req_cons,                            \
                   RING_SIZE(r) - ((r)->req_cons - (r)->rsp_prod_pvt))
#ifdef XEN_RING_HAS_UNCONSUMED_IS_BOOL
#define RING_HAS_UNCONSUMED_RESPONSES(r) (XEN_RING_NR_UNCONSUMED_RESPONSES(r) != 0)
#define RING_HAS_UNCONSUMED_REQUESTS(r)  (XEN_RING_NR_UNCONSUMED_REQUESTS(r) != 0)
#else
#define RING_HAS_UNCONSUMED_RESPONSES(r) XEN_RING_NR_UNCONSUMED_RESPONSES(r)
#define RING_HAS_UNCONSUMED_REQUESTS(r)  XEN_RING_NR_UNCONSUMED_REQUESTS(r)
#endif

/* The slot of a counter, in shared memory; a copy of it is what may be trusted not to change. */
#define XEN_RING_SLOT(r, idx)     ((r)->sring->ring[(idx) & (RING_SIZE(r) - 1)])
#define RING_GET_REQUEST(r, idx)  (&XEN_RING_SLOT(r, idx).req)
#define RING_GET_RESPONSE(r, idx) (&XEN_RING_SLOT(r, idx).rsp)
#define RING_COPY_(what, r, idx, dest)                                                             \
    do {                                                                                           \
        *(dest) = *(volatile __typeof__(dest))RING_GET_##what(r, idx);                             \
    } while (0)
#define RING_COPY_REQUEST(r, idx, req)  RING_COPY_(REQUEST, r, idx, req)
#define RING_COPY_RESPONSE(r, idx, rsp) RING_COPY_(RESPONSE, r, idx, rsp)

/* Counters no honest end can reach. */
#define RING_REQUEST_CONS_OVERFLOW(r, cons)  ((cons) - (r)->rsp_prod_pvt >= RING_SIZE(r))
#define RING_REQUEST_PROD_OVERFLOW(r, prod)  ((prod) - (r)->rsp_prod_pvt > RING_SIZE(r))
#define RING_RESPONSE_PROD_OVERFLOW(r, prod) ((prod) - (r)->rsp_cons > RING_SIZE(r))

/* Publishes what was filled. */
#define RING_PUSH_REQUESTS(r)                                                                      \
    do {                                                                                           \
        xen_wmb(); /* slots before the counter; pairs with the consumer's xen_rmb */               \
        (r)->sring->req_prod = (r)->req_prod_pvt;                                                  \
    } while (0)
#define RING_PUSH_RESPONSES(r)                                                                     \
    do {                                                                                           \
        xen_wmb(); /* slots before the counter; pairs with the consumer's xen_rmb */               \
        (r)->sring->rsp_prod = (r)->rsp_prod_pvt;                                                  \
    } while (0)

/* True when the event counter lies in (from, to]: the peer asked to be told. */
#define XEN_RING_PASSED(event, from, to) ((RING_IDX)((to) - (event)) < (RING_IDX)((to) - (from)))

/* Publishes, and sets notify when the peer wants an event for it. */
#define RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(r, notify)                                             \
    do {                                                                                           \
        RING_IDX xen_ring_from_ = (r)->sring->req_prod;                                            \
        RING_PUSH_REQUESTS(r);                                                                     \
        xen_mb(); /* counter before the look; pairs with FINAL_CHECK */                            \
        (notify) = XEN_RING_PASSED(XEN_RING_READ((r)->sring->req_event), xen_ring_from_,           \
                                   (r)->req_prod_pvt);                                             \
    } while (0)
#define RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(r, notify)                                            \
    do {                                                                                           \
        RING_IDX xen_ring_from_ = (r)->sring->rsp_prod;                                            \
        RING_PUSH_RESPONSES(r);                                                                    \
        xen_mb(); /* counter before the look; pairs with FINAL_CHECK */                            \
        (notify) = XEN_RING_PASSED(XEN_RING_READ((r)->sring->rsp_event), xen_ring_from_,           \
                                   (r)->rsp_prod_pvt);                                             \
    } while (0)

/*
 * Before sleep: sets more when there is work after all, else the peer has been asked for an event.
 */
#define RING_FINAL_CHECK_FOR_REQUESTS(r, more)                                                     \
    do {                                                                                           \
        (more) = RING_HAS_UNCONSUMED_REQUESTS(r);                                                  \
        if (!(more)) {                                                                             \
            (r)->sring->req_event = (r)->req_cons + 1;                                             \
            xen_mb(); /* wish before the look; pairs with PUSH_..._AND_CHECK_NOTIFY */             \
            (more) = RING_HAS_UNCONSUMED_REQUESTS(r);                                              \
        }                                                                                          \
    } while (0)
#define RING_FINAL_CHECK_FOR_RESPONSES(r, more)                                                    \
    do {                                                                                           \
        (more) = RING_HAS_UNCONSUMED_RESPONSES(r);                                                 \
        if (!(more)) {                                                                             \
            (r)->sring->rsp_event = (r)->rsp_cons + 1;                                             \
            xen_mb(); /* wish before the look; pairs with PUSH_..._AND_CHECK_NOTIFY */             \
            (more) = RING_HAS_UNCONSUMED_RESPONSES(r);                                             \
        }                                                                                          \
    } while (0)

#endif
