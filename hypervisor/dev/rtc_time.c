/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the reading of the CMOS clock's fields. Pure.
 */
#include "dev/rtc.h"

#define STATUS_B_24H    0x02
#define STATUS_B_BINARY 0x04

static unsigned int number(uint8_t v, bool binary)
{
    return binary ? v : (v >> 4) * 10U + (v & 0xf);
}

/*
 * Days from 1970-01-01 to a date of the Gregorian calendar; years counted from March, so that a
 * leap day is the last.
 */
static int64_t days_from_civil(int64_t y, unsigned int m, unsigned int d)
{
    int64_t era, yoe, doy;

    y -= m <= 2;
    era = y / 400;
    yoe = y - era * 400;
    doy = (153 * ((int64_t)m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t rtc_to_unix(const struct rtc_fields *f)
{
    bool binary = f->status_b & STATUS_B_BINARY;
    unsigned int second = number(f->second, binary), minute = number(f->minute, binary);
    unsigned int hour = number(f->hour & 0x7f, binary), day = number(f->day, binary);
    unsigned int month = number(f->month, binary), year = number(f->year, binary);

    if (!(f->status_b & STATUS_B_24H)) {
        if (hour < 1 || hour > 12)
            return -1;
        hour = hour % 12 + (f->hour & 0x80 ? 12 : 0);
    }
    if (second > 59 || minute > 59 || hour > 23 || day < 1 || day > 31 || month < 1 || month > 12 ||
        year > 99)
        return -1;
    year += year < 70 ? 2000 : 1900;
    return days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}
