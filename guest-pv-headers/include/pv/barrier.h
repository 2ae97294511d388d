/* SPDX-License-Identifier: MIT */
/*
 * barrier.h: order and atomicity between this CPU and whoever shares memory with it.
 *
 * The hypervisor, a back end and other vCPUs all look at the same frames, so even a kernel with one
 * vCPU needs the barriers of a multiprocessor. x86 keeps loads in order and stores in order; only
 * a store that must be seen before a later load needs an instruction. What a peer may write is
 * read once, by these functions, and then judged.
 */
#ifndef PV_BARRIER_H
#define PV_BARRIER_H

#include <stdint.h>

/* The compiler moves no access across it. */
static inline void pv_barrier(void)
{
    __asm__ volatile("" : : : "memory");
}

/* Loads before it are done before loads after it. Pairs with the peer's pv_wmb. */
static inline void pv_rmb(void)
{
    pv_barrier();
}

/* Stores before it are seen before stores after it. Pairs with the peer's pv_rmb. */
static inline void pv_wmb(void)
{
    pv_barrier();
}

/* Stores before it are seen before loads after it are done. Pairs with the peer's pv_mb. */
static inline void pv_mb(void)
{
    __asm__ volatile("mfence" : : : "memory");
}

/* Tells the CPU that this is a loop that waits. */
static inline void pv_relax(void)
{
    __asm__ volatile("pause" : : : "memory");
}

/* One load, one store: whole, and neither repeated nor left out. */
static inline uint16_t pv_read16(const void *at)
{
    return *(const volatile uint16_t *)at;
}

static inline uint32_t pv_read32(const void *at)
{
    return *(const volatile uint32_t *)at;
}

static inline uint64_t pv_read64(const void *at)
{
    return *(const volatile uint64_t *)at;
}

static inline void pv_write32(void *at, uint32_t value)
{
    *(volatile uint32_t *)at = value;
}

static inline void pv_write64(void *at, uint64_t value)
{
    *(volatile uint64_t *)at = value;
}

/* Stores a word; returns what was there. */
static inline uint64_t pv_exchange64(void *at, uint64_t value)
{
    __asm__ volatile("xchgq %0, %1" : "+r"(value), "+m"(*(volatile uint64_t *)at) : : "memory");
    return value;
}

/* Stores next where old is; returns what was there: old when it was stored. */
static inline uint16_t pv_compare_exchange16(void *at, uint16_t old, uint16_t next)
{
    __asm__ volatile("lock cmpxchgw %2, %1"
                     : "+a"(old), "+m"(*(volatile uint16_t *)at)
                     : "r"(next)
                     : "memory", "cc");
    return old;
}

static inline uint32_t pv_compare_exchange32(void *at, uint32_t old, uint32_t next)
{
    __asm__ volatile("lock cmpxchgl %2, %1"
                     : "+a"(old), "+m"(*(volatile uint32_t *)at)
                     : "r"(next)
                     : "memory", "cc");
    return old;
}

/* Bits of an array of 64-bit words; each returns whether the bit was set before. */
static inline int pv_bit_set(void *words, unsigned long bit)
{
    unsigned char was;

    __asm__ volatile("lock btsq %2, %1\n\tsetc %0"
                     : "=q"(was), "+m"(((volatile uint64_t *)words)[bit / 64])
                     : "r"((uint64_t)(bit % 64))
                     : "memory", "cc");
    return was;
}

static inline int pv_bit_clear(void *words, unsigned long bit)
{
    unsigned char was;

    __asm__ volatile("lock btrq %2, %1\n\tsetc %0"
                     : "=q"(was), "+m"(((volatile uint64_t *)words)[bit / 64])
                     : "r"((uint64_t)(bit % 64))
                     : "memory", "cc");
    return was;
}

static inline int pv_bit_test(const void *words, unsigned long bit)
{
    return (int)(pv_read64((const uint64_t *)words + bit / 64) >> bit % 64 & 1);
}

#endif
