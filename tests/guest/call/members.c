/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of a multicall behave as alone: dirty numbers, a long list that events interrupt, one
 * whose place for results goes away, arrays that wrap around the address space; and arguments of 32
 * and 16 bits with garbage above them, in members and alone.
 */
#include "harness.h"

#define DIRT 0xdeadbeef00000000ul

static multicall_entry_t calls[600];

static void fill(unsigned int i, unsigned long op, unsigned long a, unsigned long b)
{
    calls[i] = (multicall_entry_t){.op = op, .result = 0x7777};
    calls[i].args[0] = a;
    calls[i].args[1] = b;
}

static long multicall(const void *at, unsigned long count)
{
    return hcall(__HYPERVISOR_multicall, at, count);
}

TEST(members_dirty_numbers)
{
    fill(0, DIRT | __HYPERVISOR_xen_version, XENVER_pagesize, 0);
    fill(1, 0xffffffff00000000ul, 0, 0);
    fill(2, ~0ul, 0, 0);
    fill(3, 64, 0, 0);
    fill(4, __HYPERVISOR_xen_version, DIRT | XENVER_pagesize, 0);
    EXPECT_EQ(multicall(calls, 5), 0);
    for (unsigned int i = 0; i < 4; i++) {
        EXPECT_EQ(calls[i].result, E(NOSYS));
    }
    EXPECT_EQ(calls[4].result, PAGE_SIZE);
}

/* Lists whose end lies behind the end of the address space, or in the hypervisor. */
TEST(members_wrapping_arrays)
{
    static const unsigned long places[] = {~0ul - 63, 0xfffffffffffff000ul, 0x00007fffffffffc0ul,
                                           0xffff7ffffffffff8ul, 0xffff87ffffffffe0ul};

    for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
        EXPECT_EQ(multicall((void *)places[i], 2), E(FAULT));
        EXPECT_EQ(multicall((void *)places[i], 0x7fffffff), E(FAULT));
    }
}

/* Arguments are the caller's: they are as they were, and only results are written. */
TEST(members_arguments_kept)
{
    fill(0, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
    fill(1, __HYPERVISOR_event_channel_op, 1000, 0x1234);
    fill(2, __HYPERVISOR_set_segment_base, SEGBASE_FS, 0);
    for (unsigned int i = 0; i < 3; i++) {
        for (unsigned int k = 2; k < 6; k++) {
            calls[i].args[k] = 0x5a00 + k;
        }
    }
    EXPECT_EQ(multicall(calls, 3), 0);
    EXPECT_EQ(calls[1].args[0], 1000);
    EXPECT_EQ(calls[1].args[1], 0x1234);
    for (unsigned int i = 0; i < 3; i++) {
        for (unsigned int k = 2; k < 6; k++) {
            EXPECT_EQ(calls[i].args[k], 0x5a00 + k);
        }
    }
    EXPECT_EQ(calls[0].result, PAGE_SIZE);
    EXPECT_EQ(calls[1].result, E(NOSYS));
    EXPECT_EQ(calls[2].result, 0);
}

/* A member that takes the write permission of its own array away: its result has no place. */
TEST(members_protect_their_array)
{
    multicall_entry_t *own = page_alloc();

    own[0] = (multicall_entry_t){.op = __HYPERVISOR_update_va_mapping, .result = 0x7777};
    own[0].args[0] = (unsigned long)own;
    own[0].args[1] = pte_make(mfn_of(own), PTE_RO);
    own[0].args[2] = UVMF_INVLPG;
    own[1] = (multicall_entry_t){.op = __HYPERVISOR_xen_version, .result = 0x7777};
    own[1].args[0] = XENVER_pagesize;
    EXPECT_EQ(multicall(own, 2), E(FAULT));
    EXPECT_EQ(own[1].result, 0x7777);
    EXPECT_EQ(own[0].result, 0x7777);
    REQUIRE(page_unprotect(own) == 0);
}

static volatile bool inside;
static volatile unsigned int came_inside;

static bool on_entry(struct regs *regs)
{
    came_inside += regs->entry == ENTRY_EVENT && inside;
    return false;
}

/* Events that come meanwhile are delivered between two members, and no member is lost. */
TEST(members_interrupted)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = 0};
    struct vcpu_set_periodic_timer period = {.period_ns = 1000000};
    struct evtchn_close close;
    static struct mmuext_op flush[64];
    uint64_t end = time_now() + 20000000000ul;

    for (unsigned int i = 0; i < ARRAY_SIZE(flush); i++) {
        flush[i].cmd = MMUEXT_TLB_FLUSH_LOCAL;
    }
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind) == 0);
    port_mask(bind.port, false);
    trap_hook(on_entry);
    upcalls_unmask();
    REQUIRE(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &period) == 0);
    came_inside = 0;
    while (came_inside < 5 && time_now() < end) {
        long ret;

        for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
            fill(i, __HYPERVISOR_mmuext_op, (unsigned long)flush, ARRAY_SIZE(flush));
            calls[i].args[3] = DOMID_SELF;
        }
        inside = true;
        ret = multicall(calls, ARRAY_SIZE(calls));
        inside = false;
        EXPECT_EQ(ret, 0);
        for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
            REQUIRE(calls[i].result == 0);
        }
    }
    upcalls_mask();
    EXPECT(came_inside >= 5);
    REQUIRE(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, NULL) == 0);
    trap_hook(NULL);
    close.port = bind.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
}

/* Alone: numbers of registers, vCPUs and domains with garbage in the bits that do not count. */
TEST(halves_others)
{
    struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};
    struct evtchn_status status = {.dom = DOMID_SELF, .port = 0};
    unsigned long old = (unsigned long)hcall(__HYPERVISOR_get_debugreg, 0);
    char *page = page_alloc();

    EXPECT_EQ(hcall(__HYPERVISOR_set_debugreg, DIRT | 0, 0x1000), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_get_debugreg, DIRT | 0), 0x1000);
    EXPECT_EQ(hcall(__HYPERVISOR_set_debugreg, 0, old), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_is_up, DIRT | 5000, NULL), E(NOENT));
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, DIRT | 4321), E(SRCH));
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, DIRT | EVTCHNOP_status, &status), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, DIRT | 77, NULL), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, DIRT | 1000, NULL), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, DIRT | 1000, NULL, DIRT), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, DIRT | 1000, NULL), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_update_va_mapping_otherdomain, page,
                    pte_make(mfn_of(page), PTE_RW), UVMF_NONE, DIRT | 0x10000 | DOMID_SELF),
              0);
    EXPECT_EQ(hcall(__HYPERVISOR_update_va_mapping_otherdomain, page,
                    pte_make(mfn_of(page), PTE_RW), UVMF_NONE, DIRT | 4321),
              E(SRCH));
}
