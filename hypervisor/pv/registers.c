/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the numbering of general registers in a saved frame, as ModRM numbers them. Pure.
 */
#include "pv/emulate.h"

static const uint8_t offsets[16] = {
    FRAME_RAX, FRAME_RCX, FRAME_RDX, FRAME_RBX, FRAME_RSP, FRAME_RBP, FRAME_RSI, FRAME_RDI,
    FRAME_R8,  FRAME_R9,  FRAME_R10, FRAME_R11, FRAME_R12, FRAME_R13, FRAME_R14, FRAME_R15,
};

static uint64_t *reg(const struct cpu_user_regs *regs, unsigned int nr)
{
    return (uint64_t *)((uintptr_t)regs + offsets[nr & 15]);
}

void registers_read(const struct cpu_user_regs *regs, uint64_t gpr[16])
{
    unsigned int i;

    for (i = 0; i < 16; i++)
        gpr[i] = *reg(regs, i);
}

void registers_read_named(const struct cpu_user_regs *regs, const struct insn *i, uint64_t gpr[16])
{
    gpr[i->reg & 15] = *reg(regs, i->reg);
    if (i->base < 16)
        gpr[i->base] = *reg(regs, i->base);
    if (i->index < 16)
        gpr[i->index] = *reg(regs, i->index);
}

/* AH, CH, DH and BH have the numbers 4 to 7 of byte registers without REX. */
static bool is_high_byte(unsigned int nr, unsigned int size, bool rex)
{
    return size == 1 && !rex && nr >= 4 && nr < 8;
}

uint64_t register_get(const struct cpu_user_regs *regs, unsigned int nr, unsigned int size,
                      bool rex)
{
    if (is_high_byte(nr, size, rex))
        return *reg(regs, nr - 4) >> 8 & 0xff;
    return size == 8 ? *reg(regs, nr) : *reg(regs, nr) & ((1UL << (8 * size)) - 1);
}

void register_set(struct cpu_user_regs *regs, unsigned int nr, unsigned int size, bool rex,
                  uint64_t value)
{
    bool high = is_high_byte(nr, size, rex);
    uint64_t *r = reg(regs, high ? nr - 4 : nr);
    uint64_t mask;

    if (size >= 4) {
        *r = size == 8 ? value : (uint32_t)value;
        return;
    }
    mask = ((1UL << (8 * size)) - 1) << (high ? 8 : 0);
    *r = (*r & ~mask) | (value << (high ? 8 : 0) & mask);
}
