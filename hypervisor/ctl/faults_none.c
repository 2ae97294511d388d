/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No fault can be seeded in the image that ships: MORTISE_fault is no operation.
 */
#include "ctl/faults.h"
#include "lib/errno.h"

const bool fault_possible = false;

long fault_seed(struct mortise_fault *f)
{
    (void)f;
    return -ENOSYS;
}
