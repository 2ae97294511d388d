/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns products of 128 bits: what clocks need and the compiler would call a library for. Pure.
 */
#ifndef LIB_MULDIV_H
#define LIB_MULDIV_H

#include "lib/types.h"

/* a * b >> shift (at most 127), cut to 64 bits. */
static inline uint64_t mul_shift(uint64_t a, uint64_t b, unsigned int shift)
{
    return (uint64_t)(((unsigned __int128)a * b) >> shift);
}

/*
 * a * b / c, rounded down; all ones when that does not fit 64 bits or c is 0. Some 600
 * instructions: not for hot paths.
 */
uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c);

#endif
