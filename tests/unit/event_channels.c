/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels and PIRQs against stand-ins for the rest: each operation, each errno, what becomes pending and who is told, pairs of
 * domains, teardown, and random operations after which every pair must still be a pair.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/percpu.h"
#include "event/bits.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "fake_kernel.h"
#include "kern/irq.h"
#include "kern/softirq.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mm/permanent.h"
#include "unit.h"

#define GSIS 24
#define D1 fake_domain(1)
#define D2 fake_domain(2)
#define D3 fake_domain(3)

/* -- interrupts, timers and permanent mappings, as the files under test call them */

static struct {
    void (*function)(void *);
    void *data;
    bool waiting;
} lines[IRQ_MAX];
static int bind_error;
static uint64_t eoi_page[512];
static unsigned int eoi_mapped;

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

static void interrupt(unsigned int irq)
{
    lines[irq].waiting = true;
    if (lines[irq].function)
        lines[irq].function(lines[irq].data);
}

/* -- the tests */

static void begin(uint32_t max_port)
{
    memset(lines, 0, sizeof(lines));
    bind_error = 0;
    fake_domains_make();
    for (domid_t id = 1; id <= FAKE_DOMAINS; id++)
        if (event_domain_init(fake_domain(id), max_port) || pirq_domain_init(fake_domain(id)))
            abort();
}

static void finish(void)
{
    for (domid_t id = 1; id <= FAKE_DOMAINS; id++) {
        while (event_domain_destroy(fake_domain(id)) == -ERESTART)
            ;
        EXPECT(fake_domain(id)->events->used == 0);
        pirq_domain_destroy(fake_domain(id));
        event_domain_free(fake_domain(id));
        EXPECT(fake_domain(id)->refs == 1);
    }
    EXPECT(fake_allocated == 0);
    EXPECT(fake_locks == 0);
    if (fake_trouble)
        printf("# %s\n", fake_trouble);
    EXPECT(!fake_trouble);
}

static bool pending(struct domain *d, evtchn_port_t port)
{
    return bit_test(d->shared->evtchn_pending, port);
}

static int status_of(struct domain *d, evtchn_port_t port)
{
    struct evtchn_status s;

    return event_status(d, port, &s) ? -1 : (int)s.status;
}

static void interdomain_pair(void)
{
    evtchn_port_t a, b, c;
    struct evtchn_status s;

    begin(4095);
    EXPECT(event_alloc_unbound(D1, 2, &a) == 0 && a == 1);
    EXPECT(event_send(D1, a) == 0); /* nobody there: lost */
    EXPECT(event_bind_interdomain(D3, 1, a, &c) == -EINVAL); /* not for domain 3 */
    EXPECT(fake_last_rule == RULE_EVTCHN_REMOTE_PORT);
    EXPECT(event_bind_interdomain(D2, 1, a, &b) == 0);
    EXPECT(pending(D2, b)); /* what may have been lost before */
    EXPECT(event_bind_interdomain(D2, 1, a, &c) == -EINVAL); /* taken */
    EXPECT(event_status(D2, b, &s) == 0 && s.status == EVTCHNSTAT_interdomain &&
           s.u.interdomain.dom == 1 && s.u.interdomain.port == a);
    EXPECT(!pending(D1, a));
    EXPECT(event_send(D2, b) == 0 && pending(D1, a) && fake_kicks[1][0] == 1);
    EXPECT(event_send(D2, b) == 0 && fake_kicks[1][0] == 1); /* pending already */
    EXPECT(event_close(D2, b) == 0);
    EXPECT(status_of(D1, a) == EVTCHNSTAT_unbound && status_of(D2, b) == EVTCHNSTAT_closed);
    EXPECT(event_bind_interdomain(D2, 1, a, &b) == 0); /* again */
    EXPECT(event_close(D1, a) == 0 && status_of(D2, b) == EVTCHNSTAT_unbound);
    EXPECT(event_bind_interdomain(D2, 99, 1, &b) == -ESRCH);
    EXPECT(event_bind_interdomain(D2, 1, 4096, &b) == -EINVAL);
    EXPECT(fake_last_rule == RULE_EVTCHN_PORT_RANGE);
    finish();
}

