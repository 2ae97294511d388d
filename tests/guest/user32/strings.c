/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports from 32-bit code, with its segments: what lies beyond a limit, may not be written or is
 * not there at all is refused, and addresses are cut to what the code's size says.
 */
#include "compat.h"

#define CF8  0xcf8
#define DATA (COMPAT_STACK + 0x100) /* a word in the stack's page */
#define WORD 0x80004400u

/* Segments of the LDT: selectors 3, 7 and so on by eights. */
#define SEGMENT(base, limit, type)                                                                 \
    ((uint64_t)(limit) | (uint64_t)(base) << 16 | (uint64_t)(type) << 40 | 1ul << 54)
#define READ_WRITE  0xf3u
#define READ_ONLY   0xf1u
#define EXPAND_DOWN 0xf7u
#define SELECTOR(n) ((n) << 3 | 7)

static uint64_t *ldt;

static void set_iopl(unsigned int level)
{
    struct physdev_set_iopl iopl = {.iopl = level};

    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0);
}

static void begin(void)
{
    ldt = page_alloc();
    ldt[1] = SEGMENT(DATA, 7, READ_WRITE);
    ldt[2] = SEGMENT(DATA, 7, READ_ONLY);
    ldt[3] = SEGMENT(DATA, 3, EXPAND_DOWN);
    ldt[4] = SEGMENT(DATA, 0, READ_WRITE) | 1ul << 55; /* 4 KiB */
    REQUIRE(page_protect(ldt) == 0);
    REQUIRE(mmuext(MMUEXT_SET_LDT, (unsigned long)ldt, 512) == 0);
    set_iopl(3);
}

static const struct regs *run(unsigned int selector, uint32_t index, uint32_t count,
                              const char *bytes);

static void end(void)
{
    run(0, 0, 0, "");
    set_iopl(0);
    REQUIRE(mmuext(MMUEXT_SET_LDT, 0, 0) == 0);
    REQUIRE(page_unprotect(ldt) == 0);
}

/*
 * WORD to DATA; ds and es from `selector` (0: flat); edi, esi and ecx; the bytes given; int 0x80.
 * What ended it is in fault_last().
 */
static const struct regs *run(unsigned int selector, uint32_t index, uint32_t count,
                              const char *bytes)
{
    uint8_t code[64], *at = code;

#define PUT32(value)                                                                               \
    do {                                                                                           \
        uint32_t value_ = (value);                                                                 \
        memcpy(at, &value_, 4);                                                                    \
        at += 4;                                                                                   \
    } while (0)
#define PUT_SEGMENTS(selector)                                                                     \
    do { /* mov eax, selector; mov ds, ax; mov es, ax */                                           \
        *at++ = 0xb8;                                                                              \
        PUT32(selector);                                                                           \
        memcpy(at, "\x8e\xd8\x8e\xc0", 4);                                                         \
        at += 4;                                                                                   \
    } while (0)
    PUT_SEGMENTS(FLAT_RING3_SS32); /* what the last run left may be gone */
    *at++ = 0xc7;                  /* mov dword [DATA], WORD */
    *at++ = 0x05;
    PUT32(DATA);
    PUT32(WORD);
    if (selector) {
        PUT_SEGMENTS(selector);
    }
    *at++ = 0xba; /* edx, esi, edi, ecx */
    PUT32(CF8);
    *at++ = 0xbe;
    PUT32(index);
    *at++ = 0xbf;
    PUT32(index);
    *at++ = 0xb9;
    PUT32(count);
    while (*bytes) {
        *at++ = (uint8_t)*bytes++;
    }
    *at++ = 0xcd;
    *at++ = 0x80;
    EXPECT_EQ(compat_run(code, (size_t)(at - code)), USER_FAULTED);
    return &fault_last()->regs;
}

#define EXPECT_DONE(regs)   EXPECT_EQ((regs)->entry, 0x80)
#define EXPECT_REFUSED(...) EXPECT_EQ(run(__VA_ARGS__)->entry, VEC_GP)

