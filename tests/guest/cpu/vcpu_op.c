/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vcpu_op, errno by errno: bad arguments of each operation, and the parts of a context whose frames
 * are looked at.
 */
#include "harness.h"

#define NOWHERE ((void *)0x1000)

static struct vcpu_guest_context context;

static long vcpu_op(unsigned int command, unsigned int id, void *argument)
{
    return hcall(__HYPERVISOR_vcpu_op, command, id, argument);
}

TEST(vcpu_op_faults)
{
    static const unsigned int commands[] = {VCPUOP_register_runstate_memory_area,
                                            VCPUOP_set_periodic_timer, VCPUOP_set_singleshot_timer,
                                            VCPUOP_register_vcpu_info,
                                            VCPUOP_register_vcpu_time_memory_area};

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(vcpu_op(commands[i], 0, NOWHERE), E(FAULT));
    }
    EXPECT_EQ(vcpu_op(VCPUOP_get_runstate_info, 0, NOWHERE), E(FAULT));
}

TEST(vcpu_op_no_such_vcpu)
{
    static char argument[256];

    for (unsigned int op = VCPUOP_initialise; op <= VCPUOP_register_vcpu_time_memory_area; op++) {
        EXPECT_EQ(vcpu_op(op, 5000, argument), E(NOENT));
        EXPECT_EQ(vcpu_op(op, 0xffffffff, argument), E(NOENT));
    }
}

/* What only the vCPU itself may ask, and what one without a state can't be asked. */
TEST_ALONE(vcpu_op_other_vcpu)
{
    struct vcpu_set_singleshot_timer timer = {.timeout_abs_ns = 0};

    EXPECT_EQ(vcpu_op(VCPUOP_set_singleshot_timer, 1, &timer), E(INVAL));
    EXPECT_EQ(vcpu_op(VCPUOP_stop_singleshot_timer, 1, NULL), E(INVAL));
    EXPECT_EQ(vcpu_op(VCPUOP_up, 1, NULL), E(INVAL));
    EXPECT_EQ(vcpu_op(VCPUOP_down, 1, NULL), 0);
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
}

/* A time that is past, when that is to be said. */
TEST(vcpu_op_timer_past)
{
    struct vcpu_set_singleshot_timer timer = {.timeout_abs_ns = 1, .flags = VCPU_SSHOTTMR_future};
    struct vcpu_set_periodic_timer period = {.period_ns = 1000};

    EXPECT_ON(vcpu_op(VCPUOP_set_singleshot_timer, 0, &timer), E(TIME), 0);
    EXPECT_EQ(vcpu_op(VCPUOP_set_periodic_timer, 0, &period), E(INVAL));
    period.period_ns = 1ul << 62;
    EXPECT_EQ(vcpu_op(VCPUOP_set_periodic_timer, 0, &period), E(INVAL));
}

/* An NMI for a vCPU that has no state: no harm either way. */
TEST_ALONE(vcpu_op_nmi_before_start)
{
    if (!subject_is_mortise()) {
        SKIP("Xen takes it and keeps it for later");
    }
    EXPECT_EQ(vcpu_op(VCPUOP_send_nmi, 1, NULL), E(INVAL));
}

/* The GDT of a context: its size, its frames, its descriptors. */
TEST_ALONE(vcpu_op_initialise_gdt)
{
    static uint64_t table[512] __attribute__((aligned(4096)));

    cpu_context(&context, 1, NULL);
    context.gdt_ents = FIRST_RESERVED_GDT_ENTRY + 1;
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    cpu_context(&context, 1, NULL);
    context.gdt_ents = 1;
    context.gdt_frames[0] = 0xfffffff0ul;
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    context.gdt_frames[0] = mfn_of(boot_l4);
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    context.gdt_frames[0] = mfn_of(table); /* mapped writable */
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    table[4] = 0x0000890000000067ul; /* a task state segment */
    REQUIRE(page_protect(table) == 0);
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    REQUIRE(page_unprotect(table) == 0);
    table[4] = 0;
    table[5] = 0x0000e2000000fffful; /* a local descriptor table of ring 3 */
    REQUIRE(page_protect(table) == 0);
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    REQUIRE(page_unprotect(table) == 0);
}

/* Addresses of a context, one by one: none may be non-canonical. */
TEST_ALONE(vcpu_op_initialise_addresses)
{
#define REFUSED(field, value)                                                                      \
    do {                                                                                           \
        cpu_context(&context, 1, NULL);                                                            \
        context.field = value;                                                                     \
        EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));                              \
    } while (0)
    REFUSED(user_regs.rip, 0x0000800000000000ul);
    REFUSED(event_callback_eip, 0x8000000000000000ul);
    REFUSED(failsafe_callback_eip, 0x0000800000000000ul);
    REFUSED(syscall_callback_eip, 0xffff7ffffffffffful);
    REFUSED(fs_base, 0x0000800000000000ul);
    REFUSED(gs_base_kernel, 0x0000800000000000ul);
    REFUSED(gs_base_user, 0x0000800000000000ul);
    REFUSED(trap_ctxt[14].address, 0x0000800000000000ul);
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
}

/* A vCPU that may run on any CPU has none. */
TEST(vcpu_op_physid_of_any)
{
    struct vcpu_get_physid physid = {0};

    /* on a machine of one CPU, Xen says that */
    EXPECT_ON(vcpu_op(VCPUOP_get_physid, 0, &physid), E(INVAL), 0);
}