static void loop_to_oneself(void)
{
    evtchn_port_t a, b;

    begin(4095);
    EXPECT(event_alloc_unbound(D2, 2, &a) == 0 && event_bind_interdomain(D2, 2, a, &b) == 0);
    EXPECT(event_send(D2, b) == 0 && pending(D2, a));
    EXPECT(event_close(D2, a) == 0 && status_of(D2, b) == EVTCHNSTAT_unbound);
    finish();
}

static void virqs(void)
{
    evtchn_port_t timer0, timer1, console, port;

    begin(4095);
    event_send_virq(D2->vcpus[0], VIRQ_TIMER); /* not bound: nothing */
    EXPECT(event_bind_virq(D2, VIRQ_TIMER, 0, &timer0) == 0);
    EXPECT(event_bind_virq(D2, VIRQ_TIMER, 1, &timer1) == 0);
    EXPECT(event_bind_virq(D2, VIRQ_TIMER, 0, &port) == -EEXIST);
    EXPECT(event_bind_virq(D2, NR_VIRQS, 0, &port) == -EINVAL);
    EXPECT(event_bind_virq(D2, VIRQ_TIMER, FAKE_VCPUS, &port) == -ENOENT);
    EXPECT(event_bind_virq(D2, VIRQ_TIMER, FAKE_VCPUS - 1, &port) == -ENOENT);
    EXPECT(event_bind_virq(D2, VIRQ_CONSOLE, 1, &port) == -EINVAL);
    EXPECT(event_bind_virq(D2, VIRQ_CONSOLE, 0, &console) == 0);
    event_send_virq(D2->vcpus[1], VIRQ_TIMER);
    EXPECT(pending(D2, timer1) && !pending(D2, timer0));
    EXPECT(fake_kicks[2][1] == 1 && fake_kicks[2][0] == 0);
    EXPECT(event_bind_vcpu(D2, timer0, 1) == -EINVAL);
    EXPECT(event_bind_vcpu(D2, console, 2) == 0); /* a global one moves */
    event_send_global_virq(D2, VIRQ_CONSOLE);
    EXPECT(pending(D2, console) && fake_kicks[2][2] == 1);
    EXPECT(event_close(D2, console) == 0 && !pending(D2, console));
    event_send_global_virq(D2, VIRQ_CONSOLE);
    EXPECT(event_send(D2, timer0) == -EINVAL);
    EXPECT(event_bind_virq(D2, VIRQ_CONSOLE, 0, &console) == 0);
    finish();
}

static void ipis(void)
{
    evtchn_port_t ipi, port;

    begin(4095);
    EXPECT(event_bind_ipi(D2, 3, &ipi) == 0);
    EXPECT(event_bind_ipi(D2, FAKE_VCPUS - 1, &port) == -ENOENT);
    EXPECT(event_send(D2, ipi) == 0 && pending(D2, ipi) && fake_kicks[2][3] == 1);
    EXPECT(event_bind_vcpu(D2, ipi, 0) == -EINVAL);
    EXPECT(event_bind_ipi(D2, 35, &port) == 0); /* a vCPU without a place: only pending */
    EXPECT(event_send(D2, port) == 0 && pending(D2, port) && fake_kicks[2][35] == 0);
    finish();
}

static void masked_and_unmasked(void)
{
    evtchn_port_t ipi;

    begin(4095);
    EXPECT(event_bind_ipi(D2, 1, &ipi) == 0);
    bit_set(D2->shared->evtchn_mask, ipi);
    EXPECT(event_send(D2, ipi) == 0 && fake_kicks[2][1] == 0);
    EXPECT(event_unmask(D2, ipi) == 0 && fake_kicks[2][1] == 1);
    EXPECT(event_unmask(D2, 4096) == -EINVAL && event_unmask(D2, ~0U) == -EINVAL);
    finish();
}

static void ports_that_are_not_there(void)
{
    struct evtchn_status s;

    begin(4095);
    EXPECT(event_close(D2, 0) == -EINVAL && fake_last_rule == RULE_EVTCHN_PORT_STATE);
    EXPECT(event_close(D2, 5) == -EINVAL && event_close(D2, 4095) == -EINVAL);
    EXPECT(event_close(D2, ~0U) == -EINVAL && fake_last_rule == RULE_EVTCHN_PORT_RANGE);
    EXPECT(event_send(D2, 0) == -EINVAL && event_send(D2, 5) == -EINVAL);
    EXPECT(event_send(D2, 4096) == -EINVAL);
    EXPECT(event_bind_vcpu(D2, 5, 0) == -EINVAL && event_bind_vcpu(D2, 0, 0) == -EINVAL);
    EXPECT(event_bind_vcpu(D2, 5, FAKE_VCPUS) == -ENOENT);
    EXPECT(event_status(D2, 5, &s) == 0 && s.status == EVTCHNSTAT_closed);
    EXPECT(event_status(D2, 200, &s) == -EINVAL); /* no bucket yet */
    finish();
}

