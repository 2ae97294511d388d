/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the shape of a CPUID answer, and how pure code asks for one: the real instruction, or a
 * test's fake.
 */
#ifndef CPU_CPUID_H
#define CPU_CPUID_H

#include "lib/types.h"

struct cpuid_leaf {
    uint32_t a, b, c, d;
};

typedef struct cpuid_leaf (*cpuid_reader)(uint32_t leaf, uint32_t sub);

#endif
