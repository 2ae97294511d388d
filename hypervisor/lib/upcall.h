/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the list of upward calls: functions that a lower folder calls and a higher one defines. Each
 * names who does.
 */
#ifndef LIB_UPCALL_H
#define LIB_UPCALL_H

#include "lib/types.h"

struct cpu_user_regs;
struct owner;

/* kern/panic.c: panic() with the registers of who was interrupted */
void panic_regs(const struct cpu_user_regs *regs, const char *fmt, ...) __noreturn __printf(2, 3);

/* ctl/audit.c: with the option audit=end: the control domain switches the machine off, or restarts
 * it; no lock held */
void audit_at_end(void);

/* pv/traps.c: an NMI arrived; on its own stack, takes no lock */
void nmi_handle(struct cpu_user_regs *regs);

/* mm/tlb.c: VECTOR_FLUSH arrived; interrupts off */
void tlb_flush_ipi(void);

/*
 * mm/boot_memory.c: a frame for a hypervisor page table, zeroed, below 4 GiB while booting; panics
 * when there is none
 */
mfn_t table_frame_alloc(void);

/*
 * pv/table.c: checks entries of a frame as a table (or page of descriptors) from *index up, or
 * undoes them from *index down; 0, -ERESTART with *index as far as it got, or (check) -EINVAL and
 * the like
 */
struct frame;
enum frame_type;
int table_check(struct frame *f, enum frame_type t, unsigned int *index);
int table_undo(struct frame *f, enum frame_type t, unsigned int *index);

/* pv/table.c: notes for the current vCPU that a frame's undoing has to be gone on with */
void type_undo_later(mfn_t m);

/*
 * pv/create.c, pv/switch.c: the PV state of a vCPU: made (-ENOMEM) and unmade; out of the CPU and
 * into it, interrupts off
 */
struct vcpu;
struct domain;
int pv_domain_create(struct domain *d) __must_check;
void pv_domain_destroy(struct domain *d);
int pv_vcpu_create(struct vcpu *v) __must_check;
void pv_vcpu_drop(
    struct vcpu *v); /* gives back its tables and descriptor pages: it never runs again */
void pv_vcpu_destroy(struct vcpu *v);
void pv_save(struct vcpu *v);
void pv_load(struct vcpu *v);
void pv_use_windows(struct vcpu *v);

/*
 * pv/crash.c: prints registers, stack and a walk of the tables of the current vCPU, if it is one of
 * d's
 */
void pv_crash_dump(struct domain *d);

/* pv/mode.c: runs fn with the kernel's tables of the current vCPU loaded, whatever mode it is in */
void pv_with_kernel_tables(void (*fn)(struct vcpu *v), struct vcpu *v);

/*
 * ctl/domain_destroy.c: frees what the upper folders keep for a domain that nobody can reach any
 * more
 */
void domain_free_parts(struct domain *d);

/* event/deliver.c: a virtual interrupt of a vCPU, or of a domain */
void event_send_virq(struct vcpu *v, uint32_t virq);
void event_send_global_virq(struct domain *d, uint32_t virq);

/* ctl/refusals.c: prints the last refusals of a domain */
void refusals_print(const struct domain *d);

/*
 * boot/cpu.c: prepares CPU `id` (stack, block, descriptors) and the trampoline; its page number, or
 * -ENOMEM
 */
int cpu_prepare(unsigned int id, uint32_t apic_id);

/*
 * kern/smp.c: the C code of a further CPU ends here once its tables and descriptors are loaded;
 * does not return
 */
void smp_cpu_online(void) __noreturn;

/* dom/sched.c: this CPU has an idle vCPU from here on and may be given others */
void sched_init_cpu(void);

/* dom/switch.c: goes on with what is current, on an empty stack */
void return_to_current(void) __noreturn;

#endif
