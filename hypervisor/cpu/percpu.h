/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the per-CPU block, and says how a CPU finds its own data.
 *
 * GS base belongs to the guest, always; the hypervisor never uses a GS-relative address. Each pCPU
 * has one stack of STACK_SIZE bytes, aligned to STACK_SIZE; the exception stacks of NMI, #MC and
 * #DF lie in the lower pages of the same block; and struct cpu is at its upper end. So on whatever
 * stack the CPU is, in whatever window an NMI hits, `rsp & -STACK_SIZE` finds struct cpu. SYSCALL
 * switches no stack: its entry point is a stub of the pCPU's own, which loads the stack pointer
 * first (cpu/entry.S).
 *
 * `regs` is the frame of what was interrupted in the guest: hardware pushes it right below the
 * block's end when it comes from ring 3, so that it is always in the same place while a guest's
 * call or fault is being served. While it serves a system call, rbx, rbp and r12 to r15 are not in
 * it (cpu/entry.S): the error code is FRAME_PART then.
 *
 * Other data of a pCPU are arrays indexed by cpu_id() in the folder that owns them.
 */
#ifndef CPU_PERCPU_H
#define CPU_PERCPU_H

#include "cpu/layout.h"
#include "cpu/regs.h"

/*
 * Offsets for assembly; cpu/regs.c compares them. The size puts the end of a frame on a 16-byte
 * boundary.
 */
#define CPU_BLOCK_SIZE   328
#define CPU_REGS         0
#define CPU_CURRENT      200
#define CPU_SOFTIRQ      208
#define CPU_ID           212
#define CPU_GUEST_RSP    216
#define CPU_EVENTS       224
#define CPU_GUEST_KERNEL 232

#ifndef __ASSEMBLER__
#include <xen/xen.h>

#include "lib/types.h"

struct vcpu;
struct window_cache;

struct cpu {
    struct cpu_user_regs regs;
    struct vcpu *current; /* the vCPU this pCPU runs; its idle vCPU when there is none */
    uint32_t softirq;     /* bits of kern/softirq.h; set by anyone (locked), cleared by this CPU */
    uint32_t id;          /* 0 .. MAX_CPUS - 1 */
    uint64_t guest_rsp;   /* SYSCALL's scratch: the guest's stack pointer until it is pushed */
    struct vcpu_info
        *events; /* of the current vCPU: whether an upcall is due is tested on each exit */
    uint32_t guest_kernel; /* the current vCPU is in its kernel, not in its user mode */
    uint32_t on_line;      /* set by the CPU itself when it is up */
    uint64_t loaded_cr3;   /* what CR3 holds: loading the same again is avoided */
    uint64_t flush_epoch;  /* mm/tlb.h: when this CPU last flushed everything */
    uint32_t guest_loaded; /* mm/tlb.h: some guest's tables may be loaded: flushes must come here */
    uint32_t irq_depth;    /* nested interrupt handlers */
    uint32_t apic_id;
    uint32_t locks;               /* debug builds: ranks held, as a bit set */
    struct window_cache *windows; /* mm/window.h: of the region in use here */
    uint64_t reserved[6];
};

static inline struct cpu *this_cpu(void)
{
    uint64_t sp;

    __asm__("mov %%rsp, %0" : "=r"(sp));
    return (struct cpu *)((sp | (STACK_SIZE - 1)) + 1 - CPU_BLOCK_SIZE);
}

static inline unsigned int cpu_id(void)
{
    return this_cpu()->id;
}

static inline struct vcpu *current(void)
{
    return this_cpu()->current;
}

/* The registers of the guest whose call or fault is being served on this CPU. */
static inline struct cpu_user_regs *guest_regs(void)
{
    return &this_cpu()->regs;
}

/* This CPU's block, by the guest's frame that entry.S gave us: its first member. */
static inline struct cpu *frame_cpu(struct cpu_user_regs *regs)
{
    return (struct cpu *)regs;
}

/* The block of any CPU; NULL when that CPU was never brought up. */
extern struct cpu *cpu_blocks[MAX_CPUS];
extern unsigned int cpu_count; /* CPUs that are on line: 0 .. cpu_count - 1 */

#define cpu_block(id) (cpu_blocks[id])
#endif
#endif
