/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENMEM_exchange: a domain gives frames back and gets as many of another shape: contiguous ones
 * below an address width, or single ones. Linux makes its DMA buffers that way.
 *
 * Work goes by chunks: one extent of the larger order, and the extents of the other side that
 * amount to it. For a chunk all new frames are there before the first old one goes, and an old one
 * goes only by a compare-exchange that sees no use of it; so a chunk that fails leaves the domain
 * what it had. Progress is the argument's nr_exchanged.
 */
#include "call/memory.h"
#include "cpu/percpu.h"
#include "dom/vcpu.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "mm/alloc.h"
#include "mm/guest_copy.h"
#include "mm/type_word.h"

#define CHUNK_ORDER_MAX 9 /* frame numbers of a chunk are kept on the stack: 2 KiB a side */
#define CHUNK_FRAMES    (1U << CHUNK_ORDER_MAX)

struct exchange {
    struct domain *d;
    uint64_t in, out; /* the guest's arrays */
    unsigned int in_order, out_order;
    unsigned int chunk_order; /* the larger of both */
    unsigned int bits;
};

struct chunk {
    uint32_t old[CHUNK_FRAMES];   /* every frame of the inputs, a reference held */
    uint32_t fresh[CHUNK_FRAMES]; /* first frame of each output extent */
    unsigned int old_count, fresh_count;
};

static unsigned int chunk_frames(const struct exchange *x)
{
    return 1U << x->chunk_order;
}

static unsigned int outputs(const struct exchange *x)
{
    return 1U << (x->chunk_order - x->out_order);
}

static void old_put(struct chunk *c)
{
    while (c->old_count)
        frame_put(frame_of(mfn(c->old[--c->old_count])));
}

/*
 * Fills the M2P of an extent, or empties it: while the frames are nobody's, since another vCPU may
 * give back what is the domain's.
 */
static void extent_m2p(const struct exchange *x, mfn_t m, const uint64_t *gpfn)
{
    for (uint64_t j = 0; j < 1UL << x->out_order; j++)
        WRITE_ONCE(m2p[m.n + j], gpfn ? *gpfn + j : ~0UL);
}

static void extent_free(const struct exchange *x, mfn_t m)
{
    extent_m2p(x, m, NULL);
    frames_free(m, x->out_order);
}

static void fresh_free(const struct exchange *x, struct chunk *c)
{
    while (c->fresh_count)
        extent_free(x, mfn(c->fresh[--c->fresh_count]));
}

/* Takes a reference on every frame of the chunk's inputs. On failure what was taken is left to
 * old_put(). */
static int old_get(const struct exchange *x, struct chunk *c, uint64_t first_extent)
{
    unsigned int extents = 1U << (x->chunk_order - x->in_order), e, i;
    uint64_t gmfn;

    for (e = 0; e < extents; e++) {
        if (get_guest_u64(&gmfn, gva(x->in + (first_extent + e) * 8)))
            return refuse_memory(gva(x->in));
        for (i = 0; i < 1U << x->in_order; i++) {
            if (!memory_frame_get(x->d, gmfn + i))
                return -EINVAL;
            c->old[c->old_count++] = (uint32_t)(gmfn + i);
        }
    }
    return 0;
}

static int fresh_get(const struct exchange *x, struct chunk *c, uint64_t first_extent)
{
    uint64_t gpfn;

    while (c->fresh_count < outputs(x)) {
        mfn_t m;

        if (get_guest_u64(&gpfn, gva(x->out + (first_extent + c->fresh_count) * 8)))
            return refuse_memory(gva(x->out));
        m = frames_alloc(x->out_order, x->bits, 0);
        if (mfn_eq(m, MFN_INVALID))
            return refuse(RULE_NO_MEMORY, x->bits, -ENOMEM);
        extent_m2p(x, m, &gpfn);
        c->fresh[c->fresh_count++] = (uint32_t)m.n;
    }
    return 0;
}

