/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the making of a hypercall page in a guest's frame, which is written as the guest could write
 * it: as an ordinary page.
 */
#include "pv/hypercall_page.h"
#include "lib/errno.h"
#include "mm/type.h"
#include "mm/window.h"

int hypercall_page_make(const struct domain *d, mfn_t m)
{
    int rc = frame_get_type(m, d->id, TYPE_WRITABLE);
    void *page;

    if (rc)
        return rc == -ERESTART ? rc : -EINVAL;
    page = window_map(m);
    hypercall_page_fill(page);
    window_unmap(page);
    frame_put_type(frame_of(m));
    return 0;
}
