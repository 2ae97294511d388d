/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder: each instruction is written in assembly here, so that the assembler says what its
 * bytes and its length are; the expectations are ours. Then random bytes: every answer is
 * consistent with the answers for shorter buffers.
 */
#include <stdlib.h>
#include <string.h>

#include "pv/decode.h"
#include "unit.h"

/* Assembles text, decodes it, and leaves the result in `i`, its true length in `n`. */
#define ASSEMBLE(mode, text)                                                                       \
    do {                                                                                           \
        const uint8_t *from, *to;                                                                  \
        __asm__("jmp 2f\n" mode "\n"                                                               \
                "0: " text "\n"                                                                    \
                "1:\n.code64\n"                                                                    \
                "2: leaq 0b(%%rip), %0\n"                                                          \
                "leaq 1b(%%rip), %1"                                                               \
                : "=r"(from), "=r"(to));                                                           \
        n = (size_t)(to - from);                                                                   \
        memset(code, 0xcc, sizeof(code));                                                          \
        memcpy(code, from, n);                                                                     \
    } while (0)

#define DECODE64(text)                                                                             \
    do {                                                                                           \
        ASSEMBLE(".code64", text);                                                                 \
        result = decode_insn(&i, code, n, true);                                                   \
    } while (0)
#define DECODE32(text)                                                                             \
    do {                                                                                           \
        ASSEMBLE(".code32", text);                                                                 \
        result = decode_insn(&i, code, n, false);                                                  \
    } while (0)

static struct insn i;
static uint8_t code[32];
static size_t n;
static enum decode_result result;

#define IS(operation, bytes)                                                                       \
    (result == DECODE_OK && i.op == (operation) && i.size == (bytes) && i.length == n)

static void stores(void)
{
    DECODE64("movq %%rax, (%%rdi)");
    EXPECT(IS(OP_MOV, 8) && i.memory && !i.to_reg && i.reg == 0 && i.base == 7 &&
           i.index == REG_NONE && !i.disp);
    DECODE64("movq %%r9, 0x12345(%%r12, %%r13, 8)");
    EXPECT(IS(OP_MOV, 8) && i.reg == 9 && i.base == 12 && i.index == 13 && i.scale == 3 &&
           i.disp == 0x12345);
    DECODE64("movl $-2, -8(%%rbp)");
    EXPECT(IS(OP_MOV, 4) && i.has_imm && (int64_t)i.imm == -2 && i.base == 5 && i.disp == -8 &&
           i.segment == SEG_SS);
    DECODE64("movq $0x7fffffff, (%%r13)");
    EXPECT(IS(OP_MOV, 8) && i.imm == 0x7fffffff && i.base == 13 && i.segment == SEG_DS);
    DECODE64("movw $0x1234, 0x1000");
    EXPECT(IS(OP_MOV, 2) && i.imm == 0x1234 && i.base == REG_NONE && i.disp == 0x1000);
    DECODE64("movb %%ah, (%%rcx)");
    EXPECT(IS(OP_MOV, 1) && i.reg == 4 && !i.rex);
    DECODE64("movb %%spl, (%%rcx)");
    EXPECT(IS(OP_MOV, 1) && i.reg == 4 && i.rex);
    DECODE64("movq (%%rsp), %%rdx");
    EXPECT(IS(OP_MOV, 8) && i.to_reg && i.reg == 2 && i.base == REG_RSP && i.segment == SEG_SS);
    DECODE64("movq %%rax, 0x100(%%rip)");
    EXPECT(IS(OP_MOV, 8) && i.base == REG_RIP && i.disp == 0x100);
    DECODE64("movl %%eax, %%gs:(%%ebx)");
    EXPECT(IS(OP_MOV, 4) && i.segment == SEG_GS && i.address == 4 && i.base == 3);
}

static void read_modify_write(void)
{
    DECODE64("xchgq %%rax, (%%rdx)");
    EXPECT(IS(OP_XCHG, 8) && i.memory && !i.lock);
    DECODE64("lock andb $0xfd, (%%rdi)");
    EXPECT(IS(OP_AND, 1) && i.lock && i.has_imm && (uint8_t)i.imm == 0xfd && i.base == 7);
    DECODE64("lock cmpxchgq %%r11, 8(%%rsi)");
    EXPECT(IS(OP_CMPXCHG, 8) && i.lock && i.reg == 11 && i.base == 6 && i.disp == 8);
    DECODE64("lock cmpxchgb %%dl, (%%rsi)");
    EXPECT(IS(OP_CMPXCHG, 1) && i.reg == 2);
    DECODE64("lock orq %%rbx, (%%rax)");
    EXPECT(IS(OP_OR, 8) && i.reg == 3 && !i.has_imm);
    DECODE64("orl $0x40, (%%rax)");
    EXPECT(IS(OP_OR, 4) && i.imm == 0x40);
    DECODE64("andq $-0x1000, (%%rax)");
    EXPECT(IS(OP_AND, 8) && (int64_t)i.imm == -0x1000);
    DECODE64("lock btrq $1, (%%rdi)");
    EXPECT(IS(OP_BTR, 8) && i.lock && i.has_imm && i.imm == 1);
    DECODE64("lock btsl %%ecx, (%%rdi)");
    EXPECT(IS(OP_BTS, 4) && i.reg == 1 && !i.has_imm);
    DECODE64("lock btrq %%rcx, (%%rdi)");
    EXPECT(IS(OP_BTR, 8) && i.reg == 1);
    /* LOCK before a register, or a plain move, is no instruction */
    result = decode_insn(&i, (const uint8_t[]){0xf0, 0x48, 0x89, 0x07}, 4, true);
    EXPECT(result == DECODE_UNKNOWN);
    result = decode_insn(&i, (const uint8_t[]){0xf0, 0x21, 0xc0}, 3, true);
    EXPECT(result == DECODE_UNKNOWN);
    /* ADD, SUB and XOR share opcodes with AND and OR */
    DECODE64("addq $1, (%%rax)");
    EXPECT(result == DECODE_UNKNOWN);
    DECODE64("xorl $1, (%%rax)");
    EXPECT(result == DECODE_UNKNOWN);
}

