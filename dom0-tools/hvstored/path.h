/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of nodes: "/" or "/part/part"; relative ones are below the domain's own folder. Names
 * that begin with '@' are not nodes, but can be watched.
 */
#ifndef HVSTORED_PATH_H
#define HVSTORED_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/io/xs_wire.h"

#define PATH_MAX_BYTES (XENSTORE_ABS_PATH_MAX + 1) /* with the final 0 */

/* Writes the folder of a domain, "/local/domain/N", and returns its length. */
size_t path_of_domain(uint16_t domid, char out[32]);

/*
 * Checks a name as a client gave it, and makes an absolute one of it. len: bytes of the name
 * without a final 0. Returns 0, or -EINVAL when it has characters or a form or a length that
 * names can't have. special: "@name" is let through as it is.
 */
int path_make(const char *name, size_t len, uint16_t domid, bool special, char out[PATH_MAX_BYTES])
    __attribute__((warn_unused_result));

/* Whether a path is another or lies below it. */
bool path_within(const char *path, const char *top);

/* Cuts the last part off; "/" stays. */
void path_cut(char *path);

#endif
