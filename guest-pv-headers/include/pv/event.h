/* SPDX-License-Identifier: MIT */
/*
 * event.h: libpvguest's event channels, waiting, and time.
 *
 * A port belongs to one vCPU, on which its handler runs, with events masked. Most code needs no
 * handler: it waits until a condition holds, and any event makes it look again.
 */
#ifndef PV_EVENT_H
#define PV_EVENT_H

#include "guest.h"
#include "../xen/event_channel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs on the port's vCPU; must not wait, nor touch vector registers. */
typedef void (*pv_event_fn)(evtchn_port_t port, void *arg);

/* Make ports, on this vCPU; handler may be null. A port, or an error. */
int pv_event_alloc(domid_t peer, pv_event_fn handler, void *arg);
int pv_event_bind_virq(unsigned int virq, pv_event_fn handler, void *arg);
int pv_event_bind_ipi(pv_event_fn handler, void *arg);
/* A port that exists already, as those of start_info do: on vCPU 0. */
void pv_event_handler(evtchn_port_t port, pv_event_fn handler, void *arg);
void pv_event_send(evtchn_port_t port);
void pv_event_close(evtchn_port_t port);

/* Mask events on this vCPU; the old state, to be given back to restore. */
bool pv_events_mask(void);
void pv_events_restore(bool masked);

/* Nanoseconds: since the hypervisor's start, never backwards on one vCPU; since 1970. */
uint64_t pv_time(void);
uint64_t pv_wall_time(void);

/*
 * Sleeps until ready(arg) is true or the time `deadline` has come (0: never); says whether it was
 * ready. ready runs with events masked; it is called again after each event of this vCPU.
 */
bool pv_wait(bool (*ready)(void *arg), void *arg, uint64_t deadline);
void pv_sleep(uint64_t ns);

/* A lock between vCPUs, and against this vCPU's handlers. */
struct pv_lock {
    uint32_t held;
};
bool pv_lock(struct pv_lock *lock);
void pv_unlock(struct pv_lock *lock, bool masked);

#ifdef __cplusplus
}
#endif

#endif