TEST(compat_strings)
{
    const struct regs *regs;

    begin();
    regs = run(0, DATA, 1, "\x6f"); /* outsd */
    EXPECT_DONE(regs);
    EXPECT_EQ(regs->rsi, DATA + 4);
    regs = run(0, DATA, 1, "\x6d"); /* insd */
    EXPECT_DONE(regs);
    EXPECT_EQ(regs->rdi, DATA + 4);
    regs = run(0, DATA, 2, "\xf3\x6d");
    EXPECT_DONE(regs);
    EXPECT_EQ(regs->rdi, DATA + 8);
    EXPECT_EQ(regs->rcx, 0);
    /* the words went through the latch: outsd, then ins into ebx's place and back by in */
    regs = run(0, DATA, 1, "\x6f\xed"); /* outsd; in eax, dx */
    EXPECT_DONE(regs);
    EXPECT_EQ(regs->rax, WORD);
    regs = run(0, DATA, 1, "\x66\xe5\x80"); /* in ax, 0x80: two bytes of eax alone */
    EXPECT_DONE(regs);
    end();
}

/* Every prefix of OUTS: flat ones, and FS and GS, which nobody loaded. */
TEST(compat_string_segments)
{
    static const char *const flat[] = {"\x26\x6f", "\x2e\x6f", "\x36\x6f", "\x3e\x6f"};

    begin();
    for (unsigned int i = 0; i < ARRAY_SIZE(flat); i++) {
        EXPECT_DONE(run(0, DATA, 1, flat[i]));
    }
    EXPECT_REFUSED(0, DATA, 1, "\x64\x6f");
    EXPECT_REFUSED(0, DATA, 1, "\x65\x6f");
    end();
}

TEST(compat_string_limits)
{
    begin();
    /* by the segment's base, up to its limit */
    EXPECT_DONE(run(SELECTOR(1), 0, 1, "\x6f"));
    EXPECT_DONE(run(SELECTOR(1), 4, 1, "\x6f"));
    EXPECT_REFUSED(SELECTOR(1), 5, 1, "\x6f");
    EXPECT_REFUSED(SELECTOR(1), 8, 1, "\x6f");
    EXPECT_REFUSED(SELECTOR(1), 0xfffffffe, 1, "\x6f");
    EXPECT_DONE(run(SELECTOR(1), 0, 2, "\xf3\x6d"));
    EXPECT_REFUSED(SELECTOR(1), 0, 3, "\xf3\x6d");
    /* read-only: OUTS may, INS may not */
    EXPECT_DONE(run(SELECTOR(2), 0, 1, "\x6f"));
    EXPECT_REFUSED(SELECTOR(2), 0, 1, "\x6d");
    /* counted in pages */
    EXPECT_DONE(run(SELECTOR(4), 0x100, 1, "\x6f"));
    end();
}

/* A segment that grows down has only what is beyond its limit. */
TEST(compat_string_expand_down)
{
    begin();
    EXPECT_REFUSED(SELECTOR(3), 0, 1, "\x6f");
    EXPECT_REFUSED(SELECTOR(3), 3, 1, "\x6f");
    EXPECT_DONE(run(SELECTOR(3), 4, 1, "\x6f"));
    end();
}

/* With 16-bit addresses the index and the count are the registers' lower halves. */
TEST(compat_string_short_addresses)
{
    const struct regs *regs;

    begin();
    regs = run(0, DATA | 0xa0000, 0x10000, "\x67\xf3\x6f");
    EXPECT_DONE(regs);
    EXPECT_EQ(regs->rsi, DATA | 0xa0000);
    EXPECT_EQ(regs->rcx, 0x10000);
    regs = run(SELECTOR(4), 0x50100, 0x30001, "\x67\xf3\x6f");
    EXPECT_DONE(regs);
    EXPECT_EQ(regs->rsi, 0x50104);
    EXPECT_EQ(regs->rcx, 0x30000);
    end();
}