static void the_allowance_is_kept(void)
{
    evtchn_port_t port;

    begin(200);
    for (evtchn_port_t p = 1; p <= 200; p++)
        EXPECT(event_bind_ipi(D2, 0, &port) == 0 && port == p);
    EXPECT(event_bind_ipi(D2, 0, &port) == -ENOSPC && fake_last_rule == RULE_EVTCHN_NO_PORT);
    EXPECT(event_close(D2, 77) == 0);
    EXPECT(event_bind_ipi(D2, 0, &port) == 0 && port == 77);
    finish();
    begin(~0U);
    for (evtchn_port_t p = 1; p < 4096; p++)
        EXPECT(event_bind_ipi(D2, 0, &port) == 0 && port == p);
    EXPECT(event_bind_ipi(D2, 0, &port) == -ENOSPC);
    finish();
}

static void without_memory(void)
{
    evtchn_port_t port;

    fake_domains_make();
    for (int n = 0; n < 2; n++) {
        fake_allocations_left = n;
        EXPECT(event_domain_init(D1, 4095) == -ENOMEM);
    }
    fake_allocations_left = -1;
    begin(4095);
    for (unsigned int i = 1; i < PORTS_PER_BUCKET; i++)
        EXPECT(event_bind_ipi(D2, 0, &port) == 0);
    fake_allocations_left = 0;
    EXPECT(event_bind_ipi(D2, 0, &port) == -ENOMEM);
    fake_allocations_left = -1;
    EXPECT(event_bind_ipi(D2, 0, &port) == 0);
    finish();
}

static void pirqs(void)
{
    evtchn_port_t port, other;
    uint32_t irq, flags;
    int n = -1, msi = -1;

    begin(4095);
    EXPECT(event_bind_pirq(D1, 9, 0, &port) == -EPERM); /* not mapped */
    EXPECT(event_bind_pirq(D1, PIRQ_MAX, 0, &port) == -EINVAL);
    EXPECT(pirq_map(D1, PIRQ_GSI, 17, &n) == 0 && n == 17);
    EXPECT(pirq_map(D1, PIRQ_GSI, 17, &n) == 0); /* the same again */
    n = 18;
    EXPECT(pirq_map(D1, PIRQ_GSI, 17, &n) == -EEXIST);
    EXPECT(pirq_map(D1, PIRQ_MSI, 30, &msi) == 0 && msi == PIRQ_MAX - 1);
    n = PIRQ_MAX;
    EXPECT(pirq_map(D1, PIRQ_GSI, 3, &n) == -EINVAL);
    EXPECT(pirq_irq(D1, 17, &irq) && irq == 17 && !pirq_irq(D1, 16, &irq));

    EXPECT(event_bind_pirq(D1, 17, 0, &port) == 0);
    EXPECT(event_bind_pirq(D1, 17, 0, &other) == -EEXIST);
    interrupt(17);
    EXPECT(pending(D1, port) && fake_kicks[1][0] == 1);
    EXPECT(pirq_eoi(D1, 17) == 0 && !lines[17].waiting);
    EXPECT(pirq_eoi(D1, 16) == -EINVAL && pirq_eoi(D1, PIRQ_MAX) == -EINVAL);
    EXPECT(pirq_status(D1, 9, &flags) == 0 && (flags & 1)); /* without a page: call always */

    EXPECT(pirq_eoi_map_set(D1, mfn(8), false) == -EINVAL && eoi_mapped == 0);
    EXPECT(pirq_eoi_map_set(D1, mfn(7), false) == 0 && bit_test(eoi_page, 17));
    EXPECT(pirq_eoi_map_set(D1, mfn(7), false) == -EBUSY && eoi_mapped == 1);
    EXPECT(event_bind_pirq(D1, (uint32_t)msi, 0, &other) == 0 && !bit_test(eoi_page, (unsigned)msi));
    EXPECT(pirq_status(D1, 17, &flags) == 0 && (flags & 1));
    EXPECT(pirq_status(D1, (uint32_t)msi, &flags) == 0 && !(flags & 1));

    EXPECT(event_close(D1, port) == 0 && !lines[17].function && !bit_test(eoi_page, 17));
    interrupt(17); /* nobody listens */
    bind_error = -EBUSY;
    EXPECT(event_bind_pirq(D1, 17, 0, &port) == -EBUSY && D1->events->used == 1);
    bind_error = 0;
    EXPECT(event_bind_pirq(D1, 17, 0, &port) == 0);
    EXPECT(pirq_unmap(D1, 17) == 0 && !lines[17].function);
    EXPECT(status_of(D1, port) == EVTCHNSTAT_pirq); /* open, and silent */
    EXPECT(pirq_unmap(D1, 17) == -EINVAL);
    finish();
    EXPECT(eoi_mapped == 0);
}

