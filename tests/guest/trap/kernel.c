/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions that the guest's own kernel raises arrive at its handlers with the right vector,
 * error code and instruction pointer.
 */
#include "harness.h"

TEST(trap_kernel_div)
{
    PROBE("divl %0", : : "r"(0), "a"(1), "d"(0) : "cc");
    EXPECT_FAULT(VEC_DE, 0);
}

TEST(trap_kernel_ud2)
{
    PROBE("ud2", : : :);
    EXPECT_FAULT(VEC_UD, 0);
}

TEST(trap_kernel_gp)
{
    /* Code 0 for a non-canonical data address; the selector and the IDT bit for int n. */
    PROBE("movq (%0), %%rax", : : "r"(0x0000800000000000ul) : "rax");
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("movq (%0), %%rax", : : "r"(0xffff7fffffffffffUL) : "rax");
    EXPECT_FAULT(VEC_GP, 0);
    /* QEMU's interpreter makes the selector of a 64-bit gate n * 16 where hardware has n * 8. */
    PROBE("int $0x42", : : :);
    EXPECT_EQ(fault_last()->regs.entry, VEC_GP);
    EXPECT_EITHER(fault_last()->regs.code, 0x42 << 3 | 2, 0x42 << 4 | 2);
    PROBE("int $0x43", : : :);
    EXPECT_EQ(fault_last()->regs.entry, VEC_GP);
    EXPECT_EITHER(fault_last()->regs.code, 0x43 << 3 | 2, 0x43 << 4 | 2);
    PROBE("movw %w0, %%ds", : : "r"(0x1008) :);
    EXPECT_FAULT(VEC_GP, 0x1008);
    PROBE("hlt", : : :);
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("ltr %w0", : : "r"(0xe008) :);
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("lgdt (%0)", : : "r"(start_info) :);
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("iretq", : : :);
    EXPECT(fault_last()->taken);
}

/* A non-canonical address by the frame pointer is #SS on hardware, #GP in QEMU's interpreter. */
TEST(trap_kernel_ss)
{
    fault_clear();
    __asm__ volatile("xchgq %%rbp, %0\n" FIXUP("movq (%%rbp), %%rax") "xchgq %%rbp, %0"
                     :
                     : "r"(0x0000800000000000ul)
                     : "rax");
    EXPECT(fault_last()->taken);
    EXPECT_EITHER(fault_last()->regs.entry, VEC_SS, VEC_GP);
    EXPECT_EQ(fault_last()->regs.code, 0);
}

/* Whether the last page fault carries `code` and `address`. */
static void expect_page_fault(unsigned long code, const void *address)
{
    EXPECT_FAULT(VEC_PF, code);
    EXPECT_EQ(fault_last()->cr2, (unsigned long)address);
}

TEST(trap_kernel_pf)
{
    char *page = page_alloc(), *nowhere = (char *)SCRATCH_VA + 0x123;

    /* The guest kernel runs in ring 3, yet its faults say supervisor. */
    probe_read(nowhere);
    expect_page_fault(0, nowhere);
    probe_write(nowhere, 1);
    expect_page_fault(2, nowhere);
    REQUIRE(page_protect(page) == 0);
    probe_read(page + 8);
    EXPECT_NO_FAULT();
    probe_write(page + 8, 1);
    expect_page_fault(3, page + 8);
    REQUIRE(page_unprotect(page) == 0);
    probe_write(page + 8, 1);
    EXPECT_NO_FAULT();
}

static struct regs fetch_fault;

/* Ends a call into a page that may not be executed: as if it had returned. */
static bool return_from_fetch(struct regs *regs)
{
    if (regs->entry == VEC_PF && (regs->code & 0x10) != 0) {
        fetch_fault = *regs;
        regs->rip = *(uint64_t *)regs->rsp;
        regs->rsp += 8;
        return true;
    }
    return false;
}

