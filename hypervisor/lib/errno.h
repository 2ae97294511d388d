/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the plain names of the ABI's error numbers (EINVAL is XEN_EINVAL). ERESTART never reaches a
 * guest: the call stopped in between, its arguments hold its progress, and it is executed again.
 */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#define XEN_ERRNO(name, value) name = value,
enum errno_number {
#include <xen/errno.h>
};

#endif
