/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns room in the heap area, for pages that come from elsewhere: permanent mappings
 * (mm/permanent.c).
 */
#ifndef MM_HEAP_MAP_H
#define MM_HEAP_MAP_H

#include "lib/types.h"

#define HEAP_AREA_FULL 0xffffffffU

/*
 * Room for `pages` pages, aligned to `align` of them, with its L1 tables; the first page's number,
 * or HEAP_AREA_FULL.
 */
unsigned int heap_area_take(unsigned int pages, unsigned int align);
void heap_area_give(unsigned int first, unsigned int pages);

#endif
