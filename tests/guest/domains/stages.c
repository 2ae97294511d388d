/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain given up at each stage of its making, with the books looked at in between; and what its
 * frames cost to give and to take.
 */
#include "domain.h"

static void give_up(struct child *c, const char *when)
{
    books_clean(when);
    EXPECT_EQ(child_destroy(c->id), 0);
    EXPECT(child_gone(c->id));
    books_clean("gone");
}

static struct child *fresh(void)
{
    static struct child c;

    memset(&c, 0, sizeof(c));
    c.id = child_new(3);
    return &c;
}

static void populate(struct child *c)
{
    domctl_op.u.max_vcpus.max = 3;
    REQUIRE(domctl(XEN_DOMCTL_max_vcpus, c->id) == 0);
    child_populate_frames(c, CHILD_PAGES);
}

TEST(stages)
{
    static struct vcpu_guest_context x;
    struct mmuext_op pin = {.cmd = MMUEXT_PIN_L4_TABLE};
    struct child *c = fresh();

    give_up(c, "made");
    c = fresh();
    populate(c);
    give_up(c, "populated");
    c = fresh();
    populate(c);
    child_fill(c);
    give_up(c, "filled");
    c = fresh();
    populate(c);
    child_fill(c);
    pin.arg1.mfn = c->mfns[CHILD_L4];
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, &pin, 1, NULL, c->id), 0);
    give_up(c, "pinned");
    c = fresh();
    populate(c);
    child_fill(c);
    EXPECT_EQ(child_context(c, 0), 0); /* without a pin */
    EXPECT_EQ(child_context(c, 2), 0);
    books_clean("two states");
    child_context_make(c, &x);
    x.ctrlreg[1] = x.ctrlreg[3]; /* one root for both modes */
    domctl_op.u.vcpucontext.vcpu = 1;
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &x);
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, c->id), 0);
    books_clean("three states");
    memset(&domctl_op.u, 0, sizeof(domctl_op.u)); /* a null context takes one away */
    domctl_op.u.vcpucontext.vcpu = 2;
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, c->id), 0);
    give_up(c, "states");
    c = fresh();
    populate(c);
    child_fill(c);
    EXPECT_EQ(child_context(c, 0), 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_unpausedomain, c->id), 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_pausedomain, c->id), 0);
    give_up(c, "paused");
}

/* What a frame costs when it is given to a domain, and when the domain ends. */
static void give_and_take(void)
{
    static xen_pfn_t frames[4096];
    struct xen_memory_reservation r = {.nr_extents = ARRAY_SIZE(frames)};
    uint64_t start, given, taken;
    domid_t id = child_new(1);

    r.domid = id;
    set_xen_guest_handle(r.extent_start, frames);
    domctl_op.u.max_mem.max_memkb = ARRAY_SIZE(frames) * 4;
    REQUIRE(domctl(XEN_DOMCTL_max_mem, id) == 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
        frames[i] = i;
    }
    start = time_now();
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), ARRAY_SIZE(frames));
    given = time_now();
    EXPECT_EQ(child_destroy(id), 0);
    taken = time_now();
    print("  %lu ns a frame to give, %lu ns to take back\n", (given - start) / ARRAY_SIZE(frames),
          (taken - given) / ARRAY_SIZE(frames));
    EXPECT(child_gone(id));
}

/* The second time with a timer that interrupts both calls again and again. */
TEST(domain_frame_cost)
{
    struct vcpu_set_periodic_timer often = {.period_ns = 1000000};

    give_and_take();
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &often), 0);
    give_and_take();
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, NULL), 0);
}
