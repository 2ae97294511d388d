/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's life as its toolstack sees it: made, filled, started, asked, paused, ended by itself,
 * by a crash or by the toolstack, and torn down. A destroyed domain whose frame is still mapped
 * stays in the list until the mapping goes.
 */
#include "domain.h"

TEST(domain_run)
{
    struct xen_domctl_getdomaininfo info;
    struct child c;
    domid_t id;

    child_make(&c);
    id = c.id;
    EXPECT_EQ(child_call(&c, __HYPERVISOR_xen_version, XENVER_version), 4 << 16 | 17);
    EXPECT_EQ(c.mailbox->start_info, child_va(CHILD_START_INFO));
    EXPECT(child_info(c.id, &info));
    EXPECT_EQ(info.tot_pages, CHILD_PAGES);
    EXPECT_EQ(info.nr_online_vcpus, 1);
    EXPECT_EQ(info.max_vcpu_id, 0);
    EXPECT_EQ(info.flags & (XEN_DOMINF_paused | XEN_DOMINF_dying | XEN_DOMINF_shutdown), 0);
    EXPECT(info.cpu_time > 0);
    EXPECT_EQ(info.handle[0], 0xc4);
    child_end(&c);
    EXPECT(!child_exists(id));
    EXPECT_EQ(domctl(XEN_DOMCTL_destroydomain, id), E(SRCH));
}

/* Pauses are counted, and a paused domain uses no CPU. */
TEST(domain_pause)
{
    struct xen_domctl_getdomaininfo before, after;
    struct child c;
    uint64_t end;

    child_make(&c);
    EXPECT_EQ(domctl(XEN_DOMCTL_unpausedomain, c.id), E(INVAL));
    EXPECT_EQ(domctl(XEN_DOMCTL_pausedomain, c.id), 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_pausedomain, c.id), 0);
    EXPECT(child_info(c.id, &before));
    EXPECT(before.flags & XEN_DOMINF_paused);
    for (end = time_now() + 20000000; time_now() < end;) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield);
    }
    EXPECT(child_info(c.id, &after));
    EXPECT_EQ(after.cpu_time, before.cpu_time);
    EXPECT_EQ(domctl(XEN_DOMCTL_unpausedomain, c.id), 0);
    EXPECT(child_info(c.id, &after));
    EXPECT(after.flags & XEN_DOMINF_paused);
    EXPECT_EQ(domctl(XEN_DOMCTL_unpausedomain, c.id), 0);
    EXPECT(child_call(&c, __HYPERVISOR_xen_version, XENVER_version) > 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_unpausedomain, c.id), E(INVAL));
    child_end(&c);
}

/* A state of the FPU that a toolstack gives is what it reads back. */
TEST_ALONE(domain_fpu)
{
    static struct vcpu_guest_context x, back;
    struct child c = {0};

    c.id = child_new(1);
    child_populate(&c, CHILD_PAGES);
    child_fill(&c);
    child_context_make(&c, &x);
    x.flags |= VGCF_I387_VALID;
    *(uint16_t *)x.fpu_ctxt.x = 0x27f;
    *(uint32_t *)(x.fpu_ctxt.x + 24) = 0x1fa0;
    domctl_op.u.vcpucontext.vcpu = 0;
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &x);
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, c.id), 0);
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &back);
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpucontext, c.id), 0);
    EXPECT_EQ(*(uint16_t *)back.fpu_ctxt.x, 0x27f);
    EXPECT_EQ(*(uint32_t *)(back.fpu_ctxt.x + 24), 0x1fa0);
    child_end(&c);
}

static evtchn_port_t exception_port(void)
{
    static evtchn_port_t port;
    struct evtchn_bind_virq bind = {.virq = VIRQ_DOM_EXC};

    if (!port) {
        REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind) == 0);
        port = bind.port;
    }
    port_mask(port, false);
    port_clear(port);
    return port;
}

static void expect_end(struct child *c, evtchn_port_t port, unsigned int reason)
{
    struct xen_domctl_getdomaininfo info;

    EXPECT(child_wait_flag(c->id, XEN_DOMINF_shutdown, &info));
    EXPECT_EQ(info.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask, reason);
    EXPECT(!(info.flags & XEN_DOMINF_dying));
    EXPECT(port_pending(port) || port_hits[port]);
    port_clear(port);
    child_end(c);
    EXPECT(port_pending(port) || port_hits[port]);
}

TEST(domain_shutdown)
{
    evtchn_port_t port = exception_port();
    struct child c;

    for (unsigned int reason = SHUTDOWN_poweroff; reason <= SHUTDOWN_crash; reason++) {
        child_make(&c);
        memcpy(c.mailbox->data, &(struct sched_shutdown){reason}, sizeof(struct sched_shutdown));
        child_start(&c, JOB_CALL, __HYPERVISOR_sched_op,
                    (uint64_t[5]){SCHEDOP_shutdown, child_data()});
        expect_end(&c, port, reason);
    }
}

