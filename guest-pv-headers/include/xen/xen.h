/* SPDX-License-Identifier: MIT */
/*
 * xen.h: the root of the ABI.
 *
 * Hypercall numbers, virtual interrupts, page-table requests, reserved domain numbers, the page
 * shared with each guest and the record a guest finds in rsi when it starts. Frames are of 4096
 * bytes, times are nanoseconds unless a field says otherwise; 0 or a negative errno is returned.
 */
#ifndef __XEN_PUBLIC_XEN_H__
#define __XEN_PUBLIC_XEN_H__

#include "abi/base.h"
#include "arch-x86/xen.h"

/* Hypercalls, by the number in rax. */
#define __HYPERVISOR_set_trap_table                0
#define __HYPERVISOR_mmu_update                    1
#define __HYPERVISOR_set_gdt                       2
#define __HYPERVISOR_stack_switch                  3
#define __HYPERVISOR_set_callbacks                 4
#define __HYPERVISOR_fpu_taskswitch                5
#define __HYPERVISOR_sched_op_compat               6
#define __HYPERVISOR_platform_op                   7
#define __HYPERVISOR_set_debugreg                  8
#define __HYPERVISOR_get_debugreg                  9
#define __HYPERVISOR_update_descriptor             10
#define __HYPERVISOR_memory_op                     12
#define __HYPERVISOR_multicall                     13
#define __HYPERVISOR_update_va_mapping             14
#define __HYPERVISOR_set_timer_op                  15
#define __HYPERVISOR_event_channel_op_compat       16
#define __HYPERVISOR_xen_version                   17
#define __HYPERVISOR_console_io                    18
#define __HYPERVISOR_physdev_op_compat             19
#define __HYPERVISOR_grant_table_op                20
#define __HYPERVISOR_vm_assist                     21
#define __HYPERVISOR_update_va_mapping_otherdomain 22
#define __HYPERVISOR_iret                          23
#define __HYPERVISOR_vcpu_op                       24
#define __HYPERVISOR_set_segment_base              25
#define __HYPERVISOR_mmuext_op                     26
#define __HYPERVISOR_xsm_op                        27
#define __HYPERVISOR_nmi_op                        28
#define __HYPERVISOR_sched_op                      29
#define __HYPERVISOR_callback_op                   30
#define __HYPERVISOR_xenoprof_op                   31
#define __HYPERVISOR_event_channel_op              32
#define __HYPERVISOR_physdev_op                    33
#define __HYPERVISOR_hvm_op                        34
#define __HYPERVISOR_sysctl                        35
#define __HYPERVISOR_domctl                        36
#define __HYPERVISOR_kexec_op                      37
#define __HYPERVISOR_tmem_op                       38
#define __HYPERVISOR_argo_op                       39
#define __HYPERVISOR_xenpmu_op                     40
#define __HYPERVISOR_dm_op                         41
#define __HYPERVISOR_hypfs_op                      42
#define __HYPERVISOR_arch_0                        48 /* machine checks */
#define __HYPERVISOR_arch_1                        49
#define __HYPERVISOR_arch_2                        50
#define __HYPERVISOR_arch_3                        51
#define __HYPERVISOR_arch_4                        52
#define __HYPERVISOR_arch_5                        53
#define __HYPERVISOR_arch_6                        54
#define __HYPERVISOR_arch_7                        55 /* Mortise's own: see mortise.h */

/* Guests written to an old revision mean the old numbers by the plain names. */
#if __XEN_INTERFACE_VERSION__ < 0x00030101
#undef __HYPERVISOR_sched_op
#define __HYPERVISOR_sched_op __HYPERVISOR_sched_op_compat
#endif
#if __XEN_INTERFACE_VERSION__ < 0x00030202
#undef __HYPERVISOR_event_channel_op
#define __HYPERVISOR_event_channel_op __HYPERVISOR_event_channel_op_compat
#undef __HYPERVISOR_physdev_op
#define __HYPERVISOR_physdev_op __HYPERVISOR_physdev_op_compat
#endif
#if __XEN_INTERFACE_VERSION__ < 0x00030204
#define __HYPERVISOR_dom0_op __HYPERVISOR_platform_op
#endif

