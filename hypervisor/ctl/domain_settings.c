/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tool sets for a whole domain: paused or not, handle, clocks, its hypercall page; and what
 * it asks of the domain's frames.
 */
#include "ctl/domctl.h"
#include "dom/ctl_domain.h"
#include "dom/time_info.h"
#include "dom/vcpu.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "mm/type.h"
#include "pv/hypercall_page.h"
#include "pv/pv.h"

#define PAUSES_MAX  255
#define FRAMES_MAX  1024          /* of one question */
#define TIME_OFFSET 0x1000000000L /* seconds: some two thousand years */

/* tsc_mode */
#define TSC_DEFAULT 0
#define TSC_TRAPPED 1
#define TSC_NATIVE  2

/* Counted: as many unpauses let it go again. */
long domctl_pause(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    if (d->ctl_pauses == PAUSES_MAX)
        return refuse(RULE_PAUSES, d->id, -EOVERFLOW);
    d->ctl_pauses++;
    domain_pause(d);
    return 0;
}

/* The first time, the domain begins to live. */
long domctl_unpause(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    if (!d->ctl_pauses)
        return refuse(RULE_PAUSES, d->id, -EINVAL);
    if (--d->ctl_pauses == 0 && d->state == DOMAIN_CREATED)
        domain_start(d);
    else
        domain_unpause(d);
    return 0;
}

long domctl_set_handle(struct domain *d, struct xen_domctl *op)
{
    memcpy(d->ctl->handle, op->u.setdomainhandle.handle, sizeof(d->ctl->handle));
    return 0;
}

long domctl_set_debugging(struct domain *d, struct xen_domctl *op)
{
    WRITE_ONCE(d->debugged, op->u.setdebugging.enable != 0);
    return 0;
}

long domctl_set_time_offset(struct domain *d, struct xen_domctl *op)
{
    int64_t offset = op->u.settimeoffset.time_offset_seconds;

    if (offset > TIME_OFFSET || offset < -TIME_OFFSET)
        return refuse(RULE_ARGUMENT, (uint64_t)offset, -EINVAL);
    d->time_offset = offset;
    wallclock_fill(d);
    return 0;
}

/*
 * A clock that goes on where another host's stopped is a matter of restoring, which is not there
 * yet.
 */
long domctl_set_tsc(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_tsc_info *t = &op->u.tsc_info;

    if (t->tsc_mode > TSC_NATIVE)
        return refuse(RULE_ARGUMENT, t->tsc_mode, -EINVAL);
    if (t->elapsed_nsec || t->incarnation || (t->gtsc_khz && t->gtsc_khz != tsc_khz()))
        return refuse(RULE_NOT_OFFERED, t->gtsc_khz, -EOPNOTSUPP);
    domain_pause(d);
    d->pv->tsc_mode = t->tsc_mode;
    d->pv->tsc_trapped = t->tsc_mode == TSC_TRAPPED;
    domain_unpause(d);
    return 0;
}

long domctl_get_tsc(struct domain *d, struct xen_domctl *op)
{
    op->u.tsc_info = (struct xen_domctl_tsc_info){
        .tsc_mode = d->pv->tsc_mode,
        .gtsc_khz = (uint32_t)tsc_khz(),
        .elapsed_nsec = (uint64_t)now(),
    };
    return 0;
}

long domctl_hypercall_page(struct domain *d, struct xen_domctl *op)
{
    uint64_t frame = op->u.hypercall_init.gmfn;
    int rc = hypercall_page_make(d, mfn(frame));

    return rc && rc != -ERESTART ? refuse(RULE_FRAME_TYPE, frame, -EACCES) : rc;
}

/* What a frame is, in getpageframeinfo3's words. */
static uint64_t frame_info(const struct domain *d, uint64_t frame)
{
    uint64_t word;

    if (!mfn_valid(mfn(frame)) || READ_ONCE(frame_of(mfn(frame))->owner) != d->id)
        return XEN_DOMCTL_PFINFO_XTAB;
    word = READ_ONCE(frame_of(mfn(frame))->type);
    if (word & TYPE_IDLE || !type_is_table(type_of(word)))
        return XEN_DOMCTL_PFINFO_NOTAB;
    return (uint64_t)type_level(type_of(word)) << XEN_DOMCTL_PFINFO_LTAB_SHIFT |
           (word & TYPE_PINNED ? XEN_DOMCTL_PFINFO_LPINTAB : 0);
}

/* Bound: FRAMES_MAX. */
long domctl_frame_types(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_getpageframeinfo3 *q = &op->u.getpageframeinfo3;
    uint64_t i, frame;

    if (q->num > FRAMES_MAX)
        return refuse(RULE_EXTENT_COUNT, q->num, -E2BIG);
    for (i = 0; i < q->num; i++) {
        gva_t at = guest_element((uintptr_t)q->array.p, uint64_t, i);

        if (get_guest_u64(&frame, at) || put_guest_u64(at, frame_info(d, frame)))
            return refuse_memory(at);
    }
    return 0;
}
