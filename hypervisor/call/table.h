/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the table of hypercalls, made from call/hypercalls.def.
 */
#ifndef CALL_TABLE_H
#define CALL_TABLE_H

#include "lib/types.h"

#define HYPERCALLS 64

typedef long (*hypercall_fn)(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4);

/* By number; cpu/entry.S indexes it with a clamped rax. Handlers that take fewer arguments
 * ignore the rest. */
extern const hypercall_fn hypercall_table[HYPERCALLS];

struct hypercall_info {
    const char *name; /* the ABI's, without __HYPERVISOR_ */
    uint8_t arguments;
    bool subop; /* the first argument says which sub-operation */
};

extern const struct hypercall_info hypercall_infos[HYPERCALLS];

/* The call that the current vCPU is in, alone or in a multicall: its number, or -1 when it is in
 * none; and its first argument. */
int hypercall_current(uint64_t *first);

#endif
