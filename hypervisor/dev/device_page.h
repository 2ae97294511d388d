/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns mappings of single device pages that are wanted now and then: MSI-X tables, extended
 * configuration space.
 */
#ifndef DEV_DEVICE_PAGE_H
#define DEV_DEVICE_PAGE_H

#include "lib/types.h"

/*
 * The page of device memory at machine address pa (of a page), uncached; NULL when there is no room
 * for another one. It stays mapped for good, so that no CPU's TLB can hold what was there before.
 * Not from interrupt context.
 */
volatile void *device_page(uint64_t pa);

#endif
