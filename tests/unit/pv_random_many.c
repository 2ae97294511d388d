/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests at random on four CPUs at once, two vCPUs a domain: threads that use the same frames, and
 * rest after some hundred steps each for a recount. In the end everything is given back.
 */
#include <stdlib.h>
#include <threads.h>

#include "cpu/pte.h"
#include "pv_machine.h"
#include "pv_random.h"
#include "unit.h"

#define ROUNDS 250
#define STEPS  300

static struct random_guest guests[MACHINE_CPUS];
static unsigned int arrived; /* at a rest; atomic */

/* Waits until all CPUs have come here as often as this one. */
static void rest(unsigned int times)
{
    __atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < times * MACHINE_CPUS)
        thrd_yield();
}

/* Lets another thread go on in the midst of a call, now and then: there are fewer real CPUs. */
static void yield(void)
{
    static __thread unsigned int times;

    if (++times % 7 == 0)
        thrd_yield();
}

static int run(void *data)
{
    struct random_guest *g = data;

    machine_run(g->cpu, g->domain);
    for (unsigned int round = 0; round < ROUNDS; round++) {
        for (unsigned int step = 0; step < STEPS && !READ_ONCE(machine_broken); step++)
            random_step(g);
        rest(2 * round + 1);
        if (g->cpu == 0)
            machine_recount(true);
        rest(2 * round + 2);
    }
    return 0;
}

static void on_all_cpus(int (*fn)(void *data))
{
    thrd_t threads[MACHINE_CPUS];

    arrived = 0;
    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        EXPECT(thrd_create(&threads[i], fn, &guests[i]) == thrd_success);
    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        thrd_join(threads[i], NULL);
}

/*
 * All CPUs change the same two entries to one of a few values: a value that is lost or given back
 * twice shows.
 */
static int change_two_entries(void *data)
{
    static const uint64_t flags[] = {0, PTE_P, PTE_P | PTE_RW, PTE_P | PTE_RW | PTE_NX};
    struct random_guest *g = data;
    mfn_t table = mfn(machine_domains[0].memory.list), page = mfn(frame_of(table)->next);

    machine_run(g->cpu, 0);
    for (unsigned int round = 0; round < ROUNDS; round++) {
        for (unsigned int step = 0; step < 10 * STEPS; step++) {
            uint64_t r = g->state = g->state * 6364136223846793005 + 1442695040888963407;
            struct mmu_update u = {mfn_to_paddr(table).a + (r >> 40 & 8),
                                   pte_make(page, flags[r >> 50 & 3])};

            (void)machine_mmu_update(&u, 1, DOMID_SELF, 0, 100);
        }
        rest(2 * round + 1);
        if (g->cpu == 0)
            machine_recount(true);
        rest(2 * round + 2);
    }
    return 0;
}

static void same_entries(void)
{
    machine_run(0, 0);
    EXPECT(!machine_pin(mfn(machine_domains[0].memory.list), 1));
    on_all_cpus(change_two_entries);
    EXPECT(!machine_broken);
    machine_run(0, 0);
    EXPECT(!machine_unpin(mfn(machine_domains[0].memory.list)));
}

static void guests_at_random(void)
{
    machine_hook = yield;
    on_all_cpus(run);
    EXPECT(!machine_broken);
    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        EXPECT(machine_broken || guests[i].done > guests[i].steps / 5);
}

static void nothing_is_left(void)
{
    machine_teardown();
    EXPECT(!machine_broken);
}

int main(void)
{
    pv_machine_start();
    machine_many = true;
    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        guests[i] =
            (struct random_guest){.state = 362436069362436069 + i, .cpu = i, .domain = i % 2};
    RUN(same_entries);
    RUN(guests_at_random);
    RUN(nothing_is_left);
    return UNIT_RESULT;
}
