/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims of grant entries: each refusal, the marks, and a granter that changes the entry at the
 * same time: what a claim says must be one of the entries that were there.
 */
#include <pthread.h>

#include "grant/claim.h"
#include "unit.h"

#define ENTRY(flags, domid, frame) ((uint64_t)(frame) << 32 | (uint64_t)(domid) << 16 | (flags))

static void reader_marks_reading(void)
{
    uint64_t e = ENTRY(GTF_permit_access, 7, 0x1234), frame = 0;

    EXPECT(grant_entry_claim(&e, 7, false, &frame) == CLAIM_OK);
    EXPECT(frame == 0x1234);
    EXPECT(e == ENTRY(GTF_permit_access | GTF_reading, 7, 0x1234));
}

static void writer_marks_both(void)
{
    uint64_t e = ENTRY(GTF_permit_access, 7, 1), frame;

    EXPECT(grant_entry_claim(&e, 7, true, &frame) == CLAIM_OK);
    EXPECT(e == ENTRY(GTF_permit_access | GTF_reading | GTF_writing, 7, 1));
    EXPECT(grant_entry_claim(&e, 7, true, &frame) == CLAIM_OK);
}

static void readonly_entry_is_not_written(void)
{
    uint64_t e = ENTRY(GTF_permit_access | GTF_readonly, 7, 1), before = e, frame;

    EXPECT(grant_entry_claim(&e, 7, true, &frame) == CLAIM_READONLY && e == before);
    EXPECT(grant_entry_claim(&e, 7, false, &frame) == CLAIM_OK);
}

static void other_entries_are_refused(void)
{
    static const uint16_t bad[] = {GTF_invalid, GTF_accept_transfer, GTF_transitive,
                                   GTF_permit_access | GTF_sub_page};
    uint64_t e, frame;

    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        e = ENTRY(bad[i], 7, 1);
        EXPECT(grant_entry_claim(&e, 7, false, &frame) == CLAIM_NO_ACCESS);
        EXPECT(e == ENTRY(bad[i], 7, 1));
    }
    e = ENTRY(GTF_permit_access, 8, 1);
    EXPECT(grant_entry_claim(&e, 7, false, &frame) == CLAIM_DOMAIN);
    EXPECT(e == ENTRY(GTF_permit_access, 8, 1));
}

static void unmarking_leaves_the_rest(void)
{
    uint64_t e = ENTRY(GTF_permit_access | GTF_reading | GTF_writing | GTF_PWT, 9, 0xffffffff);

    grant_entry_unmark(&e, true, false);
    EXPECT(e == ENTRY(GTF_permit_access | GTF_reading | GTF_PWT, 9, 0xffffffff));
    grant_entry_unmark(&e, false, true);
    EXPECT(e == ENTRY(GTF_permit_access | GTF_PWT, 9, 0xffffffff));
    grant_entry_unmark(&e, false, false);
    EXPECT(e == ENTRY(GTF_permit_access | GTF_PWT, 9, 0xffffffff));
}

static uint64_t shared;
static bool stop;

static void pause_a_little(void)
{
    for (volatile int i = 0; i < 30; i++)
        ;
}

/* Frame 1 is for domain 7, frame 2 for domain 8; never otherwise. */
static void *granter(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        __atomic_store_n(&shared, ENTRY(GTF_permit_access, 7, 1), __ATOMIC_RELAXED);
        pause_a_little();
        __atomic_store_n(&shared, ENTRY(GTF_permit_access, 8, 2), __ATOMIC_RELAXED);
        pause_a_little();
    }
    return NULL;
}

static void domid_and_frame_belong_together(void)
{
    unsigned int ok = 0, other = 0;
    pthread_t t;

    shared = ENTRY(GTF_permit_access, 7, 1);
    EXPECT(pthread_create(&t, NULL, granter, NULL) == 0);
    for (int i = 0; i < 100000000 && (ok < 5000 || other < 5000); i++) {
        uint64_t frame = 0;

        if (grant_entry_claim(&shared, 7, i & 1, &frame) == CLAIM_OK) {
            EXPECT(frame == 1);
            ok++;
        } else {
            other++;
        }
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(t, NULL);
    EXPECT(ok >= 5000 && other >= 5000);
}

int main(void)
{
    RUN(reader_marks_reading);
    RUN(writer_marks_both);
    RUN(readonly_entry_is_not_written);
    RUN(other_entries_are_refused);
    RUN(unmarking_leaves_the_rest);
    RUN(domid_and_frame_belong_together);
    return UNIT_RESULT;
}
