/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which handler an NMI gets: it is gate 2 of the vCPU's trap table, which the calls that register
 * an NMI's callback write too; and it masks upcalls where the gate says so. A vCPU whose first
 * state had that gate gets its NMIs there.
 */
#include "harness.h"

#include <xen/nmi.h>

#define GATE_MASKS 4

static volatile unsigned int by_gate, by_callback;
static uint8_t mask_at_entry;

static bool count(struct regs *regs)
{
    if (regs->entry != 2 && regs->entry != ENTRY_NMI) {
        return false;
    }
    mask_at_entry = vcpu_info_self()->evtchn_upcall_mask;
    by_gate += regs->entry == 2;
    by_callback += regs->entry == ENTRY_NMI;
    return true;
}

static void begin(void)
{
    trap_hook(count);
    by_gate = by_callback = 0;
}

static long gate_set(unsigned int flags)
{
    trap_info_t table[] = {{.vector = 2,
                            .flags = (uint8_t)flags,
                            .cs = FLAT_KERNEL_CS,
                            .address = (unsigned long)entry_2},
                           {0}};

    return hcall(__HYPERVISOR_set_trap_table, table);
}

static long nmi_unregister(void)
{
    struct callback_unregister callback = {.type = CALLBACKTYPE_nmi};

    return hcall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, &callback);
}

static void send_nmi(unsigned int vcpu)
{
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, vcpu, NULL), 0);
}

TEST(nmi_by_gate)
{
    begin();
    EXPECT_EQ(gate_set(GATE_MASKS), 0);
    upcalls_unmask();
    send_nmi(0);
    EXPECT_EQ(by_gate, 1);
    EXPECT_EQ(mask_at_entry, 1);
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, 0);
    EXPECT_EQ(gate_set(0), 0);
    send_nmi(0);
    EXPECT_EQ(by_gate, 2);
    EXPECT_EQ(mask_at_entry, 0);
    upcalls_mask();
    send_nmi(0);
    EXPECT_EQ(by_gate, 3);
    EXPECT_EQ(mask_at_entry, 1);
}

/* The last one that was set has it. */
TEST(nmi_gate_and_callback)
{
    struct xennmi_callback callback = {.handler_address = (unsigned long)entry_nmi};

    begin();
    EXPECT_EQ(callback_set(CALLBACKTYPE_nmi, entry_nmi, 0), 0);
    upcalls_unmask();
    send_nmi(0);
    upcalls_mask();
    EXPECT_EQ(by_callback, 1);
    EXPECT_EQ(mask_at_entry, 1);
    EXPECT_EQ(gate_set(0), 0);
    send_nmi(0);
    EXPECT_EQ(by_gate, 1);
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &callback), 0);
    send_nmi(0);
    EXPECT_EQ(by_callback, 2);
    EXPECT_EQ(by_gate, 1);
    /* Nobody has it afterwards, the gate neither. */
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_unregister_callback, NULL), 0);
    send_nmi(0);
    EXPECT_EQ(by_callback, 2);
    EXPECT_EQ(by_gate, 1);
}

TEST(nmi_unregister_clears_gate)
{
    begin();
    EXPECT_EQ(gate_set(0), 0);
    EXPECT_EQ(nmi_unregister(), 0);
    send_nmi(0);
    EXPECT_EQ(by_gate, 0);
}

/* A table that is cleared whole is cleared of the callback too. */
TEST(nmi_callback_cleared)
{
    begin();
    EXPECT_EQ(callback_set(CALLBACKTYPE_nmi, entry_nmi, 0), 0);
    traps_restore();
    send_nmi(0);
    EXPECT_EQ(by_callback, 0);
    EXPECT_EQ(by_gate, 1);
}

static volatile bool listening;
static long registered_by_op, registered_by_callback;

static void other(void)
{
    struct xennmi_callback callback = {.handler_address = (unsigned long)entry_nmi};
    uint64_t end = time_now() + 2000000000ul;

    trap_hook(count);
    listening = true;
    while (by_gate == 0 && time_now() < end) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    registered_by_op = hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &callback);
    registered_by_callback = callback_set(CALLBACKTYPE_nmi, entry_nmi, 0);
    nmi_unregister();
}

/* The context that another vCPU began with has a gate 2. */
TEST(nmi_to_other_vcpu)
{
    REQUIRE(cpu_start(1) == 0);
    by_gate = by_callback = 0;
    listening = false;
    cpu_run(1, other);
    while (!listening) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    send_nmi(1);
    EXPECT(cpu_wait(1));
    EXPECT_EQ(by_gate, 1);
    EXPECT_EQ(registered_by_op, 0);
    EXPECT_EQ(registered_by_callback, 0);
}
