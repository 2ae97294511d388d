/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the running of softirqs: one bit after the other, lowest first, until none is left.
 * The schedule bit is the highest, and its handler may not come back; its bit is clear by then.
 */
#include "kern/softirq.h"
#include "kern/smp.h"
#include "lib/bits.h"
#include "lib/printk.h"

static void (*handlers[SOFTIRQ_COUNT])(void) __read_mostly;

void softirq_register(enum softirq nr, void (*handler)(void))
{
    handlers[nr] = handler;
}

/* Returns whether the bit was new. */
static bool raise(struct cpu *c, enum softirq nr)
{
    uint32_t m = 1U << nr;

    return !(__atomic_fetch_or(&c->softirq, m, __ATOMIC_SEQ_CST) & m);
}

void softirq_raise(enum softirq nr)
{
    (void)raise(this_cpu(), nr);
}

void softirq_raise_on(unsigned int cpu, enum softirq nr)
{
    struct cpu *c = cpu_block(cpu);

    if (c && raise(c, nr) && c != this_cpu())
        smp_send(cpu, VECTOR_RESCHED);
}

void softirq_run(void)
{
    struct cpu *c = this_cpu();
    uint32_t pending;

    while ((pending = READ_ONCE(c->softirq)) != 0) {
        unsigned int nr = bit_lowest(pending);

        __atomic_and_fetch(&c->softirq, ~(1U << nr), __ATOMIC_SEQ_CST);
        ASSERT(nr < SOFTIRQ_COUNT);
        if (handlers[nr])
            handlers[nr]();
    }
}
