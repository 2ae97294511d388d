/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine of memory_calls.c alone: a frame table, free frames and a guest's memory, and the
 * functions that the calls stand on.
 *
 * Included once; its definitions are that program's own.
 */
#ifndef UNIT_MEMORY_CALLS_MACHINE_H
#define UNIT_MEMORY_CALLS_MACHINE_H

#define FRAMES 4096
#define D1     fake_domain(1)
#define D2     fake_domain(2)

/* -- the fake host: frames 0 to FRAMES - 1, guest memory that is an array */

char fake_frame_table[FRAMES * sizeof(struct frame)] __aligned(16);
#define fake_frames frame_table
uint64_t fake_m2p[FRAMES];
static uint64_t sections[1 + FRAMES / FRAMES_PER_SECTION / 64];
uint64_t *frame_sections = sections, frame_limit = FRAMES;

static uint64_t guest[2048];
static uint64_t fault_at;          /* this word of the guest's can't be written; 0: all can */
static unsigned int pending_after; /* so many blocks are taken, then the CPU has other work */
static uint64_t again_cmd;

static bool in_guest(gva_t a, size_t n)
{
    return a.a >= (uintptr_t)guest && a.a + n <= (uintptr_t)guest + sizeof(guest);
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
    if (!in_guest(src, n))
        return -EFAULT;
    memcpy(dst, (const void *)src.a, n);
    return 0;
}

int get_guest_u64(uint64_t *v, gva_t src)
{
    return copy_from_guest(v, src, 8);
}

int put_guest_u64(gva_t dst, uint64_t v)
{
    if (!in_guest(dst, 8) || dst.a == fault_at)
        return -EFAULT;
    memcpy((void *)dst.a, &v, 8);
    return 0;
}

long call_again(unsigned int args, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    (void)args;
    (void)a1;
    (void)a2;
    (void)a3;
    again_cmd = a0;
    return -ERESTART;
}

long memory_map_op(uint32_t op, gva_t arg)
{
    (void)op;
    (void)arg;
    return 0;
}

static void make_free(uint64_t n)
{
    fake_frames[n] =
        (struct frame){.type = type_idle(TYPE_NONE, 1), .owner = DOMID_XEN, .flags = FRAME_RAM};
    fake_m2p[n] = ~0UL;
}

/* First fit; addresses below 2^bits. */
mfn_t frames_alloc(unsigned int order, unsigned int bits, unsigned int flags)
{
    uint64_t size = 1UL << order,
             end = bits > PAGE_SHIFT && bits < 24 ? 1UL << (bits - PAGE_SHIFT) : FRAMES;

    (void)flags;
    if (bits <= PAGE_SHIFT)
        return MFN_INVALID;
    for (uint64_t n = 0; n + size <= end; n += size) {
        uint64_t i;

        for (i = 0; i < size && !fake_frames[n + i].refs; i++)
            ;
        if (i < size)
            continue;
        for (i = 0; i < size; i++)
            fake_frames[n + i].refs = 1;
        if (pending_after && --pending_after == 0)
            softirq_raise(SOFTIRQ_TIMER);
        return mfn(n);
    }
    return MFN_INVALID;
}

mfn_t frames_alloc_for(struct owner *o, unsigned int order, unsigned int bits, unsigned int flags)
{
    (void)o;
    return frames_alloc(order, bits, flags);
}

static uint64_t claim_asked;
static int claim_answer;

int owner_claim(struct owner *o, uint64_t pages)
{
    (void)o;
    claim_asked = pages;
    return claim_answer;
}

void frames_free(mfn_t m, unsigned int order)
{
    for (uint64_t n = m.n; n < m.n + (1UL << order); n++) {
        EXPECT(fake_frames[n].owner == DOMID_XEN && fake_frames[n].refs == 1);
        make_free(n);
    }
}

int frames_assign_extra(struct owner *o, mfn_t m, unsigned int order, uint64_t extra)
{
    if (o->tot_pages + (1UL << order) > o->max_pages + extra)
        return -ENOMEM;
    o->tot_pages += 1UL << order;
    for (uint64_t n = m.n; n < m.n + (1UL << order); n++) {
        fake_frames[n].owner = o->id;
        fake_frames[n].refs = FRAME_ALLOCATED | 1;
        fake_frames[n].flags |= FRAME_LISTED;
    }
    return 0;
}

int frames_assign(struct owner *o, mfn_t m, unsigned int order)
{
    return frames_assign_extra(o, m, order, 0);
}

void frame_free_last(struct frame *f)
{
    EXPECT(!(f->refs & FRAME_ALLOCATED));
    fake_domain(f->owner)->memory.tot_pages--;
    make_free((uint64_t)(f - fake_frames));
}

/* -- set-up and what must hold */

#define LIST (&guest[64])
#define OUT  (&guest[1024])
#define ARG  gva((uintptr_t)guest)

static void begin(uint64_t frames, uint64_t max)
{
    fake_domains_make();
    memset(guest, 0, sizeof(guest));
    memset(sections, 0xff, sizeof(sections));
    fault_at = pending_after = 0;
    this_cpu()->softirq = 0;
    for (uint64_t n = 0; n < FRAMES; n++)
        make_free(n);
    D1->memory = (struct owner){.id = 1, .max_pages = max};
    D2->memory = (struct owner){.id = 2, .max_pages = 16};
    for (uint64_t n = FRAMES - frames; n < FRAMES; n++) { /* the domain's lie at the top */
        fake_frames[n].refs = 1;
        EXPECT(frames_assign(&D1->memory, mfn(n), 0) == 0);
        fake_m2p[n] = n - (FRAMES - frames);
    }
}

static void expect_whole(uint64_t owned)
{
    uint64_t sum = 0;

    for (uint64_t n = 0; n < FRAMES; n++) {
        const struct frame *f = &fake_frames[n];

        EXPECT(f->refs == 0 || (f->refs == (FRAME_ALLOCATED | 1) && f->owner == 1));
        EXPECT(f->refs != 0 || fake_m2p[n] == ~0UL);
        sum += f->refs != 0;
    }
    EXPECT(sum == owned && D1->memory.tot_pages == owned);
    EXPECT(D1->refs == 1 && D2->refs == 1 && !fake_trouble);
}

static struct xen_memory_reservation *reservation(uint64_t count, unsigned int order,
                                                  unsigned int bits)
{
    struct xen_memory_reservation *r = (struct xen_memory_reservation *)guest;

    *r = (struct xen_memory_reservation){
        .nr_extents = count, .extent_order = order, .mem_flags = bits, .domid = DOMID_SELF};
    r->extent_start.p = (xen_pfn_t *)LIST;
    return r;
}

static struct xen_memory_exchange *exchange(uint64_t n_in, unsigned int in_order, uint64_t n_out,
                                            unsigned int out_order, unsigned int bits)
{
    struct xen_memory_exchange *x = (struct xen_memory_exchange *)guest;

    *x = (struct xen_memory_exchange){
        .in = {.nr_extents = n_in, .extent_order = in_order, .domid = DOMID_SELF},
        .out = {.nr_extents = n_out,
                .extent_order = out_order,
                .mem_flags = bits,
                .domid = DOMID_SELF}};
    x->in.extent_start.p = (xen_pfn_t *)LIST;
    x->out.extent_start.p = (xen_pfn_t *)OUT;
    return x;
}

/* -- reservations */

#endif
