/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test kernel's own grant table (version 1), and short names for maps and unmaps.
 */
#ifndef HARNESS_GRANTS_H
#define HARNESS_GRANTS_H

#include <stdint.h>

#include <xen/grant_table.h>

#include "hypercall.h"

/* The first frame of the table, mapped writable at the first use. */
grant_entry_v1_t *grants_get(void);
/* Writes an entry; its flags last. */
void grant_set(unsigned int ref, uint16_t flags, domid_t to, unsigned long mfn);

static inline long grant_op(unsigned int command, void *argument, unsigned int count)
{
    return hcall(__HYPERVISOR_grant_table_op, command, argument, count);
}

/* Maps `ref` of domain 0 at `where`; the status, and the handle by `handle`. */
int grant_map(uint64_t where, unsigned int flags, unsigned int ref, uint32_t *handle);
int grant_unmap(uint64_t where, uint32_t handle);

#endif
