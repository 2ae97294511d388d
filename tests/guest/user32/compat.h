/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 32-bit code in user mode: a page of machine code below 4 GiB in the user's tables, run with
 * the 32-bit selectors that every guest's descriptor table has.
 */
#ifndef TEST_COMPAT_H
#define TEST_COMPAT_H

#include "harness.h"

#define COMPAT_CODE  0x10000ul
#define COMPAT_STACK 0x11000ul

/* Runs `bytes` of 32-bit code; user_enter()'s answer. */
enum user_end compat_run(const void *code, size_t bytes);

#endif
