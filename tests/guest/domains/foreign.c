/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames and tables of another domain in the hands of the control domain: what may be mapped,
 * pinned and renumbered, and what is refused.
 */
#include "domain.h"

static long pin_foreign(const struct child *c, unsigned int command, unsigned long mfn)
{
    struct mmuext_op op = {.cmd = command, .arg1.mfn = mfn};

    return hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, c->id);
}

TEST(foreign_mapping)
{
    volatile uint64_t *word = slot_address(SLOT_TEST);
    struct child c;

    child_make(&c);
    EXPECT_EQ(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_FREE], PTE_RW), 0);
    word[5] = 0xabcdef;
    EXPECT_EQ(child_job(&c, JOB_READ, child_va(CHILD_FREE) + 40, 0), 0xabcdef);
    child_job(&c, JOB_WRITE, child_va(CHILD_FREE) + 48, 0x123456);
    EXPECT_EQ(word[6], 0x123456);
    slot_unmap(SLOT_TEST);
    /* a table may be read, and nothing else */
    EXPECT_EITHER(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_L1], PTE_RW), E(INVAL), E(BUSY));
    EXPECT_EQ(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_L1], PTE_RO), 0);
    EXPECT_EQ(word[CHILD_FREE] >> PAGE_SHIFT & 0xfffffffffful, c.mfns[CHILD_FREE]);
    slot_unmap(SLOT_TEST);
    /* whose frame it is must be said rightly */
    EXPECT_EITHER(slot_map(SLOT_TEST, c.id, mfn_of(boot_l4), PTE_RO), E(INVAL), E(BUSY));
    EXPECT_EITHER(slot_map(SLOT_TEST, DOMID_SELF, c.mfns[CHILD_FREE], PTE_RW), E(INVAL), E(BUSY));
    EXPECT_EITHER(slot_map(SLOT_TEST, c.id, 0xffffffff, PTE_RW), E(INVAL), E(PERM));
    EXPECT_EQ(slot_map(SLOT_TEST, 4321, c.mfns[CHILD_FREE], PTE_RW), E(SRCH));
    child_end(&c);
    EXPECT_EQ(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_FREE], PTE_RW), E(SRCH));
}

/* The entry that maps a foreign frame can be overwritten, and go with its table. */
TEST(foreign_mapping_overwritten)
{
    void *page = page_alloc();
    struct child c;

    child_make(&c);
    EXPECT_EQ(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_FREE], PTE_RW), 0);
    EXPECT_EQ(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_FREE + 1], PTE_RO), 0);
    EXPECT_EQ(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_FREE + 1], PTE_RW), 0);
    EXPECT_EQ(slot_map(SLOT_TEST, DOMID_SELF, mfn_of(page), PTE_RW), 0);
    slot_unmap(SLOT_TEST);
    EXPECT_EQ(hcall(__HYPERVISOR_update_va_mapping_otherdomain, slot_address(SLOT_TEST),
                    pte_make(c.mfns[CHILD_FREE], PTE_RW), UVMF_INVLPG | UVMF_LOCAL, c.id),
              0);
    ((volatile uint64_t *)slot_address(SLOT_TEST))[1] = 77;
    EXPECT_EQ(child_job(&c, JOB_READ, child_va(CHILD_FREE) + 8, 0), 77);
    EXPECT_EITHER(hcall(__HYPERVISOR_update_va_mapping_otherdomain, slot_address(SLOT_TEST),
                        pte_make(c.mfns[CHILD_L4], PTE_RW), UVMF_INVLPG | UVMF_LOCAL, c.id),
                  E(INVAL), E(BUSY));
    EXPECT_EQ(hcall(__HYPERVISOR_update_va_mapping_otherdomain, slot_address(SLOT_TEST), 0,
                    UVMF_INVLPG | UVMF_LOCAL, 4321),
              E(SRCH));
    slot_unmap(SLOT_TEST);
    child_end(&c);
}

