/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A private set of page tables for a test to build, pin and spoil: one table a level, each
 * hooked to the one below in its first slot, and a data page at the bottom.
 */
#ifndef HARNESS_TABLES_H
#define HARNESS_TABLES_H

#include "memory.h"

struct tables {
    /* at[1] to at[4]; at[0] is the data page. */
    uint64_t *at[5];
};

/* Allocates and fills; nothing is read-only or pinned yet. */
void tables_build(struct tables *tables);
/* Takes the kernel's writable mappings of the four tables away; 0 or the first errno. */
long tables_protect(const struct tables *tables, unsigned int levels);
/* Undoes tables_protect(). */
void tables_unprotect(const struct tables *tables);

#endif
