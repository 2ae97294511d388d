/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a domain: its structures and allowances, its vCPUs, and how much memory it may own. What
 * is in its memory, and its first vCPU's registers, are the toolstack's business.
 *
 * A new domain is paused by its maker, may own no frame, and has no vCPU.
 */
#include "ctl/domctl.h"
#include "ctl/refusals.h"
#include "dom/ctl_domain.h"
#include "dom/time_info.h"
#include "dom/vcpu.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "grant/grant.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/frame.h"

#define GRANT_FRAMES_DEFAULT   64
#define GRANT_FRAMES_MAX       1024
#define MAPPING_FRAMES_DEFAULT 1024
#define MAPPING_FRAMES_MAX     8192

static uint32_t or_default(int32_t asked, uint32_t usual)
{
    return asked < 0 ? usual : (uint32_t)asked;
}

/* What has no meaning for a PV domain, or is not offered, must be 0. */
static long config_check(const struct xen_domctl_createdomain *c)
{
    uint32_t grants = or_default(c->max_grant_frames, GRANT_FRAMES_DEFAULT);
    uint32_t version = XEN_DOMCTL_GRANT_version(c->grant_opts);

    if (c->flags || c->iommu_opts || c->vmtrace_size || c->arch.misc_flags ||
        c->arch.emulation_flags & ~(uint32_t)XEN_X86_EMU_ALL)
        return refuse(RULE_ARGUMENT, c->flags, -EINVAL);
    if (c->arch.emulation_flags)
        return refuse(RULE_NOT_OFFERED, c->arch.emulation_flags, -EOPNOTSUPP);
    if (!c->max_vcpus || c->max_vcpus > MAX_VCPUS)
        return refuse(RULE_ARGUMENT, c->max_vcpus, -EINVAL);
    if (!grants || grants > GRANT_FRAMES_MAX ||
        or_default(c->max_maptrack_frames, MAPPING_FRAMES_DEFAULT) > MAPPING_FRAMES_MAX)
        return refuse(RULE_ALLOWANCE, grants, -EINVAL);
    if (c->grant_opts & ~(uint32_t)XEN_DOMCTL_GRANT_version_mask || version < 1 || version > 2)
        return refuse(RULE_GRANT_VERSION, c->grant_opts, -EINVAL);
    if (c->cpupool_id)
        return refuse(RULE_ARGUMENT, c->cpupool_id, -ESRCH);
    return 0;
}

static bool id_is_free(domid_t id)
{
    return !owner_find(id);
}

/*
 * The number asked for, or the next free one: numbers are not used again soon. They come from the
 * first page of the table of owners as long as that has a free one, since each page stays for good.
 * Control calls are made one at a time, so nobody else chooses meanwhile. Bound: twice
 * DOMID_FIRST_RESERVED.
 */
static long id_choose(domid_t asked, domid_t *id)
{
    static domid_t last;
    unsigned int i, from;

    if (asked && asked < DOMID_FIRST_RESERVED) {
        *id = asked;
        return id_is_free(asked) ? 0 : refuse(RULE_DOMAIN_EXISTS, asked, -EEXIST);
    }
    for (i = 1; i < OWNERS_A_PAGE + DOMID_FIRST_RESERVED; i++) {
        from = i < OWNERS_A_PAGE ? OWNERS_A_PAGE : DOMID_FIRST_RESERVED;
        *id = (domid_t)((last + i) % from);
        if (*id && id_is_free(*id)) {
            last = *id;
            return 0;
        }
    }
    return refuse(RULE_NO_MEMORY, asked, -ENOMEM);
}

static int parts_make(struct domain *d, const struct xen_domctl_createdomain *c)
{
    int rc = ctl_domain_init(d);

    refusals_domain_init(d);
    if (!rc)
        rc = event_domain_init(d, c->max_evtchn_port);
    if (!rc)
        rc = pirq_domain_init(d);
    if (!rc)
        rc = grant_domain_init(d, or_default(c->max_grant_frames, GRANT_FRAMES_DEFAULT),
                               or_default(c->max_maptrack_frames, MAPPING_FRAMES_DEFAULT));
    return rc;
}

long domctl_create(struct xen_domctl *op, struct domain **made)
{
    const struct xen_domctl_createdomain *c = &op->u.createdomain;
    struct domain *d;
    domid_t id;
    long rc = config_check(c);

    if (!rc)
        rc = id_choose(op->domain, &id);
    if (rc)
        return rc;
    rc = domain_create(id, c->max_vcpus, 0, &d);
    if (rc)
        return refuse(RULE_NO_MEMORY, id, -ENOMEM);
    d->ctl_pauses = 1;
    if (parts_make(d, c)) {
        domain_destroy_new(d);
        return refuse(RULE_NO_MEMORY, id, -ENOMEM);
    }
    memcpy(d->ctl->handle, c->handle, sizeof(d->ctl->handle));
    wallclock_fill(d);
    __atomic_add_fetch(&d->refs, 1, __ATOMIC_SEQ_CST); /* the domain's own can't go before ours */
    op->domain = id;
    *made = d;
    return 0;
}

/*
 * All that the domain may have, as it was said when it was made. Bound: MAX_VCPUS; each takes some
 * pages.
 */
long domctl_max_vcpus(struct domain *d, struct xen_domctl *op)
{
    unsigned int i;

    if (op->u.max_vcpus.max != d->max_vcpus)
        return refuse(RULE_ARGUMENT, op->u.max_vcpus.max, -EINVAL);
    for (i = 0; i < d->max_vcpus; i++) {
        if (!d->vcpus[i] && vcpu_create(d, i))
            return refuse(RULE_NO_MEMORY, i, -ENOMEM);
    }
    return 0;
}

/* An allowance below what it owns takes nothing away: it gets no more. */
long domctl_max_mem(struct domain *d, struct xen_domctl *op)
{
    uint64_t pages = op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10);

    spin_lock(&d->memory.lock);
    d->memory.max_pages = MIN(pages, (uint64_t)FRAME_COUNT_LIMIT);
    spin_unlock(&d->memory.lock);
    return 0;
}

long domctl_set_address_size(struct domain *d, struct xen_domctl *op)
{
    (void)d;
    return op->u.address_size.size == 64 ? 0
                                         : refuse(RULE_ARGUMENT, op->u.address_size.size, -EINVAL);
}

long domctl_get_address_size(struct domain *d, struct xen_domctl *op)
{
    (void)d;
    op->u.address_size.size = 64;
    return 0;
}
