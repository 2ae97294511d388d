/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TSCs that agree and TSCs that don't: two threads play the boot CPU and one that comes up, each
 * with a TSC of its own.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "kern/time.h"
#include "kern/time_sync.h"
#include "lib/printk.h"
#include "unit.h"

static struct cpu cpus[3] = {{.id = 0}, {.id = 1}, {.id = 2}};
_Thread_local struct cpu *fake_cpu;
_Thread_local bool fake_irq_off;
struct cpu *cpu_blocks[MAX_CPUS];
unsigned int cpu_count = 3;

static _Thread_local int64_t behind; /* by how much this thread's TSC lags */
static int64_t new_behind;
static uint32_t done;

uint64_t fake_rdtsc(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)((int64_t)t.tv_sec * 1000000000 + t.tv_nsec + (1L << 50) - behind);
}

void printk(enum log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

static void *new_cpu(void *cpu)
{
    fake_cpu = cpu;
    behind = new_behind;
    time_init_cpu();
    __atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void bring_up(unsigned int id, int64_t lag)
{
    pthread_t thread;

    new_behind = lag;
    done = 0;
    pthread_create(&thread, NULL, new_cpu, &cpus[id]);
    while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST))
        time_sync_serve();
    pthread_join(thread, NULL);
}

static void equal_ones_count_as_one(void)
{
    bring_up(1, 0);
    EXPECT(time_is_stable() && time_sync_offset(1) == 0);
    EXPECT(time_sync_monotonic(100) == 100 && time_sync_monotonic(50) == 50);
}

static void a_different_one_is_measured(void)
{
    bring_up(2, 1000000000);
    EXPECT(!time_is_stable());
    EXPECT(llabs((int64_t)time_sync_offset(2) - 1000000000) < 100000000);
    EXPECT(time_sync_offset(0) == 0 && time_sync_offset(1) == 0);
}

static void then_time_never_goes_back(void)
{
    EXPECT(time_sync_monotonic(1000) == 1000);
    EXPECT(time_sync_monotonic(900) == 1000);
    EXPECT(time_sync_monotonic(1001) == 1001);
}

int main(void)
{
    fake_cpu = &cpus[0];
    RUN(equal_ones_count_as_one);
    RUN(a_different_one_is_measured);
    RUN(then_time_never_goes_back);
    return UNIT_RESULT;
}
