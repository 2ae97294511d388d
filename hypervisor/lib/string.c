/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns memory and string functions. Pure; the string instructions are the fast way on every CPU we
 * run on, and in emulation one instruction a word.
 */
#include "lib/string.h"

void *memcpy(void *dst, const void *src, size_t n)
{
    void *d = dst;
    size_t words = n / 8, tail = n % 8;

    __asm__ volatile("rep movsq; mov %[tail], %%rcx; rep movsb"
                     : "+D"(d), "+S"(src), "+c"(words)
                     : [tail] "r"(tail)
                     : "memory");
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    char *d = dst;
    const char *s = src;

    if (d <= s || d >= s + n)
        return memcpy(dst, src, n);
    while (n--)
        d[n] = s[n];
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    void *d = dst;
    uint64_t v = 0x0101010101010101UL * (uint8_t)c;
    size_t words = n / 8, tail = n % 8;

    __asm__ volatile("rep stosq; mov %[tail], %%rcx; rep stosb"
                     : "+D"(d), "+c"(words)
                     : "a"(v), [tail] "r"(tail)
                     : "memory");
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;

    for (; n; n--, p++, q++) {
        if (*p != *q)
            return *p - *q;
    }
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)(uintptr_t)s;
        if (!*s)
            return NULL;
    }
}

char *strstr(const char *s, const char *what)
{
    size_t n = strlen(what);

    for (; *s; s++) {
        if (!strncmp(s, what, n))
            return (char *)(uintptr_t)s;
    }
    return n ? NULL : (char *)(uintptr_t)s;
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
    size_t n = strlen(src);

    if (size) {
        size_t copy = MIN(n, size - 1);
        memcpy(dst, src, copy);
        dst[copy] = 0;
    }
    return n;
}

static unsigned int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned int)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 255;
}

bool parse_u64(const char *s, const char **end, unsigned int base, uint64_t *out)
{
    uint64_t v = 0;
    const char *first;

    if (!base) {
        base = 10;
        if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
            base = 16;
            s += 2;
        }
    }
    for (first = s; digit_value(*s) < base; s++) {
        if (__builtin_mul_overflow(v, (uint64_t)base, &v) ||
            __builtin_add_overflow(v, (uint64_t)digit_value(*s), &v))
            return false;
    }
    *out = v;
    *end = s;
    return s != first;
}

bool parse_size(const char *s, const char **end, uint64_t unit, uint64_t *out)
{
    static const char suffix[] = "KMGT";
    uint64_t v;
    const char *p;

    if (!parse_u64(s, &s, 0, &v))
        return false;
    p = *s ? strchr(suffix, *s & ~0x20) : NULL;
    if (p && *p) {
        unit = 1024UL << (10 * (p - suffix));
        s++;
    }
    *end = s;
    return !__builtin_mul_overflow(v, unit, out);
}
