/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the course of an audit: everybody stops, then range of frames by range of frames the
 * references are counted in scratch memory and compared with the records, then lists, mappings,
 * events, grants, domains and run queues are looked at.
 *
 * Scratch memory is what the heap has to spare for the moment; a few pages that were set aside at
 * boot serve when it has none.
 */
#include "ctl/audit.h"
#include "cpu/asm.h"
#include "dom/vcpu.h"
#include "kern/time.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/boot_memory.h"
#include "mm/heap.h"

#define SPARE_PAGES 8    /* 4,096 frames a range */
#define LARGE_PAGES 1024 /* at most: 524,288 frames, 2 GiB, a range */
#define STOP_WAIT   MS(1000)
#define REPORTS     MORTISE_AUDIT_ROOM
#define END_TRIES   10

bool opt_audit_at_end;

static uint32_t running; /* atomic: the rest of this file's data belongs to whoever set it */
static struct audit_count spare[SPARE_PAGES * PAGE_SIZE / sizeof(struct audit_count)];
static struct mortise_difference differences[REPORTS];

void audit_report(struct audit_result *r, unsigned int kind, const struct audit_place *at,
                  const char *fmt, ...)
{
    struct mortise_difference *d;
    va_list args;

    r->differences[kind]++;
    if (r->total++ >= REPORTS)
        return;
    d = &differences[r->total - 1];
    *d = (struct mortise_difference){.kind = kind,
                                     .domid = at->domid,
                                     .object = at->object,
                                     .recorded = at->recorded,
                                     .found = at->found};
    va_start(args, fmt);
    vsnprintf(d->words, sizeof(d->words), fmt, args);
    va_end(args);
    pr_warn("audit: %s\n", d->words);
}

const struct mortise_difference *audit_differences(void)
{
    return differences;
}

void audit_done(void)
{
    __atomic_store_n(&running, 0, __ATOMIC_RELEASE);
}

void audit_domains(struct audit_result *r,
                   void (*fn)(struct audit_result *r, const struct domain *d))
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        fn(r, d);
        next = domain_next(d->id, false);
        domain_put(d);
    }
}

static void say_frame(struct audit_result *r, uint64_t n, const struct frame *f,
                      const struct audit_count *c, unsigned int bad)
{
    uint32_t refs = f->refs & FRAME_COUNT, found = audit_expected_refs(f, c);
    uint32_t uses = c->uses & AUDIT_USES_MASK;

    if (bad & AUDIT_BAD_REFS)
        audit_report(r, MORTISE_AUDIT_PAGE_REFS, AUDIT_AT(f->owner, n, refs, found),
                     "frame %lx of domain %u has %u references, %u were found", n, f->owner, refs,
                     found);
    if (bad & AUDIT_BAD_USES)
        audit_report(r, MORTISE_AUDIT_TYPE_REFS, AUDIT_AT(f->owner, n, f->type, uses),
                     "frame %lx of domain %u, type word %lx: %u uses were found", n, f->owner,
                     f->type, uses);
    if (bad & AUDIT_BAD_STATE)
        audit_report(r, MORTISE_AUDIT_TYPE_STATE,
                     AUDIT_AT(f->owner, n, f->type, c->uses >> AUDIT_TYPE_SHIFT),
                     "frame %lx of domain %u, type word %lx: found types %x", n, f->owner, f->type,
                     c->uses >> AUDIT_TYPE_SHIFT);
}

static void check_range(struct audit_result *r, struct audit_pass *p)
{
    uint64_t n;

    memset(p->counts, 0, p->frames * sizeof(*p->counts));
    audit_count_all(p);
    for (n = p->first; n < MIN(p->first + p->frames, frame_limit); n++) {
        const struct frame *f = frame_of(mfn(n));
        const struct audit_count *c = &p->counts[n - p->first];
        unsigned int bad;

        if (!mfn_recorded(mfn(n)))
            continue;
        bad = audit_frame_check(f, c);
        if (bad)
            say_frame(r, n, f, c, bad);
        r->frames_checked += f->owner != DOMID_IO;
    }
}

