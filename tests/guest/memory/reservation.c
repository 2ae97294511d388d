/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames given back and taken: a page leaves only when nothing maps it, comes back empty of
 * other domains' data, and the calls say how many extents they did.
 */
#include "harness.h"

static long memory_op(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_memory_op, command, argument);
}

static struct xen_memory_reservation reservation(xen_pfn_t *frames, unsigned long count)
{
    struct xen_memory_reservation r = {.nr_extents = count, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, frames);
    return r;
}

/* Gives the frame of `page` back and returns its number. */
static unsigned long give_back(const void *page)
{
    xen_pfn_t frame = mfn_of(page);
    struct xen_memory_reservation r = reservation(&frame, 1);

    REQUIRE(va_set(page, 0) == 0);
    EXPECT_EQ(memory_op(XENMEM_decrease_reservation, &r), 1);
    return frame;
}

/* Takes a new frame for `page` and maps it. */
static void take(void *page)
{
    xen_pfn_t frame = pfn_of(page);
    struct xen_memory_reservation r = reservation(&frame, 1);
    unsigned long *p2m = (unsigned long *)start_info->mfn_list;

    REQUIRE(memory_op(XENMEM_populate_physmap, &r) == 1);
    p2m[pfn_of(page)] = frame;
    REQUIRE(page_unprotect(page) == 0);
}

TEST(memory_give_and_take)
{
    char *page = page_alloc();
    unsigned long mfn,
        before = (unsigned long)memory_op(XENMEM_current_reservation, &(domid_t){DOMID_SELF});

    memset(page, 0x5a, PAGE_SIZE);
    mfn = give_back(page);
    EXPECT_EQ(memory_op(XENMEM_current_reservation, &(domid_t){DOMID_SELF}), before - 1);
    /* No longer this domain's: neither to map nor to give back again. */
    EXPECT(va_set(page, pte_make(mfn, PTE_RW)) != 0);
    EXPECT(va_set(page, pte_make(mfn, PTE_RO)) != 0);
    take(page);
    EXPECT_EQ(memory_op(XENMEM_current_reservation, &(domid_t){DOMID_SELF}), before);
    EXPECT_EQ(((unsigned long *)MACH2PHYS_VIRT_START)[mfn_of(page)], pfn_of(page));
    *(volatile char *)page = 1;
}

/* XSA-252's ground: a pinned table given back either stays whole or is let go of whole. */
TEST(memory_decrease_pinned)
{
    uint64_t *table = page_alloc();
    xen_pfn_t frame = mfn_of(table);
    struct xen_memory_reservation r = reservation(&frame, 1);
    long ret;

    REQUIRE(va_set(table, 0) == 0 && pin(1, table) == 0);
    ret = memory_op(XENMEM_decrease_reservation, &r);
    if (ret == 0) {
        EXPECT_EQ(unpin(table), 0);
        EXPECT_EQ(page_unprotect(table), 0);
    } else {
        EXPECT_EQ(ret, 1);
        /* Whose pin it is by then is the hypervisor's affair; the frame is not the guest's. */
        unpin(table);
        EXPECT(va_set(table, pte_make(frame, PTE_RO)) != 0);
        take(table);
    }
}

/* Given back while mapped: the frame goes to nobody before the mapping does. */
TEST(memory_decrease_mapped)
{
    char *page = page_alloc();
    xen_pfn_t frame = mfn_of(page);
    struct xen_memory_reservation r = reservation(&frame, 1);

    page[0] = 0x33;
    if (memory_op(XENMEM_decrease_reservation, &r) == 1) {
        EXPECT_EQ(*(volatile char *)page, 0x33);
        REQUIRE(va_set(page, 0) == 0);
        EXPECT(va_set(page, pte_make(frame, PTE_RW)) != 0);
        take(page);
    }
}

TEST(memory_decrease_bad)
{
    static const unsigned long frames[] = {0xfffffff0ul, 0x200, 0xfee00, ~0ul};

    for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
        xen_pfn_t frame = frames[i];
        struct xen_memory_reservation r = reservation(&frame, 1);

        EXPECT_EQ(memory_op(XENMEM_decrease_reservation, &r), 0);
    }
    EXPECT(shared_info->vcpu_info[0].time.version != 0);
}

