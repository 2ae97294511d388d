/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns GDT and LDT of a vCPU: frames of the guest's, used as descriptors, mapped in the vCPU's
 * region.
 */
#ifndef PV_DESCRIPTOR_TABLES_H
#define PV_DESCRIPTOR_TABLES_H

#include "pv/pv.h"

long do_set_gdt(uint64_t frames, uint64_t entries);
long do_update_descriptor(uint64_t address, uint64_t descriptor);

/*
 * GDT of a vCPU that does not run, or of the current one: frame numbers and entries; -EINVAL.
 * gdt_drop() takes it away.
 */
int gdt_set(struct vcpu *v, const uint64_t *frames, unsigned int entries) __must_check;
void gdt_drop(struct vcpu *v);

/* MMUEXT_SET_LDT: pages are mapped when the CPU first needs one. */
int ldt_set(struct vcpu *v, uint64_t base, uint64_t entries) __must_check;
void ldt_drop(struct vcpu *v);

/*
 * The CPU faulted at `va` inside the region's LDT: maps that page; false when the guest has no
 * legal one there.
 */
bool ldt_map_page(struct vcpu *v, uint64_t va);

/*
 * On a switch: GDT (with this pCPU's page behind the guest's) and LDT of the vCPU, whose tables are
 * loaded.
 */
void descriptor_tables_load(struct vcpu *v);

#endif
