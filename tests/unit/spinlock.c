/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spin lock: one holder at a time; a CPU that waits but is not run by the host below keeps
 * nobody out; one that has waited for long is not overtaken by those who come later.
 */
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>

#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "cpu/spinlock.h"
#include "lib/printk.h"
#include "unit.h"

#define THREADS 4
#define ROUNDS  20000

_Thread_local struct cpu thread_cpu;

static spinlock_t lock = SPINLOCK_INIT(RANK_HEAP);
static unsigned int inside, most_inside, entered;

/* What the waiting thread does at each turn; NULL: it lets others run. */
static _Thread_local void (*while_waiting)(void);

void cpu_relax(void)
{
    if (while_waiting)
        while_waiting();
    else
        sched_yield();
}

void panic(const char *fmt, ...)
{
    (void)fmt;
    abort();
}

static void *work(void *unused)
{
    for (unsigned int i = 0; i < ROUNDS; i++) {
        spin_lock(&lock);
        inside++;
        most_inside = MAX(most_inside, inside);
        entered++;
        if (i % 256 == 0)
            sched_yield(); /* the others find it held */
        inside--;
        spin_unlock(&lock);
    }
    return unused;
}

static void one_at_a_time(void)
{
    pthread_t threads[THREADS];

    for (unsigned int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (unsigned int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    EXPECT(most_inside == 1);
    EXPECT(entered == THREADS * ROUNDS);
    EXPECT(!spin_is_locked(&lock));
    EXPECT(lock.hungry == 0);
}

static uint32_t waits, goes_on;

/* The host below does not run this CPU any more, after so many turns. */
static _Thread_local unsigned int turns_left;

static void stop_running(void)
{
    if (turns_left && --turns_left)
        return;
    __atomic_store_n(&waits, 1, __ATOMIC_SEQ_CST);
    while (!__atomic_load_n(&goes_on, __ATOMIC_SEQ_CST))
        sched_yield();
    turns_left = 0;
    while_waiting = NULL;
}

static void *wait_for_it(void *turns)
{
    turns_left = *(unsigned int *)turns;
    while_waiting = stop_running;
    spin_lock(&lock);
    spin_unlock(&lock);
    return NULL;
}

/* A thread waits for the lock, which is held, and stops running after so many turns. */
static pthread_t start_waiter(unsigned int *turns)
{
    pthread_t thread;

    waits = goes_on = 0;
    spin_lock(&lock);
    pthread_create(&thread, NULL, wait_for_it, turns);
    while (!__atomic_load_n(&waits, __ATOMIC_SEQ_CST))
        sched_yield();
    return thread;
}

static void end_waiter(pthread_t thread)
{
    __atomic_store_n(&goes_on, 1, __ATOMIC_SEQ_CST);
    pthread_join(thread, NULL);
    EXPECT(!spin_is_locked(&lock));
}

static void who_does_not_run_keeps_nobody_out(void)
{
    unsigned int turns = 1;
    pthread_t thread = start_waiter(&turns);

    spin_unlock(&lock);
    EXPECT(spin_trylock(&lock));
    spin_unlock(&lock);
    end_waiter(thread);
}

static unsigned int turns_taken;

static void count_turns(void)
{
    turns_taken++;
}

static void who_waits_for_long_goes_first_but_not_for_ever(void)
{
    unsigned int turns = 1U << 20;
    pthread_t thread = start_waiter(&turns);

    EXPECT(lock.hungry == 1);
    spin_unlock(&lock);
    /* It does not run, and the lock is free: a newcomer leaves it the time to come, then goes. */
    turns_taken = 0;
    while_waiting = count_turns;
    spin_lock(&lock);
    EXPECT(turns_taken > 100 && turns_taken < 1U << 20);
    spin_unlock(&lock);
    while_waiting = NULL;
    end_waiter(thread);
    EXPECT(lock.hungry == 0);
}

static void trying_fails_when_it_is_held(void)
{
    EXPECT(spin_trylock(&lock));
    EXPECT(spin_is_locked(&lock));
    EXPECT(!spin_trylock(&lock));
    spin_unlock(&lock);
    EXPECT(!spin_is_locked(&lock));
}

int main(void)
{
    RUN(one_at_a_time);
    RUN(trying_fails_when_it_is_held);
    RUN(who_does_not_run_keeps_nobody_out);
    RUN(who_waits_for_long_goes_first_but_not_for_ever);
    return UNIT_RESULT;
}
