/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels against stand-ins for the rest: each operation, each errno, what becomes pending
 * and who is told, pairs of domains, teardown, and random operations after which every pair must
 * still be a pair.
 */
#include <stdlib.h>

#include "cpu/percpu.h"
#include "event/bits.h"
#include "event_fixture.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "unit.h"

static void interdomain_pair(void)
{
    evtchn_port_t a, b, c;
    struct evtchn_status s;

    begin(4095);
    EXPECT(event_alloc_unbound(D1, 2, &a) == 0 && a == 1);
    EXPECT(event_send(D1, a) == 0);                          /* nobody there: lost */
    EXPECT(event_bind_interdomain(D3, 1, a, &c) == -EINVAL); /* not for domain 3 */
    EXPECT(fake_last_rule == RULE_EVTCHN_REMOTE_PORT);
    EXPECT(event_bind_interdomain(D2, 1, a, &b) == 0);
    EXPECT(pending(D2, b));                                  /* what may have been lost before */
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
        domid_t id = (domid_t)(rand() % FAKE_DOMAINS + 1),
                other = (domid_t)(rand() % FAKE_DOMAINS + 1);
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
    RUN(polling);
    RUN(teardown_stops_and_goes_on);
    RUN(anything_in_any_order);
    return UNIT_RESULT;
}
