/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * set_gdt: a page with one descriptor that no guest may have is no descriptor page, wherever in it
 * that lies, and what was there before stays in force.
 */
#include "harness.h"

TEST(set_gdt_bad_descriptor)
{
    static const struct {
        uint64_t value;
        const char *what;
    } bad[] = {
        {0x0000890000000067ul, "a task state segment"},
        {0x00008b0000000067ul, "a busy task state segment"},
        {0x0000e20000000ffful, "a local descriptor table"},
        {0x0000ee0000e00000ul, "an interrupt gate"},
        {0x0000ef0000e00000ul, "a trap gate"},
        {0x0000e50000e00000ul, "a task gate"},
    };
    uint64_t *page = page_alloc();
    unsigned long frame = mfn_of(page);

    for (unsigned int i = 0; i < ARRAY_SIZE(bad) * 3; i++) {
        static const unsigned int slots[] = {0, 100, 511};
        unsigned int slot = slots[i % 3];

        page[slot] = bad[i / 3].value;
        REQUIRE(page_protect(page) == 0);
        if (hcall(__HYPERVISOR_set_gdt, &frame, 512) != E(INVAL)) {
            FAIL("%s in slot %u is taken", bad[i / 3].what, slot);
            hcall(__HYPERVISOR_set_gdt, NULL, 0);
        }
        REQUIRE(page_unprotect(page) == 0);
        page[slot] = 0;
    }
    REQUIRE(page_protect(page) == 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, &frame, 512), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, NULL, 0), 0);
    REQUIRE(page_unprotect(page) == 0);
}
