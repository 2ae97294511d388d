/* SPDX-License-Identifier: MIT */
/*
 * string.c: the functions that a compiler calls by itself.
 *
 * A file of their own, so that a kernel with a C library gets that library's: a linker takes from
 * an archive only what is missing.
 */
#include "internal.h"

void *memcpy(void *to, const void *from, size_t bytes)
{
    void *at = to;

    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    unsigned char *out = to;
    const unsigned char *in = from;

    if (out <= in || out >= in + bytes) {
        return memcpy(to, from, bytes);
    }
    while (bytes-- > 0) {
        *(volatile unsigned char *)(out + bytes) = in[bytes];
    }
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    void *at = to;

    __asm__ volatile("rep stosb" : "+D"(at), "+c"(bytes) : "a"(value) : "memory");
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    const unsigned char *x = a, *y = b;

    for (; bytes > 0; bytes--, x++, y++) {
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    const char *at = text;

    while (*(const volatile char *)at != 0) {
        at++;
    }
    return (size_t)(at - text);
}
