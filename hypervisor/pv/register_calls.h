/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the calls by which a guest sets its handlers, stack, segments and debug registers, and IRET.
 * Arguments and errors: docs/abi/.
 */
#ifndef PV_REGISTER_CALLS_H
#define PV_REGISTER_CALLS_H

#include "pv/pv.h"

long do_set_trap_table(uint64_t traps);
long do_stack_switch(uint64_t ss, uint64_t sp);
long do_set_callbacks(uint64_t event, uint64_t failsafe, uint64_t syscall);
long do_callback_op(uint64_t cmd, uint64_t arg);
long do_fpu_taskswitch(uint64_t set);
long do_set_debugreg(uint64_t reg, uint64_t value);
long do_get_debugreg(uint64_t reg);
long do_set_segment_base(uint64_t which, uint64_t base);
long do_iret(void);
long do_nmi_op(uint64_t op, uint64_t arg);
long do_vm_assist(uint64_t cmd, uint64_t type);

/*
 * Whether a guest may have this address as a handler, stack or segment base: canonical and not the
 * hypervisor's. Pure.
 */
bool pv_address_ok(uint64_t va);

/* Whether DR7 and DR0..3 watch nothing of the hypervisor's. Pure. */
bool debugreg_address_ok(uint64_t va);

struct vcpu_guest_context;
/*
 * Gives a vCPU that was never initialised its first state (VCPUOP_initialise, setvcpucontext).
 * -EINVAL, -ENOMEM, -ERESTART.
 */
int pv_set_context(struct vcpu *v, const struct vcpu_guest_context *c) __must_check;

/*
 * The same for one that has a state: its registers and handlers change; its tables and descriptor
 * tables must be those it has. -EINVAL, -EOPNOTSUPP.
 */
int pv_change_context(struct vcpu *v, const struct vcpu_guest_context *c) __must_check;

/* The state of a vCPU that does not run. *c is zeroed already. */
void pv_get_context(const struct vcpu *v, struct vcpu_guest_context *c);

/* The assists that a domain may turn on. */
#define VM_ASSISTS                                                                                 \
    (BIT(VMASST_TYPE_4gb_segments) | BIT(VMASST_TYPE_4gb_segments_notify) |                        \
     BIT(VMASST_TYPE_writable_pagetables) | BIT(VMASST_TYPE_pae_extended_cr3) |                    \
     BIT(VMASST_TYPE_architectural_iopl) | BIT(VMASST_TYPE_runstate_update_flag) |                 \
     BIT(VMASST_TYPE_m2p_strict))

#endif
