/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables: entries by call and by store, pins, roots, flushes, whole pages.
 */
#include "fuzz.h"

#define CALL __HYPERVISOR_mmu_update

/* An entry that programs may change: of the playground's tables, or of the pinned hierarchy. */
static uint64_t some_place(unsigned int *level)
{
    *level = 1 + (one_in(3) ? pick(4) : 0);
    if (lie()) {
        switch (pick(5)) {
        case 0: /* the hypervisor's own slots of a root */
            return machine_of(&boot_l4[256 + pick(16)]);
        case 1:
            return machine_of(&tables.at[1][8 + pick(8)]) + 1 + pick(7);
        case 2:
            return canary_mfn << PAGE_SHIFT;
        case 3:
            return machine_of(side()->room);
        default:
            return nasty() & ~7ul;
        }
    }
    if (one_in(2)) {
        uint64_t at = machine_of(&tables.at[*level][8 + pick(8)]);

        if (!comparing || !granted_at(at)) {
            return at;
        }
    }
    return machine_of(&frame_of((enum role) * level)->page[pick(16)]);
}

void op_mmu_update(void)
{
    unsigned int count = one_in(4) ? 1 + pick(6) : 1, level;
    mmu_update_t *updates = room(count * sizeof(*updates));
    unsigned int *done = room(8), kind = pick(16), sub = 0;
    domid_t domid = some_domid();

    for (unsigned int i = 0; i < count; i++) {
        sub = wanted_sub(CALL, kind < 11   ? MMU_NORMAL_PT_UPDATE
                               : kind < 13 ? MMU_PT_UPDATE_PRESERVE_AD
                               : kind < 14 ? (lie() ? 4 + pick(4) : MMU_PT_UPDATE_NO_TRANSLATE)
                                           : MMU_MACHPHYS_UPDATE);
        if (sub == MMU_MACHPHYS_UPDATE) {
            const struct frame_state *f = any_frame();

            updates[i].ptr = (lie() ? some_mfn(ROLE_PLAIN) : frame_mfn(f)) << PAGE_SHIFT | sub;
            updates[i].val = pfn_of(f->page);
            continue;
        }
        updates[i].ptr = some_place(&level) | sub;
        updates[i].val = some_entry(level);
    }
    if (domid == victim_domid && controlling) {
        updates[0].ptr = machine_of(&tables.at[1][8 + pick(8)]);
        updates[0].val = pte_make(victim_mfn, one_in(2) ? PTE_RW : PTE_RO);
    }
    issue(__HYPERVISOR_mmu_update, sub, (uint64_t)pointer(updates), lie() ? nasty() : count,
          one_in(2) ? (uint64_t)pointer(done) : 0, domid);
}

void op_va_mapping(void)
{
    char *va = one_in(4) ? (char *)any_frame()->page : some_window();
    uint64_t flags = pick(4), value = some_entry(1);
    uint64_t *mask = room(8);
    bool other = PART(8, {__HYPERVISOR_update_va_mapping_otherdomain, 0, 0, 7},
                      {__HYPERVISOR_update_va_mapping, 0, 0, 0}) == 7;

    if (flags == 3) {
        flags = 0;
    } else if (flags != 0 && one_in(2)) {
        *mask = pick(16);
        flags |= one_in(2) ? UVMF_ALL : (uint64_t)pointer(mask);
    }
    if (lie()) {
        flags = nasty();
    }
    if (lie()) {
        va = (char *)nasty();
    }
    /* What the kernel itself stands on is none of a program's business. */
    if ((unsigned long)va >= VIRT_BASE && value != 0 && va < (char *)frames[0].page) {
        va = some_window();
    }
    if (!wanted(other ? __HYPERVISOR_update_va_mapping_otherdomain : __HYPERVISOR_update_va_mapping,
                0)) {
        return;
    }
    if (other && controlling && one_in(2)) {
        issue(__HYPERVISOR_update_va_mapping_otherdomain, 0, (uint64_t)some_window(),
              one_in(2) ? pte_make(victim_mfn, PTE_RO) : value, flags,
              lie() ? some_domid() : victim_domid);
    } else if (other) {
        issue(__HYPERVISOR_update_va_mapping_otherdomain, 0, (uint64_t)va, value, flags,
              some_domid());
    } else {
        issue(__HYPERVISOR_update_va_mapping, 0, (uint64_t)va, value, flags, 0);
    }
}

