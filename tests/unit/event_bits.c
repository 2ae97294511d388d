/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event bits: what each combination of pending, mask, selector and upcall leads to, and two
 * threads that race as a guest and a sender do: no event may be lost.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "event/bits.h"
#include "lib/bits.h"
#include "unit.h"

static struct shared_info shared;
static struct vcpu_info info;

static void fresh(void)
{
    memset(&shared, 0, sizeof(shared));
    memset(&info, 0, sizeof(info));
}

static void first_event_kicks(void)
{
    fresh();
    EXPECT(event_bits_raise(&shared, &info, 130) == EVENT_KICK);
    EXPECT(shared.evtchn_pending[2] == 4);
    EXPECT(info.evtchn_pending_sel == 4);
    EXPECT(info.evtchn_upcall_pending == 1);
}

static void same_event_again_is_nothing(void)
{
    fresh();
    EXPECT(event_bits_raise(&shared, &info, 7) == EVENT_KICK);
    EXPECT(event_bits_raise(&shared, &info, 7) == EVENT_ALREADY);
}

static void second_event_is_quiet(void)
{
    fresh();
    EXPECT(event_bits_raise(&shared, &info, 7) == EVENT_KICK);
    EXPECT(event_bits_raise(&shared, &info, 8) == EVENT_QUIET); /* same word */
    EXPECT(event_bits_raise(&shared, &info, 100) ==
           EVENT_QUIET); /* another: the upcall is pending */
    EXPECT(info.evtchn_pending_sel == 3);
}

static void masked_event_stays_behind_its_mask(void)
{
    fresh();
    bit_set(shared.evtchn_mask, 4095);
    EXPECT(event_bits_raise(&shared, &info, 4095) == EVENT_QUIET);
    EXPECT(event_bits_pending(&shared, 4095));
    EXPECT(info.evtchn_pending_sel == 0 && info.evtchn_upcall_pending == 0);
    EXPECT(event_bits_unmask(&shared, &info, 4095));
    EXPECT(info.evtchn_pending_sel == 1UL << 63 && info.evtchn_upcall_pending == 1);
}

static void unmask_without_event_is_nothing(void)
{
    fresh();
    bit_set(shared.evtchn_mask, 9);
    EXPECT(!event_bits_unmask(&shared, &info, 9));
    EXPECT(!bit_test(shared.evtchn_mask, 9));
    EXPECT(!event_bits_unmask(&shared, &info, 9)); /* was not masked: nothing to deliver */
    EXPECT(info.evtchn_upcall_pending == 0);
}

static void without_a_place_it_is_only_pending(void)
{
    fresh();
    EXPECT(event_bits_raise(&shared, NULL, 5) == EVENT_QUIET);
    EXPECT(event_bits_pending(&shared, 5));
    event_bits_clear(&shared, 5);
    EXPECT(!event_bits_pending(&shared, 5));
}

#define ROUNDS 100000
static unsigned int kicks, seen;

static void *sender(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        enum event_raised r;

        while ((r = event_bits_raise(&shared, &info, 77)) == EVENT_ALREADY)
            sched_yield();
        if (r == EVENT_KICK)
            __atomic_add_fetch(&kicks, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

/* Upcall byte, selector, pending bit, cleared in this order, as a guest does; waits only for the
 * upcall byte. */
static void no_event_is_lost(void)
{
    pthread_t t;

    fresh();
    kicks = seen = 0;
    EXPECT(pthread_create(&t, NULL, sender, NULL) == 0);
    while (seen < ROUNDS) {
        if (!__atomic_exchange_n(&info.evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST)) {
            sched_yield();
            continue;
        }
        if (!__atomic_exchange_n(&info.evtchn_pending_sel, 0, __ATOMIC_SEQ_CST))
            continue;
        if (bit_test_and_clear(shared.evtchn_pending, 77))
            seen++;
    }
    pthread_join(t, NULL);
    EXPECT(seen == ROUNDS);
    EXPECT(kicks > 0 && kicks <= ROUNDS);
}

int main(void)
{
    RUN(first_event_kicks);
    RUN(same_event_again_is_nothing);
    RUN(second_event_is_quiet);
    RUN(masked_event_stays_behind_its_mask);
    RUN(unmask_without_event_is_nothing);
    RUN(without_a_place_it_is_only_pending);
    RUN(no_event_is_lost);
    return UNIT_RESULT;
}
