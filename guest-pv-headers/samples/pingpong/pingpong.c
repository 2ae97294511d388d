/* SPDX-License-Identifier: MIT */
/*
 * pingpong: two vCPUs throw a ball to each other over event channels.
 *
 * Each sleeps until the other has sent an event; a lost or a spurious one would stop the game or
 * spoil the count. Options: rounds=N (1000). Runs as a guest and as the control domain, with two
 * vCPUs at least.
 */
#include <pv/barrier.h>
#include <pv/cpu.h>

static unsigned long rounds;
static volatile uint32_t ball; /* throws so far: even, it is vCPU 0's turn */
static volatile int ports[2];  /* where each is told */
static unsigned long upcalls[2];

static void caught(evtchn_port_t port, void *arg)
{
    (void)port;
    ++*(unsigned long *)arg;
}

static bool is_up(void *arg)
{
    (void)arg;
    return ports[1] != 0;
}

static bool my_turn(void *arg)
{
    return (ball & 1) == *(unsigned int *)arg;
}

static void play(unsigned int me)
{
    for (unsigned long i = 0; i < rounds; i++) {
        pv_wait(my_turn, &me, 0);
        ball++;
        pv_mb(); /* the ball before the event; the other looks at it after */
        pv_event_send((evtchn_port_t)ports[!me]);
    }
}

static void second(void *arg)
{
    (void)arg;
    ports[1] = pv_event_bind_ipi(caught, &upcalls[1]);
    pv_event_send((evtchn_port_t)ports[0]);
    play(1);
}

int guest_main(void)
{
    uint64_t begun;
    int result;

    rounds = pv_option_number("rounds", 1000);
    ports[0] = pv_event_bind_ipi(caught, &upcalls[0]);
    result = pv_cpu_start(1, second, NULL);
    if (result < 0 || ports[0] < 0) {
        pv_printf("pingpong: FAILED: no second vCPU (%d)\n", result);
        return 1;
    }
    if (!pv_wait(is_up, NULL, pv_time() + 10000000000ul) || ports[1] < 0) {
        pv_printf("pingpong: FAILED: the second vCPU did not come up\n");
        return 1;
    }
    begun = pv_time();
    play(0);
    while (ball != 2 * rounds) {
        pv_sleep(1000000);
    }
    pv_printf("pingpong: done, %lu rounds, %lu ns each, %lu and %lu events\n", rounds,
              (pv_time() - begun) / rounds, upcalls[0], upcalls[1]);
    return 0;
}
