/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the records of mappings, for grant/'s own files.
 */
#ifndef GRANT_MAPPING_H
#define GRANT_MAPPING_H

#include "grant/grant.h"

/* A free record, busy; NULL: the allowance is used up, or no memory. */
struct grant_mapping *mapping_alloc(struct grant_domain *g, uint32_t *handle);
void mapping_free(struct grant_domain *g, struct grant_mapping *m, uint32_t handle);

/* The record is complete, or goes on with these flags. */
void mapping_ready(struct grant_domain *g, struct grant_mapping *m, uint16_t flags);

/* Makes a record in use busy; NULL: no such mapping, or it is busy. */
struct grant_mapping *mapping_busy(struct grant_domain *g, uint32_t handle);

/* How many pins the flags MAPPING_HOST and MAPPING_DEVICE stand for. */
unsigned int mapping_pins(uint16_t flags);

/* Ends parts of a busy mapping, and with the last one the mapping. No TLB holds it any more.
 * Interrupts on. */
void mapping_end(struct grant_domain *g, struct grant_mapping *m, uint32_t handle, uint16_t ends);

/* grant/table.c: takes the table's frames away from the domain; -ERESTART: call again. */
int grant_table_drop(struct domain *d) __must_check;

#endif