static void reserved_pirqs(void)
{
    uint32_t a, b, gsi;
    int n;

    begin(4095);
    EXPECT(pirq_reserve(D1, PIRQ_MSI, &a) == 0 && pirq_reserve(D1, PIRQ_MSI, &b) == 0 && a != b);
    EXPECT(pirq_reserve(D1, PIRQ_GSI, &gsi) == 0 && gsi >= 16 && gsi < GSIS);
    n = (int)a;
    EXPECT(pirq_map(D1, PIRQ_MSI, 40, &n) == 0 && n == (int)a);
    EXPECT(pirq_unmap(D1, b) == 0);
    finish();
}

static void eoi_unmasks_the_old_way(void)
{
    evtchn_port_t port;
    int n = 20;

    begin(4095);
    EXPECT(pirq_eoi_map_set(D1, mfn(7), true) == 0);
    EXPECT(pirq_map(D1, PIRQ_GSI, 20, &n) == 0 && event_bind_pirq(D1, 20, 0, &port) == 0);
    bit_set(D1->shared->evtchn_mask, port);
    interrupt(20);
    EXPECT(fake_kicks[1][0] == 0);
    EXPECT(pirq_eoi(D1, 20) == 0 && fake_kicks[1][0] == 1);
    finish();
}

static void polling(void)
{
    evtchn_port_t a, b, many[3];
    struct vcpu *v;

    begin(4095);
    v = D2->vcpus[1];
    fake_run_as(2, 1);
    EXPECT(event_bind_ipi(D2, 0, &a) == 0 && event_bind_ipi(D2, 0, &b) == 0);
    bit_set(D2->shared->evtchn_mask, a);
    many[0] = 4096;
    EXPECT(event_poll(many, 1, 0) == -EINVAL && v->pause_flags == 0);

    EXPECT(event_poll(&a, 1, 0) == 0); /* waits: a masked port wakes it too */
    EXPECT(v->pause_flags == (BIT(VPF_POLL) | BIT(VPF_BLOCKED)));
    EXPECT(event_send(D2, b) == 0 && fake_wakes[2][1] == 0);
    EXPECT(event_send(D2, a) == 0 && fake_wakes[2][1] == 1 && v->pause_flags == 0);

    EXPECT(event_poll(&a, 1, 0) == 0 && v->pause_flags == 0); /* pending: no wait */
    event_bits_clear(D2->shared, a);
    event_bits_clear(D2->shared, b);
    many[0] = many[1] = a;
    many[2] = b;
    EXPECT(event_poll(many, 3, MS(5)) == 0 && v->pause_flags && v->poll_timer.expires == MS(5));
    EXPECT(event_send(D2, b) == 0 && fake_wakes[2][1] == 2 && v->pause_flags == 0);
    event_bits_clear(D2->shared, b);

    EXPECT(event_poll(NULL, 0, MS(9)) == 0 && v->pause_flags);
    v->poll_timer.function(v->poll_timer.data);
    EXPECT(v->pause_flags == 0 && fake_wakes[2][1] == 3);
    v->poll_timer.function(v->poll_timer.data); /* late: nothing to end */
    EXPECT(fake_wakes[2][1] == 3);

    bit_set(&v->pause_flags, VPF_BLOCKED); /* an ordinary wait is none of its business */
    v->poll_timer.function(v->poll_timer.data);
    EXPECT(v->pause_flags == BIT(VPF_BLOCKED));
    v->pause_flags = 0;

    v->info->evtchn_upcall_pending = 1; /* an upcall is due: no wait either */
    EXPECT(event_poll(&a, 1, 0) == 0 && v->pause_flags == 0);
    v->info->evtchn_upcall_mask = 1;
    EXPECT(event_poll(&a, 1, 0) == 0 && v->pause_flags);
    finish();
}

