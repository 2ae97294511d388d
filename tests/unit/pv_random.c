/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps. Frames have roles by their number, so that tables of all levels come about and are
 * taken apart; one choice in a few is against all rules.
 */
#include "pv_random.h"

#include <stdlib.h>

#include "cpu/pte.h"
#include "dom/domain.h"
#include "lib/errno.h"
#include "mm/alloc.h"
#include "mm/type.h"
#include "pv/descriptor_tables.h"
#include "pv/mmu.h"
#include "pv/pt_entry.h"
#include "pv/table.h"
#include "pv_machine.h"

#define LAST_FRAME (FIRST_FRAME + DOMAINS * DOMAIN_FRAMES + SPARE_FRAMES)

static const unsigned int slots[] = {0, 1, 2, 100, 255, 256, 271, 272, 510, 511};

static unsigned int dice(struct random_guest *g, unsigned int n)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return (unsigned int)(g->state >> 20) % n;
}

/* What a frame is meant to be: 4 to 1 a table, 0 memory. */
static unsigned int role(mfn_t m)
{
    static const unsigned int roles[] = {4, 3, 3, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 5, 0};

    return roles[m.n % 16];
}

/* A frame, mostly of the guest's own domain, mostly of that role. */
static mfn_t some_frame(struct random_guest *g, unsigned int wanted)
{
    mfn_t m = MFN_INVALID;

    if (!dice(g, 60))
        return mfn(dice(g, 2) ? dice(g, MACHINE_FRAMES + 10) : ~0UL >> dice(g, 30));
    for (unsigned int tries = 0; tries < 400; tries++) {
        m = mfn(FIRST_FRAME + dice(g, LAST_FRAME - FIRST_FRAME));
        if (frame_of(m)->owner != g->domain && dice(g, 50))
            continue;
        if (role(m) == wanted || !dice(g, 40))
            break;
    }
    return m;
}

static uint64_t some_entry(struct random_guest *g, unsigned int level)
{
    uint64_t flags = PTE_P | PTE_U;
    mfn_t m;

    if (!dice(g, 4))
        return dice(g, 8) ? 0 : g->state & ~PTE_P;
    if (level > 1) {
        m = some_frame(g, level - 1);
        flags |= PTE_RW | PTE_A;
    } else {
        m = some_frame(g, dice(g, 4) ? 0 : dice(g, 6));
        flags |=
            (dice(g, 2) && !(role(m) >= 1 && dice(g, 20)) ? PTE_RW : 0) | (dice(g, 2) ? PTE_NX : 0);
    }
    if (!dice(g, 30))
        flags ^= 1UL << (dice(g, 2) ? dice(g, 12) : 52 + dice(g, 12));
    return (m.n << PAGE_SHIFT & PTE_ADDR) | flags;
}

static unsigned int some_slot(struct random_guest *g)
{
    return slots[dice(g, 10)];
}

static unsigned int some_wanted(struct random_guest *g)
{
    static const unsigned int ranges[] = {1, 3, 10, 40};

    return dice(g, 2) ? 0 : 1 + dice(g, ranges[dice(g, 4)]);
}

static void note(struct random_guest *g, long rc)
{
    g->steps++;
    if (!rc)
        g->done++;
    else if (rc == -ERESTART)
        g->stopped++;
    else
        g->refused++;
}

/* Writes through a mapping of its own, which it can have if the frame may be written now. */
static void plain_store(struct random_guest *g)
{
    unsigned int level = dice(g, 6);
    mfn_t m = some_frame(g, level);
    int rc = frame_get_type(m, (domid_t)g->domain, TYPE_WRITABLE);

    note(g, rc);
    if (rc)
        return;
    for (unsigned int n = dice(g, 8); n; n--)
        WRITE_ONCE(machine_table(m)[some_slot(g)],
                   level == 5 ? g->state | 1UL << 44 : some_entry(g, level ? level : 1));
    frame_put_type(frame_of(m));
}

