/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv/p2m.h and pv/barrier.h: frame numbers with an M2P full of what others wrote, entries and
 * indexes, and the atomic operations between threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include "pv/barrier.h"
#include "pv/p2m.h"
#include "unit.h"

#define PFNS 200
#define MFNS 1000

/* Arrays of their exact sizes: the address sanitizer sees a look beyond. */
static struct pv_p2m p2m;
static unsigned long *m2p;

static void fresh(void)
{
    p2m = (struct pv_p2m){.mfns = malloc(PFNS * sizeof(long)), .pfns = PFNS, .m2p_frames = MFNS};
    m2p = malloc(MFNS * sizeof(long));
    p2m.m2p = m2p;
    for (unsigned long mfn = 0; mfn < MFNS; mfn++) {
        m2p[mfn] = (unsigned long)rand() % 300; /* others' PFNs, which look like ours */
    }
    for (unsigned long pfn = 0; pfn < PFNS; pfn++) {
        p2m.mfns[pfn] = pfn % 7 == 3 ? PV_NO_FRAME : pfn * 5;
        if (pfn % 7 != 3) {
            m2p[pfn * 5] = pfn;
        }
    }
}

static void done(void)
{
    free(p2m.mfns);
    free(m2p);
}

static void both_ways_agree(void)
{
    fresh();
    for (unsigned long pfn = 0; pfn < PFNS; pfn++) {
        unsigned long mfn = pv_pfn_to_mfn(&p2m, pfn);

        EXPECT(mfn == p2m.mfns[pfn]);
        EXPECT(mfn == PV_NO_FRAME || pv_mfn_to_pfn(&p2m, mfn) == pfn);
    }
    done();
}

static void only_own_frames_have_a_pfn(void)
{
    fresh();
    for (unsigned long mfn = 0; mfn < MFNS; mfn++) {
        unsigned long pfn = pv_mfn_to_pfn(&p2m, mfn);
        bool own = mfn % 5 == 0 && mfn / 5 < PFNS && mfn / 5 % 7 != 3;

        EXPECT(pfn == (own ? mfn / 5 : PV_NO_FRAME));
    }
    done();
}

static void what_is_outside_is_no_frame(void)
{
    fresh();
    EXPECT(pv_pfn_to_mfn(&p2m, PFNS) == PV_NO_FRAME);
    EXPECT(pv_pfn_to_mfn(&p2m, ~0ul) == PV_NO_FRAME);
    EXPECT(pv_mfn_to_pfn(&p2m, MFNS) == PV_NO_FRAME);
    EXPECT(pv_mfn_to_pfn(&p2m, PV_NO_FRAME) == PV_NO_FRAME);
    m2p[10] = ~0ul;
    EXPECT(pv_mfn_to_pfn(&p2m, 10) == PV_NO_FRAME);
    done();
}

static void entries_and_indexes(void)
{
    uint64_t entry = pv_pte(0xabcdef, PV_PTE_RW | PV_PTE_NX | 7ul << 52 | 7ul << 9);

    EXPECT(pv_pte_mfn(entry) == 0xabcdef);
    EXPECT(pv_pte(0xabcdef, PV_PTE_RO) == 0xabcdef025ul);
    EXPECT((PV_PTE_RW & PV_PTE_W) && !(PV_PTE_RO & PV_PTE_W));
    EXPECT(pv_pte_index(0xffffffff80000000ul, 4) == 511);
    EXPECT(pv_pte_index(0xffffffff80000000ul, 3) == 510);
    EXPECT(pv_pte_index(0xffffffff80000000ul, 2) == 0);
    EXPECT(pv_pte_index(0xffffffff80201000ul, 2) == 1);
    EXPECT(pv_pte_index(0xffffffff80201000ul, 1) == 1);
    EXPECT(pv_pte_index(0xffff880000000000ul, 4) == 272);
}

#define ROUNDS 20000
static uint64_t words[4];
static uint32_t sum32;
static uint16_t sum16;
static unsigned int wins[2];

static void *contender(void *arg)
{
    unsigned int *won = arg;

    for (unsigned int i = 0; i < ROUNDS; i++) {
        uint32_t old32;
        uint16_t old16;

        *won += !pv_bit_set(words, 70);
        pv_bit_clear(words, 70);
        do {
            old32 = pv_read32(&sum32);
        } while (pv_compare_exchange32(&sum32, old32, old32 + 1) != old32);
        do {
            old16 = pv_read16(&sum16);
        } while (pv_compare_exchange16(&sum16, old16, (uint16_t)(old16 + 1)) != old16);
    }
    return NULL;
}

static void atomic_between_threads(void)
{
    pthread_t thread;

    EXPECT(pthread_create(&thread, NULL, contender, &wins[1]) == 0);
    contender(&wins[0]);
    pthread_join(thread, NULL);
    EXPECT(sum32 == 2 * ROUNDS);
    EXPECT(sum16 == (uint16_t)(2 * ROUNDS));
    EXPECT(wins[0] + wins[1] <= 2 * ROUNDS && wins[0] > 0 && wins[1] > 0);
    EXPECT(words[0] == 0 && words[1] == 0 && words[2] == 0);
}

static void bits_and_words(void)
{
    uint64_t word = 5;

    for (unsigned int bit = 0; bit < 256; bit++) {
        EXPECT(!pv_bit_set(words, bit) && pv_bit_set(words, bit) && pv_bit_test(words, bit));
        EXPECT(words[bit / 64] == 1ul << bit % 64);
        EXPECT(pv_bit_clear(words, bit) && !pv_bit_clear(words, bit) && !pv_bit_test(words, bit));
    }
    EXPECT(pv_exchange64(&word, 9) == 5 && word == 9);
    pv_write64(&word, 11);
    EXPECT(pv_read64(&word) == 11);
}

int main(void)
{
    RUN(both_ways_agree);
    RUN(only_own_frames_have_a_pfn);
    RUN(what_is_outside_is_no_frame);
    RUN(entries_and_indexes);
    RUN(atomic_between_threads);
    RUN(bits_and_words);
    return UNIT_RESULT;
}
