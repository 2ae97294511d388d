/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The domains, and what pv/ needs from the folders that the test leaves out.
 */
#include "pv_machine.h"
#include "dom/ctl_domain.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/descriptors.h"
#include "cpu/features.h"
#include "cpu/mapping.h"
#include "dom/domain.h"
#include "lib/refusal.h"
#include "mm/alloc.h"
#include "mm/guest_copy.h"
#include "mm/heap.h"
#include "pv/descriptor_tables.h"
#include "pv/mmu.h"
#include "pv/register_calls.h"
#include "pv/table.h"

#define HEAP_FRAME 3 /* what all of the heap is said to be in */

struct domain machine_domains[DOMAINS], *control_domain = &machine_domains[0], *idle_domain;
struct vcpu machine_vcpus[MACHINE_CPUS];
unsigned int machine_refusals;
uint64_t idle_l4[PT_ENTRIES];
struct descriptor_page *descriptor_pages[MAX_CPUS];

static struct pv_domain pv_domains[DOMAINS];
static struct pv_vcpu pv_vcpus[MACHINE_CPUS];
static uint64_t regions[MACHINE_CPUS][PT_ENTRIES];

uint64_t *machine_table(mfn_t m)
{
    return (uint64_t *)(void *)machine_pages[m.n];
}

static void vcpu_start(unsigned int i)
{
    struct pv_vcpu *pv = &pv_vcpus[i];
    struct vcpu *v = &machine_vcpus[i];

    v->pv = pv;
    v->id = i;
    v->domain = &machine_domains[0];
    pv->kernel_l4 = pv->user_l4 = MFN_INVALID;
    pv->l1 = regions[i];
    for (unsigned int n = 0; n < GDT_FRAMES; n++)
        pv->gdt[n] = MFN_INVALID;
    for (unsigned int n = 0; n < UNDO_SLOTS; n++)
        pv->undo[n] = MFN_INVALID;
    cpu_block(i)->current = v;
}

void pv_machine_start(void)
{
    unsigned int frames = DOMAINS * DOMAIN_FRAMES + SPARE_FRAMES;

    machine_start(FIRST_FRAME, FIRST_FRAME + frames, 1);
    frames_release(FIRST_FRAME, FIRST_FRAME + frames, 0);
    for (unsigned int i = HV_SLOT_FIRST; i <= SLOT_IMAGE; i++)
        idle_l4[i] = 0xfe000 + i * PAGE_SIZE + PTE_HV_TABLE;
    for (unsigned int i = 0; i < DOMAINS; i++) {
        struct domain *d = &machine_domains[i];

        d->id = (domid_t)i;
        d->privileged = i == 0;
        d->max_vcpus = MACHINE_CPUS;
        d->pv = &pv_domains[i];
        d->pv->l3 = idle_l4;
        if (owner_init(&d->memory, d->id, DOMAIN_FRAMES))
            abort();
    }
    for (unsigned int n = 0; n < DOMAINS * DOMAIN_FRAMES; n++)
        if (frames_assign(&machine_domains[n % DOMAINS].memory, frames_alloc(0, 64, 0), 0))
            abort();
    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        vcpu_start(i);
}

void machine_run(unsigned int cpu, unsigned int d)
{
    machine_cpu_is(cpu);
    machine_vcpus[cpu].domain = &machine_domains[d];
    machine_cpu->guest_kernel = 1;
}

/* -- calls */

long machine_mmu_update(const struct mmu_update *u, unsigned int n, uint64_t foreign,
                        unsigned int wanted, unsigned int limit)
{
    uint64_t list = (uintptr_t)u, count = n;
    uint32_t done = 0;
    long rc;

    do {
        machine_wanted_after(wanted);
        rc = do_mmu_update(list, count, (uintptr_t)&done, foreign);
        list = guest_regs()->rdi;
        count = guest_regs()->rsi;
        if (done > n)
            machine_break("more updates done than there were");
    } while (rc == -ERESTART && limit--);
    machine_wanted_after(0);
    if (!rc && done != n)
        machine_break("an update is said to be done that was not");
    return rc;
}

long machine_mmuext(const struct mmuext_op *op, unsigned int n, domid_t d, unsigned int wanted,
                    unsigned int limit)
{
    uint64_t list = (uintptr_t)op, count = n;
    uint32_t done = 0;
    long rc;

    do {
        machine_wanted_after(wanted);
        rc = do_mmuext_op(list, count, (uintptr_t)&done, d);
        list = guest_regs()->rdi;
        count = guest_regs()->rsi;
    } while (rc == -ERESTART && limit--);
    machine_wanted_after(0);
    if (!rc && done != n)
        machine_break("an operation is said to be done that was not");
    return rc;
}

