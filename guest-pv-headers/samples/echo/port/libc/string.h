/* SPDX-License-Identifier: MIT */
/*
 * string.h: what lwIP calls of the C library, and libpvguest has.
 *
 * The last three are only named, in functions that nobody calls.
 */
#ifndef ECHO_STRING_H
#define ECHO_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);
int strncmp(const char *a, const char *b, size_t bytes);
char *strncpy(char *to, const char *from, size_t bytes);
int strcmp(const char *a, const char *b);

#endif
