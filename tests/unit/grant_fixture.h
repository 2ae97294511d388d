/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The begin and end of a test of grants, and the calls of domain 2 on what domain 1 grants.
 */
#ifndef TESTS_GRANT_FIXTURE_H
#define TESTS_GRANT_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "fake_memory.h"
#include "grant/grant.h"
#include "lib/errno.h"
#include "unit.h"

#define D1 fake_domain(1)
#define D2 fake_domain(2)

/* Frames 10 to 19 are domain 1's, 20 to 29 domain 2's. */
static inline void begin(void)
{
    fake_domains_make();
    memset(memory, 0, sizeof(memory));
    for (unsigned int i = 10; i < 30; i++)
        memory[i].owner = i < 20 ? 1 : 2;
    memory[L1_OF_2].owner = 2;
    memory[L1_OF_2].table = true;
    flushes = 0;
    for (domid_t id = 1; id <= 2; id++)
        if (grant_domain_init(fake_domain(id), 4, 8))
            abort();
    fake_run_as(2, 0);
}

static inline void finish(void)
{
    for (domid_t id = 2; id >= 1; id--) {
        while (grant_domain_destroy(fake_domain(id)) == -ERESTART)
            ;
    }
    for (unsigned int i = 0; i < 512; i++)
        entry_put(memory[L1_OF_2].words[i]);
    for (unsigned int i = 0; i < FRAMES; i++)
        EXPECT(memory[i].refs == 0 && memory[i].uses == 0);
    for (domid_t id = 1; id <= 2; id++) {
        grant_domain_free(fake_domain(id));
        EXPECT(fake_domain(id)->refs == 1);
    }
    EXPECT(fake_allocated == 0 && fake_locks == 0);
    if (fake_trouble)
        printf("# %s\n", fake_trouble);
    EXPECT(!fake_trouble);
}

static inline uint64_t *entry(struct domain *d, uint32_t ref)
{
    return &d->grants->shared[ref / ENTRIES_PER_FRAME][ref % ENTRIES_PER_FRAME];
}

static inline uint16_t marks(struct domain *d, uint32_t ref)
{
    return (uint16_t)(*entry(d, ref) & (GTF_reading | GTF_writing));
}

/* Domain 1 grants frame `f` to domain `to` by entry `ref` of the table that it has. */
static inline void grant_to(domid_t to, uint32_t ref, uint64_t f, uint16_t flags)
{
    EXPECT(ref / ENTRIES_PER_FRAME < D1->grants->frames);
    *entry(D1, ref) = f << 32 | (uint64_t)to << 16 | GTF_permit_access | flags;
}

static inline void grant(uint32_t ref, uint64_t f, uint16_t flags)
{
    grant_to(2, ref, f, flags);
}

static inline struct gnttab_map_grant_ref map(uint64_t addr, uint32_t flags, uint32_t ref)
{
    struct gnttab_map_grant_ref op = {.host_addr = addr, .flags = flags, .ref = ref, .dom = 1};

    EXPECT(grant_map(D2, &op) == 0);
    return op;
}

static inline int unmap(uint64_t host, uint64_t dev, uint32_t handle)
{
    struct grant_unmap u;
    bool flush = false;
    int status = grant_unmap_begin(D2, host, dev, handle, &u, &flush);

    if (flush)
        grant_unmap_flush();
    if (status == GNTST_okay)
        grant_unmap_end(D2, &u);
    return status;
}

#endif
