/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static i386 programs run in a guest's user space: int 0x80, syscall32 and sysenter from
 * compatibility mode reach the callbacks, and exceptions arrive with 32-bit selectors.
 */
#include "compat.h"

static char *code_page;

/* Hooks the code and stack pages into the user tables' first slot, once. */
static void compat_map(void)
{
    static uint64_t tables[3][512] __attribute__((aligned(4096)));
    static char pages[2][PAGE_SIZE] __attribute__((aligned(4096)));

    if (code_page != NULL) {
        return;
    }
    for (unsigned int i = 0; i < 2; i++) {
        tables[0][(COMPAT_CODE >> PAGE_SHIFT) + i] = pte_make(mfn_of(pages[i]), PTE_RW);
    }
    tables[1][0] = pte_make(mfn_of(tables[0]), PTE_RW);
    tables[2][0] = pte_make(mfn_of(tables[1]), PTE_RW);
    for (unsigned int i = 0; i < 3; i++) {
        REQUIRE(page_protect(tables[i]) == 0);
    }
    REQUIRE(pte_set(&user_l4[0], pte_make(mfn_of(tables[2]), PTE_RW)) == 0);
    code_page = pages[0];
}

enum user_end compat_run(const void *code, size_t bytes)
{
    struct regs regs;

    compat_map();
    memcpy(code_page, code, bytes);
    user_regs(&regs, NULL, 0);
    regs.rip = COMPAT_CODE;
    regs.rsp = COMPAT_STACK + PAGE_SIZE - 16;
    regs.cs = FLAT_RING3_CS32;
    regs.ss = FLAT_RING3_SS32;
    regs.rax = 0x1234;
    fault_clear();
    return user_enter(&regs, NULL);
}

static const struct regs *expect_entry(unsigned int entry, const void *code, size_t bytes)
{
    EXPECT_EQ(compat_run(code, bytes), USER_FAULTED);
    EXPECT_EQ(fault_last()->regs.entry, entry);
    return &fault_last()->regs;
}

TEST(compat_int80)
{
    static const uint8_t code[] = {0x40, 0xcd, 0x80}; /* inc eax (in 64-bit mode: a prefix) */
    const struct regs *regs = expect_entry(0x80, code, sizeof(code));

    EXPECT_EQ(regs->rax, 0x1235);
    EXPECT_EQ(regs->rip, COMPAT_CODE + sizeof(code));
    EXPECT_EQ(regs->cs & 0xffff, FLAT_RING3_CS32);
    EXPECT_EQ(regs->ss & 0xffff, FLAT_RING3_SS32);
}

TEST(compat_exceptions)
{
    static const uint8_t ud2[] = {0x0f, 0x0b}, into[] = {0xb0, 0x7f, 0x04, 0x01, 0xce},
                         read[] = {0xa1, 0x00, 0x00, 0x20, 0x00}, hlt[] = {0xf4};

    EXPECT_EQ(expect_entry(VEC_UD, ud2, sizeof(ud2))->rip, COMPAT_CODE);
    EXPECT_EQ(expect_entry(VEC_OF, into, sizeof(into))->rip, COMPAT_CODE + sizeof(into));
    EXPECT_EQ(expect_entry(VEC_PF, read, sizeof(read))->code, 4);
    EXPECT_EQ(fault_last()->cr2, 0x200000);
    EXPECT_EQ(expect_entry(VEC_GP, hlt, sizeof(hlt))->code, 0);
}

/* AMD's syscall from 32-bit code: to its callback where the CPU has it, else #UD or #GP. */
TEST(compat_syscall)
{
    static const uint8_t code[] = {0x0f, 0x05};
    const struct regs *regs = &fault_last()->regs;

    EXPECT_EQ(callback_set(CALLBACKTYPE_syscall32, entry_syscall32, CALLBACKF_mask_events), 0);
    EXPECT_EQ(compat_run(code, sizeof(code)), USER_FAULTED);
    if (regs->entry == ENTRY_SYSCALL32) {
        EXPECT_EQ(regs->rip, COMPAT_CODE + sizeof(code));
        EXPECT_EQ(regs->rax, 0x1234);
        EXPECT_EQ(regs->cs & 3, 3);
    } else {
        EXPECT_EITHER(regs->entry, VEC_UD, VEC_GP);
    }
}

TEST(compat_sysenter)
{
    static const uint8_t code[] = {0x0f, 0x34};
    const struct regs *regs = &fault_last()->regs;

    EXPECT_EQ(callback_set(CALLBACKTYPE_sysenter, entry_sysenter, CALLBACKF_mask_events), 0);
    EXPECT_EQ(compat_run(code, sizeof(code)), USER_FAULTED);
    if (regs->entry == ENTRY_SYSENTER) {
        /* The instruction saves neither: the frame carries user selectors and what there is. */
        EXPECT_EQ(regs->cs & 3, 3);
        EXPECT_EQ(regs->rax, 0x1234);
    } else {
        EXPECT_EITHER(regs->entry, VEC_UD, VEC_GP);
    }
}

/* A far jump to 64-bit code and on: the mode follows the selector. */
TEST(compat_to_64)
{
    static const uint8_t code[] = {
        0xea, 0x07, 0x00, 0x01, 0x00, 0x33, 0xe0, /* ljmp e033:10007 */
        0x48, 0xc1, 0xe0, 0x20,                   /* shl rax, 32 */
        0x0f, 0x0b,
    };
    const struct regs *regs = expect_entry(VEC_UD, code, sizeof(code));

    EXPECT_EQ(regs->cs & 0xffff, FLAT_RING3_CS64);
    EXPECT_EQ(regs->rax, 0x123400000000ul);
}

/* A privileged instruction that runs over its segment's end: #GP, no read beyond (XSA-298). */
TEST(compat_segment_limit)
{
    uint64_t *ldt = page_alloc();
    /* 32-bit code, base 10000, limit 1 (bytes); loaded by a far jump from flat code. */
    static const uint8_t code[] = {
        0xea, 0x10, 0x00, 0x00, 0x00, 0x1f, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xe4, 0x80,
    };
    const struct regs *regs;

    ldt[3] = 0x0040fb0100000010ul;
    REQUIRE(page_protect(ldt) == 0);
    REQUIRE(mmuext(MMUEXT_SET_LDT, (unsigned long)ldt, 512) == 0);
    regs = expect_entry(VEC_GP, code, sizeof(code));
    EXPECT_EQ(regs->cs & 0xffff, 0x1f);
    EXPECT_EQ(regs->rip, 0x10);
    REQUIRE(mmuext(MMUEXT_SET_LDT, 0, 0) == 0);
    REQUIRE(page_unprotect(ldt) == 0);
}
