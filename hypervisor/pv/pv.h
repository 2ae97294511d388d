/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the paravirtual state of a domain and of a vCPU: tables, traps, segments, registers that a
 * guest sets by calls.
 *
 * All fields of struct pv_vcpu belong to the vCPU itself (changed by its own calls and faults), or
 * are changed by others only while it is paused or not yet running.
 */
#ifndef PV_PV_H
#define PV_PV_H

#include <xen/xen.h>

#include "cpu/percpu.h"
#include "dom/fpu.h"
#include "dom/vcpu.h"
#include "lib/upcall.h"
#include "mm/tlb.h"
#include "mm/window.h"
#include "pv/decode.h"

struct pv_domain {
    uint64_t *l3, *l2;                /* of the domain's L4 slot; heap */
    uint32_t tsc_mode;                /* XEN_DOMCTL_set_tsc_info; 0: default */
    bool tsc_trapped;                 /* rdtsc is emulated */
    struct cpuid_policy *policy;      /* NULL: the host's default for PV */
    const struct cpuid_policy *shown; /* pv_policy(), once a vCPU has asked; else NULL */
};

/* Where the last look for an L1 table found it: pv_find_l1(). */
struct pv_walked {
    mfn_t root, l1;
    uint64_t part;    /* the address / 2 MiB; ~0: nothing */
    uint64_t changes; /* pv_upper_changes() as it was before the walk */
};

/* An instruction that was decoded, to be known again by its bytes: pv/emulate.c. */
struct pv_decoded {
    uint64_t code[2]; /* fifteen bytes; then whether the code is 64-bit, and that there is one */
    struct insn insn;
    uint64_t unused[2]; /* 64 bytes in all: a slot is found by a shift */
};
_Static_assert(sizeof(struct pv_decoded) == 64, "a power of two");

#define DECODED_SLOTS 8

#define GDT_FRAMES 14 /* of a guest; ours follows */
#define UNDO_SLOTS                                                                                 \
    8 /* tables whose undoing stopped in between: at most one a level, and some room */

struct pv_vcpu {
    struct trap_info *traps; /* 256 entries; heap. Gate 2 is the NMI's callback too */
    uint64_t kernel_sp, kernel_ss;
    uint64_t kernel_stack; /* where a handler's frame begins: pv_set_kernel_stack() */
    uint64_t event_callback, failsafe_callback, syscall_callback; /* 0: none */
    uint64_t syscall32_callback, sysenter_callback;
    bool failsafe_masks, syscall_masks, syscall32_masks,
        sysenter_masks; /* events are masked on entry */
    bool kernel_mode;   /* valid while not running; else struct cpu's guest_kernel */
    bool in_nmi;

    struct pv_walked walked;
    struct pv_decoded decoded[DECODED_SLOTS];
    mfn_t kernel_l4, user_l4; /* each holds a reference and a use; MFN_INVALID: none */

    uint64_t fs_base, gs_base_kernel, gs_base_user; /* valid while not running */
    uint32_t ctrlreg_ts;                            /* the guest wants #NM at the next FPU use */
    uint64_t cr4;                                   /* what the guest reads as CR4: pv/control.c */
    uint64_t debugreg[8];                           /* 0..3, 6, 7 as the guest set them */
    uint64_t dr7_io;                                /* I/O breakpoints: kept, not in hardware */

    uint32_t iopl;            /* 0..3, PHYSDEVOP_set_iopl or VCPU context */
    uint64_t io_bitmap;       /* the guest's address of its bitmap; 0: none */
    uint32_t io_bitmap_ports; /* bits in it */
    uint32_t cf8;             /* PCI address register, latched */

    mfn_t gdt[GDT_FRAMES]; /* each holds a reference and a use as descriptors */
    uint32_t gdt_entries;
    uint64_t ldt_base; /* the guest's address */
    uint32_t ldt_entries;
    uint16_t ldt_mapped; /* bit a page of the LDT that is mapped: holds a reference and a use */

    struct fpu fpu;
    uint64_t *l1; /* of the vCPU's region in the domain's L4 slot; heap */
    struct window_cache windows;
    mfn_t undo[UNDO_SLOTS]; /* type_undo_later(); MFN_INVALID: free */
    uint32_t undo_count;

    struct multicall_entry *multicall; /* call/multicall.c: the member that runs, or NULL */
};

#define guest_in_kernel() (this_cpu()->guest_kernel != 0)

/* Address of a vCPU's region in slot 257. */
static inline uint64_t pv_region(const struct vcpu *v)
{
    return DOMAIN_START + ((uint64_t)v->id << VCPU_REGION_SHIFT);
}

/*
 * Kernel to user mode and back, of the current vCPU; user mode needs user tables. Both run in ring
 * 3: they differ in tables and GS base. In either mode GS_BASE is that of the mode and
 * KERNEL_GS_BASE that of the other; SWAPGS changes them over.
 */
static inline void pv_enter(struct cpu *c, bool kernel, mfn_t l4)
{
    c->guest_kernel = kernel;
    __asm__ volatile("swapgs" ::: "memory");
    tlb_load_cr3_on(c, mfn_to_paddr(l4).a);
}

static inline void pv_enter_kernel(const struct pv_vcpu *pv)
{
    pv_enter(this_cpu(), true, pv->kernel_l4);
}

static inline void pv_enter_user(const struct pv_vcpu *pv)
{
    pv_enter(this_cpu(), false, pv->user_l4);
}

/*
 * pv/bounce.c: the kernel's stack for what comes from user mode. It is checked here: one that no
 * frame can be on stands as an address where each store faults.
 */
#define NO_KERNEL_STACK (1UL << 63)
void pv_set_kernel_stack(struct pv_vcpu *pv, uint64_t ss, uint64_t sp);

/* pv/bounce.c: makes the guest go on in a handler of its own. */
void pv_inject_trap(struct cpu_user_regs *regs, unsigned int vector, uint32_t error_code);
void pv_inject_soft_trap(struct cpu_user_regs *regs,
                         unsigned int vector); /* INT n: no error code */
void pv_inject_page_fault(struct cpu_user_regs *regs, uint64_t va, uint32_t error_code);

/*
 * pv/emulate.c: a #GP, #UD or #NM-free instruction of the guest's; true when it was emulated
 * (registers advanced) or a fault was injected.
 */
bool pv_emulate_privileged(struct cpu_user_regs *regs);
bool pv_emulate_forced_cpuid(struct cpu_user_regs *regs);

/*
 * pv/emulate_pt.c: a store of the guest kernel's to one of its page tables, or to device memory
 * that it may only read; true when it was done or a fault was injected.
 */
bool pv_emulate_table_write(struct cpu_user_regs *regs, uint64_t va);

/* pv/cpuid.c */
struct cpuid_leaf;
struct cpuid_leaf pv_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t sub);

#endif
