/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the domain: its identity, life and references. What a subsystem keeps for a domain hangs
 * behind one pointer each and is defined in that subsystem's folder.
 *
 * Life: created (no vCPU runs) -> alive -> dying (being torn down, no new references) -> dead
 * (freed with its last reference). A pointer to a domain is held by domain_get/domain_put, or is
 * current()'s own.
 */
#ifndef DOM_DOMAIN_H
#define DOM_DOMAIN_H

#include <xen/xen.h>

#include "cpu/spinlock.h"
#include "dom/sched.h"
#include "lib/list.h"
#include "lib/printk.h"
#include "lib/types.h"
#include "mm/owner.h"

#define MAX_VCPUS                                                                                  \
    128 /* of one domain: the 2 MiB regions of slot 257, and one word pair a vCPU mask */

enum domain_state { DOMAIN_CREATED, DOMAIN_ALIVE, DOMAIN_DYING, DOMAIN_DEAD };

struct domain {
    domid_t id;
    uint8_t state;      /* enum domain_state; under `lock` */
    bool privileged;    /* read through domain_may() only */
    uint8_t ctl_pauses; /* how often a tool paused it; under `lock` */
    bool shut_down;     /* under `lock` */
    uint8_t shutdown_code;
    uint8_t teardown; /* the step that the teardown is at: ctl/domain_destroy.c's */
    bool debugged;    /* a crash stops it for a debugger: a tool's word, shown back */
    uint16_t max_vcpus;
    uint32_t refs;        /* atomic; the domain list holds one */
    uint32_t pause_count; /* atomic: vCPUs run only while 0 */
    spinlock_t lock;      /* RANK_DOMAIN */
    struct owner memory;  /* frames it owns and may own */
    struct vcpu **vcpus;  /* max_vcpus pointers; an entry is set once */

    struct shared_info *shared; /* permanent mapping */
    mfn_t shared_mfn;

    struct sched_domain sched;
    struct pv_domain *pv;
    struct event_domain *events;
    struct grant_domain *grants;
    struct refusal_ring *refusals;
    struct pirq_domain *pirqs;
    struct ctl_domain *ctl; /* what the toolstack set: handle, time offset, permissions */
    struct list link;       /* in the list of all domains, by id; under its lock */
    int64_t time_offset;    /* seconds, on top of the host's wall clock */
    uint64_t vm_assist;     /* bits of VMASST_TYPE_*; atomic */
    char name[16];
};

/*
 * What a domain may do to another: the one place where privilege is decided. `target` may be NULL
 * for the host.
 */
enum privilege {
    MAY_CONTROL,     /* domctl, foreign mappings and operations on another domain */
    MAY_MANAGE_HOST, /* sysctl, platform_op, console, physdev */
    /* I/O ports, device memory, interrupts; other cacheability than write-back on devices */
    MAY_ACCESS_HARDWARE
};

bool domain_may(const struct domain *d, enum privilege what, const struct domain *target);

/*
 * Makes a domain with room for so many vCPUs and an allowance of so many frames: paused, with its
 * shared_info, without vCPUs. The other folders' parts (events, grants) are the caller's to add.
 * -ENOMEM.
 */
int domain_create(domid_t id, unsigned int max_vcpus, uint64_t max_pages,
                  struct domain **d) __must_check;

static inline bool domain_dying(const struct domain *d)
{
    return READ_ONCE(d->state) >= DOMAIN_DYING;
}

/*
 * Finds a live or dying domain and takes a reference; NULL when there is none. DOMID_SELF means the
 * caller's own.
 */
struct domain *domain_get(domid_t id);
void domain_put(struct domain *d);

/*
 * The domain with the least id above (or, first: from) the given one, with a reference; NULL behind
 * the last.
 */
struct domain *domain_next(domid_t id, bool first);

/* pCPUs that run a vCPU of the domain: of all, or of those whose bits are set. */
uint64_t domain_cpus(const struct domain *d, const uint64_t *vcpus);

/* The vCPU, or NULL when it does not exist. The index is clamped against speculation. */
struct vcpu *domain_vcpu(const struct domain *d, unsigned int id);

/*
 * Stops all vCPUs (waits until they left their CPUs, unless _nosync) and lets them go again;
 * counted.
 */
void domain_pause(struct domain *d);
void domain_pause_nosync(struct domain *d);
void domain_unpause(struct domain *d);

/*
 * A domain that was built runs from here on: its clocks are shown anew, since its builder may have
 * written there.
 */
void domain_start(struct domain *d);

/*
 * The first step of its end: no new frames, no call on it from now on; its vCPUs leave their CPUs
 * and never run again. False when it was dying already. Interrupts on, no lock; not for the
 * caller's own domain.
 */
bool domain_kill(struct domain *d);

/*
 * The domain ends itself (SCHEDOP_shutdown) or is ended by a crash; the control domain's end is the
 * machine's.
 */
void domain_shutdown(struct domain *d, unsigned int reason);

/*
 * Ends the domain because its guest is beyond help; prints why, registers and a walk of its tables.
 */
void domain_crash(struct domain *d, const char *fmt, ...) __printf(2, 3);

extern struct domain *control_domain;
extern struct domain *idle_domain;

#endif
