/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the reading of a serial line's option. Pure.
 */
#include "dev/uart.h"
#include "lib/string.h"

#define BAUD_MAX 115200

struct uart_config uart_default(unsigned int com)
{
    return (struct uart_config){.baud = BAUD_MAX,
                                .data_bits = 8,
                                .parity = 'n',
                                .stop_bits = 1,
                                .irq = com == 2 ? 3 : 4,
                                .port = com == 2 ? 0x2f8 : 0x3f8};
}

static bool parse_frame(const char **s, struct uart_config *c)
{
    const char *p = *s;

    if (p[0] < '5' || p[0] > '8' || !p[1] || !strchr("noe", p[1]) || (p[2] != '1' && p[2] != '2'))
        return false;
    c->data_bits = (uint8_t)(p[0] - '0');
    c->parity = (uint8_t)p[1];
    c->stop_bits = (uint8_t)(p[2] - '0');
    *s = p + 3;
    return true;
}

/* The next field: true when there is one that is not empty; *s is then at it. */
static bool next_field(const char **s)
{
    if (**s != ',')
        return false;
    ++*s;
    return **s && **s != ',';
}

bool uart_config_parse(const char *s, struct uart_config *c)
{
    struct uart_config r = *c;
    uint64_t v;

    if (*s && *s != ',') {
        if (!parse_u64(s, &s, 0, &v) || v > BAUD_MAX || (v && BAUD_MAX % v))
            return false;
        r.baud = (uint32_t)v;
    }
    if (next_field(&s) && !parse_frame(&s, &r))
        return false;
    if (next_field(&s)) {
        if (!parse_u64(s, &s, 0, &v) || !v || v > 0xfff8)
            return false;
        r.port = (uint16_t)v;
    }
    if (next_field(&s)) {
        if (!parse_u64(s, &s, 0, &v) || v > 15)
            return false;
        r.irq = (uint8_t)v;
    }
    if (*s)
        return false;
    *c = r;
    return true;
}
