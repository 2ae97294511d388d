/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vCPU 0 has the device raise 125,000 interrupts a second; vCPU 1 counts. Windows with interrupts
 * and windows with as many writes that raise none take turns, each told by the lines `BEGIN` and
 * `END`: tests/system/test_outside.py compares the counts with the time that the emulator's thread
 * of vCPU 1's CPU really ran. (More interrupts would measure the emulator's lock.)
 */
#include "edu.h"

#define WINDOW   1500000000ul /* ns */
#define WINDOWS  4u
#define INTERVAL 8000ul /* ns from one to the next */

static struct edu edu;
static struct edu_irq irq;
static volatile bool over;
static volatile unsigned long count;

static void count_up(void)
{
    while (!over) {
        count++;
    }
}

/* Of a line each needs the device and the hypervisor told that it was seen. */
static void raise_one(bool line, bool storm)
{
    edu_write(&edu, storm ? EDU_RAISE : EDU_LIVENESS, 1);
    if (line) {
        edu_write(&edu, storm ? EDU_ACK : EDU_LIVENESS, 1);
        edu_eoi(&irq);
    }
}

static void window(bool line, bool storm)
{
    unsigned long before = count, raised = 0;
    uint64_t begin = time_now(), now = begin, next = begin;

    print("BEGIN %s\n", storm ? "storm" : "quiet");
    while (now - begin < WINDOW) {
        if (now >= next) {
            raise_one(line, storm);
            raised++;
            next += INTERVAL;
        }
        now = time_now();
    }
    print("END %lu counted, %lu raised a second\n", count - before,
          raised * 1000 / ((now - begin) / 1000000));
    edu_write(&edu, EDU_ACK, ~0u);
    edu_eoi(&irq);
}

static void pin_here(int cpu)
{
    struct sched_pin_override pin = {.pcpu = cpu};

    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_pin_override, &pin), 0);
}

static void pin_to_1(void)
{
    pin_here(1);
}

static void storm(bool line, unsigned int vcpu)
{
    struct evtchn_bind_vcpu move = {.vcpu = vcpu};

    REQUIRE(cpu_start(1) == 0);
    pin_here(0);
    cpu_run(1, pin_to_1);
    REQUIRE(cpu_wait(1));
    edu_find(&edu, 0);
    if (line) {
        edu_bind_line(&edu, &irq);
    } else {
        edu_bind_message(&edu, &irq);
    }
    move.port = irq.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_vcpu, &move), 0);
    over = false;
    cpu_run(1, count_up);
    for (unsigned int i = 0; i < WINDOWS; i++) {
        window(line, i & 1);
    }
    over = true;
    EXPECT(cpu_wait(1));
    /* It still works. */
    port_clear(irq.port);
    edu_eoi(&irq);
    edu_write(&edu, EDU_RAISE, 1);
    EXPECT(edu_wait(&irq));
    edu_write(&edu, EDU_ACK, ~0u);
    edu_unbind(&irq);
}

TEST_ALONE(edu_storm_line)
{
    storm(true, 0);
}

TEST_ALONE(edu_storm_line_there)
{
    storm(true, 1);
}

TEST_ALONE(edu_storm_message)
{
    storm(false, 0);
}

TEST_ALONE(edu_storm_message_there)
{
    storm(false, 1);
}