TEST(foreign_pins)
{
    struct child c;

    child_make(&c);
    EXPECT_EQ(pin_foreign(&c, MMUEXT_PIN_L4_TABLE, c.mfns[CHILD_L4]), E(INVAL));
    EXPECT_EQ(pin_foreign(&c, MMUEXT_PIN_L2_TABLE, c.mfns[CHILD_L1]), E(INVAL));
    EXPECT_EQ(pin_foreign(&c, MMUEXT_PIN_L1_TABLE, c.mfns[CHILD_FREE]), E(INVAL));
    EXPECT_EQ(pin_foreign(&c, MMUEXT_PIN_L1_TABLE, mfn_of(boot_l4)), E(INVAL));
    EXPECT_EQ(pin_foreign(&c, MMUEXT_UNPIN_TABLE, c.mfns[CHILD_FREE]), E(INVAL));
    EXPECT_EQ(pin_foreign(&c, MMUEXT_PIN_L1_TABLE, c.mfns[CHILD_L1]), 0);
    EXPECT_EQ(pin_foreign(&c, MMUEXT_UNPIN_TABLE, c.mfns[CHILD_L1]), 0);
    EXPECT_EQ(pin_foreign(&c, MMUEXT_PIN_L3_TABLE, c.mfns[CHILD_L3]), 0);
    EXPECT_EQ(pin_foreign(&c, MMUEXT_NEW_BASEPTR, c.mfns[CHILD_L4]), E(PERM));
    child_end(&c); /* with pins of its own and of others */
}

/* A root whose tables are wrong is refused, and what was checked of it is given back. */
TEST(foreign_pin_bad)
{
    struct child c;
    uint64_t *t;

    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    child_populate(&c, CHILD_PAGES);
    child_fill(&c);
    REQUIRE(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_L1], PTE_RW) == 0);
    t = slot_address(SLOT_TEST);
    EXPECT_EITHER(pin_foreign(&c, MMUEXT_PIN_L4_TABLE, c.mfns[CHILD_L4]), E(INVAL), E(BUSY));
    t[CHILD_FREE] = pte_make(mfn_of(boot_l4), PTE_RO); /* the toolstack's own frame */
    slot_unmap(SLOT_TEST);
    EXPECT_EITHER(pin_foreign(&c, MMUEXT_PIN_L4_TABLE, c.mfns[CHILD_L4]), E(INVAL), E(BUSY));
    REQUIRE(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_L1], PTE_RW) == 0);
    t[CHILD_FREE] = pte_make(c.mfns[CHILD_L1], PTE_RW); /* a table that could be written */
    slot_unmap(SLOT_TEST);
    EXPECT_EITHER(pin_foreign(&c, MMUEXT_PIN_L4_TABLE, c.mfns[CHILD_L4]), E(INVAL), E(BUSY));
    REQUIRE(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_L1], PTE_RW) == 0);
    t[CHILD_FREE] = 0;
    slot_unmap(SLOT_TEST);
    EXPECT_EQ(pin_foreign(&c, MMUEXT_PIN_L4_TABLE, c.mfns[CHILD_L4]), 0);
    child_end(&c);
}

TEST(foreign_m2p)
{
    mmu_update_t update;
    struct child c;

    child_make(&c);
    EXPECT_EQ(((unsigned long *)MACH2PHYS_VIRT_START)[c.mfns[CHILD_FREE]], CHILD_FREE);
    update.ptr = (uint64_t)c.mfns[CHILD_FREE] << PAGE_SHIFT | MMU_MACHPHYS_UPDATE;
    update.val = 4711;
    EXPECT_EQ(hcall(__HYPERVISOR_mmu_update, &update, 1, NULL, c.id), 0);
    EXPECT_EQ(((unsigned long *)MACH2PHYS_VIRT_START)[c.mfns[CHILD_FREE]], 4711);
    EXPECT_EQ(hcall(__HYPERVISOR_mmu_update, &update, 1, NULL, DOMID_SELF), E(INVAL));
    child_end(&c);
}

/* Memory that the toolstack gives and takes on the domain's behalf. */
TEST(foreign_memory)
{
    struct xen_memory_reservation r = {.nr_extents = 1};
    static xen_pfn_t extent;
    domid_t id;
    struct child c;

    child_make(&c);
    id = r.domid = c.id;
    set_xen_guest_handle(r.extent_start, &extent);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_current_reservation, &id), CHILD_PAGES);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_maximum_reservation, &id), CHILD_PAGES + 16);
    extent = 1000;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), 1);
    EXPECT_EQ(((unsigned long *)MACH2PHYS_VIRT_START)[extent], 1000);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_current_reservation, &id), CHILD_PAGES + 1);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r), 1);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_current_reservation, &id), CHILD_PAGES);
    r.extent_order = 5; /* beyond its allowance */
    extent = 1024;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), 0);
    domctl_op.u.max_mem.max_memkb = 64;
    EXPECT_EQ(domctl(XEN_DOMCTL_max_mem, c.id), 0);
    r.extent_order = 0;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), 0);
    child_end(&c);
}