static void ports(void)
{
    DECODE64("inb %%dx, %%al");
    EXPECT(IS(OP_IN, 1) && !i.has_imm);
    DECODE64("inw $0x60, %%ax");
    EXPECT(IS(OP_IN, 2) && i.has_imm && i.imm == 0x60);
    DECODE64("inl $0xf8, %%eax");
    EXPECT(IS(OP_IN, 4) && i.imm == 0xf8);
    DECODE64("outl %%eax, %%dx");
    EXPECT(IS(OP_OUT, 4) && !i.has_imm);
    DECODE64("outb %%al, $0x80");
    EXPECT(IS(OP_OUT, 1) && i.imm == 0x80);
    DECODE64("rep insw");
    EXPECT(IS(OP_INS, 2) && i.repeat && i.segment == SEG_ES && i.address == 8);
    DECODE64("insl");
    EXPECT(IS(OP_INS, 4) && !i.repeat);
    DECODE64("rep outsb %%fs:(%%rsi), %%dx");
    EXPECT(IS(OP_OUTS, 1) && i.repeat && i.segment == SEG_FS);
    DECODE32("rep outsl");
    EXPECT(IS(OP_OUTS, 4) && i.address == 4 && i.segment == SEG_DS);
    DECODE32("insb (%%dx), %%es:(%%di)");
    EXPECT(IS(OP_INS, 1) && i.address == 2);
}

static void privileged(void)
{
    DECODE64("rdmsr");
    EXPECT(IS(OP_RDMSR, 0));
    DECODE64("wrmsr");
    EXPECT(IS(OP_WRMSR, 0));
    DECODE64("rdtsc");
    EXPECT(IS(OP_RDTSC, 0));
    DECODE64("rdtscp");
    EXPECT(IS(OP_RDTSCP, 0));
    DECODE64("rdpmc");
    EXPECT(result == DECODE_UNKNOWN); /* no guest has counters */
    DECODE64("cpuid");
    EXPECT(IS(OP_CPUID, 0));
    DECODE64("xsetbv");
    EXPECT(IS(OP_XSETBV, 0));
    DECODE64("movq %%cr0, %%rbx");
    EXPECT(IS(OP_READ_CR, 8) && i.reg == 0 && i.rm == 3);
    DECODE64("movq %%r15, %%cr4");
    EXPECT(IS(OP_WRITE_CR, 8) && i.reg == 4 && i.rm == 15);
    DECODE64("movq %%cr8, %%rax");
    EXPECT(IS(OP_READ_CR, 8) && i.reg == 8 && i.rm == 0);
    DECODE64("movq %%rdx, %%db7");
    EXPECT(IS(OP_WRITE_DR, 8) && i.reg == 7 && i.rm == 2);
    DECODE64("movq %%db6, %%rsi");
    EXPECT(IS(OP_READ_DR, 8) && i.reg == 6 && i.rm == 6);
    DECODE64("clts");
    EXPECT(IS(OP_CLTS, 0));
    DECODE64("lmsw %%ax");
    EXPECT(IS(OP_LMSW, 2) && !i.memory && i.rm == 0);
    DECODE64("invlpg 0x10(%%rax)");
    EXPECT(IS(OP_INVLPG, 0) && i.memory && i.disp == 0x10);
    DECODE64("wbinvd");
    EXPECT(IS(OP_WBINVD, 0));
    DECODE64("invd");
    EXPECT(IS(OP_WBINVD, 0));
    DECODE64("hlt");
    EXPECT(result == DECODE_UNKNOWN); /* refused whatever it is */
    DECODE64("cli");
    EXPECT(IS(OP_CLI, 0));
    DECODE64("sti");
    EXPECT(IS(OP_STI, 0));
    DECODE64("int $0x20"); /* the CPU and the trap table see to it */
    EXPECT(result == DECODE_UNKNOWN);
    DECODE64("nop");
    EXPECT(result == DECODE_UNKNOWN);
    DECODE64("syscall");
    EXPECT(result == DECODE_UNKNOWN);
}

