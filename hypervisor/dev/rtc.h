/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the CMOS clock: seconds since 1970, read once at boot.
 */
#ifndef DEV_RTC_H
#define DEV_RTC_H

#include "lib/types.h"

struct rtc_fields { /* as the registers hold them */
    uint8_t second, minute, hour, day, month, year;
    uint8_t status_b;
};

/*
 * Pure: dev/rtc_time.c. Seconds since 1970 UTC of a register set (BCD or binary, 12 or 24 hours),
 * years 1970..2069; -1: nonsense.
 */
int64_t rtc_to_unix(const struct rtc_fields *f);

/* Waits at most 3 ms for the clock to be steady. */
int64_t rtc_read(void);

#endif
