/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private page tables for tests (tables.h).
 */
#include "harness.h"

void tables_build(struct tables *tables)
{
    for (unsigned int level = 0; level <= 4; level++) {
        tables->at[level] = page_alloc();
    }
    for (unsigned int level = 1; level <= 4; level++) {
        tables->at[level][0] = pte_make(mfn_of(tables->at[level - 1]), PTE_RW);
    }
}

long tables_protect(const struct tables *tables, unsigned int levels)
{
    long ret = 0;

    for (unsigned int level = 1; level <= levels && ret == 0; level++) {
        ret = page_protect(tables->at[level]);
    }
    return ret;
}

void tables_unprotect(const struct tables *tables)
{
    for (unsigned int level = 4; level >= 1; level--) {
        page_unprotect(tables->at[level]);
    }
}
