/* SPDX-License-Identifier: MIT */
/*
 * event.c: event channels in their two-level form, masking, and locks.
 *
 * All vCPUs see the same pending words, so each takes only the ports that are its own. A port is
 * masked from the start, and unmasked when somebody has said whose it is.
 */
#include "internal.h"

#define PORTS 4096
#define WORDS (PORTS / 64)

static struct {
    pv_event_fn handler;
    void *arg;
} ports[PORTS];
static uint64_t owned[PV_CPUS][WORDS];

void pvguest_events_start(void)
{
    for (unsigned int i = 0; i < WORDS; i++) {
        pv_shared_info->evtchn_mask[i] = ~0ul;
    }
    pv_events_restore(false);
    pvguest_timer_start();
    if (!pv_is_control_domain()) {
        pv_event_handler(pv_start_info->console.domU.evtchn, NULL, NULL);
        pv_event_handler(pv_start_info->store_evtchn, NULL, NULL);
    }
}

/* Bounded: each word is looked at once; what comes meanwhile makes the next upcall. */
void pvguest_upcall(void)
{
    struct vcpu_info *vcpu = pvguest_vcpu();
    unsigned int cpu = pv_cpu();
    uint64_t words;

    *(volatile uint8_t *)&vcpu->evtchn_upcall_pending = 0;
    words = pv_exchange64(&vcpu->evtchn_pending_sel, 0); /* a full barrier, too */
    for (; words != 0; words &= words - 1) {
        unsigned int word = (unsigned int)__builtin_ctzl(words);
        uint64_t bits = pv_read64(&pv_shared_info->evtchn_pending[word]) &
                        ~pv_read64(&pv_shared_info->evtchn_mask[word]) &
                        pv_read64(&owned[cpu][word]);

        for (; bits != 0; bits &= bits - 1) {
            evtchn_port_t port = word * 64 + (evtchn_port_t)__builtin_ctzl(bits);

            pv_bit_clear(pv_shared_info->evtchn_pending, port);
            if (ports[port].handler != NULL) {
                ports[port].handler(port, ports[port].arg);
            }
        }
    }
}

static void adopt(evtchn_port_t port, unsigned int cpu, pv_event_fn handler, void *arg)
{
    struct evtchn_unmask unmask = {.port = port};

    ports[port].handler = handler;
    ports[port].arg = arg;
    pv_bit_set(owned[cpu], port);
    HYPERVISOR_event_channel_op(EVTCHNOP_unmask, &unmask);
}

void pv_event_handler(evtchn_port_t port, pv_event_fn handler, void *arg)
{
    if (port < PORTS) {
        adopt(port, 0, handler, arg);
    }
}

int pv_event_alloc(domid_t peer, pv_event_fn handler, void *arg)
{
    struct evtchn_alloc_unbound made = {.dom = DOMID_SELF, .remote_dom = peer};
    long result = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &made);
    struct evtchn_bind_vcpu bind = {.port = made.port, .vcpu = pv_cpu()};

    if (result < 0) {
        return (int)result;
    }
    if (bind.vcpu != 0) {
        HYPERVISOR_event_channel_op(EVTCHNOP_bind_vcpu, &bind);
    }
    adopt(made.port, bind.vcpu, handler, arg);
    return (int)made.port;
}

int pv_event_bind_virq(unsigned int virq, pv_event_fn handler, void *arg)
{
    struct evtchn_bind_virq bind = {.virq = virq, .vcpu = pv_cpu()};
    long result = HYPERVISOR_event_channel_op(EVTCHNOP_bind_virq, &bind);

    if (result < 0) {
        return (int)result;
    }
    adopt(bind.port, bind.vcpu, handler, arg);
    return (int)bind.port;
}

int pv_event_bind_ipi(pv_event_fn handler, void *arg)
{
    struct evtchn_bind_ipi bind = {.vcpu = pv_cpu()};
    long result = HYPERVISOR_event_channel_op(EVTCHNOP_bind_ipi, &bind);

    if (result < 0) {
        return (int)result;
    }
    adopt(bind.port, bind.vcpu, handler, arg);
    return (int)bind.port;
}

void pv_event_send(evtchn_port_t port)
{
    struct evtchn_send send = {.port = port};

    HYPERVISOR_event_channel_op(EVTCHNOP_send, &send);
}

void pv_event_close(evtchn_port_t port)
{
    struct evtchn_close close = {.port = port};

    pv_bit_set(pv_shared_info->evtchn_mask, port);
    HYPERVISOR_event_channel_op(EVTCHNOP_close, &close);
    for (unsigned int cpu = 0; cpu < PV_CPUS; cpu++) {
        pv_bit_clear(owned[cpu], port);
    }
    pv_bit_clear(pv_shared_info->evtchn_pending, port);
    ports[port].handler = NULL;
}

bool pv_events_mask(void)
{
    volatile uint8_t *mask = &pvguest_vcpu()->evtchn_upcall_mask;
    bool masked = *mask != 0;

    *mask = 1;
    pv_barrier();
    return masked;
}

void pv_events_restore(bool masked)
{
    struct vcpu_info *vcpu = pvguest_vcpu();

    if (masked) {
        return;
    }
    pv_barrier();
    *(volatile uint8_t *)&vcpu->evtchn_upcall_mask = 0;
    pv_mb(); /* open before the look: what came while masked has made no upcall */
    if (*(volatile uint8_t *)&vcpu->evtchn_upcall_pending) {
        HYPERVISOR_xen_version(XENVER_version, NULL); /* any call delivers it */
    }
}

/* A vCPU that waits gives its pCPU away now and then: the holder may want it. */
bool pv_lock(struct pv_lock *lock)
{
    bool masked = pv_events_mask();

    for (unsigned int tries = 1; pv_compare_exchange32(&lock->held, 0, 1) != 0; tries++) {
        pv_relax();
        if (tries % 256 == 0) {
            HYPERVISOR_sched_op(SCHEDOP_yield, NULL);
        }
    }
    return masked;
}

void pv_unlock(struct pv_lock *lock, bool masked)
{
    pv_wmb(); /* what the lock covers, before the lock; pairs with pv_compare_exchange32 */
    pv_write32(&lock->held, 0);
    pv_events_restore(masked);
}
