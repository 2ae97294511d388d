/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_vcpu_op(cmd, vcpu, argument) on the vCPUs of the caller's own domain, and
 * HYPERVISOR_set_timer_op.
 *
 * The domain's lock serialises what gives a vCPU its first state, brings it up, takes it down or
 * moves its vcpu_info.
 */
#include <xen/sched.h>
#include <xen/vcpu.h>

#include "call/argument.h"
#include "call/cpus.h"
#include "call/handlers.h"
#include "cpu/percpu.h"
#include "dom/time_info.h"
#include "dom/vcpu.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "mm/heap.h"
#include "pv/register_calls.h"

/* The context is 5 KiB: too large for the stack. */
static long initialise(struct vcpu *v, gva_t arg)
{
    struct vcpu_guest_context *c = heap_new(struct vcpu_guest_context);
    long rc;

    if (!c)
        return refuse(RULE_NO_MEMORY, v->id, -ENOMEM);
    if (copy_from_guest(c, arg, sizeof(*c))) {
        rc = refuse_memory(arg);
    } else {
        spin_lock(&v->domain->lock);
        rc = pv_set_context(v, c);
        spin_unlock(&v->domain->lock);
    }
    heap_free(c);
    return rc;
}

static long up(struct vcpu *v)
{
    bool was_down = false;

    spin_lock(&v->domain->lock);
    if (v->initialised)
        was_down = bit_test_and_clear(&v->pause_flags, VPF_DOWN);
    spin_unlock(&v->domain->lock);
    if (!v->initialised)
        return refuse(RULE_VCPU_STATE, v->id, -EINVAL);
    if (was_down)
        sched_wake(v);
    return 0;
}

/* Bound: the domain's vCPUs, at most MAX_VCPUS. */
static bool others_up(const struct vcpu *v)
{
    const struct domain *d = v->domain;
    unsigned int i;

    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i] && d->vcpus[i] != v && !bit_test(&d->vcpus[i]->pause_flags, VPF_DOWN))
            return true;
    }
    return false;
}

/* The last one that goes down switches the domain off. */
static long down(struct vcpu *v)
{
    bool last;

    spin_lock(&v->domain->lock);
    last = !others_up(v);
    if (!last)
        bit_set(&v->pause_flags, VPF_DOWN);
    spin_unlock(&v->domain->lock);
    if (last)
        domain_shutdown(v->domain, SHUTDOWN_poweroff);
    else
        sched_sleep(v);
    return 0;
}

static long get_runstate(struct vcpu *v, gva_t arg)
{
    struct vcpu_runstate_info r;

    sched_runstate(v, &r);
    return give_back(arg, &r, sizeof(r));
}

/* Where the guest wants a copy kept. The place of another vCPU's is written when that one is
 * loaded next. */
static long register_area(struct vcpu *v, gva_t arg, size_t bytes, uint64_t *place,
                          void (*write)(struct vcpu *))
{
    uint64_t at;

    if (get_guest_u64(&at, arg))
        return refuse_memory(arg);
    if (!gva_range_ok(gva(at), bytes))
        return refuse(RULE_ADDRESS_RANGE, at, -EFAULT);
    WRITE_ONCE(*place, at);
    if (v == current())
        write(v);
    return 0;
}

static long register_info(struct vcpu *v, gva_t arg)
{
    struct vcpu_register_vcpu_info op;
    long rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    spin_lock(&v->domain->lock);
    rc = vcpu_info_register(v, op.mfn, op.offset);
    spin_unlock(&v->domain->lock);
    return rc;
}

static long set_periodic(struct vcpu *v, gva_t arg)
{
    struct vcpu_set_periodic_timer op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.period_ns < (uint64_t)MS(1) || op.period_ns > (uint64_t)INT64_MAX / 4)
        return refuse(RULE_TIMER_PERIOD, op.period_ns, -EINVAL);
    WRITE_ONCE(v->period, (int64_t)op.period_ns);
    v->period_last = now();
    timer_set(&v->periodic, v->period_last + (int64_t)op.period_ns);
    return 0;
}

static long stop_periodic(struct vcpu *v)
{
    WRITE_ONCE(v->period, 0);
    timer_stop(&v->periodic);
    return 0;
}

