/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's tables, and the calls that change them.
 */
#include "pv_guest.h"

#include <string.h>

#include "cpu/pte.h"
#include "dom/domain.h"

mfn_t l4, l3, l2, l1, data;

mfn_t frame(unsigned int d, unsigned int n)
{
    uint32_t f = machine_domains[d].memory.list;

    while (n--)
        f = frame_table[f].next;
    return mfn(f);
}

uint64_t at(mfn_t table, unsigned int index)
{
    return mfn_to_paddr(table).a + index * 8;
}

long set_by(mfn_t table, unsigned int index, uint64_t entry, unsigned int how, domid_t foreign)
{
    struct mmu_update u = {at(table, index) | how, entry};
    long rc = machine_mmu_update(&u, 1, foreign, 0, 0);

    machine_recount(true);
    return rc;
}

long set(mfn_t table, unsigned int index, uint64_t entry)
{
    return set_by(table, index, entry, MMU_NORMAL_PT_UPDATE, DOMID_SELF);
}

int pin(mfn_t m, unsigned int level)
{
    int rc = machine_pin(m, level);

    machine_recount(true);
    return rc;
}

int unpin(mfn_t m)
{
    int rc = machine_unpin(m);

    machine_recount(true);
    return rc;
}

void build(void)
{
    machine_run(0, 1);
    l4 = frame(1, 0);
    l3 = frame(1, 1);
    l2 = frame(1, 2);
    l1 = frame(1, 3);
    data = frame(1, 4);
    for (unsigned int i = 0; i < 5; i++)
        memset(machine_table(frame(1, i)), 0, PAGE_SIZE);
    machine_table(l4)[0] = pte_make(l3, TABLE);
    machine_table(l3)[0] = pte_make(l2, TABLE);
    machine_table(l2)[0] = pte_make(l1, TABLE);
    machine_table(l1)[0] = pte_make(data, DATA | PTE_RW);
    machine_table(l1)[1] = pte_make(l4, DATA);
    machine_table(l1)[2] = pte_make(l1, DATA);
    machine_table(l1)[511] = pte_make(data, DATA | PTE_RW);
}

bool is(mfn_t m, enum frame_type t)
{
    return frame_type_now(frame_of(m)) == t;
}

bool all_idle(void)
{
    bool idle = true;

    machine_recount(true);
    for (unsigned int i = 0; i < 6; i++)
        idle = idle && is(frame(1, i), TYPE_NONE);
    return idle && !machine_broken;
}
