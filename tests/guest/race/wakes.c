/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wake-ups between two vCPUs that wait for each other: by poll and by block, for a port that the
 * other rings or for a kick. A wait has a time limit far beyond any delay of a busy machine: who
 * meets it lost a wake-up.
 *
 * On a machine that gives the emulator no time everything takes long, but not this: a vCPU that
 * sleeps is runnable before the call that rings its port returns. Its run state tells when it
 * became so, however long it waited for a CPU afterwards.
 *
 * Whether it then gets a CPU at once is told where time counts instructions (`-icount`): there no
 * wait takes long but when the message to a CPU is lost. So tests/guest/run boots the tests
 * _counted.
 */
#include "race.h"

#define LOST 20000000000ul /* ns */
#define SLOW 1000000000ul  /* ns, for clocks of two CPUs that differ, on Xen */
#define LATE 1000000ul     /* ns, counted in instructions: a hundred times what it takes */

static unsigned int ports[2], timers[2];
static volatile unsigned long turn[2];
static unsigned long lost[2], late[2], waits[2];
static bool counted;
/* When a side's last ring had returned; 0 while it rings. */
static volatile uint64_t rang[2];
/* The longest time from then to the other's waking. */
static uint64_t slowest[2];
static struct vcpu_runstate_info states[2];
/* Waits by their length: below 100 us, 1 ms, 10 ms, 100 ms, and longer ones. */
static unsigned long lengths[2][5];

static unsigned int ipi_port(unsigned int vcpu)
{
    struct evtchn_bind_ipi bind = {.vcpu = vcpu};

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    port_mask(bind.port, true);
    port_clear(bind.port);
    return bind.port;
}

static void ring(unsigned int port)
{
    struct evtchn_send send = {.port = port};
    unsigned int me = this_cpu()->id;

    rang[me] = 0;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), 0);
    rang[me] = time_now();
}

struct nap {
    uint64_t since, runnable;
};

static struct nap nap_begin(void)
{
    const volatile struct vcpu_runstate_info *state = &states[this_cpu()->id];

    return (struct nap){time_now(), state->time[RUNSTATE_runnable]};
}

/* Back from a call that may have slept: when it ended, compared with the ring during it. */
static void nap_end(struct nap nap)
{
    unsigned int me = this_cpu()->id;
    const volatile struct vcpu_runstate_info *state = &states[me];
    uint64_t sent = rang[!me];
    uint64_t woken = state->state_entry_time - (state->time[RUNSTATE_runnable] - nap.runnable);

    if (sent > nap.since && woken > sent && woken - sent > slowest[me]) {
        slowest[me] = woken - sent;
    }
}

static void port_drop(unsigned int port)
{
    struct evtchn_close close = {.port = port};

    port_mask(port, true);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
}

static void poll(const unsigned int *list, unsigned int count, uint64_t until)
{
    evtchn_port_t wanted[3];
    struct sched_poll op = {.nr_ports = count, .timeout = until};
    struct nap nap;

    memcpy(wanted, list, count * sizeof(wanted[0]));
    set_xen_guest_handle(op.ports, wanted);
    nap = nap_begin();
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &op), 0);
    nap_end(nap);
}

static void waited(uint64_t since)
{
    unsigned int me = this_cpu()->id;

    uint64_t length = time_now() - since;
    unsigned int n = 0;

    waits[me]++;
    lost[me] += length >= LOST;
    late[me] += counted && length >= LATE && !race_over();
    for (length /= 100000; length != 0 && n < 4; length /= 10) {
        n++;
    }
    lengths[me][n]++;
}

/* Waits for the own port in one of the ways of polling. */
static void wait_by_poll(unsigned int me)
{
    unsigned int list[3] = {timers[me], ports[me], ports[me]}, way = race_pick(4);
    uint64_t begin = time_now();

    while (!port_pending(ports[me]) && !race_over() && time_now() - begin < LOST) {
        uint64_t until = begin + LOST;

        /* A time limit that may end at the same moment as the event comes. */
        if (way == 3) {
            until = time_now() + race_pick(200000);
        }
        poll(way == 1 ? list : &list[1], way == 1 ? 3 : 1, until);
    }
    waited(begin);
    port_clear(ports[me]);
}

/* Each turn of one side lets the other go on. */
static void side_by_poll(void)
{
    unsigned int me = this_cpu()->id;

    race_pause(race_pick(2000));
    ring(ports[!me]);
    wait_by_poll(me);
}

static void ring_other(void)
{
    ring(ports[1]);
}

static void expect_none_lost(void)
{
    for (unsigned int id = 0; id < 2; id++) {
        print("  vCPU %u: %lu waits; %lu below 0.1 ms, %lu 1, %lu 10, %lu 100, %lu longer; "
              "awake at most %lu us after the ring\n",
              id, waits[id], lengths[id][0], lengths[id][1], lengths[id][2], lengths[id][3],
              lengths[id][4], slowest[id] / 1000);
        EXPECT(slowest[id] < SLOW);
        EXPECT_EQ(late[id], 0);
    }
    memset(lengths, 0, sizeof(lengths));
    EXPECT_EQ(lost[0], 0);
    EXPECT_EQ(lost[1], 0);
}