static void mode32(void)
{
    DECODE32("movl %%eax, 0x1000");
    EXPECT(result != DECODE_OK ||
           i.op == OP_MOV); /* the assembler takes a form without ModRM, which is not ours */
    DECODE32("movl %%ecx, 4(%%ebx, %%esi, 2)");
    EXPECT(IS(OP_MOV, 4) && i.base == 3 && i.index == 6 && i.scale == 1 && i.disp == 4 &&
           i.address == 4);
    DECODE32("movl %%ecx, %%es:0x1000");
    EXPECT(IS(OP_MOV, 4) && i.base == REG_NONE && i.segment == SEG_ES);
    DECODE32("inb %%dx, %%al");
    EXPECT(IS(OP_IN, 1));
    result = decode_insn(&i, (const uint8_t[]){0x48}, 1, false);
    EXPECT(result == DECODE_UNKNOWN); /* DEC, not a REX prefix */
}

static void prefixes_and_ends(void)
{
    static const uint8_t rex_before_prefix[] = {0x48, 0x66, 0x89,
                                                0x07}; /* this REX does not count */
    static const uint8_t many[16] = {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                     0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0xfa};
    size_t k;

    EXPECT(decode_insn(&i, rex_before_prefix, 4, true) == DECODE_OK && i.size == 2 && !i.rex);
    EXPECT(decode_insn(&i, many, 16, true) == DECODE_UNKNOWN); /* sixteen bytes */
    EXPECT(decode_insn(&i, many + 1, 15, true) == DECODE_OK && i.length == 15);
    EXPECT(decode_insn(&i, many, 0, true) == DECODE_SHORT);
    ASSEMBLE(".code64", "movq $0x12345678, 0x11223344(%%rax, %%rbx, 4)");
    for (k = 0; k < n; k++)
        EXPECT(decode_insn(&i, code, k, true) == DECODE_SHORT);
    EXPECT(decode_insn(&i, code, n, true) == DECODE_OK);
}

static void addresses(void)
{
    uint64_t gpr[16] = {0};

    gpr[3] = 0x1000;
    gpr[12] = 0xffff888000000000;
    gpr[1] = 0x20;
    DECODE64("movq %%rax, 0x8(%%r12, %%rcx, 8)");
    EXPECT(insn_address(&i, gpr, 0) == 0xffff888000000108);
    DECODE64("movq %%rax, -0x10(%%rip)");
    EXPECT(insn_address(&i, gpr, 0x5000) == 0x4ff0);
    DECODE64("movq %%rax, (%%r12d)");
    EXPECT(insn_address(&i, gpr, 0) == 0);
    DECODE64("btrq %%rcx, (%%rbx)"); /* bit 0x20: the same word */
    EXPECT(insn_address(&i, gpr, 0) == 0x1000);
    DECODE64("btrl %%ecx, (%%rbx)"); /* bit 0x20 of 32-bit words: the next one */
    EXPECT(insn_address(&i, gpr, 0) == 0x1004);
    gpr[1] = (uint64_t)-1;
    DECODE64("btsq %%rcx, (%%rbx)");
    EXPECT(insn_address(&i, gpr, 0) == 0xff8);
    DECODE64("btsq $63, (%%rbx)");
    EXPECT(insn_address(&i, gpr, 0) == 0x1000);
}

/* A decoded instruction needs exactly its own bytes, and no more matter. */
static void random_bytes(void)
{
    unsigned int round, k, known = 0;

    srandom(1);
    for (round = 0; round < 2000000; round++) {
        uint8_t buf[INSN_MAX + 1];
        struct insn a, b;
        bool mode = random() & 1;
        enum decode_result r;

        for (k = 0; k < sizeof(buf); k++)
            buf[k] = (uint8_t)(random() >> 8);
        if (random() & 1)
            buf[0] = 0x0f;
        else if (random() & 1)
            buf[0] = 0xf0;
        r = decode_insn(&a, buf, sizeof(buf), mode);
        EXPECT(r != DECODE_SHORT); /* fifteen bytes are always enough to tell */
        if (r != DECODE_OK)
            continue;
        known++;
        EXPECT(a.length >= 1 && a.length <= INSN_MAX && a.op <= OP_STI);
        EXPECT(a.size == 0 || a.size == 1 || a.size == 2 || a.size == 4 || a.size == 8);
        EXPECT(decode_insn(&b, buf, a.length, mode) == DECODE_OK && !memcmp(&a, &b, sizeof(a)));
        EXPECT(decode_insn(&b, buf, a.length - 1U, mode) == DECODE_SHORT);
    }
    EXPECT(known > 10000);
}

int main(void)
{
    RUN(stores);
    RUN(read_modify_write);
    RUN(ports);
    RUN(privileged);
    RUN(mode32);
    RUN(prefixes_and_ends);
    RUN(addresses);
    RUN(random_bytes);
    return UNIT_RESULT;
}
