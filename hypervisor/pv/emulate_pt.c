/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the stores of a guest's kernel to its own page tables, which it can only read: the fault is
 * turned into one change of the entry, with all its checks. Stores to device memory that may only
 * be read end up here too, and go on to pv/emulate_device.c.
 *
 * The instruction is computed on the entry as the guest reads it, and the change is applied only if
 * the entry is still that one (pt_entry_update()): that keeps LOCK, XCHG and the bit instructions
 * atomic against other vCPUs and the CPU's own A and D bits. When it is another, the guest executes
 * the instruction again.
 */
#include "pv/emulate.h"
#include "cpu/percpu.h"
#include "cpu/pte.h"
#include "lib/errno.h"
#include "mm/guest_access.h"
#include "pv/alu.h"
#include "pv/device_memory.h"
#include "pv/pt_entry.h"
#include "pv/walk.h"

/* The frame that the guest's tables map read-only at va. */
static bool find_frame(struct vcpu *v, uint64_t va, mfn_t *m)
{
    uint64_t entry;

    if (pv_find_entry(v, va, &entry) || !(entry & PTE_P) || entry & PTE_RW)
        return false;
    *m = pte_mfn(entry);
    return true;
}

static enum emulated table_store(struct emulation *e, mfn_t table, uint64_t at, const struct alu *a)
{
    unsigned int shift = (unsigned int)(at & 7) * 8;
    unsigned int index = (at & (PAGE_SIZE - 1)) / sizeof(uint64_t);
    uint64_t old, next, mask;
    struct alu_result r;
    uint32_t bad = 0;
    int rc;

    if (frame_type_now(frame_of(table)) != TYPE_L1)
        return EMULATED_NOT;
    guest_access_begin();
    guest_load_u64(old, at & ~7UL, bad); /* the word that the fault's address is in: the guest's */
    guest_access_end();
    if (unlikely(bad))
        return EMULATED_NOT;
    mask = (a->size == 8 ? ~0UL : (1UL << (8 * a->size)) - 1) << shift;
    r = alu_compute(a, (old & mask) >> shift);
    if (r.store) {
        next = (old & ~mask) | (r.memory << shift & mask);
        rc = pt_entry_update(e->v, table, index, old, next);
        if (rc == -EAGAIN || rc == -ERESTART)
            return EMULATED_AGAIN;
        if (rc)
            return EMULATED_NOT;
    }
    if (r.set_reg)
        register_set(e->regs, r.reg, a->size, e->insn.rex, r.value);
    e->regs->rflags = (e->regs->rflags & ~r.flags_mask) | r.flags;
    return EMULATED_DONE;
}

static enum emulated store(struct emulation *e, uint64_t at, const struct alu *a)
{
    mfn_t m;

    if (!find_frame(e->v, at, &m))
        return EMULATED_NOT;
    if (frame_is_device(m))
        return emulate_device_store(e, m.n << PAGE_SHIFT | (at & (PAGE_SIZE - 1)), a->source);
    return table_store(e, m, at, a);
}

bool pv_emulate_table_write(struct cpu_user_regs *regs, uint64_t va)
{
    struct emulation e;
    uint64_t gpr[16], at;
    struct alu a;

    if (!emulate_fetch(&e, regs) || !e.long_mode || !e.insn.memory || e.insn.segment == SEG_FS ||
        e.insn.segment == SEG_GS)
        return false;
    registers_read_named(regs, &e.insn, gpr);
    at = insn_address(&e.insn, gpr, e.next);
    if (va - at >= e.insn.size || at & (e.insn.size - 1) || !alu_prepare(&a, &e.insn, regs))
        return false;
    return emulate_finish(&e, store(&e, at, &a));
}
