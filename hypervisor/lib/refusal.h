/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the names of the rules by which calls are refused. lib/refusals.def has them, one a line
 * with its sentence.
 *
 * Every place that refuses a guest's call says which rule and which argument: `return
 * refuse(RULE_X, argument, -EINVAL);`. The record goes to a ring of the calling domain's
 * (ctl/refusals.c); it costs nothing on the path that succeeds.
 */
#ifndef LIB_REFUSAL_H
#define LIB_REFUSAL_H

#include "lib/errno.h"
#include "lib/types.h"

enum rule {
#define RULE(name, sentence) RULE_##name,
#include "lib/refusals.def"
#undef RULE
    RULE_COUNT
};

/*
 * Notes the refusal for the current domain; returns `error` (a negative errno). Any context but
 * NMI. ctl/refusals.c defines it.
 */
int refuse(enum rule rule, uint64_t argument, int error) __attribute__((cold));

/* The guest's memory at `at` can't be read, or not be written: the refusal of most calls. */
static inline int refuse_memory(gva_t at)
{
    (void)refuse(RULE_GUEST_MEMORY, at.a, -EFAULT);
    return -EFAULT;
}

#endif
