/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of event channels share: stand-ins for interrupt lines, timers and permanent
 * mappings, and the begin and end of a test.
 */
#ifndef TESTS_EVENT_FIXTURE_H
#define TESTS_EVENT_FIXTURE_H

#include "event/channel.h"
#include "event/pirq.h"
#include "fake_kernel.h"
#include "kern/irq.h"

#define GSIS 24 /* those from 16 on are level triggered */
#define D1   fake_domain(1)
#define D2   fake_domain(2)
#define D3   fake_domain(3)

struct fake_line {
    void (*function)(void *);
    void *data;
    bool waiting;
};

extern struct fake_line lines[IRQ_MAX];
extern int bind_error;         /* what irq_guest_bind() answers */
extern uint64_t eoi_page[512]; /* frame 7, when mapped */
extern unsigned int eoi_mapped;

/* All domains get ports up to max_port, and PIRQs. */
void events_begin(uint32_t max_port);

/* Tears all down; NULL when nothing was left behind or done wrong, else what was. */
const char *events_finish(void);

void interrupt(unsigned int irq);
bool pending(struct domain *d, evtchn_port_t port);
int status_of(struct domain *d, evtchn_port_t port);

#define begin(max_port) events_begin(max_port)
#define finish()                                                                                   \
    do {                                                                                           \
        const char *trouble = events_finish();                                                     \
                                                                                                   \
        if (trouble)                                                                               \
            printf("# %s\n", trouble);                                                             \
        EXPECT(!trouble);                                                                          \
    } while (0)

#endif
