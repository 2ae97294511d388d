/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grant table of the test kernel: set up and mapped once, for all tests of an image.
 */
#include "harness.h"

grant_entry_v1_t *grants_get(void)
{
    static char window[PAGE_SIZE] __attribute__((aligned(4096)));
    static bool mapped;
    xen_pfn_t frame = 0;
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};

    if (!mapped) {
        set_xen_guest_handle(setup.frame_list, &frame);
        REQUIRE(grant_op(GNTTABOP_setup_table, &setup, 1) == 0);
        REQUIRE(setup.status == GNTST_okay);
        REQUIRE(va_set(window, pte_make(frame, PTE_RW)) == 0);
        mapped = true;
    }
    return (grant_entry_v1_t *)window;
}

void grant_set(unsigned int ref, uint16_t flags, domid_t to, unsigned long mfn)
{
    grant_entry_v1_t *entry = &grants_get()[ref];

    entry->domid = to;
    entry->frame = (uint32_t)mfn;
    __atomic_store_n(&entry->flags, flags, __ATOMIC_SEQ_CST);
}

int grant_map(uint64_t where, unsigned int flags, unsigned int ref, uint32_t *handle)
{
    struct gnttab_map_grant_ref map = {
        .host_addr = where, .flags = flags, .ref = ref, .dom = 0, .status = 77};

    REQUIRE(grant_op(GNTTABOP_map_grant_ref, &map, 1) == 0);
    if (handle != NULL) {
        *handle = map.handle;
    }
    return map.status;
}

int grant_unmap(uint64_t where, uint32_t handle)
{
    struct gnttab_unmap_grant_ref unmap = {.host_addr = where, .handle = handle, .status = 77};

    REQUIRE(grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1) == 0);
    return unmap.status;
}
