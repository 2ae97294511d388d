/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the control kernel and the kernel in the domain that it makes agree on: where everything
 * lies in the child's memory, and the mailbox through which the child is told what to do. The child
 * makes any hypercall it is asked for.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdint.h>

/* Page numbers of the child's memory, all mapped from VIRT_BASE on. */
#define CHILD_PAGES       64
#define CHILD_IMAGE_PAGES 12
#define CHILD_MAILBOX     15
#define CHILD_L4          16
#define CHILD_L3          17
#define CHILD_L2          18
#define CHILD_L1          19
#define CHILD_START_INFO  20
#define CHILD_SHARED      21 /* shows shared_info; the frame behind is free */
#define CHILD_GRANTS      22 /* shows the first frame of the grant table, the same */
#define CHILD_FREE        24 /* from here on: for tests */

enum job {
    JOB_NONE,
    JOB_CALL,  /* hypercall `number` with `args`: `result` */
    JOB_READ,  /* the word at args[0] */
    JOB_WRITE, /* args[1] to args[0] */
    JOB_SPIN,  /* uses the CPU until told otherwise; `result` counts */
    JOB_CRASH, /* an instruction that does not exist, with no handler */
    JOB_SLEEP, /* SCHEDOP_block until told otherwise: somebody must send an event */
    JOB_FPU,   /* the low half of xmm7, which becomes args[0] */
    JOB_PORT   /* in or out of a port: args[0] port, args[1] value, args[2] write */
};

struct mailbox {
    volatile uint32_t request, done; /* the child works when they differ */
    volatile uint32_t job, number;
    volatile uint64_t args[5];
    volatile uint64_t result;
    volatile uint64_t upcalls;
    volatile uint64_t start_info; /* rsi at its first instruction */
    uint64_t pad[4];
    uint8_t data[3584]; /* arguments in memory */
};

#endif
