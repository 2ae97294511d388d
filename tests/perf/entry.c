/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What going in and out costs: the boot up to the first instruction, null hypercalls,
 * and each kind of bounce to the guest kernel and back.
 */
#include "bounces.h"
#include "perf.h"

static uint64_t user_least(uint64_t measure)
{
    uint64_t least = UINT64_MAX;

    for (unsigned int round = 0; round < PERF_ROUNDS; round++) {
        uint64_t ticks = (uint32_t)((uint64_t(*)(void))measure)();

        least = ticks < least ? ticks : least;
    }
    return least;
}

static void perf_user(const char *name, uint64_t (*measure)(void))
{
    uint64_t least = 0;

    if (EXPECT_EQ(user_run(user_least, (uint64_t)measure, &least), USER_RETURNED)) {
        perf_report(name, least);
    }
}

TEST(perf_boot)
{
    perf_report("boot", tsc_at_entry);
}

TEST(perf_null)
{
    /* The cheapest call that succeeds; refusals may cost more, Mortise writes them down. */
    PERF_CALL("null", hcall(__HYPERVISOR_xen_version, XENVER_version, NULL), 4 << 16 | 17);
    PERF_CALL("refused", hcall(__HYPERVISOR_xen_version, 1000, NULL), E(NOSYS));
    PERF_CALL("unknown_call", hcall_raw(54, 0, 0), E(NOSYS));
}

/* Ends a run in user mode: the bounce entries never do. */
static bool end_on_int3(struct regs *regs)
{
    if (regs->entry == VEC_BP) {
        user_leave(USER_RETURNED, regs->rdi);
    }
    return false;
}

static uint64_t user_syscall(uint64_t measure)
{
    uint64_t least = user_least(measure);

    __asm__ volatile("int3" : : "D"(least));
    return 0;
}

static void perf_syscall(const char *name, const char *entry)
{
    uint64_t least = 0;

    trap_hook(end_on_int3);
    callback_set(CALLBACKTYPE_syscall, entry, CALLBACKF_mask_events);
    if (EXPECT_EQ(user_run(user_syscall, (uint64_t)measure_syscall, &least), USER_RETURNED)) {
        perf_report(name, least);
    }
    traps_restore();
}

TEST(perf_syscall_bounce)
{
    perf_syscall("syscall", bounce_syscall);
    perf_syscall("syscall_iret", bounce_syscall_iret);
}

TEST(perf_fault_bounce)
{
    static trap_info_t table[] = {
        {.vector = VEC_PF, .flags = 0, .cs = FLAT_KERNEL_CS},
        {.address = 0},
    };

    table[0].address = (unsigned long)bounce_fault;
    REQUIRE(hcall(__HYPERVISOR_set_trap_table, table) == 0);
    perf_user("fault", measure_fault);
    perf_report("fault_kernel", user_least((uint64_t)measure_fault));
    traps_restore();
}

TEST(perf_event)
{
    struct evtchn_bind_ipi bind = {.vcpu = 0};
    struct evtchn_send send;

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    send.port = bind.port;
    bounce_vcpu_info = (uint64_t)vcpu_info_self();
    bounce_port_word = (uint64_t)&shared_info->evtchn_pending[bind.port / 64];
    port_mask(bind.port, false);
    callback_set(CALLBACKTYPE_event, bounce_event, 0);
    bounce_events = 0;
    upcalls_unmask();
    PERF_CALL("event", hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), 0);
    EXPECT_EQ(bounce_events, PERF_ROUNDS);
    upcalls_mask();
    traps_restore();
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &(struct evtchn_close){.port = bind.port});
}

TEST(perf_cpuid)
{
    perf_report("cpuid", user_least((uint64_t)measure_cpuid));
}
