/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the watchers of tests/perf/watch take instructions for, against the assembler; and lengths
 * of sections in stays that are made up here: calls, interrupts in between, calls that go on, work
 * on the way out.
 */
#include "insn.h"
#include "stay.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct sample {
    const uint8_t *bytes, *end;
    uint64_t kind;
    const char *text;
};

/* One line a sample: assembled into .rodata, with where it begins and ends in a table. */
#define SAMPLE(id, text, kind)                                                                     \
    __asm__(".pushsection .rodata\nsample_" #id ": " text "\nsample_" #id "_end:\n.popsection");   \
    extern const uint8_t sample_##id[], sample_##id##_end[];
#define SAMPLES                                                                                    \
    SAMPLE(cr3, "mov %rax, %cr3", INSN_CR3)                                                        \
    SAMPLE(cr3_read, "mov %cr3, %rax", INSN_OTHER)                                                 \
    SAMPLE(cr3_high, "mov %r11, %cr3", INSN_CR3)                                                   \
    SAMPLE(cr4, "mov %rdx, %cr4", INSN_CR4)                                                        \
    SAMPLE(cr0, "mov %rdx, %cr0", INSN_OTHER)                                                      \
    SAMPLE(invlpg, "invlpg (%rdi)", INSN_INVLPG)                                                   \
    SAMPLE(invlpg_far, "invlpg 0x1000(%r12,%rbx,8)", INSN_INVLPG)                                  \
    SAMPLE(swapgs, "swapgs", INSN_OTHER)                                                           \
    SAMPLE(clac, ".byte 0x0f, 0x01, 0xca", INSN_OTHER)                                             \
    SAMPLE(invpcid, "invpcid (%rsi), %rax", INSN_INVPCID)                                          \
    SAMPLE(lock_or, "lock orl $1, (%rdi)", INSN_LOCKED)                                            \
    SAMPLE(lock_cmpxchg, "lock cmpxchg16b (%r8)", INSN_LOCKED)                                     \
    SAMPLE(lock_wide, ".byte 0xf3, 0xf0, 0x48, 0x0f, 0xc1, 0x07", INSN_LOCKED)                     \
    SAMPLE(cmpxchg, "cmpxchg %rcx, (%rdi)", INSN_OTHER)                                            \
    SAMPLE(xchg_memory, "xchg %rax, (%rdi)", INSN_LOCKED)                                          \
    SAMPLE(xchg_byte, "xchg %al, (%rdi)", INSN_LOCKED)                                             \
    SAMPLE(xchg_registers, "xchg %rbx, %rcx", INSN_OTHER)                                          \
    SAMPLE(pause, "pause", INSN_OTHER)                                                             \
    SAMPLE(wrmsr, "wrmsr", INSN_WRMSR)                                                             \
    SAMPLE(rdmsr, "rdmsr", INSN_OTHER)                                                             \
    SAMPLE(cli, "cli", INSN_CLI)                                                                   \
    SAMPLE(sti, "sti", INSN_STI)                                                                   \
    SAMPLE(iret, "iretq", INSN_IRET)                                                               \
    SAMPLE(sysret, "sysretq", INSN_SYSRET)                                                         \
    SAMPLE(syscall, "syscall", INSN_SYSCALL)                                                       \
    SAMPLE(mov, "mov $0xcf, %al", INSN_OTHER)                                                      \
    SAMPLE(nop, "nopl 0x1234(%rax)", INSN_OTHER)                                                   \
    SAMPLE(mark, ".byte 0x0f, 0x1f, 0x80\n.long 0x4d520003", INSN_MARK)

SAMPLES
#undef SAMPLE
#define SAMPLE(id, text, kind) {sample_##id, sample_##id##_end, kind, text},
static const struct sample samples[] = {SAMPLES};

static void kinds_of_instructions(void)
{
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        const struct sample *s = &samples[i];
        size_t size = (size_t)(s->end - s->bytes);
        uint8_t *copy = malloc(size); /* the sanitizer sees a read behind it */

        memcpy(copy, s->bytes, size);
        if (insn_decode(copy, size).kind != s->kind) {
            printf("%s\n", s->text);
        }
        EXPECT(insn_decode(copy, size).kind == s->kind);
        for (size_t part = 0; part < size; part++) { /* cut short: anything, but within it */
            uint8_t *cut = malloc(part + 1);

            memcpy(cut, s->bytes, part);
            (void)insn_decode(cut, part);
            free(cut);
        }
        free(copy);
    }
    EXPECT(insn_decode(sample_mark, 7).number == MARK_REPORT);
}

#define GUEST   0x400000u
#define SYSCALL 0x400100u /* the guest's */
#define STUBS   (HV_FIRST + 0x1000)
#define ENTRY   (HV_FIRST + 0x100)
#define CODE    (HV_FIRST + 0x5000)
#define WORK    (HV_FIRST + 0x8000)
#define IDLE    (HV_FIRST + 0x9000)

