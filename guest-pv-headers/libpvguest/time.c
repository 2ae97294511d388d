/* SPDX-License-Identifier: MIT */
/*
 * time.c: clocks, the one-shot timer of each vCPU, and waiting.
 *
 * A vCPU sleeps with SCHEDOP_block, which unmasks events in the same step: so a condition that is
 * looked at with events masked can't change unseen between the look and the sleep.
 */
#include "internal.h"

static uint64_t read_tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

uint64_t pv_time(void)
{
    const volatile vcpu_time_info_t *time = &pvguest_vcpu()->time;
    uint32_t version;
    uint64_t now;

    do {
        uint64_t ticks;

        version = time->version;
        pv_rmb(); /* version before the rest; the hypervisor writes in the other order */
        ticks = read_tsc() - time->tsc_timestamp;
        ticks = time->tsc_shift >= 0 ? ticks << time->tsc_shift : ticks >> -time->tsc_shift;
        now = time->system_time +
              (uint64_t)((unsigned __int128)ticks * time->tsc_to_system_mul >> 32);
        pv_rmb();
    } while ((version & 1) != 0 || version != time->version);
    return now;
}

uint64_t pv_wall_time(void)
{
    const volatile struct shared_info *shared = pv_shared_info;
    uint32_t version;
    uint64_t start;

    do {
        version = shared->wc_version;
        pv_rmb();
        start =
            ((uint64_t)shared->wc_sec_hi << 32 | shared->wc_sec) * 1000000000ul + shared->wc_nsec;
        pv_rmb();
    } while ((version & 1) != 0 || version != shared->wc_version);
    return start + pv_time();
}

void pvguest_timer_start(void)
{
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, pv_cpu(), NULL);
    pvguest_must(pv_event_bind_virq(VIRQ_TIMER, NULL, NULL), "binding the timer");
}

void pvguest_timer_set(uint64_t deadline)
{
    struct vcpu_set_singleshot_timer timer = {.timeout_abs_ns = deadline};

    HYPERVISOR_vcpu_op(VCPUOP_set_singleshot_timer, pv_cpu(), &timer);
}

bool pv_wait(bool (*ready)(void *arg), void *arg, uint64_t deadline)
{
    bool masked = pv_events_mask(), found;

    while (!(found = ready(arg)) && (deadline == 0 || pv_time() < deadline)) {
        if (deadline != 0) {
            pvguest_timer_set(deadline);
        }
        HYPERVISOR_sched_op(SCHEDOP_block, NULL);
        pv_events_mask();
    }
    pv_events_restore(masked);
    return found;
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

void pv_sleep(uint64_t ns)
{
    pv_wait(never, NULL, pv_time() + ns);
}
