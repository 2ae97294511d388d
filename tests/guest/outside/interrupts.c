/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's interrupts one by one: by its line and by its message, shared, masked, spurious, and
 * from a line that nobody makes quiet.
 */
#include "edu.h"

#define ROUNDS 500

static struct edu first, second;
static struct edu_irq irq;

/* One interrupt, served as it should be. */
static void expect_one(const struct edu *edu)
{
    edu_write(edu, EDU_RAISE, 1);
    EXPECT(edu_wait(&irq));
    EXPECT_EQ(edu_read(edu, EDU_STATUS), 1);
    edu_write(edu, EDU_ACK, 1);
    EXPECT_EQ(edu_eoi(&irq), 0);
}

TEST_ALONE(edu_line)
{
    edu_find(&first, 0);
    edu_bind_line(&first, &irq);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        expect_one(&first);
    }
    EXPECT(edu_quiet(&irq));
    edu_unbind(&irq);
    if (!subject_is_mortise()) {
        return; /* Xen lets go of a line for good. */
    }
    /* Again, with everything anew. */
    edu_bind_line(&first, &irq);
    expect_one(&first);
    edu_unbind(&irq);
}

/* A port whose line was taken away from it closes without harm to the port that has it now. */
TEST_ALONE(edu_rebound)
{
    struct evtchn_close close;
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};

    edu_find(&first, 0);
    edu_bind_line(&first, &irq);
    close.port = irq.port;
    unmap.pirq = irq.pirq;
    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, &unmap), 0);
    edu_bind_line(&first, &irq);
    expect_one(&first);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    expect_one(&first);
    edu_unbind(&irq);
}

TEST_ALONE(edu_message)
{
    edu_find(&first, 0);
    for (unsigned int turn = 0; turn < 3; turn++) {
        edu_bind_message(&first, &irq);
        for (unsigned int i = 0; i < ROUNDS; i++) {
            expect_one(&first);
        }
        EXPECT(edu_quiet(&irq));
        edu_unbind(&irq);
    }
}

/* A line asserted while it was masked, by either device, comes when it is let through. */
TEST_ALONE(edu_shared)
{
    edu_find(&first, 0);
    edu_find(&second, 1);
    REQUIRE(first.line == second.line);
    edu_bind_line(&first, &irq);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        expect_one(i & 1 ? &first : &second);
        edu_write(&first, EDU_RAISE, 1);
        edu_write(&second, EDU_RAISE, 2);
        EXPECT(edu_wait(&irq));
        /* Only one of the two is made quiet: after the EOI the line comes again. */
        edu_write(&first, EDU_ACK, 1);
        EXPECT_EQ(edu_eoi(&irq), 0);
        EXPECT(edu_wait(&irq));
        edu_write(&second, EDU_ACK, 2);
        EXPECT_EQ(edu_eoi(&irq), 0);
    }
    EXPECT(edu_quiet(&irq));
    edu_unbind(&irq);
}

/*
 * Until the guest says EOI nothing more comes (on Xen for a millisecond), and what came meanwhile
 * is not lost.
 */
TEST_ALONE(edu_masked)
{
    edu_find(&first, 0);
    edu_bind_line(&first, &irq);
    for (unsigned int i = 0; i < 20; i++) {
        edu_write(&first, EDU_RAISE, 1);
        EXPECT(edu_wait(&irq));
        if (subject_is_mortise()) {
            EXPECT(edu_quiet(&irq));
        }
        edu_write(&first, EDU_ACK, 1);
        edu_write(&first, EDU_RAISE, 4);
        if (subject_is_mortise()) {
            EXPECT(edu_quiet(&irq));
        }
        EXPECT_EQ(edu_eoi(&irq), 0);
        EXPECT(edu_wait(&irq));
        edu_write(&first, EDU_ACK, 4);
        EXPECT_EQ(edu_eoi(&irq), 0);
    }
    EXPECT(edu_quiet(&irq));
    edu_unbind(&irq);
    if (!subject_is_mortise()) {
        return;
    }
    /* Asserted while nobody is bound: it comes with the binding. */
    edu_write(&first, EDU_RAISE, 1);
    edu_bind_line(&first, &irq);
    EXPECT(edu_wait(&irq) || edu_read(&first, EDU_STATUS) == 1);
    edu_write(&first, EDU_ACK, 1);
    edu_eoi(&irq);
    expect_one(&first);
    edu_unbind(&irq);
}

/* Gone before anybody looks; an EOI that nobody asked for; a line that stays on through EOIs. */
TEST_ALONE(edu_spurious)
{
    edu_find(&first, 0);
    edu_bind_line(&first, &irq);
    for (unsigned int i = 0; i < 20000; i++) {
        edu_write(&first, EDU_RAISE, 1);
        edu_write(&first, EDU_ACK, 1);
        if (i % 3 == 0) {
            EXPECT_EQ(edu_eoi(&irq), 0);
        }
    }
    EXPECT_EQ(edu_eoi(&irq), 0);
    port_clear(irq.port);
    expect_one(&first);
    edu_write(&first, EDU_RAISE, 1);
    for (unsigned int i = 0; i < 2000; i++) {
        EXPECT(edu_wait(&irq));
        EXPECT_EQ(edu_eoi(&irq), 0);
    }
    edu_write(&first, EDU_ACK, 1);
    edu_eoi(&irq);
    port_clear(irq.port);
    edu_eoi(&irq);
    expect_one(&first);
    edu_unbind(&irq);
}
