/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the refinement of the clock: once a second the platform's clock is read (before it can
 * wrap), and at the end of each window the TSC's rate is measured anew and the clock's error is
 * slewed away. The clock itself never steps.
 *
 * All of it runs in one timer of the boot CPU. A window that shows an impossible rate (the machine
 * was stopped, the counter wrapped unseen) is thrown away, and the platform's time starts again
 * from the clock's.
 */
#include "kern/time_refine.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "kern/time_scale.h"
#include "kern/timer.h"
#include "lib/muldiv.h"
#include "lib/printk.h"

#define PERIOD          MS(1000)
#define WINDOW_MAX      MS(64000)
#define IMPLAUSIBLE_PPM 2000 /* above what the calibration at boot can be wrong */
#define RESETS_SAID     5
#define TRIES           4
#define WIDTH_PART      (20000 * (uint64_t)NSEC_PER_SEC) /* readings 1/20000 of a window apart */

static const struct clock *clock;
static struct timer timer;
static uint64_t hz; /* of the TSC, as last measured */
static uint64_t last_reading;
static int64_t platform;    /* ns by the platform's clock since system time 0 */
static uint64_t window_tsc; /* where the window began */
static int64_t window_platform, window;
static int64_t last_error;
static unsigned int adjustments, resets;

/*
 * Reads both clocks together: the tightest of a few tries; *width is how far apart they may be, in
 * ticks.
 */
static uint64_t read_pair(uint64_t *reading, uint64_t *width)
{
    uint64_t tsc = 0;
    unsigned int i;

    *width = ~0UL;
    for (i = 0; i < TRIES; i++) {
        uint64_t before = tsc_read(), r = clock->read(clock), after = tsc_read();

        if (after - before < *width) {
            *width = after - before;
            tsc = before + *width / 2;
            *reading = r;
        }
    }
    return tsc;
}

static void window_begin(uint64_t tsc, int64_t length)
{
    window_tsc = tsc;
    window_platform = platform;
    window = MIN(length, WINDOW_MAX);
}

static void window_end(uint64_t tsc)
{
    uint64_t measured = time_measure_hz(tsc - window_tsc, (uint64_t)(platform - window_platform));
    struct time_scale s;

    (void)time_scale_read(&s);
    if (time_hz_differ(measured, hz, IMPLAUSIBLE_PPM)) {
        if (resets++ < RESETS_SAID)
            pr_warn("clock: %lu Hz measured where %lu were expected; window dropped\n", measured,
                    hz);
        platform = time_scale_apply(&s, tsc);
        window_begin(tsc, PERIOD);
        return;
    }
    hz = measured;
    last_error = platform - time_scale_apply(&s, tsc);
    window_begin(tsc, 2 * window);
    s = time_scale_adjust(&s, tsc, hz, last_error, window);
    time_scale_set(&s);
    time_rate_changed(hz);
    adjustments++;
}

static void refine(void *unused)
{
    uint64_t reading = 0, width, tsc = read_pair(&reading, &width);

    (void)unused;
    platform += (int64_t)clock_ns(clock, (reading - last_reading) & clock_mask(clock));
    last_reading = reading;
    /* A reading that was interrupted (by the host of a virtual machine) waits for a better one. */
    if (platform - window_platform >= window && width < mul_div((uint64_t)window, hz, WIDTH_PART))
        window_end(tsc);
    timer_set(&timer, now() + PERIOD);
}

void __init time_refine_init(const struct clock *c, uint64_t tsc_hz, uint64_t reading)
{
    clock = c;
    hz = tsc_hz;
    last_reading = reading;
}

void __init time_refine_start(void)
{
    uint64_t reading = 0, width;

    if (!clock->running) {
        pr_warn("clock: nothing to hold the TSC to but the calibration at boot\n");
        return;
    }
    timer_init(&timer, refine, NULL, 0);
    window_begin(read_pair(&reading, &width), PERIOD);
    platform = clock_ns(clock, (reading - last_reading) & clock_mask(clock));
    last_reading = reading;
    window_platform = platform;
    timer_set(&timer, now() + PERIOD);
}

void time_refine_dump(void)
{
    pr_info("clock: held to the %s: %u adjustments, %u windows dropped, last error %ld ns, window "
            "%ld ms\n",
            clock->name, adjustments, resets, last_error, window / 1000000);
}