static int mmuext_frame(unsigned int cmd, mfn_t m)
{
    struct mmuext_op op = {.cmd = cmd};

    op.arg1.mfn = m.n;
    return (int)machine_mmuext(&op, 1, DOMID_SELF, 0, 0);
}

int machine_pin(mfn_t m, unsigned int level)
{
    return mmuext_frame(MMUEXT_PIN_L1_TABLE + level - 1, m);
}

int machine_unpin(mfn_t m)
{
    return mmuext_frame(MMUEXT_UNPIN_TABLE, m);
}

/* -- the end */

static void vcpu_stop(struct vcpu *v)
{
    machine_cpu_is(v->id);
    if (!mfn_eq(v->pv->kernel_l4, MFN_INVALID))
        frame_put_type(frame_of(v->pv->kernel_l4));
    v->pv->kernel_l4 = MFN_INVALID;
    if (pv_set_user_l4(v, mfn(0)))
        machine_break("a vCPU keeps its user tables");
    gdt_drop(v);
    if (table_undo_pending(v))
        machine_break("undoing stops although nobody wants the CPU");
}

static void all_frames(void (*fn)(struct frame *f))
{
    for (unsigned int n = 0; n < MACHINE_FRAMES; n++)
        if (frame_table[n].owner < DOMAINS)
            fn(&frame_table[n]);
}

static void unpin(struct frame *f)
{
    if (!(f->type & TYPE_IDLE) && f->type & TYPE_PINNED && frame_unpin(f))
        frame_put_type(f);
}

static void finish_partial(struct frame *f)
{
    uint64_t w = f->type;

    if (w & TYPE_IDLE || !(w & TYPE_PARTIAL))
        return;
    if (frame_get_type(frame_mfn(f), f->owner, TYPE_WRITABLE))
        machine_break("a partial table can't be undone");
    else
        frame_put_type(f);
}

static void disown(struct frame *f)
{
    if (!(f->type & TYPE_IDLE))
        machine_break("a frame is in use at the end");
    if (frame_disown(f))
        frame_put(f);
}

void machine_teardown(void)
{
    machine_wanted_after(0);
    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        vcpu_stop(&machine_vcpus[i]);
    machine_recount(true);
    all_frames(unpin);
    machine_recount(true);
    all_frames(finish_partial); /* a table that another partial one uses is none */
    machine_recount(true);
    all_frames(disown);
    if (frames_free_count() != DOMAINS * DOMAIN_FRAMES + SPARE_FRAMES)
        machine_break("frames are lost at the end");
    for (unsigned int i = 0; i < DOMAINS; i++)
        if (machine_domains[i].memory.tot_pages || machine_domains[i].memory.list != OWNER_LIST_END)
            machine_break("a domain has frames at the end");
}

/* -- the folders left out */

int refuse(enum rule rule, uint64_t argument, int error)
{
    (void)rule;
    (void)argument;
    __atomic_fetch_add(&machine_refusals, 1, __ATOMIC_RELAXED);
    return error;
}

bool domain_may(const struct domain *d, enum privilege what, const struct domain *target)
{
    (void)what;
    (void)target;
    return d->privileged;
}

/* No domain of this machine was given a device. */
bool ctl_domain_permits(struct domain *d, enum ctl_access what, uint64_t first, uint64_t last)
{
    (void)d;
    (void)what;
    return last < first;
}

struct domain *domain_get(domid_t id)
{
    return id < DOMAINS ? &machine_domains[id] : NULL;
}

void domain_put(struct domain *d)
{
    (void)d;
}

uint64_t domain_cpus(const struct domain *d, const uint64_t *vcpus)
{
    (void)d;
    return vcpus ? vcpus[0] & 15 : 15;
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
    memcpy(dst, (const void *)src.a, n);
    return 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
    memcpy((void *)dst.a, src, n);
    return 0;
}

int get_guest_u64(uint64_t *v, gva_t src)
{
    return copy_from_guest(v, src, sizeof(*v));
}

void *heap_alloc(size_t bytes)
{
    return calloc(1, bytes);
}

void heap_free(void *p)
{
    free(p);
}

mfn_t heap_mfn(const void *p)
{
    (void)p;
    return mfn(HEAP_FRAME);
}

bool pv_address_ok(uint64_t va)
{
    return va < HV_VIRT_START;
}

void ldt_load(uint64_t va, unsigned int entries)
{
    (void)va;
    (void)entries;
}
