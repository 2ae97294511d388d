/* SPDX-License-Identifier: MIT */
/*
 * grant.c: entries of our grant table, and which of them are free.
 *
 * An entry is published by its flags, last, and taken back by a compare-exchange that fails while
 * the peer has the page mapped.
 */
#include "internal.h"

#define FRAMES  4
#define ENTRIES (FRAMES * PV_PAGE_BYTES / sizeof(grant_entry_v1_t))

/* Its own frames give way to those of the hypervisor. */
static grant_entry_v1_t table[ENTRIES] __attribute__((aligned(4096)));
static uint32_t free_refs[ENTRIES];
static unsigned int free_count;
static bool started;
static struct pv_lock lock;

static void start(void)
{
    static xen_pfn_t frames[FRAMES];
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = FRAMES};

    set_xen_guest_handle(setup.frame_list, frames);
    pvguest_must(HYPERVISOR_grant_table_op(GNTTABOP_setup_table, &setup, 1), "setup_table");
    pvguest_must(setup.status, "setup_table");
    for (unsigned int i = 0; i < FRAMES; i++) {
        pvguest_must(HYPERVISOR_update_va_mapping((unsigned long)table + i * PV_PAGE_BYTES,
                                                  pv_pte(frames[i], PV_PTE_RW),
                                                  UVMF_INVLPG | UVMF_ALL),
                     "mapping the grant table");
    }
    for (uint32_t ref = ENTRIES - 1; ref >= GNTTAB_NR_RESERVED_ENTRIES; ref--) {
        free_refs[free_count++] = ref;
    }
    started = true;
}

int pv_grant(domid_t peer, const void *page, bool readonly)
{
    bool masked = pv_lock(&lock);
    int ref = -XEN_ENOSPC;

    if (!started) {
        start();
    }
    if (free_count > 0) {
        ref = (int)free_refs[--free_count];
        table[ref].frame = (uint32_t)pv_mfn_of(page);
        table[ref].domid = peer;
        pv_wmb(); /* the rest before flags; the hypervisor reads flags first */
        *(volatile uint16_t *)&table[ref].flags =
            (uint16_t)(GTF_permit_access | (readonly ? GTF_readonly : 0));
    }
    pv_unlock(&lock, masked);
    return ref;
}

bool pv_grant_end(grant_ref_t ref)
{
    uint16_t flags;
    bool masked;

    do {
        flags = pv_read16(&table[ref].flags);
        if (flags & (GTF_reading | GTF_writing)) {
            return false;
        }
    } while (pv_compare_exchange16(&table[ref].flags, flags, 0) != flags);
    masked = pv_lock(&lock);
    free_refs[free_count++] = ref;
    pv_unlock(&lock, masked);
    return true;
}
