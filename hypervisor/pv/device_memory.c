/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the list of frames that are kept from the control domain, and the question who may map device memory.
 *
 * The list is short (APICs, HPET, one entry an MSI-X table) and searched only for frames that are not RAM. Readers take no lock:
 * an entry is filled before it is counted, and emptied in place.
 */
#include "pv/device_memory.h"
#include "cpu/features.h"
#include "dom/ctl_domain.h"
#include "mm/owner.h"

#define DENIED_MAX 256

struct denied {
    uint64_t first, end; /* frames; end is behind; equal: unused */
    bool reading;
};

static spinlock_t denied_lock = SPINLOCK_INIT(RANK_PV);
static struct denied denied[DENIED_MAX];
static unsigned int denied_count;

bool device_memory_owner(domid_t domain)
{
    return control_domain && domain == control_domain->id &&
           domain_may(control_domain, MAY_ACCESS_HARDWARE, NULL);
}

/* What a domain without privilege was given. The caller keeps the domain in place: it works on a table of that domain's. */
static bool permitted(domid_t domain, mfn_t m)
{
    struct owner *o = owner_find(domain);

    return o && ctl_domain_permits(container_of(o, struct domain, memory), CTL_MEMORY, m.n, m.n);
}

enum device_access device_memory_access(domid_t domain, mfn_t m)
{
    unsigned int i, n = READ_ONCE(denied_count);

    if (m.n >> (cpu_features.phys_bits - PAGE_SHIFT) ||
        !(device_memory_owner(domain) || permitted(domain, m)))
        return DEVICE_NONE;
    for (i = 0; i < n; i++) {
        if (m.n >= denied[i].first && m.n < denied[i].end)
            return denied[i].reading ? DEVICE_NONE : DEVICE_READ;
    }
    return DEVICE_WRITE;
}

bool device_memory_deny(paddr_t start, uint64_t bytes, bool also_reading)
{
    struct denied entry = {start.a >> PAGE_SHIFT,
                           ROUND_UP(start.a + bytes, PAGE_SIZE) >> PAGE_SHIFT, also_reading};
    unsigned int i;
    bool room;

    spin_lock(&denied_lock);
    for (i = 0; i < denied_count && denied[i].first != denied[i].end; i++)
        ;
    room = i < DENIED_MAX;
    if (room) {
        denied[i] = entry;
        smp_wmb(); /* pairs with the count read by device_memory_allowed() */
        denied_count = MAX(denied_count, i + 1);
    }
    spin_unlock(&denied_lock);
    return room;
}

void device_memory_undeny(paddr_t start, uint64_t bytes)
{
    uint64_t first = start.a >> PAGE_SHIFT,
             end = ROUND_UP(start.a + bytes, PAGE_SIZE) >> PAGE_SHIFT;
    unsigned int i;

    spin_lock(&denied_lock);
    for (i = 0; i < denied_count; i++) {
        if (denied[i].first == first && denied[i].end == end) {
            denied[i].first = denied[i].end = 0;
            break;
        }
    }
    spin_unlock(&denied_lock);
}
