/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instructions the watchers know, told by their bytes (64-bit mode): those that cost more
 * than others, those that turn interrupts on and off, and the marks of the test kernels.
 */
#ifndef WATCH_INSN_H
#define WATCH_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The part of the address space that the ABI gives a hypervisor: slots 256 to 271 of an L4. */
#define HV_FIRST 0xffff800000000000u
#define HV_END   0xffff880000000000u

/* A mark is `nopl N(%rax)` with this in N's upper half; perf/perf.h and bounces.S have them. */
#define MARK_WORD   0x4d520000u
#define MARK_BEGIN  1
#define MARK_END    2
#define MARK_REPORT 3
#define MARK_LABEL  4 /* the next instruction stores to the byte whose address is the label */
#define MARK_STOP   5 /* what comes now is the machine's end */

enum insn_kind {
    INSN_OTHER,
    INSN_CR3,
    INSN_CR4,
    INSN_INVPCID,
    INSN_INVLPG,
    INSN_LOCKED, /* with LOCK, and XCHG with memory */
    INSN_WRMSR,
    INSN_CLI,
    INSN_STI,
    INSN_POPF,
    INSN_IRET,
    INSN_HLT,
    INSN_SYSCALL,
    INSN_SYSRET,
    INSN_MARK,
};

struct insn {
    enum insn_kind kind;
    unsigned int number; /* of a mark */
};

/* `size` bytes of one whole instruction at `data`. */
struct insn insn_decode(const uint8_t *data, size_t size);

static inline bool in_hypervisor(uint64_t va)
{
    return va >= HV_FIRST && va < HV_END;
}

#endif
