/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copying between two frames, each the caller's own or named by a grant.
 *
 * Both ends are opened (claimed, with a reference and, for the destination, a writable use), copied
 * through windows, and closed.
 */
#include "grant/mapping.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/type.h"
#include "mm/window.h"

struct end {
    struct domain *granter; /* NULL: the caller's own frame */
    uint32_t ref;
    mfn_t frame;
    bool write;
};

static int refused(enum rule rule, uint64_t argument, int status)
{
    (void)refuse(rule, argument, -EINVAL);
    return status;
}

static inline __attribute__((always_inline)) int open_granted(struct end *e, struct domain *d,
                                                              domid_t granter, uint32_t ref)
{
    int rc;

    e->granter = granter_get(d, granter);
    if (!e->granter)
        return refused(RULE_NO_SUCH_DOMAIN, granter, GNTST_bad_domain);
    e->ref = ref;
    if (e->granter->grants)
        rc = grant_claim(e->granter, ref, d->id, e->write, 1, &e->frame);
    else
        rc = refused(RULE_NO_SUCH_DOMAIN, granter, GNTST_bad_domain);
    if (rc)
        domain_put(e->granter);
    return rc;
}

static inline __attribute__((always_inline)) int open_own(struct end *e, struct domain *d,
                                                          domid_t domid, uint64_t frame)
{
    struct domain *other;
    int rc;

    e->granter = NULL;
    if (domid != DOMID_SELF && domid != d->id) {
        other = domain_get(domid);
        if (!other)
            return refused(RULE_NO_SUCH_DOMAIN, domid, GNTST_bad_domain);
        domain_put(other);
    }
    if (domid != DOMID_SELF && domid != d->id)
        return refused(RULE_GRANT_COPY_FOREIGN, domid, GNTST_permission_denied);
    e->frame = mfn(frame);
    if (e->write)
        rc = frame_get_type(e->frame, d->id, TYPE_WRITABLE);
    else
        rc = mfn_valid(e->frame) && frame_get(e->frame, d->id) ? 0 : -EINVAL;
    if (rc == 0 || rc == -ERESTART)
        return rc;
    return refused(RULE_FRAME_NOT_OWNED, frame, GNTST_bad_page);
}

static inline __attribute__((always_inline)) int
open_end(struct end *e, struct domain *d, const struct gnttab_copy_ptr *p, bool by_ref, bool write)
{
    e->write = write;
    return by_ref ? open_granted(e, d, p->domid, p->u.ref) : open_own(e, d, p->domid, p->u.gmfn);
}

static inline __attribute__((always_inline)) void close_end(const struct end *e)
{
    grant_release_frame(e->frame, e->write);
    if (!e->granter)
        return;
    grant_release_pins(e->granter, e->ref, e->write, 1);
    domain_put(e->granter);
}

static void copy_bytes(const struct gnttab_copy *op, mfn_t from, mfn_t to)
{
    const uint8_t *src = window_map(from);
    uint8_t *dst = window_map(to);

    memcpy(dst + op->dest.offset, src + op->source.offset, op->len);
    window_unmap(dst);
    window_unmap(src);
}

int grant_copy(struct domain *d, struct gnttab_copy *op)
{
    struct end from, to;
    int rc;

    if (op->source.offset + (uint32_t)op->len > PAGE_SIZE ||
        op->dest.offset + (uint32_t)op->len > PAGE_SIZE) {
        op->status = (int16_t)refused(RULE_GRANT_COPY_RANGE, op->len, GNTST_bad_copy_arg);
        return 0;
    }
    rc = open_end(&from, d, &op->source, op->flags & GNTCOPY_source_gref, false);
    if (rc == 0) {
        rc = open_end(&to, d, &op->dest, op->flags & GNTCOPY_dest_gref, true);
        if (rc == 0) {
            copy_bytes(op, from.frame, to.frame);
            close_end(&to);
        }
        close_end(&from);
    }
    op->status = (int16_t)(rc == -ERESTART ? GNTST_okay : rc);
    return rc == -ERESTART ? rc : 0;
}