static long set_singleshot(struct vcpu *v, gva_t arg)
{
    struct vcpu_set_singleshot_timer op;

    if (v != current())
        return refuse(RULE_VCPU_STATE, v->id, -EINVAL);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.flags & VCPU_SSHOTTMR_future && op.timeout_abs_ns < (uint64_t)now())
        return refuse(RULE_TIMER_PAST, op.timeout_abs_ns, -ETIME);
    timer_migrate(&v->singleshot, cpu_id());
    timer_set(&v->singleshot, (int64_t)MIN(op.timeout_abs_ns, (uint64_t)INT64_MAX));
    return 0;
}

static long stop_singleshot(struct vcpu *v)
{
    if (v != current())
        return refuse(RULE_VCPU_STATE, v->id, -EINVAL);
    timer_stop(&v->singleshot);
    return 0;
}

/* The exit path of the vCPU sees the flag (pv/traps.c). */
long vcpu_send_nmi(struct vcpu *v)
{
    if (!v->initialised)
        return refuse(RULE_VCPU_STATE, v->id, -EINVAL);
    if (!__atomic_exchange_n(&v->nmi_pending, 1, __ATOMIC_SEQ_CST)) {
        vcpu_kick(v);
        if (v == current())
            softirq_raise(SOFTIRQ_EXIT);
        else
            softirq_raise_on(READ_ONCE(v->cpu), SOFTIRQ_EXIT);
    }
    return 0;
}

/* Only where the answer stays true: the vCPU of a domain that sees the hardware, bound to one
 * CPU. */
static long get_physid(struct vcpu *v, gva_t arg)
{
    uint64_t cpus = READ_ONCE(v->sched.hard.bits[0]);
    struct vcpu_get_physid op;
    unsigned int cpu;

    if (v->sched.pinned)
        cpus = BIT(v->sched.pinned - 1);
    if (!domain_may(v->domain, MAY_ACCESS_HARDWARE, NULL) || !cpus || cpus & (cpus - 1))
        return refuse(RULE_VCPU_NOT_PINNED, v->id, -EINVAL);
    cpu = bit_lowest(cpus);
    if (cpu >= cpu_count)
        return refuse(RULE_NO_SUCH_CPU, cpu, -EINVAL);
    op.phys_id = cpu_block(cpu)->apic_id;
    op.phys_id |= (uint64_t)cpu_acpi_id((uint32_t)op.phys_id) << 32;
    return give_back(arg, &op, sizeof(op));
}

long do_vcpu_op(uint64_t cmd, uint64_t vcpu, uint64_t arg)
{
    struct vcpu *v = domain_vcpu(current()->domain, (uint32_t)vcpu);
    gva_t at = {arg};

    if (!v) /* asking whether there is one is no fault: Linux asks for each id that could be */
        return (uint32_t)cmd == VCPUOP_is_up ? -ENOENT : refuse(RULE_NO_SUCH_VCPU, vcpu, -ENOENT);
    switch ((uint32_t)cmd) {
    case VCPUOP_initialise:
        return initialise(v, at);
    case VCPUOP_up:
        return up(v);
    case VCPUOP_down:
        return down(v);
    case VCPUOP_is_up:
        return !bit_test(&v->pause_flags, VPF_DOWN);
    case VCPUOP_get_runstate_info:
        return get_runstate(v, at);
    case VCPUOP_register_runstate_memory_area:
        return register_area(v, at, sizeof(struct vcpu_runstate_info), &v->runstate_guest,
                             runstate_write);
    case VCPUOP_register_vcpu_time_memory_area:
        return register_area(v, at, sizeof(struct vcpu_time_info), &v->time_guest, time_info_write);
    case VCPUOP_set_periodic_timer:
        return set_periodic(v, at);
    case VCPUOP_stop_periodic_timer:
        return stop_periodic(v);
    case VCPUOP_set_singleshot_timer:
        return set_singleshot(v, at);
    case VCPUOP_stop_singleshot_timer:
        return stop_singleshot(v);
    case VCPUOP_register_vcpu_info:
        return register_info(v, at);
    case VCPUOP_send_nmi:
        return vcpu_send_nmi(v);
    case VCPUOP_get_physid:
        return get_physid(v, at);
    default:
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
}

/* The old name of the single-shot timer: system time in ns, 0 stops it. */
long do_set_timer_op(uint64_t timeout)
{
    struct vcpu *v = current();

    if (!timeout) {
        timer_stop(&v->singleshot);
        return 0;
    }
    timer_migrate(&v->singleshot, cpu_id());
    timer_set(&v->singleshot, (int64_t)MIN(timeout, (uint64_t)INT64_MAX));
    return 0;
}
