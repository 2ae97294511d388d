/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that starts with floating-point state of its maker's: it has it in its first instruction,
 * and a control word that no CPU takes harms nobody.
 */
#include "harness.h"

static volatile bool there;
static volatile uint16_t word;
static volatile uint32_t mxcsr;

static void look(void)
{
    uint16_t fcw;
    uint32_t csr;

    __asm__ volatile("fnstcw %0\n stmxcsr %1" : "=m"(fcw), "=m"(csr));
    word = fcw;
    mxcsr = csr;
    there = true;
    for (;;) {
        hcall(__HYPERVISOR_vcpu_op, VCPUOP_down, 1, NULL);
    }
}

TEST_ALONE(vcpu_floating_point)
{
    static struct vcpu_guest_context context;
    uint64_t end = time_now() + 20000000000ul;

    cpu_context(&context, 1, look);
    context.flags |= VGCF_I387_VALID;
    context.fpu_ctxt.x[0] = 0x7f; /* 27f */
    context.fpu_ctxt.x[1] = 0x02;
    context.fpu_ctxt.x[24] = 0xc0; /* 1fc0: denormals are zeros */
    context.fpu_ctxt.x[25] = 0x1f;
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, &context), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, NULL), 0);
    while (!there && time_now() < end) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    EXPECT(there);
    EXPECT_EQ(word, 0x27f);
    EXPECT_EQ(mxcsr, 0x1fc0);
}

/* Bits of MXCSR that do not exist fault when they are loaded: not in the hypervisor. */
TEST_ALONE(vcpu_floating_point_garbage)
{
    static struct vcpu_guest_context context;
    uint64_t end = time_now() + 20000000000ul;
    long rc;

    cpu_context(&context, 1, look);
    context.flags |= VGCF_I387_VALID;
    memset(&context.fpu_ctxt, 0xff, sizeof(context.fpu_ctxt));
    rc = hcall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, &context);
    if (rc != 0) {
        EXPECT_EQ(rc, E(INVAL));
        return;
    }
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, NULL), 0);
    while (!there && time_now() < end) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    EXPECT(there);
    /* Xen leaves it to the CPU, and QEMU's takes them */
    EXPECT(mxcsr >> 16 == 0 || !subject_is_mortise());
}
