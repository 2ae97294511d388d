/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The domain's own grant table (version 1), and short names for maps, unmaps and copies.
 */
#ifndef TEST_GRANT_H
#define TEST_GRANT_H

#include "harness.h"

#define REF 20u

/* The table, mapped writable; entries of tests start at REF. */
grant_entry_v1_t *grants_get(void);
void grant_set(unsigned int ref, uint16_t flags, domid_t to, unsigned long mfn);

static inline long grant_op(unsigned int command, void *argument, unsigned int count)
{
    return hcall(__HYPERVISOR_grant_table_op, command, argument, count);
}

/* Maps `ref` at `where`; the status, and the handle by `handle`. */
int grant_map(uint64_t where, unsigned int flags, unsigned int ref, uint32_t *handle);
int grant_unmap(uint64_t where, uint32_t handle);

#endif
