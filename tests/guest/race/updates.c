/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both vCPUs change the same entries of one table, in each way that there is: single and batched
 * updates, update_va_mapping, and the kernel's own stores, which the hypervisor emulates; while
 * they also read and write through it. In the end each frame has its old counts and type.
 */
#include "race.h"

#define PAGES   6
#define ENTRIES 8

static uint64_t *pages[PAGES];
static uint64_t *table;
static struct tables tables;
static unsigned long done[STACK_COUNT], refused[STACK_COUNT];

static void count(long ret)
{
    done[this_cpu()->id]++;
    refused[this_cpu()->id] += ret != 0;
}

static uint64_t random_entry(void)
{
    static const uint64_t flags[] = {PTE_RO,         PTE_RW, PTE_RW, PTE_P, PTE_P | PTE_W | PTE_NX,
                                     PTE_RO | PTE_NX};
    unsigned int page = race_pick(PAGES + 2);

    if (page >= PAGES) {
        return page == PAGES ? 0 : pte_make(mfn_of(table), PTE_RO);
    }
    return pte_make(mfn_of(pages[page]), flags[race_pick(ARRAY_SIZE(flags))]);
}

static void batch(const uint64_t *at)
{
    mmu_update_t updates[6];

    for (unsigned int i = 0; i < ARRAY_SIZE(updates); i++) {
        updates[i].ptr = machine_of(&at[race_pick(ENTRIES)]) |
                         (i % 3 == 2 ? MMU_PT_UPDATE_PRESERVE_AD : MMU_NORMAL_PT_UPDATE);
        updates[i].val = random_entry();
    }
    count(hcall(__HYPERVISOR_mmu_update, updates, ARRAY_SIZE(updates), NULL, DOMID_SELF));
}

/* The kernel's own stores to a table that it maps read-only: emulated, or a fault of its own. */
static void store(volatile uint64_t *at)
{
    switch (race_pick(4)) {
    case 0:
        PROBE("movq %1, (%0)", : : "r"(at), "r"(random_entry()) : "memory");
        break;
    case 1:
        PROBE("xchgq %1, (%0)", : : "r"(at), "r"(random_entry()) : "memory");
        break;
    case 2:
        PROBE("lock andb $0xfd, (%0)", : : "r"(at) : "memory");
        break;
    default:
        PROBE("lock cmpxchgq %1, (%0)", : : "r"(at), "r"(random_entry()), "a"(*at) : "memory");
        break;
    }
}

static void update_l1(void)
{
    unsigned int i = race_pick(ENTRIES);
    char *at = (char *)(SCRATCH_VA + i * PAGE_SIZE);

    switch (race_pick(8)) {
    case 0:
    case 1:
        count(mmu_update1(machine_of(&table[i]) | MMU_NORMAL_PT_UPDATE, random_entry()));
        break;
    case 2:
        count(mmu_update1(machine_of(&table[i]) | MMU_PT_UPDATE_PRESERVE_AD, random_entry()));
        break;
    case 3:
        batch(table);
        break;
    case 4:
        count(hcall(__HYPERVISOR_update_va_mapping, at, random_entry(),
                    race_pick(2) ? UVMF_NONE : UVMF_INVLPG | UVMF_ALL));
        break;
    case 5:
        store(&table[i]);
        break;
    case 6:
        probe_read(at);
        break;
    default:
        probe_write(at + 8 * race_pick(16), 0);
        break;
    }
}

static void setup(void)
{
    for (unsigned int i = 0; i < PAGES; i++) {
        pages[i] = page_alloc();
    }
    memset(done, 0, sizeof(done));
    memset(refused, 0, sizeof(refused));
}

static void report(void)
{
    print("  vCPU 0: %lu updates, %lu refused; vCPU 1: %lu, %lu\n", done[0], refused[0], done[1],
          refused[1]);
    EXPECT(refused[0] < done[0] && refused[1] < done[1]);
}

/* The L1 of a live address; nothing but legal updates, so none may be refused. */
TEST(race_update_l1)
{
    setup();
    table = page_of_mfn((*pte_find((unsigned long)tables_make(SCRATCH_VA), 1) & PTE_MFN_MASK) >>
                        PAGE_SHIFT);
    race_both(update_l1);
    report();
    EXPECT_EQ(refused[0] + refused[1], 0);
    for (unsigned int i = 0; i < ENTRIES; i++) {
        EXPECT_EQ(pte_set(&table[i], 0), 0);
        probe_read((char *)(SCRATCH_VA + i * PAGE_SIZE));
    }
    for (unsigned int i = 0; i < PAGES; i++) {
        race_expect_free(pages[i]);
    }
    race_audit();
}

/* Slots of one level that name tables of the next: each update checks and undoes whole tables. */
static void update_upper(uint64_t *at, unsigned int level)
{
    unsigned int i = race_pick(ENTRIES), page = race_pick(PAGES + 1);
    uint64_t value = page == PAGES ? 0 : pte_make(mfn_of(pages[page]), PTE_RW);

    switch (race_pick(4)) {
    case 0:
        count(mmu_update1(machine_of(&at[i]) | MMU_PT_UPDATE_PRESERVE_AD, value));
        break;
    case 1:
        PROBE("movq %1, (%0)", : : "r"(&at[i]), "r"(value) : "memory");
        break;
    default:
        count(mmu_update1(machine_of(&at[i]) | MMU_NORMAL_PT_UPDATE, value));
        break;
    }
    /* Now and then the table below is pinned and unpinned by itself. */
    if (page < PAGES && race_pick(8) == 0 && pin(level - 1, pages[page]) == 0) {
        unpin(pages[page]);
    }
}

static unsigned int upper_level;

static void update_one_upper(void)
{
    update_upper(&tables.at[upper_level][8], upper_level);
}

static void upper(unsigned int level)
{
    setup();
    tables_build(&tables);
    upper_level = level;
    for (unsigned int i = 0; i < PAGES; i++) {
        for (unsigned int slot = i; slot < 512; slot += 60 + i) {
            pages[i][slot] = pte_make(mfn_of(tables.at[level - 2]), PTE_RW);
        }
        REQUIRE(page_protect(pages[i]) == 0);
    }
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    race_both(update_one_upper);
    report();
    for (unsigned int i = 0; i < ENTRIES; i++) {
        EXPECT_EQ(pte_set(&tables.at[level][8 + i], 0), 0);
    }
    EXPECT_EQ(unpin(tables.at[4]), 0);
    for (unsigned int i = 0; i < PAGES; i++) {
        race_expect_free(pages[i]);
    }
    tables_unprotect(&tables);
    race_audit();
}

TEST(race_update_l2)
{
    upper(2);
}

TEST(race_update_l3)
{
    upper(3);
}

TEST(race_update_l4)
{
    upper(4);
}
