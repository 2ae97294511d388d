/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhvctl without a hypervisor, for tests of the command: four domains that never change, and a
 * record of what was asked for.
 *
 * Domains: 0 Domain-0; 1 web, running, 64 of 128 MiB, 2 vCPUs; 2 db, paused; 3 without a name,
 * crashed.  Definitions are read by the real code.
 */
#ifndef TESTS_HVCTL_FAKE_H
#define TESTS_HVCTL_FAKE_H

#include "hvctl.h"

/** What was done, one call after the other, "; " between them. */
extern char fake_calls[4096];

/** The next call of that function fails with this status and message. */
void fake_fail(const char *function, enum hvctl_status status, const char *message);

/** Differences that the audit finds. */
extern uint64_t fake_differences;

/** Forgets calls and failures. */
void fake_reset(void);

#endif
