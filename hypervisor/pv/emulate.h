/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the emulator's files share: the instruction at hand, the guest's registers by number,
 * and how an emulation ends.
 */
#ifndef PV_EMULATE_H
#define PV_EMULATE_H

#include "cpu/regs.h"
#include "pv/decode.h"
#include "pv/pv.h"

enum emulated {
    EMULATED_DONE,     /* goes on behind the instruction */
    EMULATED_AGAIN,    /* the same instruction again: part of the work is done, or something changed
                          meanwhile */
    EMULATED_INJECTED, /* a fault of the instruction's was injected */
    EMULATED_NOT       /* not ours: the guest gets the exception that brought us here */
};

struct emulation {
    struct cpu_user_regs *regs;
    struct vcpu *v;
    struct insn insn;
    bool long_mode;
    uint64_t next; /* RIP behind the instruction */
};

/* Fetches (once) and decodes the instruction at RIP; false when it can't be read or is not one of
 * ours. */
bool emulate_fetch(struct emulation *e, struct cpu_user_regs *regs) __must_check;

/* Ends it: advances RIP, and raises #DB when the guest single-steps. What pv_emulate_*() return. */
bool emulate_finish(struct emulation *e, enum emulated how);

/* All sixteen general registers, by number. */
void registers_read(const struct cpu_user_regs *regs, uint64_t gpr[16]);

/* Those of them that insn_address() wants for this instruction; the others are left as they are. */
void registers_read_named(const struct cpu_user_regs *regs, const struct insn *i, uint64_t gpr[16]);

/* One general register at an operand size of 1, 2, 4 or 8 bytes; `rex`: see struct insn. A write of
 * 4 bytes clears the upper half. */
uint64_t register_get(const struct cpu_user_regs *regs, unsigned int nr, unsigned int size,
                      bool rex);
void register_set(struct cpu_user_regs *regs, unsigned int nr, unsigned int size, bool rex,
                  uint64_t value);

/* pv/emulate_io.c */
enum emulated emulate_io(struct emulation *e);

/* pv/emulate_device.c: a store of e->insn.size bytes, aligned, to a machine address that is no RAM
 * and is mapped read-only */
enum emulated emulate_device_store(struct emulation *e, uint64_t at, uint64_t value);

/* pv/control.c: instructions on control and debug registers; the guest is in its kernel */
enum emulated emulate_control(struct emulation *e);

/* pv/msr.c; the guest is in its kernel. False or -EINVAL: #GP; -ERESTART: the same again. */
bool pv_rdmsr(struct vcpu *v, uint32_t msr, uint64_t *value) __must_check;
int pv_wrmsr(struct vcpu *v, uint32_t msr, uint64_t value) __must_check;

#endif