/* The CPU marks an entry as used, in a table that stays one meanwhile. */
static void accessed_and_dirty(struct random_guest *g)
{
    mfn_t m = some_frame(g, 1);
    uint64_t *slot, old;

    if (!mfn_valid(m) || frame_type_now(frame_of(m)) != TYPE_L1 ||
        frame_get_type(m, (domid_t)g->domain, TYPE_L1))
        return;
    slot = &machine_table(m)[some_slot(g)];
    old = READ_ONCE(*slot);
    while (old & PTE_P &&
           !__atomic_compare_exchange_n(slot, &old, old | PTE_A | (old & PTE_RW ? PTE_D : 0), false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        ;
    frame_put_type(frame_of(m));
}

static void updates(struct random_guest *g)
{
    struct mmu_update u[6];
    unsigned int n = 1 + dice(g, 6), level = 1 + dice(g, 4);
    uint64_t foreign = g->domain == 0 && !dice(g, 4) ? dice(g, DOMAINS) : DOMID_SELF;
    mfn_t m = some_frame(g, level);

    for (unsigned int i = 0; i < n; i++) {
        if (!dice(g, 3))
            m = some_frame(g, level = 1 + dice(g, 4));
        u[i].ptr = (m.n << PAGE_SHIFT) + some_slot(g) * 8;
        u[i].ptr |= dice(g, 3) ? MMU_NORMAL_PT_UPDATE : MMU_PT_UPDATE_PRESERVE_AD;
        u[i].val = some_entry(g, level);
        if (!dice(g, 30)) {
            u[i].ptr = (m.n << PAGE_SHIFT) | MMU_MACHPHYS_UPDATE;
            u[i].val = dice(g, 1000);
        }
    }
    note(g, machine_mmu_update(u, n, foreign, some_wanted(g), dice(g, 3) ? 2000 : dice(g, 3)));
}

static void operations(struct random_guest *g)
{
    struct mmuext_op ops[3];
    unsigned int n = 1 + dice(g, 3);

    for (unsigned int i = 0; i < n; i++) {
        unsigned int level = 1 + dice(g, 4);

        ops[i] = (struct mmuext_op){.cmd = MMUEXT_PIN_L1_TABLE + level - 1};
        switch (dice(g, 10)) {
        case 0 ... 4:
            ops[i].cmd = MMUEXT_UNPIN_TABLE;
            break;
        case 5:
            ops[i].cmd = dice(g, 2) ? MMUEXT_CLEAR_PAGE : MMUEXT_COPY_PAGE;
            ops[i].arg2.src_mfn = some_frame(g, 1 + dice(g, 4)).n;
            break;
        case 6:
            ops[i].cmd = dice(g, 2) ? MMUEXT_NEW_BASEPTR : MMUEXT_NEW_USER_BASEPTR;
            level = 4;
            break;
        }
        ops[i].arg1.mfn =
            ops[i].cmd == MMUEXT_NEW_USER_BASEPTR && dice(g, 2) ? 0 : some_frame(g, level).n;
    }
    note(g, machine_mmuext(ops, n, DOMID_SELF, some_wanted(g), dice(g, 3) ? 2000 : dice(g, 3)));
}

static void emulated_store(struct random_guest *g)
{
    unsigned int level = 1 + dice(g, 4), slot = some_slot(g);
    mfn_t m = some_frame(g, level);

    if (!mfn_valid(m))
        return;
    machine_wanted_after(some_wanted(g));
    note(g, pt_entry_update(current(), m, slot, machine_table(m)[slot], some_entry(g, level)));
}

static void descriptors(struct random_guest *g)
{
    uint64_t frames[2] = {some_frame(g, 5).n, some_frame(g, 5).n};

    if (dice(g, 3)) {
        note(g, do_update_descriptor(
                    (some_frame(g, 5).n << PAGE_SHIFT & PTE_ADDR) + some_slot(g) * 8, g->state));
        return;
    }
    note(g, do_set_gdt((uintptr_t)frames, dice(g, 3) * 512));
}

/* By address: through the tables that the vCPU runs on. */
static void by_address(struct random_guest *g)
{
    static const unsigned int lower[] = {0, 1, 2, 100};
    uint64_t va = 0;

    for (unsigned int level = 1; level <= 4; level++)
        va |= (uint64_t)lower[dice(g, 4)] << (3 + 9 * level);
    machine_wanted_after(some_wanted(g));
    note(g, do_update_va_mapping(va, some_entry(g, 1),
                                 dice(g, 2) ? UVMF_TLB_FLUSH | UVMF_ALL : UVMF_NONE));
}

/* Gives a frame back for good; takes another when there is one. */
static void balloon(struct random_guest *g)
{
    struct owner *o = &machine_domains[g->domain].memory;
    mfn_t m = some_frame(g, dice(g, 6));

    if (mfn_valid(m) && frame_get(m, o->id)) {
        if (frame_disown(frame_of(m)))
            frame_put(frame_of(m));
        frame_put(frame_of(m));
    }
    if (o->tot_pages >= o->max_pages)
        return;
    m = frames_alloc(0, 64, 0);
    if (mfn_eq(m, MFN_INVALID))
        return;
    for (unsigned int i = 0; i < PT_ENTRIES; i++)
        if (machine_table(m)[i])
            machine_break("a frame changes hands with what was in it");
    if (frames_assign(o, m, 0))
        frames_free(m, 0);
}

void random_step(struct random_guest *g)
{
    switch (dice(g, 20)) {
    case 0 ... 4:
        plain_store(g);
        break;
    case 5 ... 9:
        updates(g);
        break;
    case 10 ... 13:
        operations(g);
        break;
    case 14:
        emulated_store(g);
        break;
    case 15:
        descriptors(g);
        break;
    case 16:
        by_address(g);
        break;
    case 17:
        balloon(g);
        break;
    case 18:
        accessed_and_dirty(g);
        break;
    default:
        machine_wanted_after(some_wanted(g));
        (void)!table_undo_pending(current());
    }
    machine_wanted_after(0);
}
