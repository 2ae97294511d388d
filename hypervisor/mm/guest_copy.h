/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns checked copies from and to the guest's own virtual addresses, through the tables that are
 * loaded.
 *
 * Any fault (not mapped, read-only, no canonical address) and any address in the hypervisor's range
 * is -EFAULT. What was copied until the fault stays. Interrupts may be on or off; no window needed.
 */
#ifndef MM_GUEST_COPY_H
#define MM_GUEST_COPY_H

#include "cpu/layout.h"
#include "lib/errno.h"
#include "lib/types.h"

/*@ assigns \nothing;
    ensures \result.a == a;
*/
static inline gva_t gva(uint64_t a)
{
    return (gva_t){a};
}

/* Whether [a, a + n) keeps out of the hypervisor's range. */
/*@ assigns \nothing;
    ensures out: \result != 0 <==>
              a.a + n <= 0xffffffffffffffff && (a.a + n <= HV_VIRT_START || a.a >= HV_VIRT_END);
    ensures byte: \result != 0 ==>
              \forall integer i; 0 <= i < n ==> !(HV_VIRT_START <= a.a + i < HV_VIRT_END);
*/
static inline bool gva_range_ok(gva_t a, size_t n)
{
    return n <= UINT64_MAX - a.a && (a.a + n <= HV_VIRT_START || a.a >= HV_VIRT_END);
}

/* Whether words `first` to `count` - 1 of a guest's array keep out of it, and no sum wraps. */
/*@ requires first <= count <= 0xffffffffffff;
    assigns \nothing;
    ensures end: \result != 0 ==> array + count * 8 <= 0xffffffffffffffff;
    ensures words: \result != 0 ==> \forall integer i; first * 8 <= i < count * 8 ==>
              !(HV_VIRT_START <= array + i < HV_VIRT_END);
*/
static inline bool gva_words_ok(uint64_t array, uint64_t first, uint64_t count)
{
    return first * 8 <= UINT64_MAX - array &&
           gva_range_ok(gva(array + first * 8), (count - first) * 8);
}

int copy_from_guest(void *dst, gva_t src, size_t n) __must_check;
int copy_to_guest(gva_t dst, const void *src, size_t n) __must_check;

/* One aligned or unaligned 64-bit word. */
int get_guest_u64(uint64_t *v, gva_t src) __must_check;
int put_guest_u64(gva_t dst, uint64_t v) __must_check;

/* The n-th element of a guest's array of `type` at handle address h. */
#define guest_element(h, type, n) gva((h) + (uint64_t)(n) * sizeof(type))

#endif
