/* SPDX-License-Identifier: MIT */
/*
 * hypercall.h: hypercalls as functions.
 *
 * Each is one SYSCALL instruction: number in rax, arguments in rdi, rsi, rdx, r10, r8; rcx and r11
 * are lost, argument registers may be. It works from a PV guest's kernel without a hypercall page.
 * Results are 0 or more, or a negative errno. Argument records are those of the xen/ headers.
 */
#ifndef PV_HYPERCALL_H
#define PV_HYPERCALL_H

/*
 * The oldest revision hides today's numbers under the same names, so it can't be the default here.
 */
#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00
#endif

#include "../xen/xen.h"
#include "../xen/mortise.h"

#if __XEN_INTERFACE_VERSION__ < 0x00030204
#error "define __XEN_INTERFACE_VERSION__ as 0x00030204 or later"
#endif

/*
 * Any hypercall by number, with five arguments; unused ones may be anything. A program that is no
 * kernel, such as a test on a host, defines PV_HYPERCALL_EXTERN and the function.
 */
#ifdef PV_HYPERCALL_EXTERN
long pv_hypercall(unsigned long nr, unsigned long a1, unsigned long a2, unsigned long a3,
                  unsigned long a4, unsigned long a5);
#else
static inline long pv_hypercall(unsigned long nr, unsigned long a1, unsigned long a2,
                                unsigned long a3, unsigned long a4, unsigned long a5)
{
    register unsigned long r10 __asm__("r10") = a4;
    register unsigned long r8 __asm__("r8") = a5;
    long ret;

    __asm__ volatile("syscall"
                     : "=a"(ret), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10), "+r"(r8)
                     : "0"(nr)
                     : "rcx", "r11", "memory");
    return ret;
}
#endif

/* The same with fewer arguments. */
#define PV_ARG(x)                ((unsigned long)(x))
#define PV_CALL0(nr)             pv_hypercall(nr, 0, 0, 0, 0, 0)
#define PV_CALL1(nr, a)          pv_hypercall(nr, PV_ARG(a), 0, 0, 0, 0)
#define PV_CALL2(nr, a, b)       pv_hypercall(nr, PV_ARG(a), PV_ARG(b), 0, 0, 0)
#define PV_CALL3(nr, a, b, c)    pv_hypercall(nr, PV_ARG(a), PV_ARG(b), PV_ARG(c), 0, 0)
#define PV_CALL4(nr, a, b, c, d) pv_hypercall(nr, PV_ARG(a), PV_ARG(b), PV_ARG(c), PV_ARG(d), 0)

static inline long HYPERVISOR_set_trap_table(const trap_info_t *traps)
{
    return PV_CALL1(__HYPERVISOR_set_trap_table, traps);
}

/* done may be null; domid: foreign owner of the frames, | (1 + owner of the tables) << 16. */
static inline long HYPERVISOR_mmu_update(const mmu_update_t *req, unsigned int count,
                                         unsigned int *done, unsigned int domid)
{
    return PV_CALL4(__HYPERVISOR_mmu_update, req, count, done, domid);
}

static inline long HYPERVISOR_mmuext_op(const mmuext_op_t *op, unsigned int count,
                                        unsigned int *done, unsigned int domid)
{
    return PV_CALL4(__HYPERVISOR_mmuext_op, op, count, done, domid);
}

/* frames: machine frames; entries: 8 bytes each, at most FIRST_RESERVED_GDT_ENTRY. */
static inline long HYPERVISOR_set_gdt(const xen_pfn_t *frames, unsigned int entries)
{
    return PV_CALL2(__HYPERVISOR_set_gdt, frames, entries);
}

static inline long HYPERVISOR_stack_switch(unsigned long ss, unsigned long sp)
{
    return PV_CALL2(__HYPERVISOR_stack_switch, ss, sp);
}

static inline long HYPERVISOR_set_callbacks(unsigned long event, unsigned long failsafe,
                                            unsigned long syscall)
{
    return PV_CALL3(__HYPERVISOR_set_callbacks, event, failsafe, syscall);
}

static inline long HYPERVISOR_callback_op(int cmd, const void *arg)
{
    return PV_CALL2(__HYPERVISOR_callback_op, cmd, arg);
}

static inline long HYPERVISOR_fpu_taskswitch(int set)
{
    return PV_CALL1(__HYPERVISOR_fpu_taskswitch, set);
}