TEST(domain_crash)
{
    evtchn_port_t port = exception_port();
    struct child c;

    child_make(&c);
    child_start(&c, JOB_CRASH, 0, NULL);
    expect_end(&c, port, SHUTDOWN_crash);
    child_make(&c);
    child_start(&c, JOB_READ, 0, (uint64_t[5]){0xffff800000000000 - 8});
    expect_end(&c, port, SHUTDOWN_crash);
}

TEST(domain_remote_shutdown)
{
    struct sched_remote_shutdown op = {.reason = SHUTDOWN_reboot};
    evtchn_port_t port = exception_port();
    struct child c;

    child_make(&c);
    child_start(&c, JOB_SPIN, 0, NULL);
    op.domain_id = c.id;
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &op), 0);
    expect_end(&c, port, SHUTDOWN_reboot);
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &op), E(SRCH));
}

/*
 * Destroyed while the toolstack maps a frame of it: dying, without CPU time, until the mapping
 * goes.
 */
TEST(domain_dying)
{
    struct xen_domctl_getdomaininfo info, later;
    struct child c;
    domid_t id;

    child_make(&c);
    id = c.id;
    child_start(&c, JOB_SPIN, 0, NULL);
    EXPECT_EQ(slot_map(SLOT_TEST, id, c.mfns[CHILD_FREE], PTE_RW), 0);
    EXPECT_EQ(slot_map(SLOT_TEST + 1, id, c.mfns[CHILD_L1], PTE_RO), 0);
    EXPECT_EQ(slot_map(SLOT_TEST + 2, id, c.shared_mfn, PTE_RW), 0);
    *(volatile uint64_t *)slot_address(SLOT_TEST) = 0x1234;
    EXPECT_EQ(child_destroy(id), 0);
    EXPECT(child_info(id, &info));
    EXPECT(info.flags & XEN_DOMINF_dying);
    EXPECT(info.tot_pages >= 3 && info.tot_pages <= 4);
    EXPECT_EQ(*(volatile uint64_t *)slot_address(SLOT_TEST), 0x1234);
    books_clean("dying");
    if (subject_is_mortise()) { /* its end is near: nobody gets at its frames anew */
        EXPECT_EQ(slot_map(SLOT_TEST + 3, id, c.mfns[CHILD_FREE], PTE_RW), E(SRCH));
    }
    for (uint64_t end = time_now() + 20000000; time_now() < end;) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield);
    }
    EXPECT(child_info(id, &later));
    EXPECT_EQ(later.cpu_time, info.cpu_time);
    EXPECT_EQ(domctl(XEN_DOMCTL_unpausedomain, id), subject_is_mortise() ? E(SRCH) : E(INVAL));
    EXPECT_EQ(child_destroy(id), 0);
    for (unsigned int i = 0; i < 3; i++) {
        EXPECT(child_exists(id));
        slot_unmap(SLOT_TEST + i);
    }
    EXPECT(child_exists(id)); /* the mailbox */
    slot_unmap(SLOT_MAILBOX);
    EXPECT(child_gone(id));
}

/* The frames of a domain that is gone come back to others as zeros. */
TEST(domain_frames_scrubbed)
{
    struct child c;
    uint64_t word, sum = 0;

    child_make(&c);
    for (unsigned int i = CHILD_FREE; i < CHILD_PAGES; i++) {
        child_job(&c, JOB_WRITE, child_va(i) + 8, 0x5ec7e7);
    }
    child_end(&c);
    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    child_populate(&c, CHILD_PAGES);
    for (unsigned int i = 0; i < CHILD_PAGES; i++) {
        REQUIRE(slot_map(SLOT_TEST, c.id, c.mfns[i], PTE_RW) == 0);
        word = ((volatile uint64_t *)slot_address(SLOT_TEST))[1];
        sum |= word;
        slot_unmap(SLOT_TEST);
    }
    EXPECT_EQ(sum, 0);
    child_end(&c);
}

static void rounds(unsigned int n)
{
    struct child c;

    for (unsigned int i = 0; i < n; i++) {
        child_make(&c);
        EXPECT(child_call(&c, __HYPERVISOR_xen_version, XENVER_version) > 0);
        child_end(&c);
    }
}

TEST(domain_rounds)
{
    uint64_t before, after;

    rounds(10);
    before = host_free();
    rounds(100);
    after = host_free();
    EXPECT_EQ(after, before);
    print("  free frames %lu before 100 rounds, %lu after\n", before, after);
}

/* What a domain takes beyond the memory that it owns. */
TEST(domain_cost)
{
    struct child c[4];
    uint64_t before, after;

    rounds(2);
    before = host_free();
    for (unsigned int i = 0; i < 4; i++) {
        child_make(&c[i]);
        EXPECT(child_call(&c[i], __HYPERVISOR_xen_version, XENVER_version) > 0);
        slot_unmap(SLOT_MAILBOX);
        c[i].mailbox = NULL;
    }
    after = host_free();
    print("  four domains take %lu frames beyond their own\n", before - after - 4 * CHILD_PAGES);
    if (subject_is_mortise()) {
        EXPECT(before - after - 4 * CHILD_PAGES <= 36);
    }
    for (unsigned int i = 0; i < 4; i++) {
        child_end(&c[i]);
    }
}
