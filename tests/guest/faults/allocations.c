/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's whole life with the n-th allocation of the hypervisor failing, for every n: who asked
 * is told that there is no memory, nothing is left half made, and the same call made again does
 * what it was asked. And with all from the n-th on failing: what is there can be given up.
 */
#include "../domains/domain.h"
#include "faults.h"
#include "life.h"

/* From now on, allocations `first` to `last` fail. Returns how many there were until now. */
static uint64_t arm(uint32_t first, uint32_t last)
{
    struct mortise_fault op = {.interface_version = MORTISE_INTERFACE_VERSION,
                               .fault = MORTISE_FAULT_ALLOCATION,
                               .change = first != 0,
                               .object = MORTISE_FAULT_FAIL(first, last)};

    REQUIRE(hcall(__HYPERVISOR_mortise_op, MORTISE_fault, &op) == 0);
    return op.object;
}

/* Goes through a life. At a refusal: again, or the end. Returns how often there was no memory. */
static unsigned int live(struct child *c, unsigned int n, bool again)
{
    unsigned int refused = 0;

    memset(c, 0, sizeof(*c));
    c->id = DOMID_INVALID;
    for (unsigned int i = 0; i < LIFE_STEPS; i++) {
        long rc = life_steps[i].run(c);
        bool second = rc == E(NOMEM);

        refused += second;
        if (second && !again) {
            break;
        }
        if (second) {
            expect_clean(life_steps[i].name);
            rc = life_steps[i].run(c);
        }
        if (rc != 0) {
            FAIL("allocation %u failed: %s says %ld%s", n, life_steps[i].name, rc,
                 second ? " when it is tried again" : "");
            break;
        }
    }
    return refused;
}

static void give_up(struct child *c)
{
    life_let_go(c);
    if (c->id != DOMID_INVALID) {
        child_end(c);
    }
}

/* What the hypervisor keeps for the next one that needs it: tables that only grow. */
#define KEPT 4

TEST(allocations_none_from)
{
    unsigned int n = 1, refused = 0, changes = 0;
    uint64_t before = host_free(), calls;
    static struct child c;

    for (;; n++) {
        unsigned int failures;

        arm(n, ~0u);
        failures = live(&c, n, false);
        give_up(&c);
        calls = arm(0, 0);
        expect_clean("given up");
        if (host_free() != before) {
            before = host_free();
            changes++;
        }
        if (calls < n) {
            break;
        }
        refused += failures;
    }
    EXPECT(changes <= KEPT);
    EXPECT(n > 50 && refused + 3 >= n - 1); /* a few can be done without */
    print("  %u allocations: %u refusals, %u times frames were kept for the next\n", n - 1, refused,
          changes);
}

TEST(allocations_one_by_one)
{
    unsigned int n = 1, refused = 0;
    uint64_t before = host_free(), calls;
    static struct child c;

    for (;; n++) {
        unsigned int failures;

        arm(n, n);
        failures = live(&c, n, true);
        calls = arm(0, 0);
        EXPECT(failures <= 1);
        expect_clean("alive");
        give_up(&c);
        EXPECT_EQ(host_free(), before);
        if (calls < n) {
            break;
        }
        refused += failures;
    }
    EXPECT(n > 50 && refused + 3 >= n - 1);
    print("  %u allocations: %u refusals\n", n - 1, refused);
}
