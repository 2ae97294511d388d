/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows on frames, nested as brackets, on a model of entries and TLB: what is mapped is what the
 * CPU sees. Then the same while signals, which stand for flush interrupts, empty the cache between
 * any two instructions.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "cpu/pte.h"
#include "lib/bits.h"
#include "lib/printk.h"
#include "mm/window.h"
#include "unit.h"

#define REGION 0x300000000000
#define FRAMES 80 /* more than there are windows: they meet in the same places */

struct cpu *cpu_blocks[MAX_CPUS];
unsigned int cpu_count = 1;
__thread struct cpu *machine_cpu;

static struct cpu cpu;
static struct window_cache cache, other;
static uint64_t l1[PT_ENTRIES], other_l1[PT_ENTRIES];
static uint64_t tlb[WINDOWS]; /* the entry that the CPU remembers; 0: none */
static volatile sig_atomic_t interrupts, interrupts_off;

static unsigned int place(const void *p)
{
    return (unsigned int)(((uintptr_t)p - REGION) >> PAGE_SHIFT) - REGION_WINDOW;
}

static void flush(void)
{
    window_cache_empty();
    for (unsigned int i = 0; i < WINDOWS; i++)
        tlb[i] = 0;
}

void machine_invlpg(uint64_t va)
{
    tlb[place((void *)va)] = 0;
}

void machine_flushed(void)
{
}

void machine_relax(void)
{
}

void panic(const char *fmt, ...)
{
    printf("%s\n", fmt);
    abort();
}

/* The CPU looks at the window: what is in its TLB, else what the entry says. */
static mfn_t seen_through(const void *p)
{
    unsigned int i = place(p);

    if (!tlb[i])
        tlb[i] = READ_ONCE(l1[REGION_WINDOW + i]);
    return tlb[i] & PTE_P ? pte_mfn(tlb[i]) : MFN_INVALID;
}

static void nothing_open(void)
{
    for (unsigned int i = 0; i < WINDOWS; i++)
        EXPECT(!cache.users[i]);
}

/* So many windows, each seen by itself and still after those inside it have come and gone. */
static void nest(unsigned int depth)
{
    for (unsigned int n = 0; n < 2; n++) {
        mfn_t m = mfn(1000 + (uint64_t)random() % FRAMES);
        void *p = window_map(m);

        EXPECT(!((uintptr_t)p & ~PAGE_MASK) && place(p) < WINDOWS);
        EXPECT(mfn_eq(seen_through(p), m));
        if (depth && random() % 4)
            nest(depth - 1);
        EXPECT(mfn_eq(seen_through(p), m));
        window_unmap((char *)p + random() % PAGE_SIZE);
    }
}

static void brackets(void)
{
    srandom(9);
    for (unsigned int i = 0; i < 3000; i++) {
        nest(8);
        if (i % 16 == 0)
            flush();
    }
    nothing_open();
}

/* As many as there are, all on frames that want the same place. */
static void all_windows(void)
{
    void *p[WINDOWS];

    for (unsigned int i = 0; i < WINDOWS; i++)
        p[i] = window_map(mfn(5 + i * WINDOWS));
    for (unsigned int i = 0; i < WINDOWS; i++)
        EXPECT(seen_through(p[i]).n == 5 + i * WINDOWS);
    flush(); /* empties none that is in use */
    for (unsigned int i = 0; i < WINDOWS; i++)
        EXPECT(seen_through(p[i]).n == 5 + i * WINDOWS);
    for (unsigned int i = WINDOWS; i--;)
        window_unmap(p[i]);
    nothing_open();
    flush();
    for (unsigned int i = 0; i < WINDOWS; i++)
        EXPECT(!l1[REGION_WINDOW + i]);
}

/* The second look at a frame finds the window as it was; after a flush it is made again. */
static void cached(void)
{
    void *p = window_map(mfn(77));

    window_unmap(p);
    EXPECT(window_map(mfn(77)) == p);
    window_unmap(p);
    flush();
    EXPECT(!l1[REGION_WINDOW + place(p)] && window_map(mfn(77)) == p && seen_through(p).n == 77);
    window_unmap(p);
}

/* Another vCPU's region: what was cached there is forgotten when the CPU comes to it. */
static void regions(void)
{
    void *p = window_map(mfn(88));

    window_unmap(p);
    window_cache_init(&other, other_l1, REGION + (1UL << VCPU_REGION_SHIFT));
    window_cache_use(&other);
    EXPECT(window_map(mfn(88)) != p && pte_mfn(other_l1[REGION_WINDOW + 88 % WINDOWS]).n == 88);
    window_unmap(
        (void *)(REGION + (1UL << VCPU_REGION_SHIFT) + (REGION_WINDOW + 88 % WINDOWS) * PAGE_SIZE));
    window_cache_use(&cache);
    EXPECT(!l1[REGION_WINDOW + place(p)] && other_l1[REGION_WINDOW + 88 % WINDOWS]);
    for (unsigned int i = 0; i < WINDOWS; i++)
        tlb[i] = 0;
}

/* -- with interrupts */

static void interrupt(int number)
{
    (void)number;
    if (interrupts_off)
        return;
    interrupts++;
    flush();
}

uint64_t machine_irq_save(void)
{
    uint64_t before = (uint64_t)interrupts_off;

    interrupts_off = 1;
    return before;
}

void machine_irq_restore(uint64_t flags)
{
    interrupts_off = (sig_atomic_t)flags;
}

/* The CPU's look is one step: its TLB is filled and used at once. */
static mfn_t seen_at_once(const void *p)
{
    mfn_t m;

    interrupts_off = 1;
    m = seen_through(p);
    interrupts_off = 0;
    return m;
}

static void interrupted(void)
{
    struct itimerval timer = {{0, 30}, {0, 30}}, stop = {{0, 0}, {0, 0}};
    void *p[4];

    signal(SIGALRM, interrupt);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (unsigned int n = 0; interrupts < 4000 && n < 100000000; n++) {
        for (unsigned int i = 0; i < 4; i++) {
            uint64_t frame = (n * 7 + i * 32) % 200;

            p[i] = window_map(mfn(frame));
            EXPECT(seen_at_once(p[i]).n == frame);
        }
        for (unsigned int i = 4; i--;) {
            EXPECT(seen_at_once(p[i]).n == (n * 7 + i * 32) % 200);
            window_unmap(p[i]);
        }
    }
    setitimer(ITIMER_REAL, &stop, NULL);
    EXPECT(interrupts > 100);
    nothing_open();
}

int main(void)
{
    machine_cpu = &cpu;
    cpu_blocks[0] = &cpu;
    window_cache_init(&cache, l1, REGION);
    window_cache_use(&cache);
    RUN(brackets);
    RUN(all_windows);
    RUN(cached);
    RUN(regions);
    RUN(interrupted);
    return UNIT_RESULT;
}
