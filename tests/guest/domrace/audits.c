/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Audits on one CPU while a domain is made, works and ends on the other: its end stops where it is,
 * and what the domain still has must be found.
 */
#include "../domains/domain.h"
#include "../race/race.h"

static struct child child;

static void life(void)
{
    child_make(&child);
    child_call(&child, __HYPERVISOR_xen_version, XENVER_version);
    slot_unmap(SLOT_MAILBOX);
    child.mailbox = NULL;
    EXPECT_EQ(child_destroy(child.id), 0);
    EXPECT(child_gone(child.id));
}

static void audits(void)
{
    race_audit();
    race_pause(race_pick(100000));
}

TEST(domrace_audits)
{
    race(life, audits);
    books_clean("at the end");
}
