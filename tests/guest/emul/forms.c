/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's stores to its page tables in every form that x86 has for them: how the operand's
 * address is made, which width, which source. Eight bytes at once must work. Less is done as the
 * CPU would have done it, or is a page fault that changed nothing; Mortise does it.
 */
#include "harness.h"

#define LOW_VA 0x40000000ul
#define GOOD   0x0000000000001000ul /* entries that are not present: any bits will do */
#define OTHER  0x00000000abcde000ul
#define STORED "memory", "r12", "r13", "r14"

/* In the image, so that an instruction can name it. */
static uint64_t form_table[512] __attribute__((aligned(4096), used));
static uint64_t *const entry = &form_table[3];

static void begin(void)
{
    memset(form_table, 0, sizeof(form_table));
    REQUIRE(page_protect(form_table) == 0);
    REQUIRE(pin(1, form_table) == 0);
    REQUIRE(pte_set(entry, GOOD) == 0);
    fault_clear();
}

static void end(void)
{
    REQUIRE(unpin(form_table) == 0);
    REQUIRE(page_unprotect(form_table) == 0);
}

/* The entry has what was stored, and is put back. */
static void took(uint64_t wanted)
{
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, wanted);
    REQUIRE(pte_set(entry, GOOD) == 0);
}

/* The same, or nothing at all where the form is not the ABI's to promise. */
static void took_or_not(uint64_t wanted)
{
    if (fault_last()->taken && !subject_is_mortise()) {
        EXPECT_FAULT(VEC_PF, 3);
        wanted = GOOD;
        fault_clear();
    }
    took(wanted);
}

TEST(forms_of_addresses)
{
    begin();
    PROBE("movq %0, form_table+24(%%rip)", : : "r"(OTHER) : "memory");
    took(OTHER);
    PROBE("movq $0x5000, form_table+24(%%rip)", : : : "memory");
    took(0x5000);
    PROBE("movq %0, form_table+24", : : "r"(OTHER) : "memory");
    took(OTHER);
    PROBE("movq %0, form_table(,%1,8)", : : "r"(OTHER), "r"(3ul) : "memory");
    took(OTHER);
    PROBE("movq %0, (%1,%2,8)", : : "r"(OTHER), "r"(form_table), "r"(3ul) : "memory");
    took(OTHER);
    PROBE("movq %0, 8(%1,%2,2)", : : "r"(OTHER), "r"(form_table), "r"(8ul) : "memory");
    took(OTHER);
    /* r12 and r13 as bases are coded as rsp and rbp are; r14 is an index by its prefix */
    __asm__ volatile("movq %1, %%r12\n movq %0, (%%r12)" : : "r"(OTHER), "r"(entry) : STORED);
    took(OTHER);
    __asm__ volatile("movq %1, %%r13\n movq %0, (%%r13)" : : "r"(OTHER), "r"(entry) : STORED);
    took(OTHER);
    __asm__ volatile("movl $3, %%r14d\n movq %0, (%1,%%r14,8)"
                     :
                     : "r"(OTHER), "r"(form_table)
                     : STORED);
    took(OTHER);
    PROBE("movq %0, 0x7f8(%1)", : : "r"(OTHER), "r"((uint64_t)entry - 0x7f8) : "memory");
    took(OTHER);
    PROBE("movq %0, -16(%1)", : : "r"(OTHER), "r"((char *)entry + 16) : "memory");
    took(OTHER);
    /* prefixes that say nothing in 64-bit code */
    PROBE(".byte 0x2e\n movq %0, (%1)", : : "r"(OTHER), "r"(entry) : "memory");
    took(OTHER);
    PROBE(".byte 0x3e, 0x26, 0x36\n movq %0, (%1)", : : "r"(OTHER), "r"(entry) : "memory");
    took(OTHER);
    /* a REX that is not right before the opcode counts for nothing: two bytes are stored */
    PROBE(".byte 0x48, 0x66\n movl %k0, (%1)", : : "r"(0xabc0ul), "r"(entry) : "memory");
    took_or_not(0xabc0);
    end();
}