/* The other vCPU has no run state before its start. */
static void counts_begin(void)
{
    REQUIRE(cpu_start(1) == 0);
    for (unsigned int id = 0; id < 2; id++) {
        struct vcpu_register_runstate_memory_area area = {.addr.v = &states[id]};

        lost[id] = waits[id] = turn[id] = 0;
        slowest[id] = rang[id] = 0;
        late[id] = 0;
        ports[id] = ipi_port(id);
        REQUIRE(hcall(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, id, &area) == 0);
    }
}

static void ports_make(void)
{
    counts_begin();
    for (unsigned int id = 0; id < 2; id++) {
        timers[id] = ipi_port(id);
    }
}

static void ports_drop(void)
{
    for (unsigned int id = 0; id < 2; id++) {
        port_drop(ports[id]);
        port_drop(timers[id]);
    }
}

static void race_by_poll(void)
{
    ports_make();
    race_at_end(ring_other);
    race_both(side_by_poll);
    expect_none_lost();
    ports_drop();
}

TEST(race_poll)
{
    counted = false;
    race_by_poll();
}

TEST_ALONE(race_poll_counted)
{
    counted = true;
    race_by_poll();
}

static long timer_set(uint64_t at)
{
    struct vcpu_set_singleshot_timer op = {.timeout_abs_ns = at};

    return hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, this_cpu()->id, &op);
}

static void timer_port_make(void)
{
    unsigned int me = this_cpu()->id;
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = me};

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind) == 0);
    timers[me] = bind.port;
    port_clear(bind.port);
    port_mask(bind.port, false);
}

static void timer_port_drop(void)
{
    upcalls_mask();
    hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, this_cpu()->id, NULL);
    port_drop(timers[this_cpu()->id]);
}

/* The upcall counts the port's hits; block and the mask as Linux's idle loop uses them. */
static void side_by_block(void)
{
    unsigned int me = this_cpu()->id;
    unsigned long seen;
    uint64_t begin;

    upcalls_mask();
    seen = port_hits[ports[me]];
    race_pause(race_pick(2000));
    turn[me]++;
    ring(ports[!me]);
    begin = time_now();
    while (port_hits[ports[me]] == seen && turn[!me] < turn[me] && !race_over() &&
           time_now() - begin < LOST) {
        EXPECT_EQ(timer_set(begin + LOST), 0);
        upcalls_mask();
        if (port_hits[ports[me]] == seen) {
            struct nap nap = nap_begin();

            hcall(__HYPERVISOR_sched_op, SCHEDOP_block, NULL);
            nap_end(nap);
        }
    }
    waited(begin);
    upcalls_unmask();
}

static void block_begin(void)
{
    unsigned int me = this_cpu()->id;

    timer_port_make();
    port_mask(ports[me], false);
}

static void race_by_block(void)
{
    counts_begin();
    block_begin();
    cpu_run(1, block_begin);
    REQUIRE(cpu_wait(1));
    race_at_end(ring_other);
    race_both(side_by_block);
    expect_none_lost();
    timer_port_drop();
    cpu_run(1, timer_port_drop);
    EXPECT(cpu_wait(1));
    port_drop(ports[0]);
    port_drop(ports[1]);
}

TEST(race_block)
{
    counted = false;
    race_by_block();
}

TEST_ALONE(race_block_counted)
{
    counted = true;
    race_by_block();
}

/* A paravirtual lock: who finds it taken polls without a limit until its holder kicks it. */
static volatile unsigned int lock_word, waiting[2];
static volatile unsigned long in_lock;

static void side_by_lock(void)
{
    unsigned int me = this_cpu()->id, other = !me;
    uint64_t begin = time_now();

    while (__atomic_exchange_n(&lock_word, 1, __ATOMIC_SEQ_CST) != 0) {
        port_clear(ports[me]);
        __atomic_store_n(&waiting[me], 1, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&lock_word, __ATOMIC_SEQ_CST) != 0) {
            poll(&ports[me], 1, race_pick(2) ? 0 : begin + LOST);
        }
        __atomic_store_n(&waiting[me], 0, __ATOMIC_SEQ_CST);
    }
    waited(begin);
    EXPECT_EQ(in_lock++, 0);
    race_pause(race_pick(500));
    in_lock--;
    __atomic_store_n(&lock_word, 0, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&waiting[other], __ATOMIC_SEQ_CST)) {
        ring(ports[other]);
    }
    race_pause(race_pick(500));
}

TEST(race_lock)
{
    counted = false;
    lock_word = waiting[0] = waiting[1] = 0;
    ports_make();
    race_at_end(ring_other);
    race_both(side_by_lock);
    expect_none_lost();
    ports_drop();
}
