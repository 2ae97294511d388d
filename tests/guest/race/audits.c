/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Audits while the other vCPU is in the middle of long calls: each stops where it is, and what it
 * holds there (a table half checked or half undone, a batch half done) must be found.
 */
#include "race.h"

#include <xen/mortise.h>

#define BATCH 256

static struct tables t;
static mmu_update_t batch[BATCH];
static uint64_t *l1, *spare;

/* Every slot names the table below: each is a use, and a place to stop at. */
static void fill(void)
{
    for (unsigned int i = 0; i < 512; i++) {
        t.at[2][i] = pte_make(mfn_of(t.at[1]), PTE_RW);
        t.at[3][i] = pte_make(mfn_of(t.at[2]), PTE_RW);
        t.at[4][i] = i < 256 || i > 271 ? pte_make(mfn_of(t.at[3]), PTE_RW) : 0;
    }
}

/* All of an L1's entries come and go, writable and not. */
static void updates(uint64_t flags)
{
    for (unsigned int i = 0; i < BATCH; i++) {
        batch[i].ptr = machine_of(&l1[i]);
        batch[i].val = flags != 0 ? pte_make(mfn_of(spare), flags) : 0;
    }
    EXPECT_EQ(hcall(__HYPERVISOR_mmu_update, batch, BATCH, NULL, DOMID_SELF), 0);
}

static void long_calls(void)
{
    EXPECT_EQ(pin(4, t.at[4]), 0);
    updates(race_pick(2) ? PTE_RW : PTE_RO);
    EXPECT_EQ(unpin(t.at[4]), 0);
    updates(race_pick(2) ? PTE_RO : 0);
}

static void audits(void)
{
    race_audit();
    race_pause(race_pick(100000));
}

TEST(race_audits)
{
    tables_build(&t);
    fill();
    l1 = page_alloc();
    spare = page_alloc();
    REQUIRE(tables_protect(&t, 4) == 0 && page_protect(l1) == 0 && pin(1, l1) == 0);
    race(audits, long_calls);
    updates(0);
    EXPECT_EQ(unpin(l1), 0);
    EXPECT_EQ(page_unprotect(l1), 0);
    for (unsigned int level = 1; level <= 4; level++) {
        race_expect_free(t.at[level]);
    }
}

static unsigned long refused[STACK_COUNT];

static void audit_or_not(void)
{
    struct mortise_audit audit = {.interface_version = MORTISE_INTERFACE_VERSION};
    long ret = hcall(__HYPERVISOR_mortise_op, MORTISE_audit, &audit);

    if (ret == E(BUSY)) {
        refused[this_cpu()->id]++;
    } else if (subject_is_mortise()) {
        EXPECT_EQ(ret, 0);
        EXPECT_EQ(audit.total, 0);
    }
}

static volatile bool enough;

static void audits_there(void)
{
    while (!enough) {
        audit_or_not();
        race_pause(race_pick(20000));
    }
}

/* Two audits: one is refused, and nobody waits for the other for ever. */
TEST(race_two_audits)
{
    uint64_t end = time_now() + 20000000000ul;

    if (!subject_is_mortise()) {
        SKIP("the subject has no audit");
    }
    refused[0] = refused[1] = 0;
    enough = false;
    REQUIRE(cpu_start(1) == 0);
    cpu_run(1, audits_there);
    while (refused[0] + refused[1] == 0 && time_now() < end) {
        audit_or_not();
        race_pause(race_pick(20000));
    }
    enough = true;
    EXPECT(cpu_wait(1));
    print("  refused %lu and %lu\n", refused[0], refused[1]);
    EXPECT(refused[0] + refused[1] != 0);
}
