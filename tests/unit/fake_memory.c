/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake memory. An entry holds a reference on its frame, and a use when it may be written, as in
 * pv/pt_entry.c.
 */
#include "fake_memory.h"

#include "cpu/pte.h"
#include "lib/errno.h"
#include "mm/heap.h"
#include "mm/permanent.h"
#include "mm/tlb.h"
#include "mm/type.h"
#include "mm/window.h"
#include "pv/pt_entry.h"
#include "pv/walk.h"

struct fake_frame memory[FRAMES];
unsigned int flushes;
bool restart_next;
uint64_t tlb_epoch;

static unsigned int index_of(const struct frame *f)
{
    return (unsigned int)(f - frame_table);
}

bool fake_mfn_valid(mfn_t m)
{
    return m.n < FRAMES;
}

enum frame_type fake_type_now(const struct frame *f)
{
    return memory[index_of(f)].table ? TYPE_L1 : TYPE_NONE;
}

bool frame_get(mfn_t m, domid_t owner)
{
    if (m.n >= FRAMES || memory[m.n].owner != owner)
        return false;
    memory[m.n].refs++;
    return true;
}

void frame_put(struct frame *f)
{
    memory[index_of(f)].refs--;
}

int frame_get_type(mfn_t m, domid_t owner, enum frame_type t)
{
    if (restart_next) {
        restart_next = false;
        return -ERESTART;
    }
    if (m.n >= FRAMES || memory[m.n].table != (t == TYPE_L1) || !frame_get(m, owner))
        return -EINVAL;
    memory[m.n].uses++;
    return 0;
}

void frame_put_type(struct frame *f)
{
    memory[index_of(f)].uses--;
    frame_put(f);
}

void *window_map(mfn_t m)
{
    return memory[m.n].words;
}

void window_unmap(const void *p)
{
    (void)p;
}

void tlb_flush_older(uint64_t epoch)
{
    (void)epoch;
    flushes++;
}

void entry_put(uint64_t e)
{
    if (!(e & PTE_P))
        return;
    if (e & PTE_RW)
        frame_put_type(frame_of(pte_mfn(e)));
    else
        frame_put(frame_of(pte_mfn(e)));
}

int pt_entry_set(struct pt_change *c)
{
    uint64_t *slot = &memory[c->table.n].words[c->index], old = *slot;
    int rc = 0;

    if (c->how == PT_EXPECT && old != c->expected) {
        c->expected = old;
        return -EAGAIN;
    }
    if (c->entry & PTE_RW)
        rc = frame_get_type(pte_mfn(c->entry), c->frame_owner, TYPE_WRITABLE);
    else if (c->entry & PTE_P)
        rc = frame_get(pte_mfn(c->entry), c->frame_owner) ? 0 : -EINVAL;
    if (rc)
        return rc;
    *slot = c->entry;
    entry_put(old);
    return 0;
}

int pv_walk_l1(struct vcpu *v, uint64_t va, struct pv_walk *w)
{
    (void)v;
    if (va < VA_OF_2 || va >= VA_OF_2 + 512 * PAGE_SIZE)
        return -EFAULT;
    *w = (struct pv_walk){
        .level = 1, .table = mfn(L1_OF_2), .index = (unsigned int)((va - VA_OF_2) / PAGE_SIZE)};
    w->entry = memory[L1_OF_2].words[w->index];
    return 0;
}

int pv_find_l1(struct vcpu *v, uint64_t va, mfn_t *l1)
{
    struct pv_walk w;
    int rc = pv_walk_l1(v, va, &w);

    *l1 = w.table;
    return rc;
}

static void *pages[16];

int permanent_alloc(struct owner *o, enum permanent_kind kind, void **va)
{
    (void)o;
    (void)kind;
    for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
        if (!pages[i] && (pages[i] = heap_alloc(PAGE_SIZE))) {
            *va = pages[i];
            return 0;
        }
    return -ENOMEM;
}

void permanent_free(void *va)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
        if (pages[i] == va)
            pages[i] = NULL;
    heap_free(va);
}

mfn_t permanent_mfn(const void *va)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
        if (pages[i] == va)
            return mfn(1000 + i);
    return MFN_INVALID;
}
