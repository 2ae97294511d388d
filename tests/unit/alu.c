/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arithmetic of emulated stores, against this machine's own CPU: each instruction runs on
 * random values, and memory, register and flags must come out the same. Then the registers by
 * number.
 */
#include <stdlib.h>
#include <string.h>

#include "pv/alu.h"
#include "pv/emulate.h"
#include "unit.h"

#define ROUNDS  20000
#define FLAGS   0x8d5UL /* OF, SF, ZF, AF, PF, CF */
#define FLAG_AF 0x10UL

struct run {
    uint64_t memory, source, rax, flags;
};

/* The operand is static, so that its address does not depend on the stack; the stack pointer keeps
 * out of the red zone. */
#define RUN_ONE(name, type, text)                                                                  \
    static void name(struct run *r)                                                                \
    {                                                                                              \
        static type m;                                                                             \
        type s = (type)r->source;                                                                  \
        uint64_t a = r->rax, f = r->flags;                                                         \
        m = (type)r->memory;                                                                       \
        __asm__ volatile("subq $128, %%rsp; pushq %3; popfq; " text                                \
                         "; pushfq; popq %3; addq $128, %%rsp"                                     \
                         : "+m"(m), "+q"(s), "+a"(a), "+r"(f)::"memory", "cc");                    \
        r->memory = m;                                                                             \
        r->source = s;                                                                             \
        r->rax = a;                                                                                \
        r->flags = f;                                                                              \
    }