/* The ownership of a frame that has no reference but that and ours goes: ours is the last one. */
static bool old_leave(struct frame *f)
{
    uint32_t alone = FRAME_ALLOCATED | 2;

    return READ_ONCE(f->type) & TYPE_IDLE &&
           __atomic_compare_exchange_n(&f->refs, &alone, 1, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

static void old_return(const struct chunk *c, unsigned int n)
{
    while (n--)
        __atomic_add_fetch(&frame_of(mfn(c->old[n]))->refs, FRAME_ALLOCATED + 1, __ATOMIC_SEQ_CST);
}

/* All old frames leave, or none. A frame that is named twice has a reference too many. */
static int old_leave_all(const struct chunk *c)
{
    unsigned int i;

    for (i = 0; i < c->old_count; i++) {
        if (!old_leave(frame_of(mfn(c->old[i])))) {
            old_return(c, i);
            return refuse(RULE_FRAME_IN_USE, c->old[i], -EBUSY);
        }
    }
    return 0;
}

/* Those that are assigned go as frames of the domain's own do, the others as they came. */
static void fresh_abandon(const struct exchange *x, struct chunk *c, unsigned int assigned)
{
    for (unsigned int e = 0; e < assigned; e++) {
        for (unsigned int j = 0; j < 1U << x->out_order; j++)
            frame_release(frame_of(mfn(c->fresh[e] + j)));
    }
    for (unsigned int e = assigned; e < c->fresh_count; e++)
        extent_free(x, mfn(c->fresh[e]));
    c->fresh_count = 0;
}

/* The new frames become the domain's: with the old ones still counted, so for a moment beyond
 * its allowance. */
static int fresh_assign(const struct exchange *x, struct chunk *c)
{
    unsigned int i;

    for (i = 0; i < c->fresh_count; i++) {
        int rc =
            frames_assign_extra(&x->d->memory, mfn(c->fresh[i]), x->out_order, chunk_frames(x));

        if (rc) { /* frames that it gave back before linger in use */
            fresh_abandon(x, c, i);
            return refuse(RULE_ALLOWANCE, x->d->memory.max_pages, rc);
        }
    }
    return 0;
}

/*
 * Tells the guest: the numbers in place of the PFNs that it gave. The frames are its own even if it
 * can't be told.
 */
static int fresh_publish(const struct exchange *x, const struct chunk *c, uint64_t first_extent)
{
    int rc = 0;

    for (unsigned int e = 0; e < outputs(x); e++) {
        gva_t at = gva(x->out + (first_extent + e) * 8);

        if (put_guest_u64(at, c->fresh[e]))
            rc = refuse_memory(at);
    }
    return rc;
}

/* One chunk at *done frames; moved on when it was exchanged, even if the guest could not be
 * told. */
static int exchange_chunk(const struct exchange *x, uint64_t *done)
{
    uint64_t first_out = *done >> x->out_order;
    struct chunk c;
    int rc;

    c.old_count = c.fresh_count = 0;
    rc = old_get(x, &c, *done >> x->in_order);
    if (rc)
        goto put_old;
    rc = fresh_get(x, &c, first_out);
    if (rc)
        goto free_fresh;
    rc = old_leave_all(&c);
    if (rc)
        goto free_fresh;
    rc = fresh_assign(x, &c);
    if (rc) {
        old_return(&c, c.old_count);
        goto put_old; /* fresh_assign() gave the new ones up */
    }
    old_put(&c); /* the last references */
    *done += chunk_frames(x);
    return fresh_publish(x, &c, first_out);

free_fresh:
    fresh_free(x, &c);
put_old:
    old_put(&c);
    return rc;
}

/* Checks the whole argument: shapes, progress, and the part of each array that is still to be
 * read or written. */
static int exchange_check(const struct xen_memory_exchange *g, struct exchange *x)
{
    uint64_t n_in = g->in.nr_extents, n_out = g->out.nr_extents;

    x->in_order = g->in.extent_order;
    x->out_order = g->out.extent_order;
    if (x->in_order > CHUNK_ORDER_MAX || x->out_order > CHUNK_ORDER_MAX)
        return refuse(RULE_EXTENT_ORDER, MAX(x->in_order, x->out_order), -EPERM);
    if (n_in > ~0UL >> 16 || n_out > ~0UL >> 16 || n_in << x->in_order != n_out << x->out_order)
        return refuse(RULE_EXCHANGE_SHAPE, n_in, -EINVAL);
    x->chunk_order = MAX(x->in_order, x->out_order);
    if ((n_in << x->in_order) & (chunk_frames(x) - 1))
        return refuse(RULE_EXCHANGE_SHAPE, n_in, -EINVAL);
    if (g->nr_exchanged > n_in || (g->nr_exchanged << x->in_order) & (chunk_frames(x) - 1))
        return refuse(RULE_PROGRESS, g->nr_exchanged, -EINVAL);
    x->in = (uintptr_t)g->in.extent_start.p;
    x->out = (uintptr_t)g->out.extent_start.p;
    if (!gva_words_ok(x->in, g->nr_exchanged, n_in) ||
        !gva_words_ok(x->out, g->nr_exchanged << x->in_order >> x->out_order, n_out))
        return refuse_memory(gva(x->out));
    if (g->in.domid != g->out.domid)
        return refuse(RULE_EXCHANGE_SHAPE, g->out.domid, -EINVAL);
    x->bits = memory_address_bits(g->out.mem_flags);
    return 0;
}

/* Bound: the number of extents, with a look at other work after each chunk. */
long memory_exchange(gva_t arg)
{
    struct xen_memory_exchange g;
    struct exchange x;
    uint64_t done, total;
    bool again = false;
    int rc;

    if (copy_from_guest(&g, arg, sizeof(g)))
        return refuse_memory(arg);
    rc = exchange_check(&g, &x);
    if (rc)
        return rc;
    x.d = current()->domain;
    if (g.in.domid != DOMID_SELF && g.in.domid != x.d->id)
        return refuse(RULE_EXCHANGE_FOREIGN, g.in.domid, -EPERM);
    total = g.in.nr_extents << x.in_order;
    for (done = g.nr_exchanged << x.in_order; done < total && !rc && !again;) {
        rc = exchange_chunk(&x, &done);
        again = !rc && done < total && softirq_pending();
    }
    if (put_guest_u64(gva(arg.a + offsetof(struct xen_memory_exchange, nr_exchanged)),
                      done >> x.in_order))
        return refuse_memory(arg);
    return again ? -ERESTART : rc;
}