/* Virtual interrupts: one a vCPU (v), or one a domain, bound on vCPU 0 first and movable (d). */
#define VIRQ_TIMER      0  /* v: a timer expired */
#define VIRQ_DEBUG      1  /* v: somebody wants the guest to print its state */
#define VIRQ_CONSOLE    2  /* d, control domain: input on the serial line */
#define VIRQ_DOM_EXC    3  /* d, the store's domain: another domain shut down or died */
#define VIRQ_TBUF       4  /* d: trace records wait */
#define VIRQ_DEBUGGER   6  /* d: a domain stopped for its debugger */
#define VIRQ_XENOPROF   7  /* v: profile samples wait */
#define VIRQ_CON_RING   8  /* d: the hypervisor printed something */
#define VIRQ_PCPU_STATE 9  /* d: a physical CPU came or went */
#define VIRQ_MEM_EVENT  10 /* d: memory access event */
#define VIRQ_ARGO       11 /* d: a message arrived */
#define VIRQ_ENOMEM     12 /* d: free memory is low */
#define VIRQ_XENPMU     13 /* v: performance counter overflow */
#define VIRQ_ARCH_0     16 /* machine checks */
#define VIRQ_ARCH_1     17
#define VIRQ_ARCH_2     18
#define VIRQ_ARCH_3     19
#define VIRQ_ARCH_4     20
#define VIRQ_ARCH_5     21
#define VIRQ_ARCH_6     22
#define VIRQ_ARCH_7     23
#define NR_VIRQS        24

/* mmu_update.ptr, bits 0 and 1: what is written. The rest of ptr is a machine address. */
#define MMU_NORMAL_PT_UPDATE       0 /* a page-table entry; the value is checked */
#define MMU_MACHPHYS_UPDATE        1 /* the M2P entry of the frame at ptr */
#define MMU_PT_UPDATE_PRESERVE_AD  2 /* as 0, and keeps the A and D bits that are set */
#define MMU_PT_UPDATE_NO_TRANSLATE 3 /* as 0, never through a translated domain's p2m */

/* mmuext_op.cmd */
#define MMUEXT_PIN_L1_TABLE       0 /* 0..3: mfn */
#define MMUEXT_PIN_L2_TABLE       1
#define MMUEXT_PIN_L3_TABLE       2
#define MMUEXT_PIN_L4_TABLE       3
#define MMUEXT_UNPIN_TABLE        4 /* mfn */
#define MMUEXT_NEW_BASEPTR        5 /* mfn: load as kernel root */
#define MMUEXT_TLB_FLUSH_LOCAL    6
#define MMUEXT_INVLPG_LOCAL       7 /* linear_addr */
#define MMUEXT_TLB_FLUSH_MULTI    8 /* vcpumask */
#define MMUEXT_INVLPG_MULTI       9 /* linear_addr, vcpumask */
#define MMUEXT_TLB_FLUSH_ALL      10
#define MMUEXT_INVLPG_ALL         11 /* linear_addr */
#define MMUEXT_FLUSH_CACHE        12 /* needs a device of its own */
#define MMUEXT_SET_LDT            13 /* linear_addr, nr_ents */
#define MMUEXT_NEW_USER_BASEPTR   15 /* mfn: root of user mode, loaded at the next exit to it */
#define MMUEXT_CLEAR_PAGE         16 /* mfn */
#define MMUEXT_COPY_PAGE          17 /* mfn: destination; src_mfn */
#define MMUEXT_FLUSH_CACHE_GLOBAL 18
#define MMUEXT_MARK_SUPER         19 /* mfn */
#define MMUEXT_UNMARK_SUPER       20 /* mfn */

/* Flags of update_va_mapping: bits 0 and 1 what to flush, the rest where. */
#define UVMF_NONE           (xen_mk_ulong(0) << 0)
#define UVMF_TLB_FLUSH      (xen_mk_ulong(1) << 0)
#define UVMF_INVLPG         (xen_mk_ulong(2) << 0)
#define UVMF_FLUSHTYPE_MASK (xen_mk_ulong(3) << 0)
#define UVMF_MULTI          (xen_mk_ulong(0) << 2) /* OR in the address of a bitmap of vCPUs */
#define UVMF_LOCAL          (xen_mk_ulong(0) << 2)
#define UVMF_ALL            (xen_mk_ulong(1) << 2)

/* console_io: command, bytes, buffer. */
#define CONSOLEIO_write 0
#define CONSOLEIO_read  1