TEST(trap_kernel_pf_nx)
{
    char *page = page_alloc(), *start = page + 16;

    fetch_fault.code = 0;
    trap_hook(return_from_fetch);
    *(unsigned char *)start = 0xc3;
    __asm__ volatile("call *%0" : : "r"(start) : "memory");
    EXPECT_EQ(fetch_fault.code, 0);
    REQUIRE(va_set(page, pte_make(mfn_of(page), PTE_RW | PTE_NX)) == 0);
    __asm__ volatile("call *%0" : : "r"(start) : "memory");
    EXPECT_EQ(fetch_fault.code, 0x11);
    EXPECT_EQ(fetch_fault.rip, (unsigned long)start);
    EXPECT_EQ(vcpu_info_self()->arch.cr2, (unsigned long)start);
    REQUIRE(page_unprotect(page) == 0);
}

static unsigned int traps_seen;
static struct regs seen;

static bool count_bp_db(struct regs *regs)
{
    if (regs->entry == VEC_BP || regs->entry == VEC_DB) {
        traps_seen++;
        seen = *regs;
        regs->rflags &= ~0x100ul;
        return true;
    }
    return false;
}

TEST(trap_kernel_int3)
{
    extern char after_int3[];

    trap_hook(count_bp_db);
    traps_seen = 0;
    __asm__ volatile("int3\n after_int3:" : : : "memory");
    EXPECT_EQ(traps_seen, 1);
    EXPECT_EQ(seen.entry, VEC_BP);
    EXPECT_EQ(seen.rip, (unsigned long)after_int3);
    EXPECT_EQ(seen.code, 0);
}

TEST(trap_kernel_single_step)
{
    extern char after_step[];

    trap_hook(count_bp_db);
    traps_seen = 0;
    __asm__ volatile("pushfq\n orq $0x100, (%%rsp)\n popfq\n nop\n after_step: nop\n"
                     :
                     :
                     : "memory", "cc");
    EXPECT_EQ(traps_seen, 1);
    EXPECT_EQ(seen.entry, VEC_DB);
    EXPECT_EQ(seen.rip, (unsigned long)after_step);
    EXPECT_EQ(seen.rflags & 0x100, 0x100);
    /* The handler itself is not stepped: TF was off in it, or it would count without end. */
    EXPECT_EQ(hcall(__HYPERVISOR_get_debugreg, 6) & 0x4000, 0x4000);
    hcall(__HYPERVISOR_set_debugreg, 6, 0xffff0ff0ul);
}

/* XSA-260 and 339's ground: a single step over a call to the hypervisor stays the guest's. */
TEST(trap_step_over_hypercall)
{
    uint64_t rax = __HYPERVISOR_xen_version;

    trap_hook(count_bp_db);
    traps_seen = 0;
    __asm__ volatile("pushfq\n orq $0x100, (%%rsp)\n popfq\n syscall\n nop\n"
                     : "+a"(rax)
                     : "D"(1000l)
                     : "rcx", "r11", "memory", "cc");
    EXPECT_EQ(rax, E(NOSYS));
    EXPECT(traps_seen >= 1);
    hcall(__HYPERVISOR_set_debugreg, 6, 0xffff0ff0ul);
}

TEST(trap_kernel_nm)
{
    EXPECT_EQ(hcall(__HYPERVISOR_fpu_taskswitch, 1), 0);
    PROBE("fninit", : : :);
    EXPECT_FAULT(VEC_NM, 0);
    EXPECT_EQ(hcall(__HYPERVISOR_fpu_taskswitch, 0), 0);
    PROBE("fninit", : : :);
    EXPECT_NO_FAULT();
}

TEST(trap_kernel_mf)
{
    uint16_t control = 0x0360;

    /* Zero divide unmasked: the fault comes with the next waiting instruction. */
    hcall(__HYPERVISOR_fpu_taskswitch, 0);
    __asm__ volatile("fninit\n fldcw %0\n fldz\n fld1\n fdivp" : : "m"(control));
    PROBE("fwait", : : :);
    EXPECT_FAULT(VEC_MF, 0);
    __asm__ volatile("fnclex\n fninit");
}
