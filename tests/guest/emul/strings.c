/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INS and OUTS in each width, direction, address size and segment, by the configuration address
 * port (cf8), which keeps what was written for whoever reads it; what their memory lacks comes
 * back as the page fault of the byte that is missing, and nothing has moved.
 */
#include "harness.h"

#define CF8     0xcf8
#define NOBODYS 0x80000000u /* an address of PCI's that reads do no harm to */
#define LOW_VA  0x40000000ul

static void set_iopl(unsigned int level)
{
    struct physdev_set_iopl iopl = {.iopl = level};

    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0);
}

static uint32_t latch(void)
{
    uint32_t value = 0;

    PROBE("inl %%dx, %%eax", : "+a"(value) : "d"(CF8));
    return value;
}

TEST(strings_out_and_in)
{
    uint32_t *words = page_alloc(), *at = words;
    unsigned long count = 3;

    set_iopl(1);
    for (unsigned int i = 0; i < 3; i++) {
        words[i] = NOBODYS | (i + 1) << 8;
    }
    PROBE("outsl", : "+S"(at) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(at - words, 1);
    EXPECT_EQ(latch(), words[0]);
    at = words;
    PROBE("rep outsl", : "+S"(at), "+c"(count) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(at - words, 3);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(latch(), words[2]);
    at = words + 4;
    count = 2;
    PROBE("std\n rep insl\n cld", : "+D"(at), "+c"(count) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(at - words, 2);
    EXPECT_EQ(words[4], words[2]);
    EXPECT_EQ(words[3], words[2]);
    EXPECT_EQ(words[5], 0);
    /* no elements at all: nothing happens, wherever the address is */
    at = (void *)SCRATCH_VA;
    count = 0;
    PROBE("rep insl", : "+D"(at), "+c"(count) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ((unsigned long)at, SCRATCH_VA);
    set_iopl(0);
}

/* More elements than are done at a time, so that the instruction is executed again. */
TEST(strings_many)
{
    uint8_t *bytes = page_alloc(), *at = bytes;
    unsigned long count = PAGE_SIZE;

    set_iopl(1);
    PROBE("rep insb", : "+D"(at), "+c"(count) : "d"(0x21) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(count, 0);
    EXPECT_EQ(at - bytes, PAGE_SIZE);
    EXPECT_EQ(bytes[PAGE_SIZE - 1], 0xff);
    set_iopl(0);
}

TEST(strings_widths)
{
    uint16_t *words = page_alloc(), *at = words;
    uint8_t *byte = (uint8_t *)words + 8;

    set_iopl(1);
    PROBE("insw", : "+D"(at) : "d"(0x20) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(at - words, 1);
    EXPECT_EQ(words[0], 0xffff);
    EXPECT_EQ(words[1], 0);
    PROBE("insb", : "+D"(byte) : "d"(0x20) : "memory");
    EXPECT_EQ(words[4], 0xff);
    /* REX.W asks for what no port has: four bytes */
    at = words + 8;
    PROBE(".byte 0x48\n insl", : "+D"(at) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(at - words, 10);
    EXPECT_EQ(words[10], 0);
    at = words;
    PROBE("outsw", : "+S"(at) : "d"(0x80) : "memory");
    EXPECT_NO_FAULT();
    at = words;
    PROBE("outsb", : "+S"(at) : "d"(0x80) : "memory");
    EXPECT_NO_FAULT();
    set_iopl(0);
}

/* With an address-size prefix the registers count in 32 bits, and are cut to them. */
TEST(strings_short_addresses)
{
    uint32_t *entry_page = page_alloc();
    uint64_t *entry = tables_make(LOW_VA), at = LOW_VA | 1ul << 40, count = 2 | 1ul << 40;

    set_iopl(1);
    entry_page[0] = NOBODYS | 0x4400;
    REQUIRE(pte_set(entry, pte_make(mfn_of(entry_page), PTE_RW)) == 0);
    PROBE(".byte 0x67\n outsl", : "+S"(at) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(at, LOW_VA + 4);
    EXPECT_EQ(latch(), NOBODYS | 0x4400);
    at = LOW_VA + 8;
    PROBE(".byte 0x67\n rep insl", : "+D"(at), "+c"(count) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(at, LOW_VA + 16);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(entry_page[3], NOBODYS | 0x4400);
    REQUIRE(pte_set(entry, 0) == 0);
    set_iopl(0);
}

/* OUTS reads by the segment that a prefix names; only FS and GS have a base here. */
TEST(strings_segments)
{
    uint32_t *words = page_alloc();
    unsigned long at;

    set_iopl(1);
    words[1] = NOBODYS | 0x1100;
    words[2] = NOBODYS | 0x2200;
    words[3] = NOBODYS | 0x3300;
    REQUIRE(hcall(__HYPERVISOR_set_segment_base, SEGBASE_FS, words) == 0);
    REQUIRE(hcall(__HYPERVISOR_set_segment_base, SEGBASE_GS_KERNEL, words + 1) == 0);
    at = 4;
    PROBE(".byte 0x64\n outsl", : "+S"(at) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(latch(), words[1]);
    EXPECT_EQ(at, 8);
    at = 4;
    PROBE(".byte 0x65\n outsl", : "+S"(at) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(latch(), words[2]);
    /* the others' are ignored, and INS has none but ES */
    at = (unsigned long)&words[3];
    PROBE(".byte 0x26\n outsl", : "+S"(at) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(latch(), words[3]);
    at = (unsigned long)&words[5];
    PROBE(".byte 0x64\n insl", : "+D"(at) : "d"(CF8) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(words[5], words[3]);
    hcall(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0);
    hcall(__HYPERVISOR_set_segment_base, SEGBASE_GS_KERNEL, 0);
    set_iopl(0);
}

/* A page that is not there, or may not be written: its fault, with the first byte that lacks. */
TEST(strings_faults)
{
    uint64_t *entries = tables_make(SCRATCH_VA);
    void *page = page_alloc();
    unsigned long at;

    set_iopl(1);
    at = SCRATCH_VA + 8;
    PROBE("outsl", : "+S"(at) : "d"(CF8) : "memory");
    EXPECT_FAULT(VEC_PF, 0);
    EXPECT_EQ(fault_last()->cr2, SCRATCH_VA + 8);
    EXPECT_EQ(fault_last()->regs.rsi, SCRATCH_VA + 8);
    at = SCRATCH_VA + 8;
    PROBE("insl", : "+D"(at) : "d"(CF8) : "memory");
    EXPECT_FAULT(VEC_PF, 2);
    EXPECT_EQ(fault_last()->cr2, SCRATCH_VA + 8);
    /* across the page's end into nothing */
    REQUIRE(pte_set(entries, pte_make(mfn_of(page), PTE_RW)) == 0);
    at = SCRATCH_VA + PAGE_SIZE - 2;
    PROBE("outsl", : "+S"(at) : "d"(CF8) : "memory");
    EXPECT_FAULT(VEC_PF, 0);
    EXPECT_EQ(fault_last()->cr2, SCRATCH_VA + PAGE_SIZE);
    REQUIRE(pte_set(entries, 0) == 0);
    set_iopl(0);
}

/* A page that may not be written says that it is there. */
TEST(strings_read_only)
{
    uint64_t *entries = tables_make(SCRATCH_VA);
    unsigned long at = SCRATCH_VA + 8;

    set_iopl(1);
    REQUIRE(pte_set(entries, pte_make(mfn_of(page_alloc()), PTE_RO)) == 0);
    PROBE("insl", : "+D"(at) : "d"(CF8) : "memory");
    EXPECT_FAULT(VEC_PF, 3);
    EXPECT_EQ(fault_last()->cr2, SCRATCH_VA + 8);
    REQUIRE(pte_set(entries, 0) == 0);
    set_iopl(0);
}

static uint64_t user_outs(uint64_t at)
{
    __asm__ volatile("outsl" : "+S"(at) : "d"(CF8) : "memory");
    return at;
}

TEST(strings_user)
{
    static uint32_t word = NOBODYS | 0x5500;
    uint64_t result = 0;

    EXPECT_EQ(user_run(user_outs, (uint64_t)&word, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    set_iopl(3);
    EXPECT_EQ(user_run(user_outs, (uint64_t)&word, &result), USER_RETURNED);
    EXPECT_EQ(result, (uint64_t)(&word + 1));
    EXPECT_EQ(user_run(user_outs, SCRATCH_VA, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_PF, 4);
    EXPECT_EQ(fault_last()->cr2, SCRATCH_VA);
    EXPECT_EQ(latch(), word);
    set_iopl(0);
}
