/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Callbacks: registering each kind, what may not be taken back, and addresses that would fault
 * in the hypervisor's hands (XSA-7's ground).
 */
#include "harness.h"

static long unregister(unsigned int type)
{
    struct callback_unregister callback = {.type = (uint16_t)type};

    return hcall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, &callback);
}

TEST(callback_register_each)
{
    EXPECT_EQ(callback_set(CALLBACKTYPE_event, entry_event, 0), 0);
    EXPECT_EQ(callback_set(CALLBACKTYPE_failsafe, entry_failsafe, 0), 0);
    EXPECT_EQ(callback_set(CALLBACKTYPE_failsafe, entry_failsafe, CALLBACKF_mask_events), 0);
    EXPECT_EQ(callback_set(CALLBACKTYPE_syscall, entry_syscall, CALLBACKF_mask_events), 0);
    EXPECT_EQ(callback_set(CALLBACKTYPE_syscall32, entry_syscall32, CALLBACKF_mask_events), 0);
    EXPECT_EQ(callback_set(CALLBACKTYPE_sysenter, entry_sysenter, CALLBACKF_mask_events), 0);
    EXPECT_EQ(callback_set(CALLBACKTYPE_nmi, entry_nmi, 0), 0);
    EXPECT_EQ(unregister(CALLBACKTYPE_nmi), 0);
}

TEST(callback_errors)
{
    static const unsigned int types[] = {CALLBACKTYPE_event,    CALLBACKTYPE_failsafe,
                                         CALLBACKTYPE_syscall,  CALLBACKTYPE_syscall32,
                                         CALLBACKTYPE_sysenter, CALLBACKTYPE_nmi};

    for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
        EXPECT_EQ(callback_set(types[i], (char *)0x0000800000000000ul, 0), E(INVAL));
        EXPECT_EQ(callback_set(types[i], (char *)0xffff7ffffffffffful, 0), E(INVAL));
    }
    EXPECT_EQ(callback_set(50, entry_event, 0), E(NOSYS));
    EXPECT_EQ(callback_set(0xffff, entry_event, 0), E(NOSYS));
    EXPECT_EQ(unregister(CALLBACKTYPE_event), E(INVAL));
    EXPECT_EQ(unregister(CALLBACKTYPE_failsafe), E(INVAL));
    EXPECT_EQ(unregister(CALLBACKTYPE_syscall), E(INVAL));
    EXPECT_EQ(unregister(50), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, 2, NULL), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, CALLBACKOP_register, 0x1000), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, 0x1000), E(FAULT));
}

/* The older call that sets three at once. */
TEST(callback_set_callbacks)
{
    EXPECT_EQ(hcall(__HYPERVISOR_set_callbacks, entry_event, entry_failsafe, entry_syscall), 0);
    EXPECT_EQ(user_run((uint64_t(*)(uint64_t))(void *)pfn_of, VIRT_BASE, NULL), USER_RETURNED);
    /* Xen says nothing of a bad one and keeps the old. */
    hcall(__HYPERVISOR_set_callbacks, 1ul << 63, entry_failsafe, entry_syscall);
    EXPECT_EQ(hcall(__HYPERVISOR_set_callbacks, entry_event, entry_failsafe, entry_syscall), 0);
}

static uint64_t user_syscall(uint64_t number)
{
    __asm__ volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
    return number;
}

static uint8_t mask_at_entry;

static bool note_mask(struct regs *regs)
{
    if (regs->entry == ENTRY_SYSCALL) {
        mask_at_entry = vcpu_info_self()->evtchn_upcall_mask;
    }
    return false;
}

/* The system call's entry masks upcalls only where it was registered so. */
TEST(callback_syscall_mask)
{
    trap_hook(note_mask);
    EXPECT_EQ(callback_set(CALLBACKTYPE_syscall, entry_syscall, 0), 0);
    EXPECT_EQ(user_run(user_syscall, 1, NULL), USER_FAULTED);
    EXPECT_EQ(mask_at_entry, 0);
    EXPECT_EQ(callback_set(CALLBACKTYPE_syscall, entry_syscall, CALLBACKF_mask_events), 0);
    EXPECT_EQ(user_run(user_syscall, 1, NULL), USER_FAULTED);
    EXPECT_EQ(mask_at_entry, 1);
}

static unsigned int nmis;

static bool count_nmi(struct regs *regs)
{
    if (regs->entry == ENTRY_NMI) {
        nmis++;
        return true;
    }
    return false;
}

TEST(callback_nmi)
{
    trap_hook(count_nmi);
    nmis = 0;
    EXPECT_EQ(callback_set(CALLBACKTYPE_nmi, entry_nmi, 0), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, NULL), 0);
    EXPECT_EQ(nmis, 1);
    /* Upcalls masked or not: an NMI comes. */
    upcalls_unmask();
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, NULL), 0);
    EXPECT_EQ(nmis, 2);
    upcalls_mask();
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 100, NULL), E(NOENT));
    EXPECT_EQ(unregister(CALLBACKTYPE_nmi), 0);
}

/* Without a handler an NMI is nobody's: the guest goes on. */
TEST(callback_nmi_without_handler)
{
    unregister(CALLBACKTYPE_nmi);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, NULL), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_version, NULL), 4 << 16 | 17);
}

TEST(callback_nmi_op)
{
    struct xennmi_callback callback = {.handler_address = (unsigned long)entry_nmi};

    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &callback), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_unregister_callback, NULL), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, 2, NULL), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, 0x1000), E(FAULT));
    callback.handler_address = 0x0000800000000000ul;
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &callback), E(INVAL));
}