static void fill(struct mmuext_op *op)
{
    static const uint8_t commands[] = {0,  0,  0,  0,  1,  1,  2,  3,  4,  4,  4,  4,
                                       4,  4,  5,  5,  6,  7,  8,  9,  10, 11, 12, 13,
                                       13, 15, 15, 16, 16, 17, 17, 18, 19, 20};
    uint64_t *mask = room(8);

    *mask = pick(16);
    op->cmd =
        wanted_sub(__HYPERVISOR_mmuext_op, lie() ? pick(64) : commands[pick(ARRAY_SIZE(commands))]);
    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE ... MMUEXT_PIN_L4_TABLE:
        op->arg1.mfn = some_mfn((enum role)(ROLE_L1 + op->cmd));
        break;
    case MMUEXT_UNPIN_TABLE:
        op->arg1.mfn = one_in(2) ? some_mfn((enum role)(ROLE_L1 + pick(4)))
                                 : frame_mfn(frame_pinned(true, ROLE_L1));
        break;
    case MMUEXT_NEW_BASEPTR:
        /* Any other root would lack the kernel and be loaded at once: lies are of other levels. */
        op->arg1.mfn = !lie()      ? mfn_of(boot_l4)
                       : one_in(3) ? nasty() | 1ul << 40
                                   : mfn_of(side()->room);
        break;
    case MMUEXT_NEW_USER_BASEPTR:
        op->arg1.mfn = one_in(3) ? 0 : one_in(2) ? mfn_of(user_l4) : some_mfn(ROLE_L4);
        if (op->arg1.mfn == mfn_of(boot_l4)) {
            op->arg1.mfn = 1; /* with m2p_strict this kernel would lose the M2P, by its own wish */
        }
        break;
    case MMUEXT_CLEAR_PAGE:
        op->arg1.mfn = some_mfn(ROLE_PLAIN);
        break;
    case MMUEXT_COPY_PAGE:
        op->arg1.mfn = some_mfn(ROLE_PLAIN);
        op->arg2.src_mfn = some_mfn((enum role)pick(5));
        break;
    case MMUEXT_SET_LDT:
        op->arg1.linear_addr = lie() ? nasty() : (unsigned long)any_frame()->page;
        op->arg2.nr_ents = lie() ? (unsigned int)nasty() : one_in(4) ? 0 : pick(200);
        break;
    case MMUEXT_INVLPG_LOCAL:
    case MMUEXT_INVLPG_ALL:
    case MMUEXT_INVLPG_MULTI:
        op->arg1.linear_addr = lie() ? nasty() : (unsigned long)some_window();
        op->arg2.vcpumask.p = pointer(mask);
        break;
    case MMUEXT_TLB_FLUSH_MULTI:
        op->arg2.vcpumask.p = pointer(mask);
        break;
    default:
        op->arg1.mfn = some_mfn(ROLE_PLAIN);
        break;
    }
}

void op_mmuext(void)
{
    unsigned int count = one_in(6) ? 1 + pick(5) : 1;
    struct mmuext_op *ops = room(count * sizeof(*ops));
    unsigned int *done = room(8);
    domid_t domid = some_domid();
    void *told;

    if (side()->want != NULL && side()->want->sub <= MMUEXT_PIN_L4_TABLE && !one_in(4)) {
        op_build();
        return;
    }

    for (unsigned int i = 0; i < count; i++) {
        fill(&ops[i]);
    }
    told = pointer_or_none(ops);
    if (!side()->deferring && lie()) {
        /* More than there are: nothing may lie behind that could be taken for an operation. */
        told = memcpy(side()->batch_end - count * sizeof(*ops), ops, count * sizeof(*ops));
        count = one_in(2) ? count + pick(8) : (unsigned int)nasty();
    }
    issue(__HYPERVISOR_mmuext_op, ops[0].cmd, (uint64_t)told, count,
          one_in(2) ? (uint64_t)pointer(done) : 0, domid);
}

/* The frame as a table of its level, pinned and perhaps unpinned again. */
static void pin_one(struct frame_state *f, bool pinned)
{
    unsigned int level = f->role >= ROLE_L1 && f->role <= ROLE_L4 ? f->role : 1 + pick(4);
    struct mmuext_op *op = room(sizeof(*op));

    op->cmd = pinned ? MMUEXT_PIN_L1_TABLE + level - 1 : MMUEXT_UNPIN_TABLE;
    op->arg1.mfn = frame_mfn(f);
    if (issue(__HYPERVISOR_mmuext_op, op->cmd, (uint64_t)pointer_or_none(op), 1, 0, some_domid()) ==
        0) {
        f->pinned = pinned;
    }
}

/* Makes a frame into what would do as a table, so that a pin of it has a chance. */
void op_build(void)
{
    unsigned int level = 1 + pick(4), entries = one_in(3) ? 0 : pick(6);
    struct frame_state *f = frame_of(ROLE_PLAIN);
    uint64_t *page = f->page;
    struct side *s = side();

    if (s->want != NULL && s->want->sub <= MMUEXT_PIN_L4_TABLE) {
        level = s->want->sub + 1;
        s->want = NULL; /* all that follows is made for it */
    } else if (one_in(3) || s->want != NULL) {
        pin_one(frame_pinned(true, ROLE_L1), false);
        return;
    }
    if (issue(__HYPERVISOR_update_va_mapping, 0, (uint64_t)page, pte_make(frame_mfn(f), PTE_RW),
              UVMF_INVLPG | UVMF_LOCAL, 0) != 0) {
        return;
    }
    for (unsigned int i = 0; i < entries; i++) {
        probe_write(&page[pick(16)], some_entry(level));
    }
    if (issue(__HYPERVISOR_update_va_mapping, 0, (uint64_t)page, pte_make(frame_mfn(f), PTE_RO),
              UVMF_INVLPG | UVMF_ALL, 0) == 0) {
        f->role = (enum role)level;
        pin_one(one_in(2) ? f : frame_pinned(false, (enum role)level), true);
    }
}

/* Loads and stores, also to tables: those are emulated. */
void op_store(void)
{
    unsigned int level = 1 + pick(4);
    struct frame_state *f = one_in(3) ? any_frame() : frame_of((enum role)level);
    volatile uint64_t *at = one_in(3) ? (uint64_t *)some_window() : f->page;

    at += pick(16);
    switch (pick(5)) {
    case 0:
        probe_read(at);
        break;
    case 1:
        probe_write(at, 0);
        break;
    case 2:
        PROBE("lock andb $0xfd, (%0)", : : "r"(at) : "memory");
        break;
    case 3:
        PROBE("xchgq %1, (%0)", : : "r"(at), "r"(some_entry(level)) : "memory");
        break;
    default:
        probe_write(at, some_entry(level));
        break;
    }
}
