/* SPDX-License-Identifier: MIT */
/*
 * clock: prints the date once a second, and how late each timer was.
 *
 * Options: seconds=N (5). Runs as a guest and as the control domain.
 */
#include <pv/event.h>

/* Days since 1970 to year, month, day: years begin in March, so that leap days come last. */
static void date_of(uint64_t days, unsigned int *year, unsigned int *month, unsigned int *day)
{
    uint64_t since = days + 719468, era = since / 146097, of_era = since % 146097;
    uint64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    uint64_t from_march = (5 * of_year + 2) / 153;

    *day = (unsigned int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (unsigned int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (unsigned int)(years + era * 400 + (*month <= 2));
}

int guest_main(void)
{
    unsigned long seconds = pv_option_number("seconds", 5);
    uint64_t begun = pv_time(), last = begun, worst = 0;

    for (unsigned long i = 1; i <= seconds; i++) {
        unsigned int year, month, day;
        uint64_t due = begun + i * 1000000000ul, now, wall;

        pv_sleep(due - pv_time());
        now = pv_time();
        wall = pv_wall_time() / 1000000000ul;
        if (now < due || now < last) {
            pv_printf("clock: FAILED: woken at %lu for %lu, last %lu\n", now, due, last);
            return 1;
        }
        worst = now - due > worst ? now - due : worst;
        last = now;
        date_of(wall / 86400, &year, &month, &day);
        pv_printf("%04u-%02u-%02u %02lu:%02lu:%02lu UTC, up %lu.%03lu s, timer %lu us late\n", year,
                  month, day, wall / 3600 % 24, wall / 60 % 60, wall % 60, now / 1000000000ul,
                  now / 1000000ul % 1000, (now - due) / 1000);
    }
    pv_printf("clock: done, %lu seconds, worst %lu us late\n", seconds, worst / 1000);
    return 0;
}
