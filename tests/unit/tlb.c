/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flushes and their epoch: which CPUs have to flush before a frame is used as something else, and
 * that no other does. A model remembers for each CPU which frames it may have translations of.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/asm.h"
#include "lib/upcall.h"
#include "mm/tlb.h"
#include "mm_machine.h"
#include "unit.h"

#define FRAMES 8

static unsigned int flushes[MACHINE_CPUS];
static bool cached[MACHINE_CPUS][FRAMES];
static bool mapped[FRAMES];
static uint64_t ended[FRAMES]; /* the epoch at which the last use ended */

void frame_free_last(struct frame *f)
{
    (void)f;
}

/* The CPU forgets all; what is mapped it may see again at once, if it runs a guest. */
static void on_flush(void)
{
    unsigned int cpu = machine_cpu->id;

    flushes[cpu]++;
    for (unsigned int f = 0; f < FRAMES; f++)
        cached[cpu][f] = mapped[f] && machine_cpu->guest_loaded;
}

static void forget(void)
{
    memset(flushes, 0, sizeof(flushes));
}

static bool flushed(unsigned int a, unsigned int b, unsigned int c, unsigned int d)
{
    bool ok = flushes[0] == a && flushes[1] == b && flushes[2] == c && flushes[3] == d;

    forget();
    return ok;
}

static void loads_guest(unsigned int cpu)
{
    unsigned int before = machine_cpu->id;

    machine_cpu_is(cpu);
    tlb_guest_loading();
    tlb_load_cr3(0x1000 * (cpu + 1), true);
    machine_cpu_is(before);
}

static void leaves_guest(unsigned int cpu)
{
    unsigned int before = machine_cpu->id;

    machine_cpu_is(cpu);
    tlb_guest_gone();
    machine_cpu_is(before);
}

static void who_flushes(void)
{
    uint64_t epoch;

    for (unsigned int i = 0; i < MACHINE_CPUS; i++)
        loads_guest(i);
    leaves_guest(3);
    forget();
    epoch = tlb_epoch_now();
    tlb_flush_older(epoch);
    EXPECT(flushed(1, 1, 1, 0) && tlb_epoch_now() > epoch);
    tlb_flush_older(epoch); /* all have, since */
    EXPECT(flushed(0, 0, 0, 0));
    epoch = tlb_epoch_now();
    machine_cpu_is(1);
    tlb_flush_local();
    machine_cpu_is(0);
    EXPECT(flushed(0, 1, 0, 0));
    tlb_flush_older(epoch);
    EXPECT(flushed(1, 0, 1, 0));
    tlb_flush_cpus(0xe);
    EXPECT(flushed(0, 1, 1, 0));
    tlb_flush_cpus(0);
    EXPECT(flushed(0, 0, 0, 0));
    tlb_flush_all();
    EXPECT(flushed(1, 1, 1, 1));
    epoch = tlb_epoch_now();
    tlb_flush_cpus_address(0xf, 0x1000); /* one address is no flush */
    EXPECT(flushed(0, 0, 0, 0) && tlb_epoch_now() == epoch);
}

/* CR3 is written only when it changes. */
static void root_is_loaded_once(void)
{
    forget();
    machine_cpu->loaded_cr3 = 0;
    tlb_load_cr3(0x5000, false);
    tlb_load_cr3(0x5000, false);
    EXPECT(flushed(1, 0, 0, 0));
    tlb_load_cr3(0x6000, true);
    EXPECT(flushed(2, 0, 0, 0));
}

/* Frames are mapped, seen, unmapped and used as something else; CPUs come and go. */
static void no_old_translation(void)
{
    srandom(10);
    for (unsigned int step = 0; step < 100000 && !unit_broken; step++) {
        unsigned int cpu = (unsigned int)random() % MACHINE_CPUS,
                     f = (unsigned int)random() % FRAMES;

        machine_cpu_is((unsigned int)random() % MACHINE_CPUS);
        switch (random() % 6) {
        case 0:
            if (mapped[f]) {
                mapped[f] = false;
                ended[f] = tlb_epoch_now();
            }
            break;
        case 1:
            mapped[f] = true;
            break;
        case 2:
            for (unsigned int c = 0; c < MACHINE_CPUS; c++)
                cached[c][f] |= mapped[f] && cpu_block(c)->guest_loaded;
            break;
        case 3:
            if (cpu_block(cpu)->guest_loaded)
                leaves_guest(cpu);
            else
                loads_guest(cpu);
            break;
        case 4:
            tlb_flush_cpus((uint64_t)random() % 16);
            break;
        default:
            if (mapped[f])
                break;
            tlb_flush_older(ended[f]);
            for (unsigned int c = 0; c < MACHINE_CPUS; c++)
                EXPECT(!cached[c][f] || !cpu_block(c)->guest_loaded);
        }
    }
}

int main(void)
{
    machine_start(0, 16, 1);
    machine_on_flush = on_flush;
    RUN(who_flushes);
    RUN(root_is_loaded_once);
    RUN(no_old_translation);
    return UNIT_RESULT;
}