#define RUN_SIZES(op, suffixed)                                                                    \
    RUN_ONE(op##1, uint8_t, suffixed "b %b1, %0")                                                  \
    RUN_ONE(op##2, uint16_t, suffixed "w %w1, %0")                                                 \
    RUN_ONE(op##4, uint32_t, suffixed "l %k1, %0")                                                 \
    RUN_ONE(op##8, uint64_t, suffixed "q %q1, %0")

RUN_SIZES(and, "and")
RUN_SIZES(or, "or")
RUN_SIZES(xchg, "xchg")
RUN_SIZES(mov, "mov")
RUN_SIZES(cmpxchg, "cmpxchg")

/* The bit instructions with a number inside the operand. */
#define RUN_BITS(op)                                                                               \
    RUN_ONE(op##2, uint16_t, "andw $15, %w1; " #op "w %w1, %0")                                    \
    RUN_ONE(op##4, uint32_t, "andl $31, %k1; " #op "l %k1, %0")                                    \
    RUN_ONE(op##8, uint64_t, "andq $63, %q1; " #op "q %q1, %0")
RUN_BITS(bts)
RUN_BITS(btr)

static const struct {
    enum insn_op op;
    unsigned int size;
    void (*run)(struct run *);
    uint64_t compared; /* flags that the manual defines */
} cases[] = {
    {OP_AND, 1, and1, FLAGS & ~FLAG_AF},
    {OP_AND, 2, and2, FLAGS & ~FLAG_AF},
    {OP_AND, 4, and4, FLAGS & ~FLAG_AF},
    {OP_AND, 8, and8, FLAGS & ~FLAG_AF},
    {OP_OR, 1, or1, FLAGS & ~FLAG_AF},
    {OP_OR, 2, or2, FLAGS & ~FLAG_AF},
    {OP_OR, 4, or4, FLAGS & ~FLAG_AF},
    {OP_OR, 8, or8, FLAGS & ~FLAG_AF},
    {OP_XCHG, 1, xchg1, FLAGS},
    {OP_XCHG, 2, xchg2, FLAGS},
    {OP_XCHG, 4, xchg4, FLAGS},
    {OP_XCHG, 8, xchg8, FLAGS},
    {OP_MOV, 1, mov1, FLAGS},
    {OP_MOV, 2, mov2, FLAGS},
    {OP_MOV, 4, mov4, FLAGS},
    {OP_MOV, 8, mov8, FLAGS},
    {OP_CMPXCHG, 1, cmpxchg1, FLAGS},
    {OP_CMPXCHG, 2, cmpxchg2, FLAGS},
    {OP_CMPXCHG, 4, cmpxchg4, FLAGS},
    {OP_CMPXCHG, 8, cmpxchg8, FLAGS},
    {OP_BTS, 2, bts2, 1},
    {OP_BTS, 4, bts4, 1},
    {OP_BTS, 8, bts8, 1},
    {OP_BTR, 2, btr2, 1},
    {OP_BTR, 4, btr4, 1},
    {OP_BTR, 8, btr8, 1},
};

static uint64_t random64(void)
{
    static const uint64_t edges[] = {0,          1,          2,    0x7f,      0x80,        0xff,
                                     0x7fffffff, 0x80000000, ~0UL, 1UL << 63, ~(1UL << 63)};

    if (random() % 4 == 0)
        return edges[(size_t)random() % (sizeof(edges) / sizeof(edges[0]))];
    return (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ (uint64_t)random();
}

static uint64_t cut(uint64_t v, unsigned int size)
{
    return size == 8 ? v : v & ((1UL << (8 * size)) - 1);
}

/* The same by our own means; rdx is the source. */
static void compute(enum insn_op op, unsigned int size, struct run *r)
{
    struct cpu_user_regs regs = {.rax = r->rax, .rdx = r->source, .rflags = r->flags};
    struct insn i = {.op = (uint8_t)op, .size = (uint8_t)size, .reg = 2, .memory = true};
    uint64_t old = cut(r->memory, size);
    struct alu_result out;
    struct alu a;

    EXPECT(alu_prepare(&a, &i, &regs));
    out = alu_compute(&a, old);
    r->memory = out.store ? cut(out.memory, size) : old;
    if (out.set_reg)
        register_set(&regs, out.reg, size, false, out.value);
    r->rax = regs.rax;
    r->source = regs.rdx;
    r->flags = (r->flags & ~out.flags_mask) | out.flags;
}

static void as_the_cpu(void)
{
    unsigned int c, round;

    srandom(2);
    for (c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        for (round = 0; round < ROUNDS; round++) {
            struct run cpu = {random64(), random64(), random64(), (random64() & FLAGS) | 0x202},
                       ours;
            unsigned int size = cases[c].size;

            cpu.memory = cut(cpu.memory, size);
            if (random() & 1)
                cpu.rax = (cpu.rax & ~cut(~0UL, size)) | cpu.memory; /* CMPXCHG that succeeds */
            ours = cpu;
            cases[c].run(&cpu);
            compute(cases[c].op, size, &ours);
            EXPECT(cpu.memory == ours.memory);
            EXPECT(!((cpu.flags ^ ours.flags) & cases[c].compared));
            EXPECT(cases[c].op != OP_CMPXCHG || size == 4 || cpu.rax == ours.rax);
            EXPECT(cases[c].op != OP_CMPXCHG || (uint32_t)cpu.rax == (uint32_t)ours.rax);
            EXPECT(cases[c].op != OP_XCHG || cut(cpu.source, size) == cut(ours.source, size));
        }
    }
}

static void bit_numbers_wrap(void)
{
    struct cpu_user_regs regs = {.rcx = 64 + 5};
    struct insn i = {.op = OP_BTS, .size = 8, .reg = 1, .memory = true};
    struct alu a;

    EXPECT(alu_prepare(&a, &i, &regs) && a.source == 5);
    i.size = 4;
    regs.rcx = (uint64_t)-1;
    EXPECT(alu_prepare(&a, &i, &regs) && a.source == 31);
    i.to_reg = true;
    EXPECT(!alu_prepare(&a, &i, &regs)); /* a load is no store */
}

static void register_numbers(void)
{
    struct cpu_user_regs regs = {
        .rax = 0x1111222233334444, .rbx = 3, .rsp = 4, .r15 = 15, .rsi = 6};
    uint64_t gpr[16];

    registers_read(&regs, gpr);
    EXPECT(gpr[0] == 0x1111222233334444 && gpr[3] == 3 && gpr[4] == 4 && gpr[15] == 15 &&
           gpr[6] == 6);
    register_set(&regs, 0, 2, false, 0xaaaa);
    EXPECT(regs.rax == 0x111122223333aaaa);
    register_set(&regs, 4, 1, false, 0xbb); /* AH */
    EXPECT(regs.rax == 0x111122223333bbaa && regs.rsp == 4);
    EXPECT(register_get(&regs, 4, 1, false) == 0xbb && register_get(&regs, 4, 1, true) == 4);
    register_set(&regs, 6, 1, true, 0xcc); /* SIL */
    EXPECT(regs.rsi == 0xcc);
    register_set(&regs, 0, 4, false, 0x55);
    EXPECT(regs.rax == 0x55);
    register_set(&regs, 15, 8, true, ~0UL);
    EXPECT(regs.r15 == ~0UL && register_get(&regs, 15, 4, true) == 0xffffffff);
}

int main(void)
{
    RUN(as_the_cpu);
    RUN(bit_numbers_wrap);
    RUN(register_numbers);
    return UNIT_RESULT;
}
