/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that are stopped at every place where they can be, and that the guest gives up after every
 * number of executions: the work gets done, nothing is lost, and undoing ends even if the CPU is
 * always wanted elsewhere.
 */
#include <string.h>

#include "lib/errno.h"
#include "pv/mmu.h"
#include "pv/table.h"
#include "pv_guest.h"
#include "unit.h"

/* More tables than one of each level, so that there is something to stop between. */
static void build_more(void)
{
    build();
    memset(machine_table(frame(1, 5)), 0, PAGE_SIZE);
    machine_table(frame(1, 5))[9] = pte_make(data, DATA | PTE_RW);
    machine_table(l4)[500] = pte_make(l3, TABLE);
    machine_table(l3)[3] = machine_table(l3)[400] = pte_make(l2, TABLE);
    machine_table(l2)[8] = machine_table(l2)[511] = pte_make(frame(1, 5), TABLE);
}

static long pin_stopped(unsigned int cmd, mfn_t m, unsigned int wanted, unsigned int limit)
{
    struct mmuext_op op = {.cmd = cmd};
    long rc;

    op.arg1.mfn = m.n;
    rc = machine_mmuext(&op, 1, DOMID_SELF, wanted, limit);
    machine_recount(true);
    return rc;
}

/* Undoing goes on, and ends, even if the CPU is always wanted elsewhere. */
static void undo_stopped(void)
{
    unsigned int tries = 0;

    do {
        machine_wanted_after(1);
        machine_recount(true);
    } while (table_undo_pending(&machine_vcpus[0]) && ++tries < 100);
    EXPECT(tries < 100);
    machine_wanted_after(0);
}

static void stopped_everywhere(void)
{
    build_more();
    for (unsigned int wanted = 1; wanted < 40; wanted++) {
        EXPECT(!pin_stopped(MMUEXT_PIN_L4_TABLE, l4, wanted, 100) && is(l1, TYPE_L1));
        EXPECT(!pin_stopped(MMUEXT_UNPIN_TABLE, l4, wanted, 100));
        undo_stopped();
        EXPECT(all_idle());
    }
}

/* Uses a frame as plain memory for a moment, if that is possible. */
static void touch(mfn_t m)
{
    if (!frame_get_type(m, 1, TYPE_WRITABLE))
        frame_put_type(frame_of(m));
    machine_recount(true);
}

/* The guest gives up after each number of executions, and wants the frames as something else. */
static void abandoned_everywhere(void)
{
    for (unsigned int limit = 0; limit < 12; limit++) {
        for (unsigned int n = 0; n < 6; n++) {
            build_more();
            (void)pin_stopped(MMUEXT_PIN_L4_TABLE, l4, 1, limit);
            if (frame_of(l4)->type & TYPE_PINNED)
                (void)pin_stopped(MMUEXT_UNPIN_TABLE, l4, 1, 0);
            machine_wanted_after(2);
            for (unsigned int i = 0; i < 6; i++)
                touch(frame(1, (n + i) % 6));
            machine_wanted_after(0);
            EXPECT(!table_undo_pending(&machine_vcpus[0]));
            for (unsigned int i = 0; i < 6; i++) /* the uppermost table first */
                touch(frame(1, i));
            EXPECT(all_idle());
        }
    }
}

/*
 * An L1 is stopped, too, when it maps a frame that is a table half done: its undoing may stop. The
 * entries before are taken once, however often it is begun again.
 */
static void an_l1_that_is_stopped(void)
{
    mfn_t table = frame(1, 6);
    long rc = -ERESTART;

    build_more();
    memset(machine_table(table), 0, PAGE_SIZE);
    machine_table(table)[0] = pte_make(data, DATA | PTE_RW);
    machine_table(table)[1] = pte_make(frame(1, 7), DATA);
    machine_table(table)[300] = pte_make(l3, DATA | PTE_RW);
    for (unsigned int tries = 0; type_index(frame_of(l3)->type) != 400 && tries < 20; tries++)
        EXPECT(pin_stopped(MMUEXT_PIN_L3_TABLE, l3, 1, 0) == -ERESTART);
    EXPECT(pin_stopped(MMUEXT_PIN_L1_TABLE, table, 1, 0) == -ERESTART);
    EXPECT(frame_of(table)->type & TYPE_PARTIAL && type_index(frame_of(table)->type) == 300);
    for (unsigned int tries = 0; rc == -ERESTART && tries < 20; tries++)
        rc = pin_stopped(MMUEXT_PIN_L1_TABLE, table, 1, 0);
    EXPECT(!rc && is(l3, TYPE_WRITABLE) && is(table, TYPE_L1));
    EXPECT(!unpin(table) && all_idle());
}

int main(void)
{
    pv_machine_start();
    RUN(stopped_everywhere);
    RUN(abandoned_everywhere);
    RUN(an_l1_that_is_stopped);
    machine_teardown();
    return UNIT_RESULT | (machine_broken != NULL);
}