static struct row table[ROWS];

static void begin(void)
{
    memset(table, 0, sizeof(table));
    stay_rows = table;
    stay_stubs = STUBS;
    stay_run = WORK;
    stay_idle = IDLE;
    stay_block(GUEST);
}

static void block(uint64_t va, unsigned int length)
{
    stay_block(va);
    stay_now += length;
}

/* A call into the hypervisor: 10 instructions, then interrupts are on. */
static void call(unsigned int number)
{
    stay_call(number, SYSCALL);
    block(ENTRY, 10);
    stay_sti();
}

/* The way out: 5 with interrupts off. */
static void out(uint64_t to)
{
    stay_cli(CODE + 1);
    block(CODE + 1, 5);
    stay_return(true);
    stay_block(to);
}

static void a_call(void)
{
    begin();
    call(17);
    block(CODE, 100);
    stay_point(CODE + 2);
    block(CODE + 3, 30);
    out(SYSCALL + 2);
    stay_label(17 * SUBS + 4);
    EXPECT(table[17 * SUBS + 4].entries == 1);
    EXPECT(table[17 * SUBS + 4].total == 145);
    EXPECT(table[17 * SUBS + 4].off.length == 10);
    EXPECT(table[17 * SUBS + 4].off.from == ENTRY && table[17 * SUBS + 4].off.to == CODE);
    EXPECT(table[17 * SUBS + 4].gap.length == 110);
    EXPECT(table[17 * SUBS + 4].gap.to == CODE + 2);
    /* Without a label it is filed when the next one is made. */
    call(20);
    out(SYSCALL + 2);
    call(21);
    out(SYSCALL + 2);
    EXPECT(table[20 * SUBS + SUB_UNKNOWN].entries == 1);
    EXPECT(table[20 * SUBS + SUB_UNKNOWN].total == 15);
}

static void interrupts(void)
{
    struct row *row = &table[ROW_VECTORS + 40], *self = &table[1 * SUBS];

    begin();
    call(1);
    block(CODE, 50);
    block(STUBS + 40 * 16, 500); /* interrupts the call */
    stay_return(false);
    block(CODE + 8, 50);
    out(SYSCALL + 2);
    stay_label(1 * SUBS);
    EXPECT(row->entries == 1 && row->off.length == 500);
    EXPECT(self->total == 115 && self->gap.length == 115 && self->off.length == 10);
    /* One that comes at once when the guest goes on: no block of the guest's is in between. */
    call(1);
    stay_cli(CODE);
    block(CODE, 20);
    stay_return(true);
    block(STUBS + 40 * 16, 300);
    stay_return(true);
    stay_block(SYSCALL + 2);
    stay_label(1 * SUBS);
    EXPECT(row->entries == 2 && row->off.length == 500 && row->total == 300);
    EXPECT(self->entries == 2 && self->total == 115 && self->off.length == 20);
}

/* An exception inside belongs to the call, and to its section with interrupts off. */
static void an_exception_inside(void)
{
    begin();
    call(2);
    stay_cli(CODE);
    block(CODE, 40);
    block(STUBS + 14 * 16, 60);
    stay_return(false);
    block(CODE + 9, 7);
    stay_sti();
    block(CODE + 10, 1);
    out(SYSCALL + 2);
    stay_label(2 * SUBS);
    EXPECT(table[2 * SUBS].off.length == 107);
    EXPECT(table[2 * SUBS].total == 123);
    EXPECT(table[ROW_VECTORS + 14].entries == 0);
}

/* A call that is made again, and work on the way out, which is not its own. */
static void made_again_and_work(void)
{
    begin();
    call(26);
    block(CODE, 100);
    out(SYSCALL); /* to the same instruction */
    call(NO_NUMBER);
    block(CODE, 300);
    block(WORK, 1000);
    out(SYSCALL + 2);
    stay_label(26 * SUBS + 1);
    EXPECT(table[26 * SUBS + 1].entries == 1);
    EXPECT(table[26 * SUBS + 1].total == 310);
    EXPECT(table[ROW_SOFTIRQS].entries == 1 && table[ROW_SOFTIRQS].total == 1005);
    EXPECT(table[ROW_SOFTIRQS].gap.length == 1005);
    stay_stop();
    call(26);
    block(CODE, 9999);
    out(SYSCALL + 2);
    stay_label(26 * SUBS + 1);
    EXPECT(table[26 * SUBS + 1].total == 310);
}

int main(void)
{
    RUN(kinds_of_instructions);
    RUN(a_call);
    RUN(interrupts);
    RUN(an_exception_inside);
    RUN(made_again_and_work);
    return UNIT_RESULT;
}