/* vm_assist: command, type. */
#define VMASST_CMD_enable                0
#define VMASST_CMD_disable               1
#define VMASST_TYPE_4gb_segments         0
#define VMASST_TYPE_4gb_segments_notify  1
#define VMASST_TYPE_writable_pagetables  2 /* stores to page tables are emulated */
#define VMASST_TYPE_pae_extended_cr3     3
#define VMASST_TYPE_architectural_iopl   4  /* IOPL in saved rflags, not by physdev_op */
#define VMASST_TYPE_runstate_update_flag 5  /* XEN_RUNSTATE_UPDATE marks a write in progress */
#define VMASST_TYPE_m2p_strict           32 /* the M2P is absent from user-mode tables */
#if __XEN_INTERFACE_VERSION__ < 0x00040600
#define MAX_VMASST_TYPE 3
#endif

/* Domain numbers that are no domain. */
#define DOMID_FIRST_RESERVED xen_mk_uint(0x7FF0)
#define DOMID_SELF           xen_mk_uint(0x7FF0) /* the caller */
#define DOMID_IO             xen_mk_uint(0x7FF1) /* owner of device and firmware memory */
#define DOMID_XEN            xen_mk_uint(0x7FF2) /* owner of what the hypervisor shares */
#define DOMID_COW            xen_mk_uint(0x7FF3) /* owner of copy-on-write frames */
#define DOMID_INVALID        xen_mk_uint(0x7FF4)
#define DOMID_IDLE           xen_mk_uint(0x7FFF)
#define DOMID_MASK           xen_mk_uint(0x7FFF)

#ifndef __ASSEMBLY__

typedef uint16_t domid_t;

DEFINE_XEN_GUEST_HANDLE(char);
DEFINE_XEN_GUEST_HANDLE(int);
DEFINE_XEN_GUEST_HANDLE(void);
__DEFINE_XEN_GUEST_HANDLE(uchar, unsigned char);
__DEFINE_XEN_GUEST_HANDLE(uint, unsigned int);
#if __XEN_INTERFACE_VERSION__ < 0x00040300
DEFINE_XEN_GUEST_HANDLE(long);
__DEFINE_XEN_GUEST_HANDLE(ulong, unsigned long);
#endif
DEFINE_XEN_GUEST_HANDLE(uint64_t);
DEFINE_XEN_GUEST_HANDLE(xen_pfn_t);
DEFINE_XEN_GUEST_HANDLE(xen_ulong_t);
__DEFINE_XEN_GUEST_HANDLE(uint8, uint8_t);
__DEFINE_XEN_GUEST_HANDLE(uint16, uint16_t);
__DEFINE_XEN_GUEST_HANDLE(uint32, uint32_t);
__DEFINE_XEN_GUEST_HANDLE(uint64, uint64_t);

#include "abi/start.h"
#include "abi/shared.h"
#include "abi/uuid.h"

/* One request of HYPERVISOR_mmu_update(requests, count, done, domid). */
typedef struct mmu_update {
    uint64_t ptr; /* machine address | MMU_* */
    uint64_t val; /* the new entry, or the new M2P value */
} mmu_update_t;
DEFINE_XEN_GUEST_HANDLE(mmu_update_t);

/* One request of HYPERVISOR_mmuext_op(requests, count, done, domid). */
typedef struct mmuext_op {
    unsigned int cmd; /* MMUEXT_* */
    union {
        xen_pfn_t mfn;
        unsigned long linear_addr;
    } arg1;
    union {
        unsigned int nr_ents;
#if __XEN_INTERFACE_VERSION__ >= 0x00030205
        XEN_GUEST_HANDLE(const_void) vcpumask; /* bit n: vCPU n; as long as the domain needs */
#else
        const void *vcpumask;
#endif
        xen_pfn_t src_mfn;
    } arg2;
} mmuext_op_t;
DEFINE_XEN_GUEST_HANDLE(mmuext_op_t);

/* One call of HYPERVISOR_multicall(calls, count); the hypervisor writes result. */
typedef struct multicall_entry {
    xen_ulong_t op, result;
    xen_ulong_t args[6];
} multicall_entry_t;
DEFINE_XEN_GUEST_HANDLE(multicall_entry_t);

#if defined(__XEN__) || defined(__XEN_TOOLS__)
/* A bitmap of a control call: bit n in byte n / 8. */
typedef struct xenctl_bitmap {
    XEN_GUEST_HANDLE_64(uint8) bitmap;
    uint32_t nr_bits;
} xenctl_bitmap_t;
#endif

#endif /* __ASSEMBLY__ */

#endif
