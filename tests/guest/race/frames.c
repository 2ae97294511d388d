/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU makes a frame a table, a descriptor page or nobody's, right after it took a writable
 * mapping away without a flush; the other writes through that mapping as fast as it can. No
 * write may land once the promotion has returned (XSA-401 and its like).
 */
#include "race.h"

#define SLOTS 64

/* 1 to 4: a table of that level by a pin; 5 by an entry; 6 in a GDT; 7 given back. */
enum promotion { BY_ENTRY = 5, AS_GDT, AWAY, PROMOTIONS = AWAY };

static uint64_t *frame, *upper;
static volatile uint64_t *window;
static volatile uint64_t values[3];
static volatile bool open;
static volatile unsigned long written;
static unsigned long promoted[PROMOTIONS + 1], refused;
/* What an entry of a table of this level may name. */
static uint64_t *below[5];

/* Writes until the mapping is gone; sound entries only, so that many promotions succeed. */
static void write_stale(void)
{
    unsigned int n = 0;

    while (!open && !race_over()) {
        race_pause(1);
    }
    fault_clear();
    while (!fault_last()->taken && n < 100000) {
        volatile uint64_t *at = &window[race_random() % SLOTS];

        n++;
        PROBE("movq %1, (%0)",
              :
              : "r"(at), "r"(n % 4 == 3 ? (n & 0x7ff) << 1 : values[n % 3])
              : "memory");
        written++;
    }
}

static long give_back(xen_pfn_t mfn)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, &mfn);
    return hcall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r) == 1 ? 0 : E(INVAL);
}

/* A frame for the page whose own was given back; it may be the same one. */
static void take_again(void)
{
    xen_pfn_t frames = pfn_of(frame);
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, &frames);
    REQUIRE(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) == 1);
    ((unsigned long *)start_info->mfn_list)[pfn_of(frame)] = frames;
    REQUIRE(va_set(frame, pte_make(frames, PTE_RO)) == 0);
}

static long promote(unsigned int how)
{
    unsigned long mfn = mfn_of(frame);

    switch (how) {
    case BY_ENTRY:
        return pte_set(upper, pte_make(mfn, PTE_RW));
    case AS_GDT:
        return hcall(__HYPERVISOR_set_gdt, &mfn, 512);
    case AWAY:
        return va_set_no_flush(frame, 0) == 0 ? give_back(mfn) : E(FAULT);
    default:
        return pin(how, frame);
    }
}

static void demote(unsigned int how)
{
    switch (how) {
    case BY_ENTRY:
        EXPECT_EQ(pte_set(upper, 0), 0);
        break;
    case AS_GDT:
        EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, NULL, 0), 0);
        break;
    case AWAY:
        break;
    default:
        EXPECT_EQ(unpin(frame), 0);
        break;
    }
}

/* The frame stays as it is now, for a while. */
static void expect_still(unsigned int how)
{
    static uint64_t now[SLOTS];

    memcpy(now, frame, sizeof(now));
    for (unsigned int turn = 0; turn < 20; turn++) {
        for (unsigned int i = 0; i < SLOTS; i++) {
            uint64_t seen = ((volatile uint64_t *)frame)[i];

            /* The CPU itself may set A and D of a table's entry. */
            if (((seen ^ now[i]) & ~(PTE_A | PTE_D)) != 0) {
                FAIL("promotion %u: entry %u went from %lx to %lx afterwards", how, i, now[i],
                     seen);
                return;
            }
        }
        race_pause(20);
    }
}

static void promote_round(void)
{
    unsigned int how = 1 + (unsigned int)(race_rounds(0) % PROMOTIONS);
    unsigned int level = how <= 4 ? how : 1;
    unsigned long before = written;
    long ret;

    REQUIRE(page_unprotect(frame) == 0);
    memset(frame, 0, PAGE_SIZE);
    REQUIRE(va_set_no_flush(frame, pte_make(mfn_of(frame), PTE_RO)) == 0);
    values[0] = how == AS_GDT ? 0 : pte_make(mfn_of(below[level]), level == 1 ? PTE_RO : PTE_RW);
    values[1] = 0;
    values[2] = how == AS_GDT ? 0 : pte_make(mfn_of(below[level]), PTE_RW);
    REQUIRE(va_set_no_flush((void *)window, pte_make(mfn_of(frame), PTE_RW)) == 0);
    open = true;
    for (unsigned int turn = 0; written == before && turn < 1000000; turn++) {
        race_pause(1);
    }
    race_pause(race_pick(300));
    REQUIRE(va_set_no_flush((void *)window, 0) == 0);
    open = false;
    ret = promote(how);
    if (ret != 0) {
        /* An entry of the last round's level, written late. */
        refused++;
        if (how == AWAY) {
            REQUIRE(va_set(frame, pte_make(mfn_of(frame), PTE_RO)) == 0);
        }
        return;
    }
    promoted[how]++;
    if (how == AWAY) {
        take_again();
    }
    expect_still(how);
    demote(how);
    expect_still(how);
}

TEST(race_stale_writes)
{
    struct tables tables;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    for (unsigned int level = 1; level <= 4; level++) {
        below[level] = tables.at[level - 1];
    }
    upper = &tables.at[2][7];
    frame = page_alloc();
    window = page_alloc();
    memset(promoted, 0, sizeof(promoted));
    written = refused = 0;
    race(promote_round, write_stale);
    print("  %lu writes, %lu refused\n", written, refused);
    for (unsigned int how = 1; how <= PROMOTIONS; how++) {
        if (promoted[how] == 0) {
            FAIL("promotion %u never succeeded", how);
        }
    }
    race_expect_free(frame);
    EXPECT_EQ(page_unprotect((void *)window), 0);
    EXPECT_EQ(unpin(tables.at[4]), 0);
    tables_unprotect(&tables);
    race_audit();
}
