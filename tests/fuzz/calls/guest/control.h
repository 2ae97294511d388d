/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of the family of control calls: control.c has the domains that they are about,
 * domctls.c and hosts.c fill their arguments.
 */
#ifndef FUZZ_CONTROL_H
#define FUZZ_CONTROL_H

#include "fuzz.h"

struct child;

/* Two pages of this side's for lists, with nothing behind. */
void *some_buffer(void);
uint64_t some(unsigned int below); /* a small number, or a lie */
domid_t whom(void);
/* One of a list, or the one that is wanted. */
unsigned int command_of(unsigned int call, const uint16_t *commands, unsigned int count);

void domctl_make(const struct child *victim, domid_t id);

/* What is asked of the host (hosts.c). */
void sysctl_make(void);
void platform_make(void);
void machine_check_make(void);
void mortise_make(void);

#endif
