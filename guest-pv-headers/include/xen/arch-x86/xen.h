/* SPDX-License-Identifier: MIT */
/*
 * arch-x86/xen.h: what x86 adds to the ABI.
 *
 * Trap tables, a vCPU's initial context, the part of the shared page that describes the p2m, and
 * the records of CPUID and MSR policy. Layouts are those of a 64-bit PV guest.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_XEN_H__
#define __XEN_PUBLIC_ARCH_X86_XEN_H__

#include "../abi/base.h"
#include "xen-x86_64.h"

#define XEN_HAVE_PV_GUEST_ENTRY 1 /* struct start_info exists */
#define XEN_HAVE_PV_UPCALL_MASK 1 /* vcpu_info has evtchn_upcall_mask */

/*
 * From this frame of the GDT on, entries are the hypervisor's: a guest owns 14 frames, 7168
 * entries.
 */
#define FIRST_RESERVED_GDT_PAGE  14
#define FIRST_RESERVED_GDT_BYTE  (FIRST_RESERVED_GDT_PAGE * 4096)
#define FIRST_RESERVED_GDT_ENTRY (FIRST_RESERVED_GDT_BYTE / 8)

/* vCPUs whose vcpu_info is in the shared page; those above must register one. */
#define XEN_LEGACY_MAX_VCPUS 32

/* `ud2` and three bytes "xen" before CPUID ask the hypervisor to answer in its place. */
#ifdef __ASSEMBLY__
#define XEN_EMULATE_PREFIX .byte 0x0f, 0x0b, 0x78, 0x65, 0x6e;
#define XEN_CPUID          XEN_EMULATE_PREFIX cpuid
#else
#define XEN_EMULATE_PREFIX ".byte 0x0f,0x0b,0x78,0x65,0x6e ; "
#define XEN_CPUID          XEN_EMULATE_PREFIX "cpuid"
#endif

/* Bytes written here appear on the hypervisor's console (not for PV guests). */
#define XEN_HVM_DEBUGCONS_IOPORT 0xe9

#ifndef __ASSEMBLY__

/*
 * One gate for HYPERVISOR_set_trap_table; the array ends at an entry with address 0. flags, bits 0
 * and 1: least privilege that may raise it by software (3: user too); bit 2: mask events on entry.
 */
typedef struct trap_info {
    uint8_t vector;
    uint8_t flags;
    uint16_t cs;
    unsigned long address;
} trap_info_t;
DEFINE_XEN_GUEST_HANDLE(trap_info_t);

#define TI_GET_DPL(_ti)       ((_ti)->flags & 3)
#define TI_GET_IF(_ti)        ((_ti)->flags & 4)
#define TI_SET_DPL(_ti, _dpl) ((_ti)->flags |= (_dpl))
#define TI_SET_IF(_ti, _if)   ((_ti)->flags |= ((!!(_if)) << 2))

typedef uint64_t tsc_timestamp_t; /* what RDTSC returned */

/* vcpu_guest_context.flags */
#define _VGCF_i387_valid               0 /* fpu_ctxt holds a state */
#define VGCF_i387_valid                (1 << _VGCF_i387_valid)
#define VGCF_I387_VALID                (1 << 0)
#define _VGCF_in_kernel                2 /* starts in kernel mode */
#define VGCF_in_kernel                 (1 << _VGCF_in_kernel)
#define VGCF_IN_KERNEL                 (1 << 2)
#define _VGCF_failsafe_disables_events 3
#define VGCF_failsafe_disables_events  (1 << _VGCF_failsafe_disables_events)
#define _VGCF_syscall_disables_events  4
#define VGCF_syscall_disables_events   (1 << _VGCF_syscall_disables_events)
#define _VGCF_online                   5 /* runs at once, without VCPUOP_up */
#define VGCF_online                    (1 << _VGCF_online)