TEST(forms_short_address)
{
    uint64_t *low = tables_make(LOW_VA);

    begin();
    REQUIRE(pte_set(low, pte_make(mfn_of(form_table), PTE_RO)) == 0);
    PROBE("movq %0, (%k1)", : : "r"(OTHER), "r"(LOW_VA + 24) : "memory");
    took(OTHER);
    REQUIRE(pte_set(low, 0) == 0);
    end();
}

/* Segments with a base: done where the base says, or the fault. */
TEST(forms_segment)
{
    begin();
    REQUIRE(hcall(__HYPERVISOR_set_segment_base, SEGBASE_FS, entry) == 0);
    PROBE(".byte 0x64\n movq %0, (%1)", : : "r"(OTHER), "r"(0ul) : "memory");
    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_PF, 3);
        EXPECT_EQ(*entry, GOOD);
    } else {
        EXPECT_EQ(*entry, OTHER);
    }
    hcall(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0);
    end();
}

TEST(forms_of_widths)
{
    uint64_t value = OTHER;

    begin();
    PROBE("movl %k0, (%1)", : : "r"(0x12345678ul), "r"(entry) : "memory");
    took_or_not(0x12345678);
    PROBE("movl %k0, 4(%1)", : : "r"(0x12345678ul), "r"(entry) : "memory");
    took_or_not(0x1234567800001000);
    PROBE("movw %w0, 2(%1)", : : "r"(0x1234ul), "r"(entry) : "memory");
    took_or_not(0x12341000);
    PROBE("movb %b0, 7(%1)", : : "q"(0x56ul), "r"(entry) : "memory");
    took_or_not(0x5600000000001000);
    PROBE("movb %%ah, 1(%0)", : : "r"(entry), "a"(0x7700) : "memory");
    took_or_not(0x7700);
    PROBE("movb %%dil, 1(%0)", : : "r"(entry), "D"(0x7866) : "memory");
    took_or_not(0x6600);
    PROBE("movb $0x20, 1(%0)", : : "r"(entry) : "memory");
    took_or_not(0x2000);
    PROBE("movw $0x2000, (%0)", : : "r"(entry) : "memory");
    took_or_not(0x2000);
    PROBE("movl $0x12345000, (%0)", : : "r"(entry) : "memory");
    took_or_not(0x12345000);
    PROBE("movq $-0x1000000, (%0)", : : "r"(entry) : "memory");
    took(-0x1000000ul);
    PROBE("xchgb %b0, 1(%1)", : "+q"(value) : "r"(entry) : "memory");
    took_or_not(0);
    end();
}

TEST(forms_of_logic)
{
    begin();
    PROBE("orq $0x60, (%0)", : : "r"(entry) : "memory", "cc");
    took(GOOD | 0x60);
    PROBE("orq $0x12345600, (%0)", : : "r"(entry) : "memory", "cc");
    took(GOOD | 0x12345600);
    PROBE("andq $-0x2000, (%0)", : : "r"(entry) : "memory", "cc");
    took(0);
    PROBE("orq %0, (%1)", : : "r"(OTHER), "r"(entry) : "memory", "cc");
    took(GOOD | OTHER);
    PROBE("orb %b0, (%1)", : : "q"(0x40ul), "r"(entry) : "memory", "cc");
    took_or_not(GOOD | 0x40);
    PROBE("andb %b0, 1(%1)", : : "q"(0xeful), "r"(entry) : "memory", "cc");
    took_or_not(GOOD & ~0x1000ul);
    PROBE("orl $0x1230000, (%0)", : : "r"(entry) : "memory", "cc");
    took_or_not(GOOD | 0x1230000);
    PROBE("orw $0x2340, (%0)", : : "r"(entry) : "memory", "cc");
    took_or_not(GOOD | 0x2340);
    /* what reads only, or does more than these, is a fault or done; never half */
    PROBE("addq $0x1000, (%0)", : : "r"(entry) : "memory", "cc");
    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_PF, 3);
        EXPECT_EQ(*entry, GOOD);
    } else {
        EXPECT_EQ(*entry, GOOD + 0x1000);
    }
    end();
}