TEST(memory_partial_batch)
{
    char *pages[3] = {page_alloc(), page_alloc(), page_alloc()};
    xen_pfn_t frames[3];
    struct xen_memory_reservation r = reservation(frames, 3);

    for (unsigned int i = 0; i < 3; i++) {
        frames[i] = mfn_of(pages[i]);
        REQUIRE(va_set(pages[i], 0) == 0);
    }
    frames[1] = 0xfffffff0ul;
    EXPECT_EQ(memory_op(XENMEM_decrease_reservation, &r), 1);
    EXPECT(va_set(pages[0], pte_make(mfn_of(pages[0]), PTE_RW)) != 0);
    EXPECT_EQ(page_unprotect(pages[2]), 0);
    EXPECT_EQ(page_unprotect(pages[1]), 0);
    take(pages[0]);
}

TEST(memory_increase)
{
    char *page = page_alloc();
    xen_pfn_t frame = 0;
    struct xen_memory_reservation r = reservation(&frame, 1);
    unsigned long *p2m = (unsigned long *)start_info->mfn_list;

    give_back(page);
    EXPECT_EQ(memory_op(XENMEM_increase_reservation, &r), 1);
    EXPECT(frame != 0);
    p2m[pfn_of(page)] = frame;
    EXPECT_EQ(mmu_update1(frame << PAGE_SHIFT | MMU_MACHPHYS_UPDATE, pfn_of(page)), 0);
    EXPECT_EQ(page_unprotect(page), 0);
}

/* Beyond the domain's maximum nothing comes, and the call says how far it got. */
TEST(memory_maximum)
{
    long maximum = memory_op(XENMEM_maximum_reservation, &(domid_t){DOMID_SELF});
    long current = memory_op(XENMEM_current_reservation, &(domid_t){DOMID_SELF});
    xen_pfn_t frame = pfn_of(page_alloc());
    struct xen_memory_reservation r = reservation(&frame, 1);

    EXPECT(current > 0 && maximum >= current);
    EXPECT_EQ(memory_op(XENMEM_maximum_reservation, &(domid_t){4321}), E(SRCH));
    EXPECT_EQ(memory_op(XENMEM_current_reservation, &(domid_t){4321}), E(SRCH));
    EXPECT_EQ(memory_op(XENMEM_maximum_reservation, (void *)0x1000), E(FAULT));
    if (maximum == current) {
        EXPECT_EQ(memory_op(XENMEM_populate_physmap, &r), 0);
        EXPECT_EQ(memory_op(XENMEM_increase_reservation, &r), 0);
    }
}

TEST(memory_bad_reservations)
{
    static const unsigned int commands[] = {XENMEM_increase_reservation,
                                            XENMEM_decrease_reservation, XENMEM_populate_physmap};
    xen_pfn_t frame = 0xfffffff0ul;

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        struct xen_memory_reservation r = reservation(&frame, 0);

        EXPECT_EQ(memory_op(commands[i], &r), 0);
        r.nr_extents = 1;
        r.domid = 4321;
        EXPECT_EITHER(memory_op(commands[i], &r), 0, E(SRCH));
        r.domid = DOMID_SELF;
        r.extent_order = 60;
        EXPECT(memory_op(commands[i], &r) <= 0);
        r.extent_order = 0;
        r.nr_extents = ~0ul;
        EXPECT(memory_op(commands[i], &r) <= 0);
        r.nr_extents = 1;
        set_xen_guest_handle(r.extent_start, (void *)0x1000);
        EXPECT(memory_op(commands[i], &r) <= 1);
        set_xen_guest_handle(r.extent_start, (void *)0xffff830000000000ul);
        EXPECT(memory_op(commands[i], &r) <= 0);
        EXPECT_EITHER(memory_op(commands[i], (void *)0x1000), 0, E(FAULT));
    }
}
