/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The little that a test kernel needs of a C library: memory, strings and
 * formatted output to the console.  Formats: %d %u %x %p %s %c, with 0, a width and l.
 */
#ifndef HARNESS_LIB_H
#define HARNESS_LIB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memset(void *to, int byte, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t bytes);

/* Whether `part` occurs in `text`, upper and lower case the same. */
bool text_has(const char *text, const char *part);

int vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments);
int snprintf(char *buffer, size_t bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline uint64_t rdtsc(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | (uint64_t)high << 32;
}

#endif
