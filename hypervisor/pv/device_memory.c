/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the list of ranges that are kept from the control domain, and the question who may map
 * device memory.
 *
 * The list is short (APICs, HPET, configuration windows, two entries a device with MSI-X) and
 * searched only for frames that are not RAM. Readers take no lock: an entry is filled before it is
 * counted, and one that is used again gets its end last.
 */
#include "pv/device_memory.h"
#include "cpu/features.h"
#include "dom/ctl_domain.h"
#include "mm/owner.h"

#define KEPT_MAX 1024

struct kept {
    struct device_range range; /* end 0: unused */
    enum device_keep how;
    uint32_t device;
};

static spinlock_t kept_lock = SPINLOCK_INIT(RANK_PV);
static struct kept kept[KEPT_MAX];
static unsigned int kept_count;

bool device_memory_owner(domid_t domain)
{
    return control_domain && domain == control_domain->id &&
           domain_may(control_domain, MAY_ACCESS_HARDWARE, NULL);
}

static bool meets(const struct kept *k, uint64_t start, uint64_t end)
{
    return start < READ_ONCE(k->range.end) && end > READ_ONCE(k->range.start);
}

static bool meets_frame(const struct kept *k, mfn_t m)
{
    return READ_ONCE(k->range.end) && m.n >= READ_ONCE(k->range.start) >> PAGE_SHIFT &&
           m.n <= (READ_ONCE(k->range.end) - 1) >> PAGE_SHIFT;
}

/*
 * What a domain without privilege was given. The caller keeps the domain in place: it works on a
 * table of that domain's.
 */
static bool permitted(domid_t domain, mfn_t m)
{
    struct owner *o = owner_find(domain);

    return o && ctl_domain_permits(container_of(o, struct domain, memory), CTL_MEMORY, m.n, m.n);
}

enum device_access device_memory_access(domid_t domain, mfn_t m)
{
    enum device_access access = DEVICE_WRITE;
    unsigned int i, n = READ_ONCE(kept_count);

    if (m.n >> (cpu_features.phys_bits - PAGE_SHIFT) ||
        !(device_memory_owner(domain) || permitted(domain, m)))
        return DEVICE_NONE;
    for (i = 0; i < n; i++) {
        if (!meets_frame(&kept[i], m))
            continue;
        if (kept[i].how == KEEP_ALL)
            return DEVICE_NONE;
        access = DEVICE_READ;
    }
    return access;
}

static bool add_locked(struct device_range r, enum device_keep how, uint32_t device)
{
    unsigned int i;

    for (i = 0; i < kept_count && kept[i].range.end; i++)
        ;
    if (i == KEPT_MAX)
        return false;
    kept[i].how = how;
    kept[i].device = device;
    kept[i].range.start = r.start;
    smp_wmb(); /* pairs with the reads in meets() and meets_frame() */
    WRITE_ONCE(kept[i].range.end, r.end);
    kept_count = MAX(kept_count, i + 1);
    return true;
}

bool device_memory_keep(struct device_range r, enum device_keep how)
{
    bool room;

    spin_lock(&kept_lock);
    room = add_locked(r, how, 0);
    spin_unlock(&kept_lock);
    return room;
}

static bool is_message_of(const struct kept *k, uint32_t device)
{
    return k->range.end && k->how == KEEP_MESSAGES && k->device == device;
}

static unsigned int find_locked(uint32_t device, struct device_range r)
{
    unsigned int i;

    for (i = 0; i < kept_count; i++) {
        if (is_message_of(&kept[i], device) && kept[i].range.start == r.start &&
            kept[i].range.end == r.end)
            break;
    }
    return i;
}

bool device_memory_keep_messages(uint32_t device, const struct device_range *r, unsigned int n)
{
    unsigned int i, j;
    bool room = true;

    spin_lock(&kept_lock);
    for (i = 0; i < kept_count; i++) {
        bool stays = false;

        for (j = 0; j < n; j++)
            stays = stays || find_locked(device, r[j]) == i;
        if (is_message_of(&kept[i], device) && !stays)
            WRITE_ONCE(kept[i].range.end, 0);
    }
    for (j = 0; j < n && room; j++)
        room = find_locked(device, r[j]) < kept_count || add_locked(r[j], KEEP_MESSAGES, device);
    spin_unlock(&kept_lock);
    return room;
}

enum device_store device_memory_store(domid_t domain, uint64_t at, unsigned int bytes)
{
    enum device_store store = STORE_FAULTS;
    unsigned int i, n = READ_ONCE(kept_count);

    if (!device_memory_owner(domain))
        return STORE_FAULTS;
    for (i = 0; i < n; i++) {
        if (!meets_frame(&kept[i], mfn(at >> PAGE_SHIFT)))
            continue;
        switch (kept[i].how) {
        case KEEP_ALL:
        case KEEP_WRITES:
            return STORE_FAULTS;
        case KEEP_CONFIG:
            return STORE_CONFIG;
        case KEEP_MESSAGES:
            if (meets(&kept[i], at, at + bytes))
                return STORE_IGNORED;
            store = STORE_PASSES;
            break;
        }
    }
    return store;
}
