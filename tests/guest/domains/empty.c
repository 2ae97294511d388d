/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host without a free frame: whatever needs one says -ENOMEM, changes nothing, and works again
 * when there is memory. One domain is given all there is.
 */
#include "domain.h"

#include <xen/arch-x86/xen-mca.h>

#define MAKERS 64

static struct child eater, c;
static domid_t many; /* with room for vCPUs that are not made yet */

/* Gives `d` extents of 2^order frames until there are none; how many frames. */
static unsigned long eat(domid_t id, unsigned int order)
{
    static xen_pfn_t pfn = 0x1000;
    unsigned long frames = 0;
    struct xen_memory_reservation r = {.nr_extents = 1, .extent_order = order, .domid = id};
    xen_pfn_t extent;

    set_xen_guest_handle(r.extent_start, &extent);
    for (extent = pfn; hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) == 1;
         extent = pfn) {
        pfn += 1ul << order;
        frames += 1ul << order;
    }
    return frames;
}

/* What asks for memory of the hypervisor's own; each answers -ENOMEM or, with a scrap that is left,
 * does what it is asked. */
static unsigned int ask_all(void)
{
    static struct vcpu_guest_context context;
    struct xen_mc mc = {.cmd = XEN_MC_physcpuinfo, .interface_version = XEN_MCA_INTERFACE_VERSION};
    struct e820 {
        uint64_t start, size;
        uint32_t type;
    } __attribute__((packed)) range = {0, 0x40000, 1};
    struct xen_foreign_memory_map set = {.domid = c.id, .map = {.nr_entries = 1}};
    struct xen_memory_reservation claim = {.nr_extents = CHILD_PAGES + 4, .domid = c.id};
    static xen_pfn_t frames[8];
    struct xen_mem_acquire_resource acquire = {
        .domid = c.id, .type = XENMEM_resource_grant_table, .frame = 4, .nr_frames = 4};
    unsigned int refused = 0;

#define ASK(call)                                                                                  \
    do {                                                                                           \
        long ret_ = (call);                                                                        \
        refused += ret_ == E(NOMEM);                                                               \
        if (ret_ != 0 && ret_ != E(NOMEM)) {                                                       \
            FAIL("%s is %ld", #call, ret_);                                                        \
        }                                                                                          \
    } while (0)
    memset(&domctl_op, 0, sizeof(domctl_op));
    domctl_op.u.max_vcpus.max = 100;
    ASK(domctl(XEN_DOMCTL_max_vcpus, many));
    set_xen_guest_handle(set.map.buffer, (void *)&range);
    ASK(hcall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &set));
    ASK(hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &claim));
    set_xen_guest_handle(acquire.frame_list, frames);
    ASK(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &acquire));
    ASK(hcall(__HYPERVISOR_mca, &mc));
    memset(&domctl_op, 0, sizeof(domctl_op));
    child_context_make(&c, &context);
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &context);
    ASK(domctl(XEN_DOMCTL_setvcpucontext, c.id));
    return refused;
}

/* Domains until there is no memory for one more, all ended again; how the last one failed. */
static long make_until_refused(bool with_vcpus)
{
    static domid_t made[MAKERS];
    unsigned int count = 0;
    long ret = 0;

    while (ret == 0 && count < MAKERS) {
        memset(&domctl_op, 0, sizeof(domctl_op));
        domctl_op.u.createdomain =
            (struct xen_domctl_createdomain){.max_vcpus = with_vcpus ? 8 : 1,
                                             .max_evtchn_port = 1023,
                                             .max_grant_frames = 4,
                                             .max_maptrack_frames = 4,
                                             .grant_opts = XEN_DOMCTL_GRANT_version(1)};
        ret = domctl(XEN_DOMCTL_createdomain, 0);
        if (ret == 0) {
            made[count++] = domctl_op.domain;
            if (with_vcpus) {
                domctl_op.u.max_vcpus.max = 8;
                ret = domctl(XEN_DOMCTL_max_vcpus, made[count - 1]);
            }
        }
    }
    while (count > 0) {
        EXPECT_EQ(child_destroy(made[--count]), 0);
    }
    return ret;
}

/* The status when the domain's grant table is to have so many frames. */
static int table_of(domid_t id, uint32_t frames)
{
    static xen_pfn_t list[16];
    struct gnttab_setup_table setup = {.dom = id, .nr_frames = frames};

    set_xen_guest_handle(setup.frame_list, list);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1) == 0);
    return setup.status;
}

TEST_ALONE(empty_host)
{
    struct evtchn_alloc_unbound unbound = {.remote_dom = DOMID_SELF};
    unsigned long eaten;

    if (!subject_is_mortise()) {
        SKIP("Xen stops the machine's only CPU for minutes, zeroing what it takes");
    }
    memset(&eater, 0, sizeof(eater));
    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    child_populate(&c, CHILD_PAGES);
    child_fill(&c);
    many = child_new(100);
    eater.id = child_new(1);
    domctl_op.u.max_mem.max_memkb = ~0ul >> 12;
    REQUIRE(domctl(XEN_DOMCTL_max_mem, eater.id) == 0);
    domctl_op.u.max_mem.max_memkb = 64 * 1024;
    REQUIRE(domctl(XEN_DOMCTL_max_mem, c.id) == 0);
    eaten = eat(eater.id, 9) + eat(eater.id, 4) + eat(eater.id, 0);
    EXPECT(eaten > 10000);
    EXPECT_EQ(host_free(), 0);
    EXPECT(ask_all() > 0);
    EXPECT_EQ(make_until_refused(false), E(NOMEM));
    EXPECT_EQ(make_until_refused(true), E(NOMEM));
    unbound.dom = c.id;
    for (unsigned int i = 0; i < 1000; i++) {
        long ret = hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound);

        if (ret != 0) {
            EXPECT_EITHER(ret, E(NOMEM), E(NOSPC));
            break;
        }
    }
    EXPECT_EQ(table_of(c.id, 3), GNTST_general_error);
    books_clean("empty");
    EXPECT_EQ(child_destroy(eater.id), 0);
    EXPECT(child_gone(eater.id));
    EXPECT_EQ(ask_all(), 0);
    EXPECT_EQ(child_destroy(many), 0);
    c.mailbox = NULL;
    child_end(&c);
}
