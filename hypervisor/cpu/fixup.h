/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the table of instructions that may fault on purpose, each with the place where it goes on.
 *
 * An entry is two 32-bit offsets, relative to their own place: the instruction, and where to go.
 */
#ifndef CPU_FIXUP_H
#define CPU_FIXUP_H

#include "lib/types.h"

#define FIXUP(at, to)                                                                              \
    ".pushsection .fixup_table, \"a\"\n"                                                           \
    ".balign 4\n"                                                                                  \
    ".long " at " - .\n"                                                                           \
    ".long " to " - .\n"                                                                           \
    ".popsection\n"

/* Where to go on when the instruction at rip faulted; 0 when it is not in the table. */
uint64_t fixup_find(uint64_t rip);

#endif
