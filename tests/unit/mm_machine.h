/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's memory on the host, for tests of mm/ and pv/: frames with pages behind them, CPUs
 * (one a thread), windows, TLB flushes that the test hears of, and a moment at which each CPU is
 * wanted elsewhere.
 */
#ifndef TESTS_MM_MACHINE_H
#define TESTS_MM_MACHINE_H

#include "cpu/percpu.h"
#include "mm/frame.h"

#define MACHINE_FRAMES 4096
#define MACHINE_CPUS   4

extern uint8_t machine_pages[MACHINE_FRAMES][PAGE_SIZE];

/* What went wrong first, or NULL. */
extern const char *machine_broken;
void machine_break(const char *what);

/*
 * RAM from frame `first` to `end`, other records are DOMID_IO's; `sections` (bits) have records.
 * CPU 0 is the caller.
 */
void machine_start(unsigned int first, unsigned int end, uint64_t sections);

/* The caller's thread is that CPU from now on. */
void machine_cpu_is(unsigned int id);

/*
 * When set: called at each window, flush, wait and question whether the CPU is wanted. Not called
 * from inside itself.
 */
extern void (*machine_hook)(void);

/*
 * The n-th question from now is answered "wanted elsewhere", and all after it until the next call;
 * 0: none is. By thread.
 */
void machine_wanted_after(unsigned int n);

/* Windows that this CPU has open. */
unsigned int machine_windows_open(void);

/* When set: called whenever a CPU has flushed everything. */
extern void (*machine_on_flush)(void);

#endif
