/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whitelist of entries: each level, each bit, each width of physical addresses; what is stored
 * for what was asked. And the slots of an L4, and the whitelist of descriptors.
 */
#include <stdlib.h>

#include "pv/descriptor_check.h"
#include "pv/pte_check.h"
#include "unit.h"

static bool asks(unsigned int level, uint64_t entry, unsigned int phys_bits, uint64_t *stored)
{
    struct pte_ask ask = {level, entry, phys_bits};

    return pte_check(&ask, stored) == PTE_OK;
}

/* Whether a guest may set bit b in a present entry. */
static bool allowed(unsigned int level, unsigned int b, unsigned int phys_bits)
{
    if (b >= 12 && b < 52)
        return b < phys_bits;
    switch (b) {
    case 3:
    case 4: /* PWT, PCD */
    case 7: /* PAT in an L1; a large page above */
    case 8: /* global */
        return level == 1;
    default:
        return true;
    }
}

static void each_bit(void)
{
    uint64_t stored;

    for (unsigned int level = 1; level <= 4; level++)
        for (unsigned int phys = 32; phys <= 52; phys++)
            for (unsigned int b = 0; b < 64; b++)
                EXPECT(asks(level, PTE_P | 1UL << b, phys, &stored) == allowed(level, b, phys));
}

static void each_pair_of_bits(void)
{
    uint64_t stored;

    for (unsigned int level = 1; level <= 4; level++)
        for (unsigned int a = 1; a < 64; a++)
            for (unsigned int b = a; b < 64; b++)
                EXPECT(asks(level, PTE_P | 1UL << a | 1UL << b, 46, &stored) ==
                       (allowed(level, a, 46) && allowed(level, b, 46)));
}

/* Not present: whatever it holds is stored as it is. */
static void not_present(void)
{
    uint64_t stored;

    for (unsigned int level = 1; level <= 4; level++) {
        for (unsigned int b = 1; b < 64; b++)
            EXPECT(asks(level, 1UL << b, 36, &stored) && stored == 1UL << b);
        EXPECT(asks(level, ~PTE_P, 36, &stored) && stored == ~PTE_P);
    }
}

/* The bits of each kind that an entry may ask for; what is stored is told by the rules alone. */
static void what_is_stored(void)
{
    static const uint64_t flags[] = {PTE_RW,    PTE_U,     PTE_A,     PTE_D,    PTE_NX,
                                     1UL << 52, 1UL << 53, 1UL << 54, 1UL << 55};
    uint64_t stored;

    for (unsigned int bits = 0; bits < 1U << ARRAY_SIZE(flags); bits++) {
        uint64_t e = PTE_P | 0x12345000 | PTE_AVAIL | PTE_AVAIL_HIGH;

        for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++)
            e |= bits >> i & 1 ? flags[i] : 0;
        for (unsigned int level = 1; level <= 4; level++) {
            uint64_t same = ~(PTE_U | PTE_G | PTE_HV);
            bool user = e & PTE_U && !(e & PTE_GUEST_KERNEL);

            EXPECT(asks(level, e, 46, &stored));
            EXPECT((stored & same) == (e & same));
            EXPECT(stored & PTE_U);
            if (level > 1) {
                EXPECT(!(stored & (PTE_HV | PTE_G)));
                continue;
            }
            EXPECT((stored & PTE_HV) == (user ? 0 : PTE_GUEST_KERNEL));
            EXPECT((stored & PTE_G) == (user ? PTE_G : 0));
            EXPECT(asks(1, stored, 46, &stored)); /* what a guest reads it may write again */
        }
    }
}

static void written_again_is_the_same(void)
{
    uint64_t once, twice;

    srandom(1);
    for (unsigned int n = 0; n < 200000; n++) {
        uint64_t e =
            ((uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random()) | PTE_P;
        unsigned int level = 1 + (unsigned int)random() % 4;

        e &= ~(0xfUL << 46);
        if (!asks(level, e, 46, &once))
            continue;
        EXPECT(asks(level, once, 46, &twice) && once == twice);
    }
}

static void refused_leaves_no_present_entry_changed(void)
{
    uint64_t stored = 0;

    EXPECT(!asks(2, PTE_P | PTE_PS, 46, &stored) && stored == (PTE_P | PTE_PS));
    EXPECT(!asks(1, PTE_P | 1UL << 46, 46, &stored) && stored == (PTE_P | 1UL << 46));
}

static void slots_of_an_l4(void)
{
    for (unsigned int i = 0; i < 512; i++)
        EXPECT(l4_slot_is_guests(i) == !(i >= 256 && i <= 271));
}

#define PRESENT (1UL << 47)
#define SEGMENT (1UL << 44)
#define DPL(n)  ((uint64_t)(n) << 45)
#define KIND(n) ((uint64_t)(n) << 40)

static void descriptors(void)
{
    uint64_t other = ~(PRESENT | SEGMENT | DPL(3) | KIND(15)), stored;

    for (unsigned int kind = 0; kind < 16; kind++) {
        for (unsigned int dpl = 0; dpl < 4; dpl++) {
            uint64_t d = KIND(kind) | DPL(dpl) | (other & 0xa5a5a5a5a5a5a5a5);

            EXPECT(descriptor_check(d, &stored) && stored == d);
            EXPECT(descriptor_check(d | SEGMENT, &stored) && stored == (d | SEGMENT));
            EXPECT(descriptor_check(d | SEGMENT | PRESENT, &stored));
            EXPECT(stored == (d | SEGMENT | PRESENT | DPL(3)));
            EXPECT(descriptor_check(d | PRESENT, &stored) == (kind == 0) &&
                   stored == (d | PRESENT));
        }
    }
    EXPECT(descriptor_check(0, &stored) && !stored);
}

int main(void)
{
    RUN(each_bit);
    RUN(each_pair_of_bits);
    RUN(not_present);
    RUN(what_is_stored);
    RUN(written_again_is_the_same);
    RUN(refused_leaves_no_present_entry_changed);
    RUN(slots_of_an_l4);
    RUN(descriptors);
    return UNIT_RESULT;
}
