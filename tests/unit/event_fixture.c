/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stand-ins: lines that call who is bound to them, timers that the test fires, and one frame
 * that can be mapped.
 */
#include "event_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "lib/bits.h"
#include "lib/errno.h"
#include "mm/permanent.h"

struct fake_line lines[IRQ_MAX];
int bind_error;
uint64_t eoi_page[512];
unsigned int eoi_mapped;

unsigned int irq_gsi_count(void)
{
    return GSIS;
}

int irq_guest_bind(unsigned int irq, void (*function)(void *), void *data, bool shareable)
{
    (void)shareable;
    if (bind_error || lines[irq].function)
        return bind_error ? bind_error : -EBUSY;
    lines[irq].function = function;
    lines[irq].data = data;
    return 0;
}

void irq_guest_unbind(unsigned int irq, void *data)
{
    if (lines[irq].data == data)
        memset(&lines[irq], 0, sizeof(lines[irq]));
}

void irq_guest_eoi(unsigned int irq, void *data)
{
    if (lines[irq].data == data)
        lines[irq].waiting = false;
}

bool irq_needs_eoi(unsigned int irq)
{
    return irq < GSIS && irq >= 16;
}

void irq_set_cpu(unsigned int irq, unsigned int cpu)
{
    (void)irq;
    (void)cpu;
}

void irq_destroy_msi(unsigned int irq)
{
    memset(&lines[irq], 0, sizeof(lines[irq]));
}

int permanent_map(mfn_t m, domid_t owner, enum permanent_kind kind, void **va)
{
    (void)owner;
    (void)kind;
    if (m.n != 7)
        return -EINVAL;
    eoi_mapped++;
    *va = eoi_page;
    return 0;
}

void permanent_unmap(void *va)
{
    eoi_mapped -= va == eoi_page;
}

void timer_init(struct timer *t, void (*function)(void *), void *data, unsigned int cpu)
{
    *t = (struct timer){.function = function, .data = data, .cpu = cpu};
}

void timer_set(struct timer *t, int64_t expires)
{
    t->expires = expires;
    t->active = true;
}

void timer_stop(struct timer *t)
{
    t->active = false;
}

void interrupt(unsigned int irq)
{
    lines[irq].waiting = true;
    if (lines[irq].function)
        lines[irq].function(lines[irq].data);
}

void events_begin(uint32_t max_port)
{
    memset(lines, 0, sizeof(lines));
    bind_error = 0;
    fake_domains_make();
    for (domid_t id = 1; id <= FAKE_DOMAINS; id++)
        if (event_domain_init(fake_domain(id), max_port) || pirq_domain_init(fake_domain(id)))
            abort();
}

const char *events_finish(void)
{
    const char *trouble = NULL;

    for (domid_t id = 1; id <= FAKE_DOMAINS; id++) {
        while (event_domain_destroy(fake_domain(id)) == -ERESTART)
            ;
        if (fake_domain(id)->events->used)
            trouble = "ports are left";
        pirq_domain_destroy(fake_domain(id));
        pirq_domain_free(fake_domain(id));
        event_domain_free(fake_domain(id));
        if (fake_domain(id)->refs != 1)
            trouble = "references on a domain are left";
    }
    if (fake_allocated)
        trouble = "memory is left";
    if (fake_locks)
        trouble = "locks are left";
    return fake_trouble ? fake_trouble : trouble;
}

bool pending(struct domain *d, evtchn_port_t port)
{
    return bit_test(d->shared->evtchn_pending, port);
}

int status_of(struct domain *d, evtchn_port_t port)
{
    struct evtchn_status s;

    return event_status(d, port, &s) ? -1 : (int)s.status;
}
