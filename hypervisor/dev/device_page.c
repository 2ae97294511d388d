/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the table of mapped device pages. Entries are added and never changed, so that it needs no
 * lock; two CPUs that want the same page at the same time may map it twice, which wastes one page.
 */
#include "dev/device_page.h"
#include "cpu/mapping.h"

#define PAGES_MAX 256

struct device_page {
    uint64_t pa;
    volatile void *va;
};

static struct device_page pages[PAGES_MAX];
static uint32_t count; /* entries taken; one whose va is still NULL is being filled */

volatile void *device_page(uint64_t pa)
{
    uint32_t i, n = __atomic_load_n(&count, __ATOMIC_ACQUIRE);
    volatile void *va;

    for (i = 0; i < MIN(n, (uint32_t)PAGES_MAX); i++) {
        va = __atomic_load_n(&pages[i].va, __ATOMIC_ACQUIRE);
        if (va && pages[i].pa == pa)
            return va;
    }
    if (n >= PAGES_MAX)
        return NULL;
    va = device_map(paddr(pa), PAGE_SIZE);
    i = va ? __atomic_fetch_add(&count, 1, __ATOMIC_SEQ_CST) : PAGES_MAX;
    if (i < PAGES_MAX) {
        pages[i].pa = pa;
        __atomic_store_n(&pages[i].va, va, __ATOMIC_RELEASE); /* pairs with the acquire above */
    }
    return va;
}
