/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the arithmetic of the emulated memory instructions. AND and OR clear OF and CF; BTS and BTR
 * set CF alone; CMPXCHG sets the flags of the comparison; MOV and XCHG touch none.
 */
#include "pv/alu.h"
#include "pv/emulate.h"

#define FLAG_CF   0x1
#define FLAG_PF   0x4
#define FLAG_AF   0x10
#define FLAG_ZF   0x40
#define FLAG_SF   0x80
#define FLAG_OF   0x800
#define FLAGS_ALL (FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF)
#define REG_RAX   0

static uint64_t cut(uint64_t v, unsigned int size)
{
    return size == 8 ? v : v & ((1UL << (8 * size)) - 1);
}

bool alu_prepare(struct alu *a, const struct insn *i, const struct cpu_user_regs *regs)
{
    if (i->op > OP_BTR || i->to_reg)
        return false;
    *a = (struct alu){.op = i->op, .size = i->size, .reg = i->reg};
    a->source = i->has_imm ? cut(i->imm, i->size) : register_get(regs, i->reg, i->size, i->rex);
    if (i->op == OP_BTS || i->op == OP_BTR)
        a->source &= 8U * i->size - 1;
    if (i->op == OP_CMPXCHG)
        a->compare = register_get(regs, REG_RAX, i->size, true);
    return true;
}

/* SF, ZF and PF of a result. */
static uint64_t result_flags(uint64_t v, unsigned int size)
{
    return (v >> (8 * size - 1) & 1 ? FLAG_SF : 0) | (v ? 0 : FLAG_ZF) |
           (__builtin_parity((unsigned int)(v & 0xff)) ? 0 : FLAG_PF);
}

static void logic(struct alu_result *r, uint64_t v, unsigned int size)
{
    r->store = true;
    r->memory = v;
    r->flags = result_flags(v, size);
    r->flags_mask = FLAGS_ALL;
}

static void bit_op(struct alu_result *r, const struct alu *a, uint64_t old)
{
    uint64_t bit = 1UL << a->source;

    r->store = true;
    r->memory = a->op == OP_BTS ? old | bit : old & ~bit;
    r->flags = old & bit ? FLAG_CF : 0;
    r->flags_mask = FLAG_CF;
}

/* The flags of compare - old. */
static void compare_flags(struct alu_result *r, uint64_t compare, uint64_t old, unsigned int size)
{
    uint64_t v = cut(compare - old, size);
    uint64_t sign = 1UL << (8 * size - 1);

    r->flags = result_flags(v, size) | (compare < old ? FLAG_CF : 0) |
               ((compare ^ old ^ v) & 0x10 ? FLAG_AF : 0) |
               ((compare ^ old) & (compare ^ v) & sign ? FLAG_OF : 0);
    r->flags_mask = FLAGS_ALL;
}

struct alu_result alu_compute(const struct alu *a, uint64_t old)
{
    struct alu_result r = {0};

    if (a->op == OP_MOV || a->op == OP_XCHG) { /* what kernels do most */
        r.store = true;
        r.memory = a->source;
        r.set_reg = a->op == OP_XCHG;
        r.reg = a->reg;
        r.value = old;
        return r;
    }
    switch ((enum insn_op)a->op) {
    case OP_CMPXCHG:
        compare_flags(&r, a->compare, old, a->size);
        r.store = a->compare == old;
        r.memory = a->source;
        r.set_reg = !r.store;
        r.reg = REG_RAX;
        r.value = old;
        break;
    case OP_AND:
        logic(&r, old & a->source, a->size);
        break;
    case OP_OR:
        logic(&r, old | a->source, a->size);
        break;
    case OP_BTS:
    case OP_BTR:
        bit_op(&r, a, old);
        break;
    default:
        break;
    }
    return r;
}
