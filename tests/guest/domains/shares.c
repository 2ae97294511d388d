/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How domains that all want the CPU share it: in proportion to their weights, and no more than
 * their cap. The times are the hypervisor's own accounts, on a machine whose clock counts
 * instructions, so that nothing shows that the host does.
 */
#include "domain.h"

#define MEASURED_NS 1500000000ul

static void wait_ns(uint64_t ns)
{
    struct sched_poll poll = {.timeout = time_now() + ns};

    while (time_now() < poll.timeout) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
    }
}

static void set_share(const struct child *c, uint16_t weight, uint16_t cap)
{
    struct xen_domctl_scheduler_op *s = &domctl_op.u.scheduler_op;

    memset(&domctl_op, 0, sizeof(domctl_op));
    s->sched_id = XEN_SCHEDULER_CREDIT2;
    s->cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    s->u.credit2.weight = weight;
    s->u.credit2.cap = cap;
    REQUIRE(domctl(XEN_DOMCTL_scheduler_op, c->id) == 0);
}

static uint64_t used(const struct child *c)
{
    struct xen_domctl_getdomaininfo info;

    REQUIRE(child_info(c->id, &info));
    return info.cpu_time;
}

/* Each one's mailbox has a slot of its own. */
static void spin(struct child *c, unsigned int n)
{
    for (unsigned int i = 0; i < n; i++) {
        child_make(&c[i]);
        slot_unmap(SLOT_MAILBOX);
        REQUIRE(slot_map(SLOT_TEST + i, c[i].id, c[i].mfns[CHILD_MAILBOX], PTE_RW) == 0);
        c[i].mailbox = slot_address(SLOT_TEST + i);
        child_start(&c[i], JOB_SPIN, 0, NULL);
    }
}

static void end(struct child *c, unsigned int n)
{
    for (unsigned int i = 0; i < n; i++) {
        slot_unmap(SLOT_TEST + i);
        c[i].mailbox = NULL;
        child_end(&c[i]);
    }
}

/* In hundredths of a per cent. */
static void expect_share(const char *what, uint64_t part, uint64_t whole, uint64_t wanted,
                         uint64_t slack)
{
    uint64_t share = part * 10000 / whole;

    if (!subject_is_mortise()) {
        slack *= 4; /* credit2 is not so exact */
    }

    print("  %s: %lu.%02lu%%\n", what, share / 100, share % 100);
    if (share + slack < wanted || share > wanted + slack) {
        FAIL("%s: %lu hundredths of a per cent, not %lu", what, share, wanted);
    }
}

TEST_ALONE(share_weights_counted)
{
    struct child c[3];
    uint64_t before[3], sum = 0, time[3];

    spin(c, 3);
    for (unsigned int i = 0; i < 3; i++) {
        set_share(&c[i], (uint16_t)(256 << i), 0);
    }
    wait_ns(300000000);
    for (unsigned int i = 0; i < 3; i++) {
        before[i] = used(&c[i]);
    }
    wait_ns(MEASURED_NS);
    for (unsigned int i = 0; i < 3; i++) {
        time[i] = used(&c[i]) - before[i];
        sum += time[i];
    }
    expect_share("weight 1 of 7", time[0], sum, 1429, 150);
    expect_share("weight 2 of 7", time[1], sum, 2857, 150);
    expect_share("weight 4 of 7", time[2], sum, 5714, 150);
    end(c, 3);
}

TEST_ALONE(share_cap_counted)
{
    uint64_t before, start;
    struct child c;

    spin(&c, 1);
    set_share(&c, 256, 50);
    wait_ns(300000000);
    start = time_now();
    before = used(&c);
    wait_ns(MEASURED_NS);
    expect_share("cap 50", used(&c) - before, time_now() - start, 5000, 300);
    end(&c, 1);
}

#define WAKES 51

static uint64_t median(uint64_t *values, unsigned int n)
{
    for (unsigned int i = 1; i < n; i++) {
        for (unsigned int j = i; j > 0 && values[j - 1] > values[j]; j--) {
            uint64_t other = values[j];

            values[j] = values[j - 1];
            values[j - 1] = other;
        }
    }
    return values[n / 2];
}

/* How late the timer wakes who sleeps: the middle of WAKES times, in ns. */
static uint64_t wake_delay(void)
{
    static uint64_t late[WAKES];

    for (unsigned int i = 0; i < WAKES; i++) {
        struct sched_poll poll = {.timeout = time_now() + 5000000};

        while (time_now() < poll.timeout) {
            hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
        }
        late[i] = time_now() - poll.timeout;
    }
    return median(late, WAKES);
}

/*
 * Who sleeps gets the CPU soon after its timer, though another wants it all the time: far less than
 * the slice of 10 ms that the other would have.
 */
TEST_ALONE(share_wakes_counted)
{
    uint64_t alone = wake_delay(), beside;
    struct child c;

    spin(&c, 1);
    beside = wake_delay();
    print("  wakes %lu us late, %lu us beside a busy domain\n", alone / 1000, beside / 1000);
    if (subject_is_mortise()) {
        EXPECT(beside < 1000000);
    }
    end(&c, 1);
}
