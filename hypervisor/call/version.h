/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the hypervisor says of itself.
 */
#ifndef CALL_VERSION_H
#define CALL_VERSION_H

#define MORTISE_VERSION "0.1.0"

/* Boot: the command line as it came, for XENVER_commandline; cut to the ABI's 1024 bytes. */
void version_set_commandline(const char *line);

#endif