/* A bit number in a register reaches beyond the operand, forwards and backwards. */
TEST(forms_of_bits)
{
    begin();
    PROBE("btsq %1, (%0)", : : "r"(entry), "r"(13ul) : "memory", "cc");
    took(GOOD | 0x2000);
    PROBE("btsq %1, (%0)", : : "r"(form_table), "r"(3 * 64 + 13ul) : "memory", "cc");
    took(GOOD | 0x2000);
    PROBE("btrq %1, (%0)", : : "r"(entry + 1), "r"(12ul - 64) : "memory", "cc");
    took(0);
    PROBE("btsl %k1, (%0)", : : "r"(entry + 1), "r"(14ul - 64) : "memory", "cc");
    took_or_not(GOOD | 0x4000);
    PROBE("btsw %w1, (%0)", : : "r"(entry + 1), "r"(14ul - 64) : "memory", "cc");
    took_or_not(GOOD | 0x4000);
    PROBE("btsl $14, (%0)", : : "r"(entry) : "memory", "cc");
    took_or_not(GOOD | 0x4000);
    end();
}

/* CMPXCHG that fails leaves the flags of the comparison, as on the CPU. */
TEST(forms_of_comparison)
{
    static const uint64_t values[] = {0, GOOD - 1, GOOD, GOOD + 1, 1ul << 63, ~0ul, GOOD + 16};

    begin();
    for (unsigned int i = 0; i < ARRAY_SIZE(values); i++) {
        uint64_t flags, wanted, old = values[i], at_hand = GOOD;

        fault_clear();
        __asm__ volatile(FIXUP("lock cmpxchgq %3, (%2)") "pushfq\n popq %1"
                         : "+a"(old), "=r"(flags)
                         : "r"(entry), "r"(OTHER)
                         : "memory", "cc");
        EXPECT_NO_FAULT();
        __asm__("cmpq %1, %2\n pushfq\n popq %0"
                : "=r"(wanted)
                : "r"(at_hand), "r"(values[i])
                : "cc");
        EXPECT_EQ(flags & 0x8d5, wanted & 0x8d5);
        EXPECT_EQ(old, GOOD);
        took(values[i] == GOOD ? OTHER : GOOD);
    }
    end();
}

/* An instruction that begins at the end of a page of code: read as far as it goes. */
TEST(forms_over_the_edge)
{
    static uint8_t code[2 * PAGE_SIZE] __attribute__((aligned(4096)));
    static const uint8_t store[] = {0x48, 0x89, 0x37, 0xc3}; /* mov %rsi, (%rdi); ret */

    begin();
    for (unsigned int here = 1; here <= 3; here++) {
        uint8_t *at = code + PAGE_SIZE - here;
        void (*call)(uint64_t *, uint64_t) = (void (*)(uint64_t *, uint64_t))(uintptr_t)at;

        memcpy(at, store, sizeof(store));
        call(entry, OTHER);
        took(OTHER);
    }
    end();
}

/* Code that is changed where it lies: what is there now is what is done, not what was there. */
TEST(forms_of_changed_code)
{
    static uint8_t code[PAGE_SIZE] __attribute__((aligned(4096)));
    static const uint8_t stores[][4] = {
        {0x48, 0x89, 0x37, 0xc3}, /* mov %rsi, (%rdi); ret */
        {0x48, 0x89, 0x17, 0xc3}, /* mov %rdx, (%rdi); ret */
        {0x48, 0x87, 0x37, 0xc3}, /* xchg %rsi, (%rdi); ret */
    };
    void (*call)(uint64_t *, uint64_t, uint64_t) =
        (void (*)(uint64_t *, uint64_t, uint64_t))(uintptr_t)code;

    begin();
    for (unsigned int round = 0; round < 12; round++) {
        memcpy(code, stores[round % 3], sizeof(stores[0]));
        call(entry, OTHER, 0x7000);
        took(round % 3 == 1 ? 0x7000 : OTHER);
    }
    end();
}
