/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of libhvctl that need a hypervisor, where a test has no part for them: a handle that
 * never used them is closed.
 */
#include "internal.h"

void grants_close(struct hvctl *h)
{
    (void)h;
}

void events_close(struct hvctl *h)
{
    (void)h;
}

void calls_close(struct hvctl *h)
{
    (void)h;
}
