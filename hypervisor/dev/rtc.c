/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns access to the CMOS clock's registers: a set that two readings agree on, outside the update.
 */
#include "cpu/asm.h"
#include "dev/rtc.h"
#include "lib/string.h"

#define INDEX    0x70
#define DATA     0x71
#define STATUS_A 0x0a
#define STATUS_B 0x0b
#define UPDATING 0x80
#define SPINS    5000 /* port reads, about a microsecond each; an update takes 2 ms */
#define TRIES    4

static uint8_t cmos(uint8_t reg)
{
    outb(INDEX, reg);
    return inb(DATA);
}

static struct rtc_fields read_set(void)
{
    unsigned int spins = 0;

    while ((cmos(STATUS_A) & UPDATING) && ++spins < SPINS)
        ;
    return (struct rtc_fields){cmos(0), cmos(2), cmos(4),       cmos(7),
                               cmos(8), cmos(9), cmos(STATUS_B)};
}

int64_t rtc_read(void)
{
    struct rtc_fields a = read_set(), b;
    unsigned int i;

    for (i = 0; i < TRIES; i++) {
        b = read_set();
        if (!memcmp(&a, &b, sizeof(a)))
            break;
        a = b;
    }
    return rtc_to_unix(&a);
}
