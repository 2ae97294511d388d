/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time: it never goes back, on one vCPU or from one to the other; it moves as fast as the wall
 * clock says; its record is never seen half written.
 */
#include "harness.h"

TEST(time_monotonic)
{
    uint64_t last = time_now();

    for (unsigned int i = 0; i < 100000; i++) {
        uint64_t now = time_now();

        if (now < last) {
            FAIL("time went back by %lu ns", (unsigned long)(last - now));
            break;
        }
        last = now;
    }
}

/* Over calls that may bring a new record, too. */
TEST(time_monotonic_over_calls)
{
    uint64_t last = time_now();

    for (unsigned int i = 0; i < 2000; i++) {
        uint64_t now;

        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
        now = time_now();
        if (now < last) {
            FAIL("time went back by %lu ns", (unsigned long)(last - now));
            break;
        }
        last = now;
    }
}

static volatile uint64_t handed;
static volatile unsigned int whose;
static volatile bool over;

static void time_partner(void)
{
    while (!over) {
        if (whose == 1) {
            uint64_t now = time_now();

            if (now < handed) {
                FAIL("time of vCPU 1 is %lu ns behind", (unsigned long)(handed - now));
                over = true;
            }
            handed = now;
            whose = 0;
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
}

TEST(time_across_vcpus)
{
    REQUIRE(cpu_start(1) == 0);
    whose = 0;
    handed = 0;
    over = false;
    cpu_run(1, time_partner);
    for (unsigned int rounds = 0; rounds < 500 && !over;) {
        if (whose == 0) {
            uint64_t now = time_now();

            if (now < handed) {
                FAIL("time of vCPU 0 is %lu ns behind", (unsigned long)(handed - now));
                break;
            }
            handed = now;
            whose = 1;
            rounds++;
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    over = true;
    EXPECT(cpu_wait(1));
}

TEST(time_wall_clock)
{
    uint64_t seconds = shared_info->wc_sec + ((uint64_t)shared_info->wc_sec_hi << 32);

    EXPECT_EQ(shared_info->wc_version & 1, 0);
    /* Between 2020 and 2100: QEMU's clock is the host's. */
    EXPECT(seconds > 1577836800ul && seconds < 4102444800ul);
    EXPECT(shared_info->wc_nsec < 1000000000);
}

TEST(time_record)
{
    const vcpu_time_info_t *time = &vcpu_info_self()->time;

    EXPECT(time->version != 0);
    EXPECT(time->tsc_to_system_mul != 0);
    EXPECT(time->tsc_shift > -32 && time->tsc_shift < 32);
    EXPECT(time->tsc_timestamp <= rdtsc());
}
