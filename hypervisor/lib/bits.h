/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns single bits and bit sets: atomic operations on words of a bitmap, searches, and masks.
 *
 * An atomic operation here is a full barrier (a locked instruction). The `_nonatomic` ones belong
 * under a lock.
 */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include "lib/types.h"

#define BITS_PER_WORD   64
#define BITMAP_WORDS(n) (((n) + 63) / 64)
#define BIT(n)          (1UL << (n))

static inline bool bit_test(const void *map, unsigned int n)
{
    return (((const volatile uint64_t *)map)[n / 64] >> (n % 64)) & 1;
}

/* Sets bit n of the map; returns whether it was set before. */
static inline bool bit_test_and_set(void *map, unsigned int n)
{
    uint64_t m = 1UL << (n % 64);

    return __atomic_fetch_or(&((uint64_t *)map)[n / 64], m, __ATOMIC_SEQ_CST) & m;
}

/* Clears bit n of the map; returns whether it was set before. */
static inline bool bit_test_and_clear(void *map, unsigned int n)
{
    uint64_t m = 1UL << (n % 64);

    return __atomic_fetch_and(&((uint64_t *)map)[n / 64], ~m, __ATOMIC_SEQ_CST) & m;
}

static inline void bit_set(void *map, unsigned int n)
{
    __atomic_or_fetch(&((uint64_t *)map)[n / 64], 1UL << (n % 64), __ATOMIC_SEQ_CST);
}

static inline void bit_clear(void *map, unsigned int n)
{
    __atomic_and_fetch(&((uint64_t *)map)[n / 64], ~(1UL << (n % 64)), __ATOMIC_SEQ_CST);
}

static inline void bit_set_nonatomic(void *map, unsigned int n)
{
    ((uint64_t *)map)[n / 64] |= 1UL << (n % 64);
}

static inline void bit_clear_nonatomic(void *map, unsigned int n)
{
    ((uint64_t *)map)[n / 64] &= ~(1UL << (n % 64));
}

/* The lowest set bit; x must not be 0. */
/*@ requires x != 0;
    assigns \nothing;
    ensures \result <= 63;
*/
static inline unsigned int bit_lowest(uint64_t x)
{
    return (unsigned int)__builtin_ctzl(x);
}

/* The highest set bit plus one; 0 for 0. */
static inline unsigned int bit_width(uint64_t x)
{
    return x ? 64 - (unsigned int)__builtin_clzl(x) : 0;
}

/* How many bits are set, in the instructions that every x86-64 has. */
static inline unsigned int bit_count(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555;
    x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
    return (unsigned int)(((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56);
}

/* The first set (or clear) bit at or after `from`, or `size` when there is none. */
/*@ requires size <= 0xffffffc0;
    requires \valid_read(map + (0 .. (size + 63) / 64 - 1));
    assigns \nothing;
    ensures size: \result <= size;
    ensures from: \result == size || \result >= from;
*/
unsigned int bitmap_next_set(const uint64_t *map, unsigned int size, unsigned int from);
/*@ requires size <= 0xffffffc0;
    requires \valid_read(map + (0 .. (size + 63) / 64 - 1));
    assigns \nothing;
    ensures size: \result <= size;
    ensures from: \result == size || \result >= from;
*/
unsigned int bitmap_next_clear(const uint64_t *map, unsigned int size, unsigned int from);

#endif
