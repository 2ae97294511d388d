/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the emulated memory instructions compute: from the value in memory and the registers to
 * both and the flags. Pure.
 */
#ifndef PV_ALU_H
#define PV_ALU_H

#include <xen/xen.h>

#include "pv/decode.h"

struct alu {
    uint8_t op;      /* enum insn_op: OP_MOV to OP_BTR */
    uint8_t size;    /* bytes */
    uint8_t reg;     /* register that gets the old value (XCHG) */
    uint64_t source; /* the register's or the immediate's value; for BTS and BTR the bit's number */
    uint64_t compare; /* CMPXCHG: rAX */
};

struct alu_result {
    bool store, set_reg;
    uint64_t memory; /* what is to be stored */
    uint8_t reg;     /* which register gets `value` */
    uint64_t value;
    uint64_t flags, flags_mask; /* RFLAGS bits that change */
};

/* Takes what the instruction needs from the registers; false when it does not store to memory. */
bool alu_prepare(struct alu *a, const struct insn *i,
                 const struct cpu_user_regs *regs) __must_check;

/* `old` is the value in memory, of a->size bytes. */
struct alu_result alu_compute(const struct alu *a, uint64_t old);

#endif
