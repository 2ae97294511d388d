/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns system time: the scale in force, what it was calibrated against, and the wall clock.
 *
 * The scale has two copies; the generation's lowest bit says which is in force, and a writer fills
 * the other one first, so that readers (NMI handlers too) never wait. It is written at boot and by
 * the refinement (kern/time_refine.c) only.
 */
#include "kern/time.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "dev/clock.h"
#include "dev/lapic.h"
#include "dev/rtc.h"
#include "kern/softirq.h"
#include "kern/time_refine.h"
#include "kern/time_scale.h"
#include "kern/time_sync.h"
#include "lib/muldiv.h"
#include "lib/printk.h"

#define CALIBRATION       MS(3)
#define SAMPLES           8
#define CALIBRATION_READS 20000000U /* a clock that does not move by then is none */

static struct time_scale scales[2];
static uint32_t generation;
static uint64_t tsc_hz, tsc_factor, lapic_hz, lapic_factor;
static int64_t wallclock;

uint64_t tsc_read(void)
{
    uint64_t t;

    __asm__ volatile("lfence" ::: "memory");
    t = rdtsc();
    return t + time_sync_offset(cpu_id());
}

static uint32_t scale_get(struct time_scale *s)
{
    uint32_t g;

    do {
        g = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
        *s = scales[g & 1];
        barrier();
    } while (g != READ_ONCE(generation));
    return g;
}

void time_scale_set(const struct time_scale *s)
{
    uint32_t g = generation + 1;
    unsigned int i;

    scales[g & 1] = *s;
    __atomic_store_n(&generation, g, __ATOMIC_RELEASE); /* pairs with scale_get's acquire */
    for (i = 0; i < cpu_count; i++)
        softirq_raise_on(i, SOFTIRQ_TIME);
}

int64_t now(void)
{
    struct time_scale s;
    uint64_t tsc;
    uint32_t g;

    do { /* the TSC is read inside: a scale newer than the reading would show its own stamp */
        g = scale_get(&s);
        tsc = tsc_read();
    } while (g != READ_ONCE(generation));
    return time_sync_monotonic(time_scale_apply(&s, tsc));
}

uint32_t time_scale_read(struct time_scale *s)
{
    uint32_t g = scale_get(s);

    s->tsc_stamp -=
        time_sync_offset(cpu_id()); /* for this CPU's own TSC, as a guest on it reads it */
    return g;
}

uint32_t time_generation(void)
{
    return READ_ONCE(generation);
}

uint64_t tsc_khz(void)
{
    return tsc_hz / 1000;
}

int64_t wallclock_base(void)
{
    return READ_ONCE(wallclock);
}

void wallclock_set(int64_t unix_ns, int64_t at_system_time)
{
    WRITE_ONCE(wallclock, unix_ns - at_system_time);
}

void time_program_interrupt(int64_t delta)
{
    uint64_t ticks;

    if (lapic_timer_has_deadline()) {
        lapic_timer_deadline(rdtsc() + time_ticks(tsc_factor, (uint64_t)delta));
        return;
    }
    ticks = time_ticks(lapic_factor, (uint64_t)delta);
    lapic_timer_one_shot((uint32_t)MIN(MAX(ticks, 1UL), 0xffffffffUL));
}

void delay_us(unsigned int us)
{
    uint64_t start = rdtsc(), ticks = mul_div(us, tsc_hz, 1000000);

    while (rdtsc() - start < ticks)
        cpu_relax();
}

/* Clock, TSC and local APIC timer at (nearly) one moment: the tightest of a few tries. */
struct sample {
    uint64_t clock, tsc;
    uint32_t lapic;
};

static struct sample __init sample_take(const struct clock *c)
{
    struct sample best = {0};
    uint64_t width = ~0UL;
    unsigned int i;

    for (i = 0; i < SAMPLES; i++) {
        uint64_t before = rdtsc(), clock = c->read(c);
        uint32_t lapic = lapic_timer_count();
        uint64_t after = rdtsc();

        if (after - before < width) {
            width = after - before;
            best = (struct sample){clock, before + width / 2, lapic};
        }
    }
    return best;
}

static void __init calibrate(const struct clock *c)
{
    uint64_t mask = clock_mask(c), ns;
    struct sample first, last;
    unsigned int reads = 0;

    lapic_timer_free_run();
    first = sample_take(c);
    do {
        cpu_relax();
        last.clock = c->read(c);
        ns = clock_ns(c, (last.clock - first.clock) & mask);
        if (++reads > CALIBRATION_READS)
            panic("no clock of this machine runs: the %s stands still", c->name);
    } while (ns < (uint64_t)CALIBRATION);
    last = sample_take(c);
    ns = clock_ns(c, (last.clock - first.clock) & mask);
    tsc_hz = time_measure_hz(last.tsc - first.tsc, ns);
    lapic_hz = time_measure_hz(first.lapic - last.lapic, ns);
    tsc_factor = time_tick_factor(tsc_hz);
    lapic_factor = time_tick_factor(lapic_hz);
    scales[0] = (struct time_scale){.tsc_stamp = last.tsc};
    time_scale_set_hz(&scales[0], tsc_hz);
    scales[1] = scales[0];
    time_refine_init(c, tsc_hz, last.clock);
}

void time_rate_changed(uint64_t hz)
{
    tsc_hz = hz;
    tsc_factor = time_tick_factor(hz);
}

void __init time_init(void)
{
    const struct clock *c = clock_find();
    int64_t unix_seconds;

    calibrate(c);
    if (!tsc_hz || (!lapic_hz && !lapic_timer_has_deadline()))
        panic("the TSC or the local APIC's timer stands still");
    unix_seconds = rtc_read();
    if (unix_seconds < 0)
        pr_warn("the CMOS clock shows no date; wall clock starts in 1970\n");
    wallclock_set(MAX(unix_seconds, 0) * NSEC_PER_SEC, now());
    pr_info("clock: TSC %lu kHz, local APIC timer %lu kHz%s, by the %s\n", tsc_khz(),
            lapic_hz / 1000, lapic_timer_has_deadline() ? " (TSC deadline used)" : "", c->name);
}

void __init time_start(void)
{
    time_refine_start();
}

void time_dump(void)
{
    struct time_scale s;
    uint32_t g = scale_get(&s);

    pr_info("clock: %ld ns since boot, TSC %lu Hz, scale %x << %d, generation %u, TSCs %s\n", now(),
            tsc_hz, s.mul, s.shift, g, time_is_stable() ? "alike" : "differ");
    time_refine_dump();
}
