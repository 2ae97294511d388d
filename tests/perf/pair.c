/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What reaches another CPU: flushes, events and wake-ups while a second vCPU of the domain runs on
 * a second CPU. Only what is counted (IPIs, flushes, locked instructions, on both CPUs together) is
 * of use: how many instructions pass meanwhile depends on how QEMU shares its thread. Asked for by
 * name, on a machine with two CPUs.
 */
#include "bounces.h"
#include "perf.h"

static volatile bool stop, running;
static volatile uint64_t arrived;
static evtchn_port_t port;

static void pause_once(void)
{
    __asm__ volatile("pause");
}

/* vCPU 1 stays in the guest and does nothing. */
static void other_spins(void)
{
    running = true;
    while (!stop) {
        pause_once();
    }
}

/* vCPU 1 polls for the port, so that it sleeps between events; each is counted. */
static void other_sleeps(void)
{
    struct sched_poll poll = {.nr_ports = 1};

    set_xen_guest_handle(poll.ports, &port);
    running = true;
    while (!stop) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
        if (__atomic_fetch_and(&shared_info->evtchn_pending[port / 64], ~(1ul << port % 64),
                               __ATOMIC_SEQ_CST) &
            1ul << port % 64) {
            arrived++;
        }
    }
}

static bool other_begin(void (*job)(void))
{
    if (cpu_start(1) != 0) {
        return false;
    }
    stop = running = false;
    arrived = 0;
    cpu_run(1, job);
    while (!running) {
        pause_once();
    }
    return true;
}

static void other_end(void)
{
    stop = true;
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &(struct evtchn_send){.port = port});
    REQUIRE(cpu_wait(1));
}

/* A moment in which the other CPU comes back to its loop, so that each round meets the same. */
static void settle(void)
{
    for (unsigned int i = 0; i < 50; i++) {
        pause_once();
    }
}

#define PAIR_ROUNDS 20

#define PAIR_CALL(name, call, wanted)                                                              \
    do {                                                                                           \
        bool good_ = true;                                                                         \
        for (unsigned int round = 0; round < PAIR_ROUNDS; round++) {                               \
            long got_;                                                                             \
            settle();                                                                              \
            PERF_MARK(PERF_BEGIN);                                                                 \
            got_ = (long)(call);                                                                   \
            PERF_MARK(PERF_END);                                                                   \
            good_ = good_ && EXPECT_EQ(got_, wanted);                                              \
        }                                                                                          \
        if (good_) {                                                                               \
            perf_report(name, 0);                                                                  \
        }                                                                                          \
    } while (0)

TEST_ALONE(perf_pair_memory)
{
    uint64_t entries[2], *table = page_alloc();
    char *window = page_alloc(), *pages[2] = {page_alloc(), page_alloc()};

    for (unsigned int i = 0; i < 2; i++) {
        entries[i] = pte_make(mfn_of(pages[i]), PTE_RW);
    }
    REQUIRE(other_begin(other_spins));
    PAIR_CALL("pair_flush_all", mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0), 0);
    PAIR_CALL("pair_invlpg_all", mmuext(MMUEXT_INVLPG_ALL, (unsigned long)window, 0), 0);
    PAIR_CALL("pair_update_va_mapping",
              hcall(__HYPERVISOR_update_va_mapping, window, entries[round & 1], UVMF_NONE), 0);
    PAIR_CALL(
        "pair_update_va_invlpg_all",
        hcall(__HYPERVISOR_update_va_mapping, window, entries[round & 1], UVMF_INVLPG | UVMF_ALL),
        0);
    page_unprotect(window);
    REQUIRE(page_protect(table) == 0);
    PAIR_CALL("pair_pin_unpin", pin(1, table) | unpin(table), 0);
    page_unprotect(table);
    other_end();
}

/* A page that was written to becomes a page table and comes back. */
static long table_and_back(uint64_t *table)
{
    long got;

    *(volatile uint64_t *)table = 0;
    got = page_protect(table);
    got = got == 0 ? pin(1, table) : got;
    got = got == 0 ? unpin(table) : got;
    return got == 0 ? page_unprotect(table) : got;
}

TEST_ALONE(perf_pair_tables)
{
    uint64_t *table = page_alloc();

    REQUIRE(other_begin(other_spins));
    PAIR_CALL("pair_page_to_table", table_and_back(table), 0);
    other_end();
}

static long send_and_see(struct evtchn_send *send)
{
    uint64_t before = arrived;
    long got = hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, send);

    while (got == 0 && arrived == before) {
        pause_once();
    }
    return got;
}

TEST_ALONE(perf_pair_event)
{
    struct evtchn_bind_ipi bind = {.vcpu = 1};
    struct evtchn_send send;

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    send.port = port = bind.port;
    REQUIRE(other_begin(other_sleeps));
    PAIR_CALL("pair_wake", send_and_see(&send), 0);
    other_end();
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &(struct evtchn_close){.port = port});
}
