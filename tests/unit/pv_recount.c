/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recount: every reference and use that the tables, pins, vCPUs and unfinished states hold,
 * counted from what can be seen, against the frames' records. And a model of a TLB that keeps every
 * translation until it is flushed.
 */
#include <stdio.h>
#include <string.h>

#include "cpu/features.h"
#include "cpu/mapping.h"
#include "mm/heap.h"
#include "mm/type.h"
#include "pv/descriptor_check.h"
#include "pv/device_memory.h"
#include "pv/pt_entry.h"
#include "pv/pte_check.h"
#include "pv_machine.h"

bool machine_many;

static struct {
    uint32_t refs, uses;
    enum frame_type as; /* what the uses are */
    bool mixed;         /* they do not agree */
} seen[MACHINE_FRAMES];

static bool may_write[MACHINE_FRAMES];     /* a TLB may have a writable translation */
static uint32_t may_reach[MACHINE_FRAMES]; /* or any: for this owner's frame, plus one */
static bool may_walk[MACHINE_FRAMES]; /* a walk may go through it: upper levels are kept, too */

static void complain(uint64_t n, const char *what)
{
    if (!machine_broken)
        printf("# frame %lu: refs %x of %x, type %lx, %u uses seen\n", n, frame_table[n].refs,
               seen[n].refs, frame_table[n].type, seen[n].uses);
    machine_break(what);
}

static void see_use(uint64_t n, enum frame_type t)
{
    seen[n].mixed |= seen[n].uses && seen[n].as != t;
    seen[n].as = t;
    seen[n].refs++;
    seen[n].uses++;
}

static bool is_ram(mfn_t m)
{
    return mfn_valid(m) && frame_of(m)->owner != DOMID_IO;
}

static void see_entry(const struct frame *table, unsigned int level, uint64_t e)
{
    mfn_t m = pte_mfn(e);
    struct pte_ask ask = {level, e, cpu_features.phys_bits};
    uint64_t stored;

    if (!(e & PTE_P))
        return;
    if (pte_check(&ask, &stored) != PTE_OK || (stored ^ e) & ~(PTE_A | PTE_D))
        complain(frame_mfn(table).n, "an entry has bits that are not allowed");
    if (level == 1 && !is_ram(m)) {
        if (!device_memory_owner(table->owner))
            complain(frame_mfn(table).n, "a domain without devices maps one");
        return;
    }
    if (!is_ram(m) || !frame_is_domains(frame_of(m))) {
        complain(frame_mfn(table).n, "an entry names a frame that is no domain's");
        return;
    }
    if (level == 1 && e & PTE_CACHE)
        complain(m.n, "RAM is mapped with another cacheability");
    if (table->owner && frame_of(m)->owner != table->owner)
        complain(m.n, "a domain maps another's frame");
    if (level > 1)
        see_use(m.n, type_table(level - 1));
    else if (e & PTE_RW)
        see_use(m.n, TYPE_WRITABLE);
    else
        seen[m.n].refs++;
}

static void see_l4(const struct frame *f)
{
    const uint64_t *t = machine_table(frame_mfn(f));

    for (unsigned int i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++) {
        bool ok = t[i] == idle_l4[i];

        if (i == SLOT_DOMAIN)
            ok = (t[i] & PTE_ADDR) == heap_mfn(NULL).n << PAGE_SHIFT && t[i] & PTE_P;
        else if (i == SLOT_M2P_RO)
            ok |= !t[i];
        if (!ok)
            complain(frame_mfn(f).n, "an L4 lacks the hypervisor's slots");
    }
}

static void see_descriptors(uint64_t n)
{
    uint64_t stored;

    for (unsigned int i = 0; i < PT_ENTRIES; i++)
        if (!descriptor_check(machine_table(mfn(n))[i], &stored) ||
            machine_table(mfn(n))[i] != stored)
            complain(n, "a page of descriptors has one that is not allowed");
}

/*
 * The entries of a table that hold references: all when it is validated, some when it is partial.
 */
static void see_table(const struct frame *f)
{
    unsigned int level = type_level(type_of(f->type));
    unsigned int end = f->type & TYPE_PARTIAL ? type_index(f->type) : PT_ENTRIES;
    const uint64_t *t = machine_table(frame_mfn(f));

    for (unsigned int i = 0; i < end; i++)
        if (level < 4 || l4_slot_is_guests(i))
            see_entry(f, level, READ_ONCE(t[i]));
    if (level == 4 && f->type & TYPE_VALIDATED)
        see_l4(f);
}

