/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns memory and string functions: the ones the compiler may call by itself, and the few we use.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include "lib/types.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *what);

/* Copies at most size - 1 bytes and always ends dst with a zero; returns the length of src. */
size_t strlcpy(char *dst, const char *src, size_t size);

/*
 * Reads an unsigned number (base 0: 0x prefix means 16, else 10) from s; *end is the first byte not
 * used. Returns false when there is no digit or the number does not fit.
 */
bool parse_u64(const char *s, const char **end, unsigned int base, uint64_t *out);

/*
 * As parse_u64, with an optional suffix K, M, G or T (powers of 1024; `unit` bytes when there is
 * none).
 */
bool parse_size(const char *s, const char **end, uint64_t unit, uint64_t *out);

#endif
