/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns text formatting: vsnprintf for the conversions that lib/printk.h names. Pure; no allocation,
 * bounded by the buffer.
 */
#include "lib/printk.h"
#include "lib/string.h"

struct sink {
    char *buf;
    size_t size, len;
};

struct spec {
    bool left, zero, plus;
    int width, precision, size; /* size: number of l or z */
};

static void sink_put(struct sink *s, char c)
{
    if (s->len + 1 < s->size)
        s->buf[s->len] = c;
    s->len++;
}

static void sink_pad(struct sink *s, char c, int n)
{
    while (n-- > 0)
        sink_put(s, c);
}

static void put_text(struct sink *s, const struct spec *sp, const char *text)
{
    size_t n = strnlen(text ? text : "(null)", sp->precision >= 0 ? (size_t)sp->precision : 4096);
    size_t i;

    if (!text)
        text = "(null)";
    if (!sp->left)
        sink_pad(s, ' ', sp->width - (int)n);
    for (i = 0; i < n; i++)
        sink_put(s, text[i]);
    if (sp->left)
        sink_pad(s, ' ', sp->width - (int)n);
}

static void put_number(struct sink *s, const struct spec *sp, uint64_t v, unsigned int base,
                       char sign, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char tmp[24];
    int n = 0, pad;

    do {
        tmp[n++] = digits[v % base];
        v /= base;
    } while (v);
    while (n < sp->precision && n < (int)sizeof(tmp))
        tmp[n++] = '0';
    pad = sp->width - n - (sign != 0);
    if (!sp->left && !sp->zero)
        sink_pad(s, ' ', pad);
    if (sign)
        sink_put(s, sign);
    if (!sp->left && sp->zero)
        sink_pad(s, '0', pad);
    while (n)
        sink_put(s, tmp[--n]);
    if (sp->left)
        sink_pad(s, ' ', pad);
}

static const char *parse_spec(const char *f, struct spec *sp, va_list *args)
{
    *sp = (struct spec){.precision = -1};
    for (;; f++) {
        if (*f == '-')
            sp->left = true;
        else if (*f == '0')
            sp->zero = true;
        else if (*f == '+')
            sp->plus = true;
        else if (*f != '#')
            break;
    }
    if (*f == '*') {
        sp->width = va_arg(*args, int);
        f++;
    }
    for (; *f >= '0' && *f <= '9'; f++)
        sp->width = sp->width * 10 + (*f - '0');
    if (*f == '.') {
        sp->precision = 0;
        if (*++f == '*') {
            sp->precision = va_arg(*args, int);
            f++;
        }
        for (; *f >= '0' && *f <= '9'; f++)
            sp->precision = sp->precision * 10 + (*f - '0');
    }
    for (; *f == 'l' || *f == 'z'; f++)
        sp->size++;
    return f;
}

static void put_signed(struct sink *s, const struct spec *sp, int64_t v)
{
    put_number(s, sp, v < 0 ? -(uint64_t)v : (uint64_t)v, 10,
               v < 0      ? '-'
               : sp->plus ? '+'
                          : 0,
               false);
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
    struct sink s = {buf, size, 0};
    struct spec sp;
    va_list args;

    va_copy(args, ap);
    for (; *fmt; fmt++) {
        if (*fmt != '%') {
            sink_put(&s, *fmt);
            continue;
        }
        fmt = parse_spec(fmt + 1, &sp, &args);
        switch (*fmt) {
        case 'd':
            put_signed(&s, &sp, sp.size ? va_arg(args, int64_t) : va_arg(args, int));
            break;
        case 'u':
            put_number(&s, &sp, sp.size ? va_arg(args, uint64_t) : va_arg(args, unsigned int), 10,
                       0, false);
            break;
        case 'x':
        case 'X':
            put_number(&s, &sp, sp.size ? va_arg(args, uint64_t) : va_arg(args, unsigned int), 16,
                       0, *fmt == 'X');
            break;
        case 'p':
            sp.precision = 16;
            put_number(&s, &sp, (uintptr_t)va_arg(args, void *), 16, 0, false);
            break;
        case 's':
            put_text(&s, &sp, va_arg(args, const char *));
            break;
        case 'c':
            sink_put(&s, (char)va_arg(args, int));
            break;
        case '%':
            sink_put(&s, '%');
            break;
        default: /* an unknown conversion shows itself; a format that ends early ends the text */
            sink_put(&s, '?');
            if (!*fmt)
                fmt--;
        }
    }
    va_end(args);
    if (size)
        buf[MIN(s.len, size - 1)] = 0;
    return (int)s.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(buf, size, fmt, args);
    va_end(args);
    return n;
}