static void teardown_stops_and_goes_on(void)
{
    evtchn_port_t port, theirs;
    unsigned int calls = 0;

    begin(4095);
    for (unsigned int i = 0; i < 10; i++)
        EXPECT(event_alloc_unbound(D1, 2, &theirs) == 0 &&
               event_bind_interdomain(D2, 1, theirs, &port) == 0);
    this_cpu()->softirq = 1;
    while (event_domain_destroy(D2) == -ERESTART)
        calls++;
    EXPECT(calls == 10 && D2->events->used == 0);
    this_cpu()->softirq = 0;
    for (evtchn_port_t p = 1; p <= 10; p++)
        EXPECT(status_of(D1, p) == EVTCHNSTAT_unbound);
    EXPECT(event_bind_ipi(D2, 0, &port) == -EINVAL && fake_last_rule == RULE_EVTCHN_DYING);
    EXPECT(event_alloc_unbound(D1, 3, &theirs) == 0);
    EXPECT(event_bind_interdomain(D3, 1, theirs, &port) == 0);
    EXPECT(event_reset(D3) == 0 && D3->events->used == 0);
    finish();
}

/* Each end of a pair names the other. */
static void expect_pairs(void)
{
    for (domid_t id = 1; id <= FAKE_DOMAINS; id++) {
        struct domain *d = fake_domain(id);
        uint32_t used = 0;

        for (evtchn_port_t p = 1; p < 256; p++) {
            const struct event_channel *c = event_channel(d, p), *o;

            if (!c)
                continue;
            used += c->state != CHANNEL_FREE;
            if (c->state != CHANNEL_INTERDOMAIN)
                continue;
            o = event_channel(c->peer.domain, c->peer.port);
            EXPECT(o->state == CHANNEL_INTERDOMAIN && o->peer.domain == d && o->peer.port == p);
        }
        EXPECT(used == d->events->used);
    }
}

static void anything_in_any_order(void)
{
    evtchn_port_t port;

    begin(255);
    srand(7);
    for (unsigned int i = 0; i < 200000; i++) {
        domid_t id = (domid_t)(rand() % FAKE_DOMAINS + 1), other = (domid_t)(rand() % FAKE_DOMAINS + 1);
        struct domain *d = fake_domain(id);
        evtchn_port_t p = (evtchn_port_t)rand() % 260;
        uint32_t n = (uint32_t)rand() % 26;
        int rc = 0, number = -1;

        switch (rand() % 12) {
        case 0:
        case 1:
            rc = event_alloc_unbound(d, other, &port);
            break;
        case 2:
        case 3:
            rc = event_bind_interdomain(d, other, p, &port);
            break;
        case 4:
            rc = event_bind_virq(d, n, n % 3, &port);
            break;
        case 5:
            rc = event_bind_ipi(d, n, &port);
            break;
        case 6:
        case 7:
            rc = event_close(d, p);
            break;
        case 8:
            rc = event_send(d, p);
            break;
        case 9:
            rc = event_bind_vcpu(d, p, n);
            break;
        case 10:
            rc = rand() % 2 ? pirq_map(d, PIRQ_GSI, n, &number) : pirq_unmap(d, n);
            break;
        case 11:
            rc = rand() % 300 ? event_bind_pirq(d, n, 0, &port) : event_reset(d);
            break;
        }
        EXPECT(rc <= 0 && rc != -ERESTART);
        if (i % 512 == 0)
            expect_pairs();
    }
    finish();
}

int main(void)
{
    RUN(interdomain_pair);
    RUN(loop_to_oneself);
    RUN(virqs);
    RUN(ipis);
    RUN(masked_and_unmasked);
    RUN(ports_that_are_not_there);
    RUN(the_allowance_is_kept);
    RUN(without_memory);
    RUN(pirqs);
    RUN(reserved_pirqs);
    RUN(eoi_unmasks_the_old_way);
    RUN(polling);
    RUN(teardown_stops_and_goes_on);
    RUN(anything_in_any_order);
    return UNIT_RESULT;
}
