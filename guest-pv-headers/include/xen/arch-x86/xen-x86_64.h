/* SPDX-License-Identifier: MIT */
/*
 * xen-x86_64.h: the 64-bit half of the x86 ABI.
 *
 * Selectors every guest finds in its descriptor table, the address range a guest may not use, the
 * frame of HYPERVISOR_iret and the saved registers. A hypercall takes its number in rax and its
 * arguments in rdi, rsi, rdx, r10, r8; the result is in rax; rcx and r11 are lost, and arguments
 * may be.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_XEN_X86_64_H__
#define __XEN_PUBLIC_ARCH_X86_XEN_X86_64_H__

#include "../abi/base.h"

/* Flat segments in the reserved part of the GDT: usable without a table of the guest's own. */
#define FLAT_RING3_CS32 0xe023
#define FLAT_RING3_CS64 0xe033
#define FLAT_RING3_DS32 0xe02b
#define FLAT_RING3_DS64 0x0000 /* the null selector */
#define FLAT_RING3_SS32 0xe02b
#define FLAT_RING3_SS64 0xe02b

/* Kernel and user run in the same ring, so their selectors are the same. */
#define FLAT_KERNEL_DS64 FLAT_RING3_DS64
#define FLAT_KERNEL_DS32 FLAT_RING3_DS32
#define FLAT_KERNEL_DS   FLAT_KERNEL_DS64
#define FLAT_KERNEL_CS64 FLAT_RING3_CS64
#define FLAT_KERNEL_CS32 FLAT_RING3_CS32
#define FLAT_KERNEL_CS   FLAT_KERNEL_CS64
#define FLAT_KERNEL_SS64 FLAT_RING3_SS64
#define FLAT_KERNEL_SS32 FLAT_RING3_SS32
#define FLAT_KERNEL_SS   FLAT_KERNEL_SS64

#define FLAT_USER_DS64 FLAT_RING3_DS64
#define FLAT_USER_DS32 FLAT_RING3_DS32
#define FLAT_USER_DS   FLAT_USER_DS64
#define FLAT_USER_CS64 FLAT_RING3_CS64
#define FLAT_USER_CS32 FLAT_RING3_CS32
#define FLAT_USER_CS   FLAT_USER_CS64
#define FLAT_USER_SS64 FLAT_RING3_SS64
#define FLAT_USER_SS32 FLAT_RING3_SS32
#define FLAT_USER_SS   FLAT_USER_SS64

/* L4 slots 256 to 271 belong to the hypervisor; the first of them shows the guest the M2P. */
#define __HYPERVISOR_VIRT_START 0xFFFF800000000000
#define __HYPERVISOR_VIRT_END   0xFFFF880000000000
#define __MACH2PHYS_VIRT_START  0xFFFF800000000000
#define __MACH2PHYS_VIRT_END    0xFFFF804000000000

#ifndef HYPERVISOR_VIRT_START
#define HYPERVISOR_VIRT_START xen_mk_ulong(__HYPERVISOR_VIRT_START)
#define HYPERVISOR_VIRT_END   xen_mk_ulong(__HYPERVISOR_VIRT_END)
#endif

#define MACH2PHYS_VIRT_START xen_mk_ulong(__MACH2PHYS_VIRT_START)
#define MACH2PHYS_VIRT_END   xen_mk_ulong(__MACH2PHYS_VIRT_END)
/* One 8-byte entry a machine frame. */
#define MACH2PHYS_NR_ENTRIES ((MACH2PHYS_VIRT_END - MACH2PHYS_VIRT_START) >> 3)
#ifndef machine_to_phys_mapping
#define machine_to_phys_mapping ((unsigned long *)HYPERVISOR_VIRT_START)
#endif

/* First argument of HYPERVISOR_set_segment_base; the second is an address, or a selector for 3. */
#define SEGBASE_FS          0
#define SEGBASE_GS_USER     1
#define SEGBASE_GS_KERNEL   2
#define SEGBASE_GS_USER_SEL 3

/* In iret_context.flags: leave by SYSRET, which drops the saved r11, rcx, cs and ss. */
#define _VGCF_in_syscall 8
#define VGCF_in_syscall  (1 << _VGCF_in_syscall)
#define VGCF_IN_SYSCALL  VGCF_in_syscall

#ifndef __ASSEMBLY__

/*
 * The kernel stack at HYPERVISOR_iret, lowest address first. It does not return. Privilege bits of
 * cs: 3 enters user mode, anything less stays in the kernel.
 */
