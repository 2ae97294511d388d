/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what is typed: for the control domain, or as keys of the hypervisor's own. Internal to
 * kern/; kern/console.h has what others use.
 */
#ifndef KERN_KEYS_H
#define KERN_KEYS_H

#include "lib/types.h"

void keys_init(void);
void keys_receive(char c); /* interrupt context */

#endif
