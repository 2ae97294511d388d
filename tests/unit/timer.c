/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers on a clock that the test moves: when functions are called, when the APIC is programmed,
 * moving, killing, and a function that sets itself to the past.
 */
#include <stdint.h>

#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "dev/lapic.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "kern/timer.h"
#include "lib/printk.h"
#include "unit.h"

static struct cpu cpus[2] = {{.id = 0}, {.id = 1}};
_Thread_local struct cpu *fake_cpu = &cpus[0];
_Thread_local bool fake_irq_off;
struct cpu *cpu_blocks[MAX_CPUS] = {&cpus[0], &cpus[1]};
unsigned int cpu_count = 2;

static int64_t clock_ns, interrupt_in;
static unsigned int programmed, raised_on[2], calls;
static void (*softirq)(void);
static int64_t order[16];

uint64_t fake_rdtsc(void)
{
    return (uint64_t)clock_ns;
}

int64_t now(void)
{
    return clock_ns;
}

void time_program_interrupt(int64_t delta)
{
    programmed++;
    interrupt_in = delta;
}

void softirq_register(enum softirq nr, void (*handler)(void))
{
    if (nr == SOFTIRQ_TIMER)
        softirq = handler;
}

void softirq_raise_on(unsigned int cpu, enum softirq nr)
{
    (void)nr;
    raised_on[cpu]++;
}

/* clang-format off */
void lapic_timer_setup(void) {}
void printk(enum log_level level, const char *fmt, ...) { (void)level; (void)fmt; }
/* clang-format on */

static void run_at(int64_t t)
{
    clock_ns = t;
    softirq();
}

static void note(void *data)
{
    order[calls++ % 16] = (int64_t)(intptr_t)data;
}

static void in_order_and_not_early(void)
{
    struct timer a, b, c;

    timer_init(&a, note, (void *)1, 0);
    timer_init(&b, note, (void *)2, 0);
    timer_init(&c, note, (void *)3, 0);
    calls = programmed = 0;
    timer_set(&b, 2000000);
    EXPECT(programmed == 1 && interrupt_in == 2000000);
    timer_set(&a, 1000000);
    EXPECT(programmed == 2 && interrupt_in == 1000000);
    timer_set(&c, 3000000);
    EXPECT(programmed == 2); /* later than what is programmed */
    run_at(900000);
    EXPECT(calls == 0 && interrupt_in == 100000);
    run_at(2000000);
    EXPECT(calls == 2 && order[0] == 1 && order[1] == 2 && !timer_active(&a) && timer_active(&c));
    timer_stop(&c);
    run_at(9000000);
    EXPECT(calls == 2);
}

static void setting_again_moves_it(void)
{
    struct timer t;

    timer_init(&t, note, (void *)1, 0);
    calls = 0;
    timer_set(&t, clock_ns + 1000000);
    timer_set(&t, clock_ns + 5000000);
    run_at(clock_ns + 1000000);
    EXPECT(calls == 0);
    run_at(clock_ns + 4000000);
    EXPECT(calls == 1);
}

static void another_cpu_is_told(void)
{
    struct timer t;

    timer_init(&t, note, (void *)1, 1);
    calls = programmed = raised_on[1] = 0;
    timer_set(&t, clock_ns + 1000000);
    EXPECT(programmed == 0 && raised_on[1] == 1);
    run_at(clock_ns + 2000000);
    EXPECT(calls == 0); /* not this CPU's */
    timer_migrate(&t, 0);
    EXPECT(programmed == 1);
    softirq();
    EXPECT(calls == 1);
}

static void dead_ones_stay_dead(void)
{
    struct timer t;

    timer_init(&t, note, (void *)1, 0);
    calls = 0;
    timer_set(&t, clock_ns + 1000);
    timer_kill(&t);
    timer_set(&t, clock_ns + 1000);
    run_at(clock_ns + 100000);
    EXPECT(calls == 0 && !timer_active(&t));
}

static struct timer hog, other;

static void set_to_the_past(void *data)
{
    (void)data;
    calls++;
    timer_set(&hog, 0);
}

static void the_past_keeps_nobody(void)
{
    timer_init(&hog, set_to_the_past, NULL, 0);
    timer_init(&other, note, (void *)7, 0);
    calls = programmed = 0;
    timer_set(&hog, clock_ns);
    timer_set(&other, clock_ns + 10);
    programmed = 0;
    run_at(clock_ns + 100000);
    EXPECT(calls <= 2 && programmed == 1 && interrupt_in > 0); /* comes back soon, not now */
    timer_kill(&hog);
    softirq();
    EXPECT(!timer_active(&other));
}

static void far_ones_are_looked_after(void)
{
    struct timer t;

    timer_init(&t, note, (void *)1, 0);
    timer_set(&t, INT64_MAX);
    timer_set(&t, INT64_MAX - 1);
    EXPECT(interrupt_in <= 60000000000L);
    timer_stop(&t);
    softirq();
}

int main(void)
{
    timers_init();
    RUN(in_order_and_not_early);
    RUN(setting_again_moves_it);
    RUN(another_cpu_is_told);
    RUN(dead_ones_stay_dead);
    RUN(the_past_keeps_nobody);
    RUN(far_ones_are_looked_after);
    return UNIT_RESULT;
}