static inline long HYPERVISOR_set_debugreg(int reg, unsigned long value)
{
    return PV_CALL2(__HYPERVISOR_set_debugreg, reg, value);
}

static inline long HYPERVISOR_get_debugreg(int reg)
{
    return PV_CALL1(__HYPERVISOR_get_debugreg, reg);
}

/* ma: machine address of the descriptor. */
static inline long HYPERVISOR_update_descriptor(uint64_t ma, uint64_t desc)
{
    return PV_CALL2(__HYPERVISOR_update_descriptor, ma, desc);
}

static inline long HYPERVISOR_memory_op(unsigned int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_memory_op, cmd, arg);
}

static inline long HYPERVISOR_multicall(multicall_entry_t *calls, unsigned int count)
{
    return PV_CALL2(__HYPERVISOR_multicall, calls, count);
}

/* flags: UVMF_*. */
static inline long HYPERVISOR_update_va_mapping(unsigned long va, uint64_t entry,
                                                unsigned long flags)
{
    return PV_CALL3(__HYPERVISOR_update_va_mapping, va, entry, flags);
}

static inline long HYPERVISOR_update_va_mapping_otherdomain(unsigned long va, uint64_t entry,
                                                            unsigned long flags, domid_t domid)
{
    return PV_CALL4(__HYPERVISOR_update_va_mapping_otherdomain, va, entry, flags, domid);
}

/* timeout: system time in ns; 0 stops the timer. */
static inline long HYPERVISOR_set_timer_op(uint64_t timeout)
{
    return PV_CALL1(__HYPERVISOR_set_timer_op, timeout);
}

static inline long HYPERVISOR_xen_version(int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_xen_version, cmd, arg);
}

static inline long HYPERVISOR_console_io(int cmd, unsigned int bytes, char *buf)
{
    return PV_CALL3(__HYPERVISOR_console_io, cmd, bytes, buf);
}

static inline long HYPERVISOR_grant_table_op(unsigned int cmd, void *arg, unsigned int count)
{
    return PV_CALL3(__HYPERVISOR_grant_table_op, cmd, arg, count);
}

static inline long HYPERVISOR_vm_assist(unsigned int cmd, unsigned int type)
{
    return PV_CALL2(__HYPERVISOR_vm_assist, cmd, type);
}

static inline long HYPERVISOR_vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
    return PV_CALL3(__HYPERVISOR_vcpu_op, cmd, vcpu, arg);
}

static inline long HYPERVISOR_set_segment_base(int which, unsigned long base)
{
    return PV_CALL2(__HYPERVISOR_set_segment_base, which, base);
}

static inline long HYPERVISOR_nmi_op(int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_nmi_op, cmd, arg);
}

static inline long HYPERVISOR_sched_op(int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_sched_op, cmd, arg);
}

static inline long HYPERVISOR_event_channel_op(int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_event_channel_op, cmd, arg);
}

static inline long HYPERVISOR_physdev_op(int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_physdev_op, cmd, arg);
}

static inline long HYPERVISOR_xsm_op(void *arg)
{
    return PV_CALL1(__HYPERVISOR_xsm_op, arg);
}

static inline long HYPERVISOR_hvm_op(int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_hvm_op, cmd, arg);
}

/* The record holds command and version: struct xen_platform_op, xen_sysctl, xen_domctl. */
static inline long HYPERVISOR_platform_op(void *op)
{
    return PV_CALL1(__HYPERVISOR_platform_op, op);
}

static inline long HYPERVISOR_sysctl(void *op)
{
    return PV_CALL1(__HYPERVISOR_sysctl, op);
}

static inline long HYPERVISOR_domctl(void *op)
{
    return PV_CALL1(__HYPERVISOR_domctl, op);
}

static inline long HYPERVISOR_mortise_op(unsigned int cmd, void *arg)
{
    return PV_CALL2(__HYPERVISOR_mortise_op, cmd, arg);
}

/* Leaves for the context in *frame and never comes back; the frame becomes the stack. */
__attribute__((noreturn)) static inline void HYPERVISOR_iret(const struct iret_context *frame)
{
    __asm__ volatile("mov %0, %%rsp\n\t"
                     "syscall"
                     :
                     : "r"(frame), "a"(PV_ARG(__HYPERVISOR_iret))
                     : "memory");
    __builtin_unreachable();
}

#endif
