/* SPDX-License-Identifier: MIT */
/*
 * stdlib.h: named by lwIP, for a function that nobody calls.
 *
 * The linker leaves that out.
 */
#ifndef ECHO_STDLIB_H
#define ECHO_STDLIB_H

int atoi(const char *text);

#endif
