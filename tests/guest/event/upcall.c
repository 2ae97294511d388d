/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When an upcall comes and when it must not: port mask, vCPU mask, unmask by call, and the
 * form of the frame it comes in.
 */
#include "event.h"

TEST(upcall_on_send)
{
    unsigned int port = port_ipi(0);

    port_mask(port, false);
    upcalls_unmask();
    EXPECT_EQ(port_send(port), 0);
    EXPECT_EQ(port_hits[port], 1);
    EXPECT_EQ(this_cpu()->upcalls, 1);
    EXPECT_EQ(port_send(port), 0);
    EXPECT_EQ(port_hits[port], 2);
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, 0);
    upcalls_mask();
    EXPECT_EQ(port_close(port), 0);
}

TEST(upcall_masked_vcpu)
{
    unsigned int port = port_ipi(0);

    port_mask(port, false);
    EXPECT_EQ(port_send(port), 0);
    EXPECT_EQ(port_hits[port], 0);
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_pending, 1);
    EXPECT_EQ(vcpu_info_self()->evtchn_pending_sel, 1ul << (port / 64));
    /* Pending and unmasked: the next way out of the hypervisor brings it. */
    upcalls_unmask();
    EXPECT_EQ(port_hits[port], 1);
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_pending, 0);
    upcalls_mask();
    EXPECT_EQ(port_close(port), 0);
}

TEST(upcall_masked_port)
{
    unsigned int port = port_ipi(0);
    struct evtchn_unmask unmask = {.port = port};

    port_mask(port, true);
    upcalls_unmask();
    EXPECT_EQ(port_send(port), 0);
    EXPECT(port_pending(port));
    EXPECT_EQ(port_hits[port], 0);
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_pending, 0);
    EXPECT_EQ(evtchn(EVTCHNOP_unmask, &unmask), 0);
    EXPECT_EQ(port_hits[port], 1);
    EXPECT(!port_masked(port));
    /* Unmasking what is not pending brings nothing. */
    port_mask(port, true);
    EXPECT_EQ(evtchn(EVTCHNOP_unmask, &unmask), 0);
    EXPECT_EQ(port_hits[port], 1);
    upcalls_mask();
    EXPECT_EQ(port_close(port), 0);
}

/* A pending port that is sent again is one event. */
TEST(upcall_coalesces)
{
    unsigned int port = port_ipi(0);

    port_mask(port, false);
    for (unsigned int i = 0; i < 5; i++) {
        EXPECT_EQ(port_send(port), 0);
    }
    upcalls_unmask();
    EXPECT_EQ(port_hits[port], 1);
    upcalls_mask();
    EXPECT_EQ(port_close(port), 0);
}

static struct regs frame;

static bool note_upcall(struct regs *regs)
{
    if (regs->entry == ENTRY_EVENT) {
        frame = *regs;
        EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, 1);
    }
    return false;
}

TEST(upcall_frame_kernel)
{
    unsigned int port = port_ipi(0);

    frame = (struct regs){0};
    trap_hook(note_upcall);
    port_mask(port, false);
    upcalls_unmask();
    EXPECT_EQ(port_send(port), 0);
    EXPECT_EQ(frame.cs & 0xffff, FLAT_KERNEL_CS & ~3ul);
    EXPECT_EQ(frame.cs >> 32, 0);
    EXPECT_EQ(frame.rflags & 0x200, 0x200);
    upcalls_mask();
    EXPECT_EQ(port_close(port), 0);
}

static volatile unsigned int the_port;

static uint64_t user_spin(uint64_t argument)
{
    while (port_hits[the_port] == 0) {
        argument++;
    }
    return argument;
}

/* In user mode: a timer rings while the user spins, the upcall comes on the kernel's stack. */
TEST(upcall_frame_user)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = 0};

    REQUIRE(evtchn(EVTCHNOP_bind_virq, &bind) == 0);
    the_port = bind.port;
    port_hits[bind.port] = 0;
    port_mask(bind.port, false);
    frame = (struct regs){0};
    trap_hook(note_upcall);
    REQUIRE(hcall(__HYPERVISOR_set_timer_op, time_now() + 3000000) == 0);
    EXPECT_EQ(user_run(user_spin, 0, NULL), USER_RETURNED);
    EXPECT_EQ(frame.cs & 0xffff, FLAT_USER_CS);
    EXPECT_EQ(port_hits[bind.port], 1);
    upcalls_mask();
    EXPECT_EQ(port_close(bind.port), 0);
}

/* Closing a pending port: no event comes from beyond. */
TEST(upcall_closed_port)
{
    unsigned int port = port_ipi(0), again;

    port_mask(port, false);
    EXPECT_EQ(port_send(port), 0);
    EXPECT_EQ(port_close(port), 0);
    EXPECT_EQ(port_send(port), E(INVAL));
    again = port_ipi(0);
    EXPECT(!port_pending(again));
    EXPECT_EQ(port_close(again), 0);
}

TEST(upcall_bind_vcpu)
{
    unsigned int ipi = port_ipi(0);
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_bind_vcpu bind = {.vcpu = 0};

    REQUIRE(evtchn(EVTCHNOP_alloc_unbound, &alloc) == 0);
    bind.port = alloc.port;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_vcpu, &bind), 0);
    bind.vcpu = 100;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_vcpu, &bind), E(NOENT));
    /* An IPI belongs to its vCPU for good. */
    bind = (struct evtchn_bind_vcpu){.port = ipi, .vcpu = 0};
    EXPECT_EQ(evtchn(EVTCHNOP_bind_vcpu, &bind), E(INVAL));
    EXPECT_EQ(port_close(alloc.port) | port_close(ipi), 0);
}

/* EVTCHNOP_reset of oneself closes everything. */
TEST(upcall_reset)
{
    struct evtchn_reset reset = {.dom = DOMID_SELF};
    unsigned int port = port_ipi(0);
    struct evtchn_status status = {.dom = DOMID_SELF, .port = port};

    EXPECT_EQ(evtchn(EVTCHNOP_reset, &reset), 0);
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_closed);
    EXPECT_EQ(port_close(port), E(INVAL));
    reset.dom = 4321;
    EXPECT(evtchn(EVTCHNOP_reset, &reset) != 0);
}
