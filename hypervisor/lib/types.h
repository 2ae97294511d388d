/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the basic types: typed frame numbers and addresses, and the few macros that everybody needs.
 *
 * A machine frame, a guest's pseudo-physical frame and a machine address are one-member structures,
 * so that the compiler refuses to mix them, in release builds too.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t n;
} mfn_t; /* machine frame number */

typedef struct {
    uint64_t n;
} pfn_t; /* a guest's own frame number: only ever a value that a guest gave or gets */

typedef struct {
    uint64_t a;
} paddr_t; /* machine address in bytes */

typedef struct {
    uint64_t a;
} gva_t; /* a virtual address in a guest: never dereferenced but by the checked copies */

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define MFN_INVALID ((mfn_t){~0UL})

static inline mfn_t mfn(uint64_t n)
{
    return (mfn_t){n};
}

static inline mfn_t mfn_add(mfn_t m, uint64_t n)
{
    return (mfn_t){m.n + n};
}

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
    return a.n == b.n;
}

static inline paddr_t paddr(uint64_t a)
{
    return (paddr_t){a};
}

static inline paddr_t mfn_to_paddr(mfn_t m)
{
    return (paddr_t){m.n << PAGE_SHIFT};
}

static inline mfn_t paddr_to_mfn(paddr_t p)
{
    return (mfn_t){p.a >> PAGE_SHIFT};
}

#define __must_check   __attribute__((warn_unused_result))
#define __packed       __attribute__((packed))
#define __aligned(n)   __attribute__((aligned(n)))
#define __section(s)   __attribute__((section(s)))
#define __init         __attribute__((section(".init.text"), cold, __noinline__))
#define __initdata     __attribute__((section(".init.data")))
#define __read_mostly  __attribute__((section(".data.read_mostly")))
#define __noreturn     __attribute__((noreturn))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define noinline       __attribute__((noinline))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define ARRAY_SIZE(a)                   (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define ROUND_UP(x, a)     (((x) + (a)-1) & ~((uint64_t)(a)-1))
#define ROUND_DOWN(x, a)   ((x) & ~((uint64_t)(a)-1))
#define DIV_ROUND_UP(x, a) (((x) + (a)-1) / (a))
#define MIN(a, b)          ((a) < (b) ? (a) : (b))
#define MAX(a, b)          ((a) > (b) ? (a) : (b))

#define MS(n)        ((int64_t)(n)*1000000) /* milliseconds in nanoseconds */
#define US(n)        ((int64_t)(n)*1000)    /* microseconds in nanoseconds */
#define NSEC_PER_SEC 1000000000L

#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#define barrier() __asm__ volatile("" ::: "memory")
#define smp_mb()  __asm__ volatile("lock; addl $0, -4(%%rsp)" ::: "memory", "cc")
#define smp_rmb() barrier() /* x86 keeps loads in order */
#define smp_wmb() barrier() /* and stores */

#endif
