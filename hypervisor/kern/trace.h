/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns registers, stacks and symbols on the console.
 */
#ifndef KERN_TRACE_H
#define KERN_TRACE_H

#include <xen/xen.h>

#include "lib/types.h"

/*
 * Made by the build's second link: functions by rising offset from the image's start, and their
 * names one after the other.
 */
struct symbol {
    uint32_t offset, name;
};
extern const struct symbol symbols_table[];
extern const uint32_t symbols_count;
extern const char symbols_names[];

/* Pure: kern/symbols.c. The index of the function that holds an offset, or -1 below the first. */
long symbol_find(const struct symbol *table, uint32_t count, uint64_t offset);

void trace_registers(const struct cpu_user_regs *regs);

/* One line an address: the function and how far in it. */
void trace_address(uint64_t address);

/* The chain of frames from a frame pointer in this CPU's stacks; at most 32. */
void trace_stack(uint64_t rbp);

#endif
