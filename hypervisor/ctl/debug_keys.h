/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the keys of the hypervisor's console that show domains, events, memory, the scheduler,
 * grants and refusals, and the audit.
 */
#ifndef CTL_DEBUG_KEYS_H
#define CTL_DEBUG_KEYS_H

void ctl_keys_init(void); /* boot */

#endif
