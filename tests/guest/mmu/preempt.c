/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Long work is done in pieces: an event that comes while a tree of tables is checked or undone is
 * delivered then, not behind it (XSA-45, XSA-58, XSA-264, XSA-290); and what a CPU may remember
 * when tables are exchanged (XSA-241, XSA-292).
 */
#include "harness.h"

#define L1_TABLES 256

static volatile bool inside, came_inside;

/* The entry of an event, before it is counted. */
static bool on_entry(struct regs *regs)
{
    came_inside |= regs->entry == ENTRY_EVENT && inside;
    return false;
}

static unsigned int timer_bind(void)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = 0};

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind) == 0);
    port_mask(bind.port, false);
    return bind.port;
}

/* A call with a timer that is over soon: whether its event came before the call was done. */
static bool interrupted(unsigned int command, const void *table, uint64_t ns)
{
    struct vcpu_set_singleshot_timer timer = {.timeout_abs_ns = time_now() + ns};
    long ret;

    came_inside = false;
    upcalls_unmask();
    REQUIRE(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer) == 0);
    inside = true;
    ret = mmuext(command, mfn_of(table), 0);
    inside = false;
    upcalls_mask();
    hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, NULL);
    EXPECT_EQ(ret, 0);
    return came_inside;
}

TEST(pin_preempted)
{
    uint64_t *l2 = page_alloc(), *data = page_alloc();
    bool pinned = false, unpinned = false;
    unsigned int port = timer_bind();
    struct evtchn_close close = {.port = port};

    for (unsigned int i = 0; i < L1_TABLES; i++) {
        uint64_t *l1 = page_alloc();

        for (unsigned int slot = 0; slot < 512; slot++) {
            l1[slot] = pte_make(mfn_of(data), PTE_RW);
        }
        REQUIRE(page_protect(l1) == 0);
        l2[i] = pte_make(mfn_of(l1), PTE_RW);
    }
    REQUIRE(page_protect(l2) == 0);
    trap_hook(on_entry);
    for (unsigned int round = 0; round < 20 && !(pinned && unpinned); round++) {
        uint64_t soon = 200000ul << round % 5;

        pinned |= interrupted(MMUEXT_PIN_L2_TABLE, l2, soon);
        unpinned |= interrupted(MMUEXT_UNPIN_TABLE, l2, soon);
    }
    EXPECT(pinned);
    EXPECT(unpinned);
    trap_hook(NULL);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
}

/* The root that is loaded already, loaded again: no old translation survives it. */
TEST(types_stale_root)
{
    char *window = page_alloc(), *first = page_alloc(), *second = page_alloc();

    first[0] = 'f';
    second[0] = 's';
    REQUIRE(va_set(window, pte_make(mfn_of(first), PTE_RW)) == 0);
    EXPECT_EQ(*(volatile char *)window, 'f');
    REQUIRE(pte_set(pte_find((unsigned long)window, 1), pte_make(mfn_of(second), PTE_RW)) == 0);
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0), 0);
    EXPECT_EQ(*(volatile char *)window, 's');
    /* And by a store to CR3, with the bit that would ask for no flush. */
    REQUIRE(pte_set(pte_find((unsigned long)window, 1), pte_make(mfn_of(first), PTE_RW)) == 0);
    PROBE("movq %0, %%cr3", : : "r"(1ul << 63 | xen_pfn_to_cr3(mfn_of(boot_l4))) : "memory");
    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_GP, 0);
        EXPECT_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
    }
    EXPECT_EQ(*(volatile char *)window, 'f');
    REQUIRE(page_unprotect(window) == 0);
}
