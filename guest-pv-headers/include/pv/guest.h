/* SPDX-License-Identifier: MIT */
/*
 * guest.h: libpvguest, what a kernel needs to live on the PV ABI.
 *
 * The library owns start of day and calls guest_main() when memory, traps, events and console are
 * there. Numbers below 0 are negated error numbers of xen/errno.h. Unless a function says
 * otherwise, any vCPU may call it, but not from an event handler. Part by part: memory.h,
 * event.h, device.h, cpu.h.
 */
#ifndef PV_GUEST_H
#define PV_GUEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "hypercall.h"
#include "../xen/errno.h"
#include "../xen/sched.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The kernel itself, on vCPU 0. Returning 0 powers off, anything else ends as a crash. */
int guest_main(void);

/* What the domain builder wrote, and the page shared with the hypervisor. */
extern start_info_t *pv_start_info;
extern shared_info_t *const pv_shared_info;

/* True in the control domain: it has no rings to a console or a store. */
static inline bool pv_is_control_domain(void)
{
    return (pv_start_info->flags & SIF_INITDOMAIN) != 0;
}

/* The value of `name=value` on the command line, or fallback; decimal for the number. */
const char *pv_option(const char *name, char *value, size_t bytes, const char *fallback);
unsigned long pv_option_number(const char *name, unsigned long fallback);

/* The module loaded with the kernel (an initrd); null when there is none. */
const void *pv_module(size_t *bytes);

/* Ends the domain: SHUTDOWN_*. */
__attribute__((noreturn)) void pv_shutdown(unsigned int reason);

/* Console. Text goes out at once; read returns what there is, 0 for nothing. */
void pv_console_write(const char *text, size_t bytes);
size_t pv_console_read(char *text, size_t bytes);

/* %c %s %d %u %x %p %%, with l, a width and a leading 0. The length of the whole text. */
__attribute__((format(printf, 1, 2))) int pv_printf(const char *format, ...);
__attribute__((format(printf, 3, 4))) int pv_format(char *text, size_t bytes, const char *format,
                                                    ...);
int pv_vformat(char *text, size_t bytes, const char *format, va_list arguments);

/* The registers of an interrupted context, as entries save them. */
struct pv_regs {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error; /* error code, or 0 */
    uint64_t rip, cs, rflags, rsp, ss;
};

/*
 * Who handles an exception; null: it is printed, and ends the domain. Handlers run with events
 * masked, on the stack of what was interrupted, and must not touch vector registers.
 */
typedef void (*pv_trap_fn)(struct pv_regs *regs);
void pv_trap_handler(unsigned int vector, pv_trap_fn handler);

#ifdef __cplusplus
}
#endif

#endif