/* A whole vCPU: given to VCPUOP_initialise, exchanged by the set and get context control calls. */
typedef struct vcpu_guest_context {
    struct {
        char x[512]; /* as FXSAVE writes it; first, for its alignment */
    } fpu_ctxt;
    unsigned long flags; /* VGCF_* */
    struct cpu_user_regs user_regs;
    struct trap_info trap_ctxt[256];        /* indexed by vector */
    unsigned long ldt_base, ldt_ents;       /* linear address, entries */
    unsigned long gdt_frames[16], gdt_ents; /* machine frames, entries */
    unsigned long kernel_ss, kernel_sp;     /* stack of entries into the kernel */
    unsigned long ctrlreg[8];               /* by number; [1] is the user root in CR3's format */
    unsigned long debugreg[8];
    unsigned long event_callback_eip;
    unsigned long failsafe_callback_eip;
#ifdef __XEN__
    XEN_ABI_EXT union {
        unsigned long syscall_callback_eip;
        XEN_ABI_EXT struct { /* a 32-bit guest has selectors in its place */
            unsigned int event_callback_cs;
            unsigned int failsafe_callback_cs;
        };
    };
#else
    unsigned long syscall_callback_eip;
#endif
    unsigned long vm_assist; /* bit n: VMASST_TYPE n */
    uint64_t fs_base;
    uint64_t gs_base_kernel;
    uint64_t gs_base_user;
} vcpu_guest_context_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_guest_context_t);

/*
 * Written by the guest for its tools, except nmi_reason. The p2m is found through the list of
 * lists, or, when p2m_cr3 is not 0, as an array at p2m_vaddr; p2m_generation is odd while it
 * changes.
 */
typedef struct arch_shared_info {
    unsigned long max_pfn; /* entries of the p2m */
    xen_pfn_t pfn_to_mfn_frame_list_list;
    unsigned long nmi_reason; /* XEN_NMIREASON_*, by the hypervisor */
    unsigned long p2m_cr3;    /* root under which p2m_vaddr is mapped, in CR3's format */
    unsigned long p2m_vaddr;
    unsigned long p2m_generation;
} arch_shared_info_t;

#if defined(__XEN__) || defined(__XEN_TOOLS__)
/* Devices a domain is given in emulation; a PV guest has none, or the PIT. */
#define _XEN_X86_EMU_LAPIC    0
#define XEN_X86_EMU_LAPIC     (1U << _XEN_X86_EMU_LAPIC)
#define _XEN_X86_EMU_HPET     1
#define XEN_X86_EMU_HPET      (1U << _XEN_X86_EMU_HPET)
#define _XEN_X86_EMU_PM       2
#define XEN_X86_EMU_PM        (1U << _XEN_X86_EMU_PM)
#define _XEN_X86_EMU_RTC      3
#define XEN_X86_EMU_RTC       (1U << _XEN_X86_EMU_RTC)
#define _XEN_X86_EMU_IOAPIC   4
#define XEN_X86_EMU_IOAPIC    (1U << _XEN_X86_EMU_IOAPIC)
#define _XEN_X86_EMU_PIC      5
#define XEN_X86_EMU_PIC       (1U << _XEN_X86_EMU_PIC)
#define _XEN_X86_EMU_VGA      6
#define XEN_X86_EMU_VGA       (1U << _XEN_X86_EMU_VGA)
#define _XEN_X86_EMU_IOMMU    7
#define XEN_X86_EMU_IOMMU     (1U << _XEN_X86_EMU_IOMMU)
#define _XEN_X86_EMU_PIT      8
#define XEN_X86_EMU_PIT       (1U << _XEN_X86_EMU_PIT)
#define _XEN_X86_EMU_USE_PIRQ 9
#define XEN_X86_EMU_USE_PIRQ  (1U << _XEN_X86_EMU_USE_PIRQ)
#define _XEN_X86_EMU_VPCI     10
#define XEN_X86_EMU_VPCI      (1U << _XEN_X86_EMU_VPCI)
#define XEN_X86_EMU_ALL       0x7ffU

#define XEN_X86_MSR_RELAXED    (1u << 0) /* unknown MSRs read as 0 in place of #GP */
#define XEN_X86_MISC_FLAGS_MAX XEN_X86_MSR_RELAXED

struct xen_arch_domainconfig {
    uint32_t emulation_flags; /* XEN_X86_EMU_* */
    uint32_t misc_flags;      /* XEN_X86_MSR_RELAXED */
};
#endif

/* One row of a CPUID policy: what the guest reads for leaf and subleaf. */
#define XEN_CPUID_NO_SUBLEAF 0xffffffffu
typedef struct xen_cpuid_leaf {
    uint32_t leaf, subleaf;
    uint32_t a, b, c, d;
} xen_cpuid_leaf_t;
DEFINE_XEN_GUEST_HANDLE(xen_cpuid_leaf_t);

/* One row of an MSR policy. */
typedef struct xen_msr_entry {
    uint32_t idx;
    uint32_t flags; /* 0 */
    uint64_t val;
} xen_msr_entry_t;
DEFINE_XEN_GUEST_HANDLE(xen_msr_entry_t);

#endif /* __ASSEMBLY__ */

#include "../xen.h"

#endif
