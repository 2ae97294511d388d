/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU gives a frame back and takes it again, over and over; the other uses its number all the
 * while: maps it, pins it, copies to it, says what its PFN is. What is refused at one moment and
 * granted at the next must leave each reference with the owner that it was taken from.
 */
#include "race.h"

static char *page, *window;
static volatile unsigned long frame;
static volatile unsigned long taken, used, refused;

static long memory_op(unsigned int command, xen_pfn_t *extent)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, extent);
    return hcall(__HYPERVISOR_memory_op, command, &r);
}

static void give_and_take(void)
{
    xen_pfn_t gone = frame, come = pfn_of(page);

    EXPECT_EQ(memory_op(XENMEM_decrease_reservation, &gone), 1);
    /* Still used by the other: it takes the place of no new one until that lets go. */
    while (memory_op(XENMEM_populate_physmap, &come) != 1 && !race_over()) {
        come = pfn_of(page);
    }
    frame = come;
    taken++;
}

static void use_number(void)
{
    unsigned long mfn = frame;
    long ret = 0;

    switch (race_pick(6)) {
    case 0:
        ret = mmu_update1((uint64_t)mfn << PAGE_SHIFT | MMU_MACHPHYS_UPDATE, pfn_of(page));
        break;
    case 1:
        ret = mmuext(MMUEXT_CLEAR_PAGE, mfn, 0);
        break;
    case 2:
        ret = mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0);
        if (ret == 0) {
            EXPECT_EQ(mmuext(MMUEXT_UNPIN_TABLE, mfn, 0), 0);
        }
        break;
    default:
        ret = va_set_no_flush(window, pte_make(mfn, race_pick(2) ? PTE_RO : PTE_RW));
        EXPECT_EQ(va_set_no_flush(window, 0), 0);
        break;
    }
    used += ret == 0;
    refused += ret != 0;
}

static bool both_happened(void)
{
    return taken > 0 && used > 0;
}

TEST_ALONE(race_owner)
{
    page = page_alloc();
    window = page_alloc();
    frame = mfn_of(page);
    REQUIRE(va_set(page, 0) == 0);
    taken = used = refused = 0;
    race_until(both_happened);
    race(give_and_take, use_number);
    print("  taken %lu times, used %lu times, refused %lu times\n", taken, used, refused);
    EXPECT(both_happened());
    ((unsigned long *)start_info->mfn_list)[pfn_of(page)] = frame;
    EXPECT_EQ(page_unprotect(window), 0);
    race_expect_free(page);
    race_audit();
}
