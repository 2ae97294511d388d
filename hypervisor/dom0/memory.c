/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the frames of the control domain. They come in blocks as large as there are, highest
 * addresses first, so that low memory stays free for devices that can't reach far.
 */
#include "dom0/memory.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/heap.h"
#include "mm/type.h"
#include "mm/window.h"

mfn_t dom0_mfn(const struct dom0_memory *m, uint64_t pfn)
{
    return mfn(m->p2m[pfn]);
}

void dom0_write(const struct dom0_memory *m, uint64_t at, const void *from, uint64_t bytes)
{
    while (bytes) {
        uint64_t offset = at & ~PAGE_MASK, n = MIN(bytes, PAGE_SIZE - offset);
        char *p = window_map(dom0_mfn(m, at >> PAGE_SHIFT));

        if (from) {
            memcpy(p + offset, from, n);
            from = (const char *)from + n;
        } else {
            memset(p + offset, 0, n);
        }
        window_unmap(p);
        at += n;
        bytes -= n;
    }
}

/* The p2m entries of a run of frames, in the domain's own p2m; a window per page of it. */
static void p2m_write(const struct dom0_memory *m, uint64_t pfn, mfn_t first, uint64_t n)
{
    while (n) {
        uint64_t index = pfn % 512, count = MIN(n, 512 - index), i;
        uint64_t *p = window_map(dom0_mfn(m, m->l->p2m_pfn + pfn / 512));

        for (i = 0; i < count; i++)
            p[index + i] = first.n + i;
        window_unmap(p);
        for (i = 0; i < count; i++)
            m2p[first.n + i] = pfn + i;
        pfn += count;
        first = mfn_add(first, count);
        n -= count;
    }
}

/* Takes a block of at most `pages` frames that the domain then owns. */
static int block_take(struct domain *d, uint64_t pages, mfn_t *first, uint64_t *n)
{
    unsigned int order = bit_width(pages) - 1;
    int rc;

    order = MIN(order, (unsigned int)MAX_ORDER);
    for (;; order--) {
        *first = frames_alloc(order, 64, 0);
        if (!mfn_eq(*first, MFN_INVALID))
            break;
        if (!order)
            return -ENOMEM;
    }
    *n = 1UL << order;
    rc = frames_assign(&d->memory, *first, order);
    if (rc)
        frames_free(*first, order);
    return rc;
}

/*
 * The PFNs that our own things lie in: their frames are remembered, since the p2m itself is among
 * them.
 */
static int first_part(struct dom0_memory *m, uint64_t initrd)
{
    const struct dom0_layout *l = m->l;
    uint64_t pfn = 0, n, i;
    mfn_t first;
    int rc;

    while (pfn < l->end_pfn) {
        if (initrd && !l->initrd_mapped && pfn == l->initrd_pfn) {
            for (i = 0; i < l->initrd_pages; i++, pfn++) {
                first = mfn((initrd >> PAGE_SHIFT) + i);
                frame_of(first)->type = type_idle(TYPE_NONE, 0); /* it never was the allocator's */
                rc = frames_assign(&m->d->memory, first, 0);
                if (rc)
                    return rc;
                m->p2m[pfn] = first.n;
            }
            continue;
        }
        n = initrd && !l->initrd_mapped && pfn < l->initrd_pfn ? l->initrd_pfn - pfn
                                                               : l->end_pfn - pfn;
        rc = block_take(m->d, n, &first, &n);
        if (rc)
            return rc;
        for (i = 0; i < n; i++)
            m->p2m[pfn++] = first.n + i;
    }
    return 0;
}

int dom0_memory_first(struct dom0_memory *m, uint64_t initrd)
{
    uint64_t pfn;
    int rc;

    m->p2m = heap_alloc(m->l->end_pfn * 8);
    if (!m->p2m)
        return -ENOMEM;
    rc = first_part(m, initrd);
    for (pfn = 0; !rc && pfn < m->l->end_pfn; pfn++)
        p2m_write(m, pfn, dom0_mfn(m, pfn), 1);
    return rc;
}

int dom0_memory_rest(struct dom0_memory *m)
{
    const struct dom0_layout *l = m->l;
    uint64_t pfn, n;
    mfn_t first;
    int rc;

    for (pfn = l->end_pfn; pfn < l->pages; pfn += n) {
        rc = block_take(m->d, l->pages - pfn, &first, &n);
        if (rc)
            return rc;
        p2m_write(m, pfn, first, n);
    }
    dom0_write(m, (l->p2m_pfn << PAGE_SHIFT) + l->pages * 8, NULL,
               l->p2m_pages * PAGE_SIZE - l->pages * 8);
    return 0;
}
