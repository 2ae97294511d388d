/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's memory: what mm/ needs from below (CPUs, windows, flushes) and above, on the host.
 */
#include "mm_machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/asm.h"
#include "cpu/features.h"
#include "kern/smp.h"
#include "kern/softirq.h"
#include "lib/printk.h"
#include "lib/upcall.h"
#include "mm/type_word.h"
#include "mm/window.h"

#define WINDOW_DEPTH 16

unsigned long machine_frames[MACHINE_FRAMES * sizeof(struct frame) / sizeof(long)];
unsigned long machine_m2p[MACHINE_FRAMES];
uint8_t machine_pages[MACHINE_FRAMES][PAGE_SIZE] __aligned(4096);
/* mm/boot_memory.c has them in the tests that have it. */
uint64_t *frame_sections __attribute__((weak));
uint64_t frame_limit __attribute__((weak));
const char *machine_broken;
void (*machine_hook)(void), (*machine_on_flush)(void);
struct cpu *cpu_blocks[MAX_CPUS];
unsigned int cpu_count;
__thread struct cpu *machine_cpu;
struct cpu_features cpu_features = {.phys_bits = 40};

static struct cpu blocks[MACHINE_CPUS];
static uint64_t sections[1];
static __thread const void *open_windows[WINDOW_DEPTH];
static __thread unsigned int windows;
static __thread unsigned int wanted_in; /* questions until the answer is yes; 0: never */
static __thread bool in_hook;

void machine_break(const char *what)
{
    if (machine_broken)
        return;
    machine_broken = what;
    printf("# %s\n", what);
}

static void hook(void)
{
    if (!machine_hook || in_hook)
        return;
    in_hook = true;
    machine_hook();
    in_hook = false;
}

void machine_cpu_is(unsigned int id)
{
    machine_cpu = &blocks[id];
}

void machine_start(unsigned int first, unsigned int end, uint64_t section_bits)
{
    frame_sections = sections;
    sections[0] = section_bits;
    frame_limit = MACHINE_FRAMES;
    cpu_count = MACHINE_CPUS;
    for (unsigned int i = 0; i < MACHINE_CPUS; i++) {
        blocks[i] = (struct cpu){.id = i, .guest_loaded = 1};
        cpu_blocks[i] = &blocks[i];
    }
    machine_cpu_is(0);
    for (unsigned int i = 0; i < MACHINE_FRAMES; i++) {
        bool ram = i >= first && i < end;

        frame_table[i] = (struct frame){.refs = ram ? FRAME_ALLOCATED : 1,
                                        .owner = ram ? DOMID_XEN : DOMID_IO,
                                        .flags = ram ? FRAME_RAM : 0,
                                        .type = ram ? type_idle(TYPE_NONE, 0) : 0};
    }
}

/* -- windows: brackets of each CPU's own */

void *window_map(mfn_t m)
{
    hook();
    if (!mfn_valid(m))
        panic("a window on frame %lx, which is none", m.n);
    if (windows == WINDOW_DEPTH)
        panic("%u windows at once", windows);
    return (void *)(uintptr_t)(open_windows[windows++] = machine_pages[m.n]);
}

void window_unmap(const void *p)
{
    uintptr_t page = (uintptr_t)p & PAGE_MASK;

    if (!windows || (uintptr_t)open_windows[--windows] != page)
        machine_break("windows are not closed in order");
    hook();
}

void window_cache_empty(void)
{
}

unsigned int machine_windows_open(void)
{
    return windows;
}

/* -- the CPU is wanted elsewhere */

void machine_wanted_after(unsigned int n)
{
    wanted_in = n;
}

bool softirq_pending(void)
{
    hook();
    if (!wanted_in)
        return false;
    if (wanted_in > 1)
        wanted_in--;
    return wanted_in == 1;
}

/* -- flushes: another CPU serves a request at once, on the asker's thread */

void machine_flushed(void)
{
    if (machine_on_flush)
        machine_on_flush();
    hook();
}

void machine_invlpg(uint64_t va)
{
    (void)va;
}

uint64_t machine_irq_save(void)
{
    return 0;
}

void machine_irq_restore(uint64_t flags)
{
    (void)flags;
}

void machine_relax(void)
{
    hook();
    sched_yield();
}

void smp_send(unsigned int cpu, uint8_t vector)
{
    struct cpu *self = machine_cpu;

    (void)vector;
    machine_cpu = &blocks[cpu];
    tlb_flush_ipi();
    machine_cpu = self;
}

/* -- words */

void printk(enum log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

void panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    abort();
}
