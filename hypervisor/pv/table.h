/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns whole tables: checking and undoing one (called by the type machine, see lib/upcall.h), and
 * the hypervisor's slots of an L4.
 */
#ifndef PV_TABLE_H
#define PV_TABLE_H

#include "dom/vcpu.h"
#include "mm/type.h"

/* Shows or hides the M2P in an L4: it is hidden in tables that a guest's user mode runs on. */
void l4_show_m2p(mfn_t l4, bool show);

/*
 * Goes on with undoings that stopped in between: 0, or -ERESTART when the CPU has other work first.
 * The current vCPU.
 */
int table_undo_pending(struct vcpu *v) __must_check;

#endif
