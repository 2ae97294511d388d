/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * set_trap_table, set_callbacks, callback_op, nmi_op, set_debugreg, errno by errno: every address
 * that a guest hands over to be entered at is canonical or refused.
 */
#include "harness.h"

#define NOWHERE ((void *)0x1000)

static const uint64_t bad_addresses[] = {0x0000800000000000ul, 0xffff7ffffffffffful,
                                         0x8000000000000000ul};

TEST(callbacks_bad_addresses)
{
    static trap_info_t table[2];

    for (unsigned int i = 0; i < ARRAY_SIZE(bad_addresses); i++) {
        uint64_t bad = bad_addresses[i];
        struct xennmi_callback nmi = {.handler_address = bad};

        table[0] = (trap_info_t){.vector = 14, .cs = FLAT_KERNEL_CS, .address = bad};
        EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, table), E(INVAL));
        if (subject_is_mortise()) { /* Xen looks when it enters there: the domain ends */
            EXPECT_EQ(hcall(__HYPERVISOR_set_callbacks, bad, entry_failsafe, entry_syscall),
                      E(INVAL));
            EXPECT_EQ(hcall(__HYPERVISOR_set_callbacks, entry_event, bad, entry_syscall), E(INVAL));
            EXPECT_EQ(hcall(__HYPERVISOR_set_callbacks, entry_event, entry_failsafe, bad),
                      E(INVAL));
        }
        EXPECT_EQ(callback_set(CALLBACKTYPE_event, (char *)bad, 0), E(INVAL));
        EXPECT_EQ(callback_set(CALLBACKTYPE_failsafe, (char *)bad, 0), E(INVAL));
        EXPECT_EQ(callback_set(CALLBACKTYPE_syscall, (char *)bad, 0), E(INVAL));
        EXPECT_EQ(callback_set(CALLBACKTYPE_sysenter, (char *)bad, 0), E(INVAL));
        EXPECT_EQ(callback_set(CALLBACKTYPE_syscall32, (char *)bad, 0), E(INVAL));
        EXPECT_EQ(callback_set(CALLBACKTYPE_nmi, (char *)bad, 0), E(INVAL));
        EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &nmi), E(INVAL));
    }
    EXPECT_EQ(hcall(__HYPERVISOR_set_callbacks, entry_event, entry_failsafe, entry_syscall), 0);
}

TEST(callbacks_bad_arguments)
{
    struct callback_unregister unregister = {.type = CALLBACKTYPE_event};
    struct xennmi_callback nmi = {.handler_address = (unsigned long)entry_nmi};

    EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, NOWHERE), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, CALLBACKOP_register, NOWHERE), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, NOWHERE), E(FAULT));
    EXPECT_EQ(callback_set(77, entry_event, 0), E(NOSYS));
    for (unsigned int type = 0; type <= CALLBACKTYPE_syscall32; type++) {
        unregister.type = (uint16_t)type;
        if (type == CALLBACKTYPE_event || type == CALLBACKTYPE_failsafe ||
            type == CALLBACKTYPE_syscall || type == CALLBACKTYPE_sysenter ||
            type == CALLBACKTYPE_syscall32) {
            EXPECT_EQ(hcall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, &unregister),
                      E(INVAL));
        }
    }
    unregister.type = 77;
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, &unregister), E(NOSYS));
    unregister.type = CALLBACKTYPE_nmi;
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, &unregister), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_callback_op, 77, &unregister), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, NOWHERE), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, 77, &nmi), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &nmi), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_nmi_op, XENNMI_unregister_callback, NULL), 0);
}

TEST(debug_register_errors)
{
    EXPECT_EQ(hcall(__HYPERVISOR_set_debugreg, 8, 0), E(NODEV));
    EXPECT_EQ(hcall(__HYPERVISOR_set_debugreg, 0xffffffff, 0), E(NODEV));
    EXPECT_EQ(hcall(__HYPERVISOR_get_debugreg, 8), E(NODEV));
    EXPECT_EQ(hcall(__HYPERVISOR_get_debugreg, 0xffffffff), E(NODEV));
    EXPECT_EQ(hcall(__HYPERVISOR_set_debugreg, 0, 0xffff800000000000ul), E(PERM));
    EXPECT_EQ(hcall(__HYPERVISOR_set_debugreg, 3, 0x0000800000000000ul), E(PERM));
    for (unsigned int n = 4; n < 8; n++) {
        EXPECT_EQ(hcall(__HYPERVISOR_set_debugreg, n, 1ul << 40), E(INVAL));
    }
    EXPECT_EQ(hcall(__HYPERVISOR_get_debugreg, 0), 0);
}
