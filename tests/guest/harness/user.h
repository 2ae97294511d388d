/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User mode: a second L4 that shares the image's slot, so that any C function of the image
 * runs there at its own address.  user_run() goes there and comes back at the function's
 * return, at its exception (fault_last() says which) or when a hook ends it.
 */
#ifndef HARNESS_USER_H
#define HARNESS_USER_H

#include "regs.h"

enum user_end { USER_RETURNED = 1, USER_FAULTED };

extern uint64_t *user_l4;

void user_start(void);
/* Runs function(argument) in user mode; *result is what it returned. */
enum user_end user_run(uint64_t (*function)(uint64_t), uint64_t argument, uint64_t *result);
/* Enters user mode through `regs` as they are; comes back like user_run(). */
enum user_end user_enter(const struct regs *regs, uint64_t *result);
/* The same through a multicall whose first member is the iret. */
enum user_end user_enter_multicall(const struct regs *regs, void *calls, unsigned long count,
                                   uint64_t *result);
/* Fills `regs` as user_run() does. */
void user_regs(struct regs *regs, uint64_t (*function)(uint64_t), uint64_t argument);
/* From a hook: ends the user_run() under way. */
void user_leave(enum user_end end, uint64_t result) __attribute__((noreturn));

/* What user code's syscall numbers mean to the harness. */
#define USER_SYSCALL_EXIT 1000

#endif
