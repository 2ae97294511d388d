/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions: PROBE(instruction, operands) runs one instruction that may fault and goes on
 * behind it; EXPECT_FAULT and EXPECT_NO_FAULT then judge what came.  A hook sees every entry
 * before that and may take it.  User mode's exceptions end user_run() (user.h).
 */
#ifndef HARNESS_TRAP_H
#define HARNESS_TRAP_H

#include "regs.h"
#include "test.h"

struct fault {
    bool taken;
    struct regs regs;
    uint64_t cr2;
};

typedef bool (*trap_hook_t)(struct regs *regs);

void traps_start(void);
/* Sets the whole trap table and the callbacks again, as traps_start() did. */
void traps_restore(void);
/* Fills a table of the harness's entries; it needs TRAP_TABLE_SIZE members. */
#define TRAP_TABLE_SIZE 24
void trap_table_fill(trap_info_t *table);
long callback_set(unsigned int type, const char *entry, unsigned int flags);
void trap_hook(trap_hook_t hook);
struct fault *fault_last(void);
void fault_clear(void);
void fault_expect(const char *file, int line, unsigned int vector, uint64_t code);
void fault_expect_none(const char *file, int line);

static inline bool regs_from_kernel(const struct regs *regs)
{
    return (regs->cs & 3) == 0;
}

#define FIXUP(instruction)                                                                         \
    "771: " instruction "\n772:\n"                                                                 \
    ".pushsection .extable, \"a\"\n.quad 771b, 772b\n.popsection\n"

#define PROBE(instruction, ...)                                                                    \
    do {                                                                                           \
        fault_clear();                                                                             \
        __asm__ volatile(FIXUP(instruction) __VA_ARGS__);                                          \
    } while (0)

#define EXPECT_FAULT(vector, code) fault_expect(__FILE__, __LINE__, vector, code)
#define EXPECT_NO_FAULT()          fault_expect_none(__FILE__, __LINE__)

/* A load and a store of eight bytes that may fault. */
static inline uint64_t probe_read(const volatile void *at)
{
    uint64_t value = 0;

    PROBE("movq (%1), %0", : "+r"(value) : "r"(at) : "memory");
    return value;
}

static inline void probe_write(volatile void *at, uint64_t value)
{
    PROBE("movq %1, (%0)", : : "r"(at), "r"(value) : "memory");
}

enum vector {
    VEC_DE,
    VEC_DB,
    VEC_NMI,
    VEC_BP,
    VEC_OF,
    VEC_BR,
    VEC_UD,
    VEC_NM,
    VEC_DF,
    VEC_TS = 10,
    VEC_NP,
    VEC_SS,
    VEC_GP,
    VEC_PF,
    VEC_MF = 16,
    VEC_AC,
    VEC_MC,
    VEC_XM
};

#endif
