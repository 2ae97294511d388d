/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory, strings and formatted output (lib.h).
 */
#include "harness.h"

void *memset(void *to, int byte, size_t bytes)
{
    void *start = to;

    __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(byte) : "memory");
    return start;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
    void *start = to;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
    return start;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
    const unsigned char *l = left, *r = right;

    for (; bytes != 0; bytes--, l++, r++) {
        if (*l != *r) {
            return *l - *r;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t n = 0;

    while (text[n] != 0) {
        n++;
    }
    return n;
}

int strncmp(const char *left, const char *right, size_t bytes)
{
    for (; bytes != 0; bytes--, left++, right++) {
        if (*left != *right || *left == 0) {
            return (unsigned char)*left - (unsigned char)*right;
        }
    }
    return 0;
}

int strcmp(const char *left, const char *right)
{
    return strncmp(left, right, SIZE_MAX);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool text_has(const char *text, const char *part)
{
    for (; *text != 0; text++) {
        size_t i = 0;

        while (part[i] != 0 && lower(text[i]) == lower(part[i])) {
            i++;
        }
        if (part[i] == 0) {
            return true;
        }
    }
    return false;
}

struct sink {
    char *to;
    size_t room, used;
};

static void put(struct sink *sink, char c)
{
    if (sink->used + 1 < sink->room) {
        sink->to[sink->used] = c;
    }
    sink->used++;
}

static void put_number(struct sink *sink, uint64_t value, unsigned int base, int width, char fill)
{
    char digits[24];
    int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (; width > n; width--) {
        put(sink, fill);
    }
    while (n > 0) {
        put(sink, digits[--n]);
    }
}

static void put_text(struct sink *sink, const char *text, int width)
{
    for (text = text != NULL ? text : "(null)"; *text != 0; text++, width--) {
        put(sink, *text);
    }
    for (; width > 0; width--) {
        put(sink, ' ');
    }
}

int vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments)
{
    struct sink sink = {.to = buffer, .room = bytes};

    for (; *format != 0; format++) {
        char fill = ' ';
        int width = 0, longs = 0;

        if (*format != '%') {
            put(&sink, *format);
            continue;
        }
        format++;
        for (; *format == '0' || *format == '-' || *format == '#'; format++) {
            fill = *format == '0' ? '0' : fill;
        }
        for (; *format >= '0' && *format <= '9'; format++) {
            width = width * 10 + (*format - '0');
        }
        for (; *format == 'l' || *format == 'z'; format++) {
            longs++;
        }
        switch (*format) {
        case 'd': {
            int64_t value = longs != 0 ? va_arg(arguments, long) : va_arg(arguments, int);

            if (value < 0) {
                put(&sink, '-');
            }
            put_number(&sink, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, width, fill);
            break;
        }
        case 'u':
        case 'x': {
            uint64_t value =
                longs != 0 ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned int);

            put_number(&sink, value, *format == 'u' ? 10 : 16, width, fill);
            break;
        }
        case 'p':
            put_number(&sink, (uint64_t)va_arg(arguments, void *), 16, 16, '0');
            break;
        case 's':
            put_text(&sink, va_arg(arguments, const char *), width);
            break;
        case 'c':
            put(&sink, (char)va_arg(arguments, int));
            break;
        default:
            put(&sink, *format);
            break;
        }
    }
    if (bytes != 0) {
        sink.to[sink.used < bytes ? sink.used : bytes - 1] = 0;
    }
    return (int)sink.used;
}

int snprintf(char *buffer, size_t bytes, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(buffer, bytes, format, arguments);
    va_end(arguments);
    return n;
}

void print(const char *format, ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    console_write(line, strlen(line));
}