static bool runs(const struct domain *d)
{
    unsigned int i;

    for (i = 0; i < d->max_vcpus; i++) {
        const struct vcpu *v = d->vcpus[i];

        if (v && v != current() && __atomic_load_n(&v->running, __ATOMIC_ACQUIRE))
            return true;
    }
    return false;
}

/* Waits until no vCPU of the domain but the caller's is on a CPU. One that does not stop may
 * itself be waiting for the caller's, which can't stop: hence the limit. */
static bool stopped(const struct domain *d, int64_t limit)
{
    while (runs(d)) {
        if (now() > limit)
            return false;
        cpu_relax();
    }
    return true;
}

static void for_other_domains(void (*fn)(struct domain *))
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        if (d != control_domain)
            fn(d);
        next = domain_next(d->id, false);
        domain_put(d);
    }
}

static bool others_stopped(int64_t limit)
{
    struct domain *d, *next;
    bool all = true;

    for (d = domain_next(0, true); d; d = next) {
        all = all && stopped(d, limit);
        next = domain_next(d->id, false);
        domain_put(d);
    }
    return all;
}

static void audit_all(struct audit_result *r, struct audit_pass *p)
{
    for (p->first = 0; p->first < frame_limit; p->first += p->frames)
        check_range(r, p);
    r->references = p->references;
    audit_lists(r);
    audit_mappings(r);
    audit_events(r);
    audit_grants(r, p);
    audit_lives(r, p);
    audit_sched(r);
}

/* Room for all frames in one range, or for a part of them; NULL: the spare pages have to do. */
static void *scratch_take(struct audit_pass *p, unsigned int *pages)
{
    uint64_t all = DIV_ROUND_UP(frame_limit * sizeof(struct audit_count), PAGE_SIZE);
    void *large = NULL;

    for (*pages = (unsigned int)MIN(all, LARGE_PAGES); !large && *pages > SPARE_PAGES;) {
        large = heap_alloc_pages(*pages);
        if (!large)
            *pages /= 4;
    }
    if (large) {
        p->counts = large;
        p->frames = *pages * PAGE_SIZE / sizeof(struct audit_count);
    }
    return large;
}

void audit_say(const struct audit_result *r)
{
    pr_info("audit: %lu differences, %lu references on %lu frames, %lu us\n", r->total,
            r->references, r->frames_checked, (uint64_t)r->time_ns / 1000);
    audit_done();
}

int audit_run(struct audit_result *r)
{
    struct audit_pass p = {.counts = spare, .frames = ARRAY_SIZE(spare)};
    unsigned int pages;
    int64_t start;
    void *large;
    int rc;

    memset(r, 0, sizeof(*r));
    if (__atomic_exchange_n(&running, 1, __ATOMIC_ACQUIRE))
        return -EBUSY;
    large = scratch_take(&p, &pages);
    start = now();
    domain_pause_nosync(control_domain); /* first: only its calls make domains, or end them */
    rc = stopped(control_domain, start + STOP_WAIT) ? 0 : -EBUSY;
    if (!rc) {
        for_other_domains(domain_pause_nosync);
        rc = others_stopped(start + STOP_WAIT) ? 0 : -EBUSY;
        if (!rc)
            audit_all(r, &p);
        for_other_domains(domain_unpause);
    }
    domain_unpause(control_domain);
    r->time_ns = now() - start;
    if (large)
        heap_free_pages(large, pages);
    if (rc)
        audit_done();
    return rc;
}

void audit_at_end(void)
{
    struct audit_result r;
    int rc = opt_audit_at_end ? audit_run(&r) : 0;

    for (unsigned int i = 0; rc && i < END_TRIES; i++)
        rc = audit_run(&r);
    if (rc)
        pr_warn("audit: a vCPU did not stop\n");
    else if (opt_audit_at_end)
        audit_say(&r);
}
