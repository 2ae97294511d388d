/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One CPU's stays in the hypervisor, put together from what a watcher sees: where blocks begin, and
 * which instructions run. Lengths are instructions, by stay_now.
 */
#ifndef WATCH_STAY_H
#define WATCH_STAY_H

#include <stdbool.h>
#include <stdint.h>

#define SUBS         128
#define SUB_UNKNOWN  127
#define CALLS        64
#define ROW_NO_CALL  (CALLS * SUBS)    /* a system call without a number in sight */
#define ROW_SOFTIRQS (ROW_NO_CALL + 1) /* work on the way out to the guest, or when idle */
#define ROW_IDLE     (ROW_NO_CALL + 2)
#define ROW_VECTORS  (ROW_NO_CALL + 64) /* 256 of them */
#define ROWS         (ROW_VECTORS + 256)
#define NO_NUMBER    0xff

struct longest {
    uint64_t length, from, to;
};

/* What is kept of one kind of entry; tests/perf/sections.py reads it. */
struct row {
    uint64_t entries, total;
    struct longest off, gap;
};

extern struct row *stay_rows; /* ROWS of them */
extern uint64_t stay_now;     /* instructions in the hypervisor since the machine started */
extern uint64_t stay_unlock, stay_unlock_end;    /* spin_unlock_irqrestore */
extern uint64_t stay_stubs, stay_run, stay_idle; /* entry_stubs, softirq_run, idle_loop */

/* A block begins at `va`, the guest's or the hypervisor's. */
void stay_block(uint64_t va);
/* Instructions at `at` inside the hypervisor. `leaves`: IRET or SYSRET on the way to the guest. */
void stay_cli(uint64_t at);
void stay_sti(void);
void stay_return(bool leaves);
/* A preemption point was passed. */
void stay_point(uint64_t at);
/* The guest makes a call by the SYSCALL at `at`; `number` is NO_NUMBER where it is not in sight. */
void stay_call(unsigned int number, uint64_t at);
/* The last call belongs to this row. */
void stay_label(unsigned int to);
/* What comes now is the machine's end: nothing more is kept. */
void stay_stop(void);

#endif
