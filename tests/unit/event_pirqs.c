/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PIRQs against stand-ins for the rest: numbers, mapping, binding, end of interrupt and its page.
 */
#include "event_fixture.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "unit.h"

static void pirqs(void)
{
    evtchn_port_t port, other;
    uint32_t flags;
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
    EXPECT(event_bind_pirq(D1, (uint32_t)msi, 0, &other) == 0 &&
           !bit_test(eoi_page, (unsigned)msi));
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

/* A call that found the domain before it was torn down may come to its numbers afterwards. */
static void a_domain_that_ends_gets_no_more(void)
{
    int n = -1, other = 18;

    begin(4095);
    EXPECT(pirq_map(D1, PIRQ_GSI, 17, &n) == 0);
    pirq_domain_destroy(D1);
    EXPECT(pirq_map(D1, PIRQ_GSI, 18, &other) == -ENOMEM);
    EXPECT(pirq_unmap(D1, 17) == -EINVAL);
    finish();
}

int main(void)
{
    RUN(pirqs);
    RUN(reserved_pirqs);
    RUN(eoi_unmasks_the_old_way);
    RUN(a_domain_that_ends_gets_no_more);
    return UNIT_RESULT;
}
