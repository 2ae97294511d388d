/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the shape of a decoded instruction. The decoder knows what has to be emulated, and nothing
 * else. Pure.
 */
#ifndef PV_DECODE_H
#define PV_DECODE_H

#include "lib/types.h"

#define INSN_MAX 15 /* bytes; a longer one is a fault on every CPU */

enum insn_op {
    OP_MOV,
    OP_XCHG,
    OP_CMPXCHG,
    OP_AND,
    OP_OR,
    OP_BTS,
    OP_BTR, /* memory or register with register or immediate */
    OP_IN,
    OP_OUT,
    OP_INS,
    OP_OUTS,
    OP_RDMSR,
    OP_WRMSR,
    OP_RDTSC,
    OP_RDTSCP,
    OP_CPUID,
    OP_XSETBV,
    OP_READ_CR,
    OP_WRITE_CR,
    OP_READ_DR,
    OP_WRITE_DR,
    OP_CLTS,
    OP_LMSW,
    OP_WBINVD,
    OP_INVLPG,
    OP_CLI,
    OP_STI
};

enum insn_segment { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS };

#define REG_NONE 0xff
#define REG_RIP  0xfe /* as a base: the next instruction's address */
#define REG_RSP  4
#define REG_RBP  5

struct insn {
    uint8_t op;        /* enum insn_op */
    uint8_t length;    /* bytes */
    uint8_t size;      /* of the operand: 1, 2, 4 or 8 bytes */
    uint8_t address;   /* size of addresses: 2, 4 or 8 bytes */
    bool lock, repeat; /* LOCK; REP or REPNE */
    bool rex;          /* byte registers 4 to 7 are SPL to DIL, not AH to BH */
    bool memory;       /* the operand named by ModRM is in memory */
    bool to_reg;       /* MOV: from ModRM's operand to `reg` */
    bool has_imm;      /* the source is `imm`, not `reg` */
    uint8_t segment;   /* enum insn_segment, of the memory operand */
    uint8_t reg; /* general register of ModRM's reg field; number of a control or debug register */
    uint8_t rm;  /* general register of ModRM's r/m field, when it is no memory */
    uint8_t base, index, scale; /* of the memory operand; REG_NONE: none; scale: a shift count */
    int64_t disp;
    uint64_t imm; /* immediate, sign extended; port */
};

enum decode_result {
    DECODE_OK,
    DECODE_SHORT,  /* the instruction goes on behind the bytes given */
    DECODE_UNKNOWN /* not one of ours, or no legal instruction */
};

/* Decodes what is at `code`, at most n bytes of it; `long_mode`: 64-bit code, else 32-bit. */
enum decode_result decode_insn(struct insn *out, const uint8_t *code, size_t n, bool long_mode);

/*
 * The address of the memory operand without its segment's base. gpr[]: sixteen registers by number;
 * next: where the next instruction is. For BTS and BTR with a register the whole words that the bit
 * offset passes are added.
 */
uint64_t insn_address(const struct insn *i, const uint64_t gpr[16], uint64_t next);

#endif
