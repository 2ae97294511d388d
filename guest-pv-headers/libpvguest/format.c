/* SPDX-License-Identifier: MIT */
/*
 * format.c: text from numbers, a small printf.
 *
 * Nothing is written behind the buffer; the result is ended by a 0 when there is a byte for it.
 */
#include "internal.h"

struct out {
    char *text;
    size_t bytes, used;
};

static void put(struct out *out, char c)
{
    if (out->used + 1 < out->bytes) {
        out->text[out->used] = c;
    }
    out->used++;
}

static void put_text(struct out *out, const char *text, size_t length, unsigned int width)
{
    for (; width > length; width--) {
        put(out, ' ');
    }
    while (length-- > 0) {
        put(out, *text++);
    }
}

static void put_number(struct out *out, uint64_t value, unsigned int base, bool minus,
                       unsigned int width, bool zeros)
{
    char digits[24];
    unsigned int at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (zeros) {
        if (minus) {
            put(out, '-');
        }
        for (unsigned int used = (unsigned int)sizeof(digits) - at + minus; used < width; used++) {
            put(out, '0');
        }
        width = 0;
    } else if (minus) {
        digits[--at] = '-';
    }
    put_text(out, digits + at, sizeof(digits) - at, width);
}

int pv_vformat(char *text, size_t bytes, const char *format, va_list arguments)
{
    struct out out = {.text = text, .bytes = bytes};

    for (; *format != 0; format++) {
        unsigned int width = 0;
        bool zeros, wide;

        if (*format != '%') {
            put(&out, *format);
            continue;
        }
        zeros = *++format == '0';
        for (; *format >= '0' && *format <= '9'; format++) {
            width = width * 10 + (unsigned int)(*format - '0');
        }
        for (wide = false; *format == 'l' || *format == 'z'; format++) {
            wide = true;
        }
        if (*format == 'd' || *format == 'i') {
            int64_t value = wide ? va_arg(arguments, long) : va_arg(arguments, int);

            put_number(&out, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, value < 0, width,
                       zeros);
        } else if (*format == 'u' || *format == 'x') {
            uint64_t value =
                wide ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned int);

            put_number(&out, value, *format == 'x' ? 16 : 10, false, width, zeros);
        } else if (*format == 'p') {
            put_number(&out, (uint64_t)va_arg(arguments, void *), 16, false, 16, true);
        } else if (*format == 's') {
            const char *string = va_arg(arguments, const char *);

            put_text(&out, string, strlen(string), width);
        } else if (*format == 'c') {
            put(&out, (char)va_arg(arguments, int));
        } else if (*format == 0) {
            break;
        } else {
            put(&out, *format);
        }
    }
    if (bytes > 0) {
        text[out.used < bytes ? out.used : bytes - 1] = 0;
    }
    return (int)out.used;
}

int pv_format(char *text, size_t bytes, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = pv_vformat(text, bytes, format, arguments);
    va_end(arguments);
    return length;
}
