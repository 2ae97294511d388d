/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the short names of the ABI's error numbers: every function that fails returns one of them, negated.
 */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#include <xen/errno.h>

enum {
#define XEN_ERRNO(name, value) name = value,
#include <xen/errno.h>
};

#endif
