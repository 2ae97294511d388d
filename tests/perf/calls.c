/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the calls of a context switch and of a back end cost: stack_switch, segment bases,
 * the timer, a multicall of eight null calls, and grants to oneself.
 */
#include "perf.h"

TEST(perf_small_calls)
{
    uint64_t late = shared_info->vcpu_info[0].time.system_time + 1000000000000ul;

    PERF_CALL("set_timer_op", hcall(__HYPERVISOR_set_timer_op, late + round), 0);
    hcall(__HYPERVISOR_set_timer_op, 0);
    PERF_CALL("stack_switch", hcall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, boot_rsp), 0);
    PERF_CALL("set_segment_base", hcall(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0x1000), 0);
}

TEST(perf_multicall)
{
    static multicall_entry_t calls[8];

    for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
        calls[i].op = __HYPERVISOR_xen_version;
        calls[i].args[0] = XENVER_version;
    }
    PERF_CALL("multicall_8", hcall(__HYPERVISOR_multicall, calls, ARRAY_SIZE(calls)), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
        EXPECT_EQ(calls[i].result, 4 << 16 | 17);
    }
}

/* Maps the domain's grant table and returns it. */
static grant_entry_v1_t *grants_map(void)
{
    void *window = page_alloc();
    xen_pfn_t frame = 0;
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};

    set_xen_guest_handle(setup.frame_list, &frame);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1) == 0);
    REQUIRE(setup.status == GNTST_okay);
    REQUIRE(va_set(window, pte_make(frame, PTE_RW)) == 0);
    return window;
}

static long grant_round(void *at, uint64_t where, grant_ref_t ref)
{
    struct gnttab_map_grant_ref map = {
        .host_addr = where, .flags = GNTMAP_host_map, .ref = ref, .dom = 0};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = where};

    (void)at;
    if (hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1) != 0 ||
        map.status != GNTST_okay) {
        return map.status;
    }
    unmap.handle = map.handle;
    if (hcall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1) != 0) {
        return -1000;
    }
    return unmap.status;
}

TEST(perf_grants)
{
    grant_entry_v1_t *grants = grants_map();
    char *window = page_alloc(), *page = page_alloc(), *to = page_alloc();
    struct gnttab_copy copy = {
        .source = {.u.ref = 20, .domid = 0},
        .dest = {.domid = DOMID_SELF},
        .len = PAGE_SIZE,
        .flags = GNTCOPY_source_gref,
    };

    grants[20] = (grant_entry_v1_t){.flags = GTF_permit_access, .domid = 0, .frame = mfn_of(page)};
    REQUIRE(va_set(window, 0) == 0);
    PERF_CALL("grant_map_unmap", grant_round(window, (uint64_t)window, 20), 0);
    copy.dest.u.gmfn = mfn_of(to);
    memset(page, 0x5a, PAGE_SIZE);
    PERF_CALL("grant_copy_4k",
              hcall(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &copy, 1) | copy.status, 0);
    EXPECT(memcmp(page, to, PAGE_SIZE) == 0);
    grants[20].flags = 0;
    REQUIRE(page_unprotect(window) == 0);
    REQUIRE(page_unprotect(grants) == 0);
}
