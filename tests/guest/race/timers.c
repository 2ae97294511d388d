/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of vCPUs that go from CPU to CPU while these run: each comes, none before its time, a
 * periodic one at its rate; and no vCPU sees its clock go back on the way.
 */
#include "race.h"

#include <xen/sched.h>

#define MUCH_TOO_LATE 20000000000ul /* ns: no machine is so busy */
#define PERIOD        2000000ul
#define WINDOW        (50 * PERIOD)

static unsigned int ports[2];
/* On Xen a vCPU that waits gets no periodic ticks. */
static bool ticks_wake;
static unsigned long early[2], lost[2], fired[2], moves[2], hurried[2];
static uint64_t latest[2], worst[2], back[2];

static void timer_begin(void)
{
    unsigned int me = this_cpu()->id;
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = me};

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind) == 0);
    ports[me] = bind.port;
    port_mask(bind.port, true);
    port_clear(bind.port);
    early[me] = lost[me] = fired[me] = moves[me] = 0;
    hurried[me] = latest[me] = worst[me] = back[me] = 0;
}

static void pin_to(int cpu)
{
    struct sched_pin_override pin = {.pcpu = cpu};

    moves[this_cpu()->id] += hcall(__HYPERVISOR_sched_op, SCHEDOP_pin_override, &pin) == 0;
}

static void timer_end(void)
{
    struct evtchn_close close = {.port = ports[this_cpu()->id]};

    pin_to(-1);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
}

/* Never back; by how much it would have gone is kept. */
static uint64_t clock(void)
{
    unsigned int me = this_cpu()->id;
    uint64_t now = time_now();

    if (now < latest[me]) {
        back[me] = latest[me] - now > back[me] ? latest[me] - now : back[me];
        return latest[me];
    }
    return latest[me] = now;
}

static void poll_until(uint64_t until)
{
    unsigned int port = ports[this_cpu()->id];
    struct sched_poll op = {.nr_ports = 1, .timeout = until};

    set_xen_guest_handle(op.ports, &port);
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &op), 0);
}

static void singleshot_side(void)
{
    unsigned int me = this_cpu()->id;
    uint64_t begin = clock();
    struct vcpu_set_singleshot_timer op = {.timeout_abs_ns = begin + race_pick(1000000)};
    bool wait = race_pick(2);

    port_clear(ports[me]);
    if (race_pick(4) == 0) {
        EXPECT_EQ(hcall(__HYPERVISOR_set_timer_op, op.timeout_abs_ns), 0);
    } else {
        EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, me, &op), 0);
    }
    if (race_pick(4) != 0) {
        pin_to((int)race_pick(3) - 1);
    }
    while (!port_pending(ports[me])) {
        if (clock() - begin > MUCH_TOO_LATE) {
            lost[me]++;
            return;
        }
        if (wait) {
            poll_until(begin + MUCH_TOO_LATE + 1000000);
        } else if (race_pick(64) == 0) {
            pin_to((int)race_pick(3) - 1);
        }
    }
    fired[me]++;
    /* The hypervisor may serve it a little before: both sides round. */
    if (clock() + 50000 < op.timeout_abs_ns) {
        early[me]++;
    }
    if (latest[me] > op.timeout_abs_ns && latest[me] - op.timeout_abs_ns > worst[me]) {
        worst[me] = latest[me] - op.timeout_abs_ns;
    }
}

static void periodic_side(void)
{
    unsigned int me = this_cpu()->id, target = race_pick(2);
    struct vcpu_set_periodic_timer op = {.period_ns = PERIOD};
    uint64_t begin = clock(), last;
    unsigned long ticks = 0;

    /* Either sets the other's timer, too, and stops it. */
    if (race_pick(8) == 0) {
        hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, !me, &op);
    }
    port_clear(ports[me]);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, me, &op), 0);
    for (last = begin; clock() - begin < WINDOW && !race_over();) {
        if (port_pending(ports[me])) {
            port_clear(ports[me]);
            last = clock();
            ticks++;
            pin_to((int)target);
            target = !target;
        } else if (clock() - last > MUCH_TOO_LATE) {
            lost[me]++;
            break;
        } else if (ticks_wake && race_pick(2)) {
            poll_until(last + MUCH_TOO_LATE + 1000000);
        }
    }
    /* One more than the time holds for each time that it was set. */
    if (ticks > (clock() - begin) / PERIOD + 8) {
        hurried[me]++;
    }
    fired[me] += ticks;
}

static void stop_periodic(void)
{
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, this_cpu()->id, NULL), 0);
}

static void run(race_side_t side)
{
    struct sched_pin_override pin = {.pcpu = -1};

    REQUIRE(cpu_start(1) == 0);
    ticks_wake = subject_is_mortise();
    timer_begin();
    cpu_run(1, timer_begin);
    REQUIRE(cpu_wait(1));
    race_both(side);
    print("  %lu and %lu came, %lu and %lu moves, the worst %lu and %lu us late; "
          "back %lu and %lu ns\n",
          fired[0], fired[1], moves[0], moves[1], worst[0] / 1000, worst[1] / 1000, back[0],
          back[1]);
    for (unsigned int id = 0; id < 2; id++) {
        EXPECT_EQ(lost[id], 0);
        /* Xen's clocks of two emulated CPUs of a busy machine are many milliseconds apart. */
        if (subject_is_mortise()) {
            EXPECT_EQ(early[id], 0);
            EXPECT_EQ(back[id], 0);
        }
        EXPECT_EQ(hurried[id], 0);
        EXPECT(fired[id] > 0 && moves[id] > 0);
    }
    hcall(__HYPERVISOR_sched_op, SCHEDOP_pin_override, &pin);
}

static void finish(void)
{
    timer_end();
    cpu_run(1, timer_end);
    EXPECT(cpu_wait(1));
    race_audit();
}

TEST(race_singleshot)
{
    run(singleshot_side);
    finish();
}

TEST(race_periodic)
{
    run(periodic_side);
    stop_periodic();
    cpu_run(1, stop_periodic);
    EXPECT(cpu_wait(1));
    finish();
}
