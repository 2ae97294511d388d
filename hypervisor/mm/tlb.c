/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the flush itself, on this CPU and on others. A request to other CPUs waits until all have
 * served it.
 *
 * One request is in flight at a time (RANK_CALL lock, interrupts on while waiting for it, so that a
 * waiter serves others).
 */
#include "mm/tlb.h"
#include "cpu/asm.h"
#include "cpu/features.h"
#include "cpu/spinlock.h"
#include "kern/smp.h"
#include "lib/bits.h"
#include "lib/upcall.h"
#include "mm/window.h"

uint64_t tlb_epoch = 1;

static spinlock_t request_lock = SPINLOCK_INIT(RANK_CALL);
static struct {
    uint64_t va;      /* ~0: everything */
    uint64_t waiting; /* CPUs that have yet to serve it; atomic */
} request;

static void flush_everything(void)
{
    uint64_t cr4 = read_cr4();

    if (cr4 & CR4_PGE) {
        write_cr4(cr4 & ~(uint64_t)CR4_PGE);
        write_cr4(cr4);
    } else {
        write_cr3(read_cr3());
    }
}

/*
 * The epoch is read before the flush: what ended its use up to that value is certainly gone
 * afterwards. It moves on, so that a use which ends after the flush has a greater epoch than this
 * CPU.
 */
static void note_flush(void (*flush)(void))
{
    uint64_t flags = irq_save();
    uint64_t e = __atomic_fetch_add(&tlb_epoch, 1, __ATOMIC_SEQ_CST);

    window_cache_empty();
    flush();
    this_cpu()->flush_epoch = e + 1;
    irq_restore(flags);
}

void tlb_flush_local(void)
{
    note_flush(flush_everything);
}

void tlb_flush_ipi(void)
{
    uint64_t va = request.va;

    if (va == ~0UL)
        tlb_flush_local();
    else
        invlpg(va);
    __atomic_and_fetch(&request.waiting, ~(1UL << cpu_id()), __ATOMIC_SEQ_CST);
}

static void flush_others(uint64_t cpus, uint64_t va)
{
    uint64_t left;

    spin_lock(
        &request_lock); /* in turn: a CPU that flushes all the time must not keep another out */
    request.va = va;
    __atomic_store_n(&request.waiting, cpus, __ATOMIC_SEQ_CST);
    for (left = cpus; left; left &= left - 1)
        smp_send(bit_lowest(left), VECTOR_FLUSH);
    while (READ_ONCE(request.waiting))
        cpu_relax();
    spin_unlock(&request_lock);
}

static void flush_mask(uint64_t cpus, uint64_t va)
{
    uint64_t self = 1UL << cpu_id();

    if (cpus & self) {
        if (va == ~0UL)
            tlb_flush_local();
        else
            invlpg(va);
    }
    if (cpus & ~self)
        flush_others(cpus & ~self, va);
}

/* CPUs that run a guest and have not flushed since `epoch` (~0: all that run a guest). */
static uint64_t cpus_older(uint64_t epoch)
{
    uint64_t cpus = 0;
    unsigned int i;

    smp_mb(); /* pairs with tlb_guest_loading(): it announces the guest before it flushes */
    for (i = 0; i < cpu_count; i++) {
        const struct cpu *c = cpu_block(i);

        if (READ_ONCE(c->guest_loaded) && READ_ONCE(c->flush_epoch) <= epoch)
            cpus |= 1UL << i;
    }
    return cpus;
}

bool tlb_may_hold(uint64_t epoch)
{
    return cpus_older(epoch);
}

void tlb_flush_older(uint64_t epoch)
{
    uint64_t cpus = cpus_older(epoch);

    if (cpus)
        flush_mask(cpus, ~0UL);
}

void tlb_flush_cpus(uint64_t cpus)
{
    flush_mask(cpus & cpus_older(~0UL), ~0UL);
}

void tlb_flush_cpus_address(uint64_t cpus, uint64_t va)
{
    flush_mask(cpus & cpus_older(~0UL), va);
}

void tlb_flush_all(void)
{
    flush_mask(cpu_count == 64 ? ~0UL : (1UL << cpu_count) - 1, ~0UL);
}

void tlb_guest_loading(void)
{
    WRITE_ONCE(this_cpu()->guest_loaded, 1);
    smp_mb(); /* pairs with cpus_older() */
}

void tlb_guest_gone(void)
{
    WRITE_ONCE(this_cpu()->guest_loaded, 0);
}
