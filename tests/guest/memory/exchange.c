/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENMEM_exchange: frames for frames; a refused one gives every input back, and its arrays are
 * checked over their whole range (XSA-212: only the start was, and the rest was written).
 */
#include "harness.h"

static struct xen_memory_exchange exchange(xen_pfn_t *in, unsigned long in_count,
                                           unsigned int in_order, xen_pfn_t *out,
                                           unsigned long out_count, unsigned int out_order)
{
    struct xen_memory_exchange e = {
        .in = {.nr_extents = in_count, .extent_order = in_order, .domid = DOMID_SELF},
        .out = {.nr_extents = out_count, .extent_order = out_order, .domid = DOMID_SELF},
    };

    set_xen_guest_handle(e.in.extent_start, in);
    set_xen_guest_handle(e.out.extent_start, out);
    return e;
}

static long exchange_do(struct xen_memory_exchange *e)
{
    return hcall(__HYPERVISOR_memory_op, XENMEM_exchange, e);
}

TEST(exchange_one)
{
    char *page = page_alloc();
    xen_pfn_t in = mfn_of(page), out = pfn_of(page);
    struct xen_memory_exchange e = exchange(&in, 1, 0, &out, 1, 0);
    unsigned long old = in;

    REQUIRE(va_set(page, 0) == 0);
    EXPECT_EQ(exchange_do(&e), 0);
    EXPECT_EQ(e.nr_exchanged, 1);
    EXPECT(out != 0 && out != pfn_of(page));
    EXPECT_EQ(((unsigned long *)MACH2PHYS_VIRT_START)[out], pfn_of(page));
    if (out != old) {
        EXPECT(va_set(page, pte_make(old, PTE_RW)) != 0);
    }
    ((unsigned long *)start_info->mfn_list)[pfn_of(page)] = out;
    EXPECT_EQ(page_unprotect(page), 0);
}

/* What Linux does for DMA: single frames for a run of contiguous ones below a limit. */
TEST(exchange_for_contiguous)
{
    char *pages = NULL;
    xen_pfn_t in[8], out;
    struct xen_memory_exchange e = exchange(in, 8, 0, &out, 1, 3);

    for (unsigned int i = 0; i < 8; i++) {
        char *page = page_alloc();

        pages = pages == NULL ? page : pages;
        REQUIRE(page == pages + i * PAGE_SIZE);
        in[i] = mfn_of(page);
        REQUIRE(va_set(page, 0) == 0);
    }
    out = pfn_of(pages);
    e.out.mem_flags = XENMEMF_address_bits(32);
    EXPECT_EQ(exchange_do(&e), 0);
    EXPECT_EQ(e.nr_exchanged, 8);
    EXPECT_EQ(out & 7, 0);
    for (unsigned int i = 0; i < 8; i++) {
        EXPECT_EQ(((unsigned long *)MACH2PHYS_VIRT_START)[out + i], pfn_of(pages) + i);
        ((unsigned long *)start_info->mfn_list)[pfn_of(pages) + i] = out + i;
        EXPECT_EQ(page_unprotect(pages + i * PAGE_SIZE), 0);
    }
}

/* Refused for want of low memory, or for one bad frame: every input is as it was. */
TEST(exchange_gives_back)
{
    char *first = page_alloc(), *second = page_alloc();
    xen_pfn_t in[2] = {mfn_of(first), mfn_of(second)}, out = pfn_of(first);
    struct xen_memory_exchange e = exchange(in, 2, 0, &out, 1, 1);

    REQUIRE(va_set(first, 0) == 0 && va_set(second, 0) == 0);
    e.out.mem_flags = XENMEMF_address_bits(13);
    EXPECT_EQ(exchange_do(&e), E(NOMEM));
    EXPECT_EQ(e.nr_exchanged, 0);
    EXPECT_EQ(page_unprotect(first) | page_unprotect(second), 0);
    *first = *second = 1;
    REQUIRE(va_set(first, 0) == 0);
    e.out.mem_flags = 0;
    e.nr_exchanged = 0;
    /* The second is a page table. */
    in[1] = mfn_of(boot_l4);
    EXPECT(exchange_do(&e) != 0);
    EXPECT_EQ(page_unprotect(first), 0);
    *first = 2;
}

TEST(exchange_bad_arguments)
{
    char *page = page_alloc();
    xen_pfn_t in[2] = {mfn_of(page), 0}, out[2] = {pfn_of(page), 0};
    struct xen_memory_exchange e = exchange(in, 1, 0, out, 2, 0);

    /* Sizes that differ; a count of done beyond the input; wrapping products. */
    EXPECT_EQ(exchange_do(&e), E(INVAL));
    e = exchange(in, 1, 0, out, 1, 0);
    e.nr_exchanged = 2;
    EXPECT(exchange_do(&e) != 0);
    e = exchange(in, 1ul << 63, 1, out, 1ul << 63, 1);
    EXPECT(exchange_do(&e) != 0);
    e = exchange(in, 1, 63, out, 1, 63);
    EXPECT(exchange_do(&e) != 0);
    e = exchange(in, 1, 0, out, 1, 0);
    e.in.domid = 4321;
    EXPECT(exchange_do(&e) != 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_exchange, 0x1000), E(FAULT));
    EXPECT_EQ(page_unprotect(page), 0);
}

/* XSA-212: with a start index that the output array alone turns into a hypervisor address. */
TEST(exchange_output_in_hypervisor)
{
    char *page = page_alloc();
    xen_pfn_t in = mfn_of(page);
    static const uint64_t places[] = {0xffff830000000000ul, 0xffff800000000000ul,
                                      0xffff87fffffffff8ul, 0x0000800000000000ul};

    REQUIRE(va_set(page, 0) == 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
        struct xen_memory_exchange e = exchange(&in, 1, 0, (xen_pfn_t *)places[i], 1, 0);

        EXPECT_EQ(exchange_do(&e), E(FAULT));
        e = exchange(&in, 0x20000001, 0, (xen_pfn_t *)(places[i] - 0x100000000ul), 0x20000001, 0);
        e.nr_exchanged = 0x20000000;
        EXPECT(exchange_do(&e) < 0);
    }
    EXPECT_EQ(page_unprotect(page), 0);
}
