/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the hypervisor's own version. configure.ac has the same one; a style test compares them.
 */
#ifndef LIB_VERSION_H
#define LIB_VERSION_H

#define MORTISE_VERSION_TEXT "0.1.0"

#endif
