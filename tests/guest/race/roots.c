/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two vCPUs load, pin, unpin and give up the same L4s. While a vCPU runs on a table the table
 * stays one, whatever the other does; in the end nothing holds it.
 */
#include "race.h"

#define ROOTS 2

static uint64_t *roots[ROOTS];
static unsigned long loads[STACK_COUNT], user_loads[STACK_COUNT], pins[STACK_COUNT];

static long load(const void *root)
{
    return mmuext(MMUEXT_NEW_BASEPTR, mfn_of(root), 0);
}

static long load_user(const void *root)
{
    return mmuext(MMUEXT_NEW_USER_BASEPTR, root != NULL ? mfn_of(root) : 0, 0);
}

/* Both in one call, as Linux does. */
static long load_both(const void *root)
{
    struct mmuext_op ops[2] = {
        {.cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = mfn_of(root)},
        {.cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = mfn_of(root)},
    };

    return hcall(__HYPERVISOR_mmuext_op, ops, 2, NULL, DOMID_SELF);
}

static uint64_t add(uint64_t value)
{
    return value + 1;
}

/* On this table now: nobody can write to it, and user mode works on it. */
static void run_on(const uint64_t *root)
{
    uint64_t result = 0;

    EXPECT(page_unprotect(root) != 0);
    EXPECT(pin(3, root) != 0);
    if (race_pick(2)) {
        pins[this_cpu()->id] += pin(4, root) == 0;
    } else {
        unpin(root);
    }
    EXPECT(page_unprotect(root) != 0);
    if (race_pick(4) == 0 && load_user(root) == 0) {
        user_loads[this_cpu()->id]++;
        EXPECT_EQ(user_run(add, 41, &result), USER_RETURNED);
        EXPECT_EQ(result, 42);
        EXPECT(page_unprotect(root) != 0);
    }
}

static void change_root(void)
{
    uint64_t *root = roots[race_pick(ROOTS)];

    switch (race_pick(8)) {
    case 0:
        pins[this_cpu()->id] += pin(4, root) == 0;
        break;
    case 1:
        unpin(root);
        break;
    case 2:
        page_unprotect(root);
        break;
    case 3:
        load_user(race_pick(2) ? root : user_l4);
        break;
    case 4:
        if (load_both(root) == 0) {
            EXPECT(page_unprotect(root) != 0);
        }
        EXPECT_EQ(load(boot_l4), 0);
        break;
    case 5:
        /* As an L3 it is refused or not, by what it is just then. */
        if (pin(3, root) == 0) {
            EXPECT_EQ(unpin(root), 0);
        }
        break;
    default:
        page_protect(root);
        if (load(root) == 0) {
            loads[this_cpu()->id]++;
            run_on(root);
            EXPECT_EQ(load(boot_l4), 0);
        }
        break;
    }
}

static void back_to_user_l4(void)
{
    EXPECT_EQ(load_user(user_l4), 0);
}

TEST(race_roots)
{
    memset(loads, 0, sizeof(loads));
    memset(pins, 0, sizeof(pins));
    for (unsigned int i = 0; i < ROOTS; i++) {
        roots[i] = page_alloc();
        for (unsigned int slot = 0; slot < 512; slot++) {
            roots[i][slot] = slot < 256 || slot > 271 ? boot_l4[slot] : 0;
        }
        REQUIRE(page_protect(roots[i]) == 0);
    }
    race_both(change_root);
    back_to_user_l4();
    cpu_run(1, back_to_user_l4);
    EXPECT(cpu_wait(1));
    print("  loads %lu and %lu, for user mode %lu and %lu, pins %lu and %lu\n", loads[0], loads[1],
          user_loads[0], user_loads[1], pins[0], pins[1]);
    EXPECT(loads[0] != 0 && loads[1] != 0 && pins[0] != 0);
    for (unsigned int i = 0; i < ROOTS; i++) {
        unpin(roots[i]);
        race_expect_free(roots[i]);
    }
    race_audit();
}