struct iret_context {
    uint64_t rax, r11, rcx, flags; /* flags: VGCF_* */
    uint64_t rip, cs, rflags, rsp, ss;
};

/*
 * Names of one saved register. The hypervisor and the tools get every width (rax, eax, ax, al,
 * ah); a guest gets the 64-bit name, its 32-bit spelling as an alias of all 64 bits, and _eax for
 * the low half.
 */
#if defined(__XEN__) || defined(__XEN_TOOLS__)
#define XEN_REG_AX(w)                                                                              \
    XEN_ABI_EXT union {                                                                            \
        uint64_t r##w##x;                                                                          \
        uint32_t e##w##x;                                                                          \
        uint16_t w##x;                                                                             \
        XEN_ABI_EXT struct {                                                                       \
            uint8_t w##l;                                                                          \
            uint8_t w##h;                                                                          \
        };                                                                                         \
    }
#define XEN_REG_SI(n)                                                                              \
    XEN_ABI_EXT union {                                                                            \
        uint64_t r##n;                                                                             \
        uint32_t e##n;                                                                             \
        uint16_t n;                                                                                \
        uint8_t n##l;                                                                              \
    }
#define XEN_REG_IP(n)                                                                              \
    XEN_ABI_EXT union {                                                                            \
        uint64_t r##n;                                                                             \
        uint32_t e##n;                                                                             \
        uint16_t n;                                                                                \
    }
#define XEN_REG_NUM(n)                                                                             \
    XEN_ABI_EXT union {                                                                            \
        uint64_t r##n;                                                                             \
        uint32_t r##n##d;                                                                          \
        uint16_t r##n##w;                                                                          \
        uint8_t r##n##b;                                                                           \
    }
#elif defined(__GNUC__) && !defined(__STRICT_ANSI__)
#define XEN_REG_IP(n)                                                                              \
    XEN_ABI_EXT union {                                                                            \
        uint64_t r##n, e##n;                                                                       \
        uint32_t _e##n;                                                                            \
    }
#define XEN_REG_AX(w)  XEN_REG_IP(w##x)
#define XEN_REG_SI(n)  XEN_REG_IP(n)
#define XEN_REG_NUM(n) uint64_t r##n
#else
#define XEN_REG_IP(n)  uint64_t r##n
#define XEN_REG_AX(w)  uint64_t r##w##x
#define XEN_REG_SI(n)  uint64_t r##n
#define XEN_REG_NUM(n) uint64_t r##n
#endif

/* A vCPU's registers, in the order the hypervisor's entry code saves them. */
typedef struct cpu_user_regs {
    XEN_REG_NUM(15);
    XEN_REG_NUM(14);
    XEN_REG_NUM(13);
    XEN_REG_NUM(12);
    XEN_REG_SI(bp);
    XEN_REG_AX(b);
    XEN_REG_NUM(11);
    XEN_REG_NUM(10);
    XEN_REG_NUM(9);
    XEN_REG_NUM(8);
    XEN_REG_AX(a);
    XEN_REG_AX(c);
    XEN_REG_AX(d);
    XEN_REG_SI(si);
    XEN_REG_SI(di);
    uint32_t error_code;   /* the hypervisor's */
    uint32_t entry_vector; /* the hypervisor's */
    XEN_REG_IP(ip);
    uint16_t cs, _pad0[1];
    uint8_t saved_upcall_mask; /* 1 when events were masked; rflags.IF shows the inverse */
    uint8_t _pad1[3];
    XEN_REG_IP(flags);
    XEN_REG_SI(sp);
    uint16_t ss, _pad2[3];
    uint16_t es, _pad3[3];
    uint16_t ds, _pad4[3];
    uint16_t fs, _pad5[3];
    uint16_t gs, _pad6[3];
} cpu_user_regs_t;
DEFINE_XEN_GUEST_HANDLE(cpu_user_regs_t);

#undef XEN_REG_AX
#undef XEN_REG_SI
#undef XEN_REG_IP
#undef XEN_REG_NUM

/* CR3 holds a machine address: the frame number times 4096. */
#define xen_pfn_to_cr3(pfn) ((unsigned long)(pfn) << 12)
#define xen_cr3_to_pfn(cr3) ((unsigned long)(cr3) >> 12)

/* The architecture's part of vcpu_info. */
typedef struct arch_vcpu_info {
    unsigned long cr2; /* address of the last page fault bounced to the guest */
    unsigned long pad; /* makes vcpu_info 64 bytes */
} arch_vcpu_info_t;

typedef unsigned long xen_callback_t; /* address of a handler in the guest kernel */

#endif /* __ASSEMBLY__ */

#endif