static void see_frame(struct frame *f)
{
    uint64_t n = frame_mfn(f).n, w = f->type;

    seen[n].refs += (f->refs & FRAME_ALLOCATED) != 0;
    if (w & (TYPE_IDLE | TYPE_BUSY))
        return;
    if (w & TYPE_PARTIAL)
        see_use(n, type_of(w));
    if (w & TYPE_PINNED)
        see_use(n, type_of(w));
    if (type_is_table(type_of(w)))
        see_table(f);
    else if (type_of(w) == TYPE_DESCRIPTORS)
        see_descriptors(n);
}

static void see_vcpu(const struct vcpu *v)
{
    if (!mfn_eq(v->pv->kernel_l4, MFN_INVALID))
        see_use(v->pv->kernel_l4.n, TYPE_L4);
    if (!mfn_eq(v->pv->user_l4, MFN_INVALID))
        see_use(v->pv->user_l4.n, TYPE_L4);
    for (unsigned int i = 0; i < GDT_FRAMES; i++)
        if (!mfn_eq(v->pv->gdt[i], MFN_INVALID))
            see_use(v->pv->gdt[i].n, TYPE_DESCRIPTORS);
}

static void compare_at_rest(uint64_t n)
{
    const struct frame *f = &frame_table[n];
    uint64_t w = f->type;

    if ((f->refs & FRAME_COUNT) != seen[n].refs)
        complain(n, "references do not agree");
    if (w & TYPE_IDLE) {
        if (seen[n].uses)
            complain(n, "an idle frame is used");
        return;
    }
    if (w & TYPE_BUSY || (w & TYPE_COUNT_MASK) != seen[n].uses || seen[n].as != type_of(w))
        complain(n, "uses do not agree");
}

static void compare_midway(uint64_t n)
{
    const struct frame *f = &frame_table[n];
    uint64_t w = f->type;

    if ((f->refs & FRAME_COUNT) < seen[n].refs)
        complain(n, "something that is seen has no reference");
    if (!seen[n].uses)
        return;
    if (w & TYPE_IDLE || !(w & (TYPE_VALIDATED | TYPE_PARTIAL)) || type_of(w) != seen[n].as ||
        (w & TYPE_COUNT_MASK) < seen[n].uses)
        complain(n, "something that is seen has no use");
}

/* -- the TLB: whatever a validated L1 maps may be in it */

static void remember_table(const uint64_t *t)
{
    for (unsigned int i = 0; i < PT_ENTRIES; i++) {
        mfn_t m = pte_mfn(t[i]);

        if (!(t[i] & PTE_P) || !is_ram(m))
            continue;
        may_write[m.n] |= (t[i] & PTE_RW) != 0;
        may_reach[m.n] = frame_of(m)->owner + 1U;
    }
}

static void remember_translations(void)
{
    for (uint64_t n = 0; n < MACHINE_FRAMES; n++) {
        uint64_t w = frame_table[n].type;

        if (frame_table[n].owner >= DOMAINS || w & TYPE_IDLE || !(w & TYPE_VALIDATED) ||
            !type_is_table(type_of(w)))
            continue;
        may_walk[n] = true;
        may_reach[n] = frame_table[n].owner + 1U;
        if (type_of(w) == TYPE_L1)
            remember_table(machine_table(mfn(n)));
    }
}

static void flushed(void)
{
    if (machine_many)
        return;
    memset(may_write, 0, sizeof(may_write));
    memset(may_reach, 0, sizeof(may_reach));
    memset(may_walk, 0, sizeof(may_walk));
    remember_translations();
}

static void check_translations(uint64_t n)
{
    const struct frame *f = &frame_table[n];

    if (may_reach[n] && frame_is_domains(f) && may_reach[n] != f->owner + 1U)
        complain(n, "a frame can be reached by who had it before");
    if (f->type & (TYPE_IDLE | TYPE_BUSY))
        return;
    if (type_of(f->type) != TYPE_WRITABLE && may_write[n])
        complain(n, "a table can be written through an old translation");
    if (!type_is_table(type_of(f->type)) && may_walk[n])
        complain(n, "a frame that is no table any more can be walked through");
}

void machine_recount(bool at_rest)
{
    machine_on_flush = flushed;
    memset(seen, 0, sizeof(seen));
    for (uint64_t n = 0; n < MACHINE_FRAMES; n++)
        if (frame_table[n].owner < DOMAINS)
            see_frame(&frame_table[n]);
    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        see_vcpu(&machine_vcpus[i]);
    for (uint64_t n = 0; n < MACHINE_FRAMES; n++) {
        if (seen[n].mixed)
            complain(n, "a frame is used as two things");
        if (frame_table[n].owner >= DOMAINS) {
            if (seen[n].refs)
                complain(n, "a frame that is no domain's is in use");
            continue;
        }
        if (at_rest)
            compare_at_rest(n);
        else
            compare_midway(n);
        if (!machine_many)
            check_translations(n);
    }
    if (at_rest)
        remember_translations();
    if (at_rest && machine_windows_open())
        machine_break("a window is still open");
}
