/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the rings of refusals.
 *
 * No lock, since a call may be refused with any lock held: a writer takes a number, and its place
 * by that; a record's own number is 0 while it is written, so that a reader who sees it change
 * leaves the record out. Two writers in one place would have to be a whole ring apart; then the
 * later record may be spoilt, and nothing else.
 */
#include "ctl/refusals.h"
#include "call/table.h"
#include "cpu/percpu.h"
#include "dom/vcpu.h"
#include "kern/time.h"
#include "lib/printk.h"
#include "lib/refusal.h"
#include "lib/upcall.h"
#include "mm/heap.h"

struct refusal_ring {
    uint64_t next; /* number of the last record; atomic */
    uint32_t room; /* records that are kept */
    struct mortise_refusal records[];
};

static const char *const names[] = {
#define RULE(name, sentence) #name,
#include "lib/refusals.def"
#undef RULE
};

static const char *const sentences[] = {
#define RULE(name, sentence) sentence,
#include "lib/refusals.def"
#undef RULE
};

uint64_t refusal_counts[RULE_COUNT];

void refusals_domain_init(struct domain *d)
{
    uint32_t room = d->privileged ? REFUSALS : REFUSALS_GUEST;
    struct refusal_ring *ring =
        heap_alloc(sizeof(struct refusal_ring) + room * sizeof(struct mortise_refusal));

    if (ring)
        ring->room = room;
    d->refusals = ring;
}

void refusals_domain_free(struct domain *d)
{
    heap_free(d->refusals);
    d->refusals = NULL;
}

static void note_call(struct mortise_refusal *r)
{
    uint64_t first = 0;
    int nr = hypercall_current(&first);

    r->hypercall = nr < 0 ? NO_HYPERCALL : (uint32_t)nr;
    r->subop = MORTISE_NO_SUBOP;
    if (nr >= 0 && hypercall_infos[nr].subop)
        r->subop = nr == __HYPERVISOR_memory_op ? (uint32_t)(first & 0x3f) : (uint32_t)first;
}

int refuse(enum rule rule, uint64_t argument, int error)
{
    const struct vcpu *v = current();
    struct refusal_ring *ring = v ? v->domain->refusals : NULL;
    struct mortise_refusal r, *place;

    if (error == -ERESTART)
        return error;
    __atomic_add_fetch(&refusal_counts[rule], 1, __ATOMIC_RELAXED);
    if (!ring)
        return error;
    r = (struct mortise_refusal){
        .sequence = __atomic_add_fetch(&ring->next, 1, __ATOMIC_RELAXED),
        .time_ns = (uint64_t)now(),
        .vcpu = v->id,
        .error = error,
        .rule = rule,
        .argument = argument,
    };
    note_call(&r);
    place = &ring->records[r.sequence % ring->room];
    __atomic_store_n(&place->sequence, 0, __ATOMIC_SEQ_CST); /* pairs with record_read() */
    place->time_ns = r.time_ns;
    place->vcpu = r.vcpu;
    place->hypercall = r.hypercall;
    place->subop = r.subop;
    place->error = r.error;
    place->rule = r.rule;
    place->argument = r.argument;
    __atomic_store_n(&place->sequence, r.sequence, __ATOMIC_RELEASE);
    return error;
}

/* Copies a record; false when it was changing, or is none. */
static bool record_read(const struct refusal_ring *ring, uint64_t sequence,
                        struct mortise_refusal *out)
{
    const struct mortise_refusal *place = &ring->records[sequence % ring->room];

    if (__atomic_load_n(&place->sequence, __ATOMIC_ACQUIRE) != sequence)
        return false;
    *out = *place;
    smp_rmb(); /* pairs with the stores of 0 and of the number in refuse() */
    return READ_ONCE(place->sequence) == sequence;
}

/* Bound: the ring's room, since what is older is not there. */
bool refusals_next(const struct domain *d, uint64_t *from, struct mortise_refusal *out)
{
    const struct refusal_ring *ring = d->refusals;
    uint64_t last, n;

    if (!ring)
        return false;
    last = READ_ONCE(ring->next);
    n = MAX(*from, last > ring->room ? last - ring->room + 1 : 1);
    for (; n <= last; n++) {
        if (record_read(ring, n, out)) {
            *from = n + 1;
            return true;
        }
    }
    *from = n;
    return false;
}

const char *refusal_rule_name(uint32_t rule)
{
    return rule < RULE_COUNT ? names[rule] : "?";
}

const char *refusal_rule_sentence(uint32_t rule)
{
    return rule < RULE_COUNT ? sentences[rule] : "?";
}

static void print_one(const struct mortise_refusal *r)
{
    const char *call = r->hypercall < HYPERCALLS ? hypercall_infos[r->hypercall].name : "no call";
    char subop[16] = "";

    if (r->subop != MORTISE_NO_SUBOP)
        snprintf(subop, sizeof(subop), "(%u)", r->subop);
    pr_info("  %lu: at %lu.%06lu s vCPU %u %s%s = %d: %s, refused since %s: %lx\n", r->sequence,
            r->time_ns / NSEC_PER_SEC, r->time_ns % NSEC_PER_SEC / 1000, r->vcpu, call, subop,
            r->error, refusal_rule_name(r->rule), refusal_rule_sentence(r->rule), r->argument);
}

void refusals_print(const struct domain *d)
{
    struct mortise_refusal r;
    unsigned int left = REFUSALS;
    uint64_t from = 0;

    if (!d->refusals)
        return;
    pr_info("domain %u: %lu calls were refused; the last ones:\n", d->id,
            READ_ONCE(d->refusals->next));
    while (left-- && refusals_next(d, &from, &r))
        print_one(&r);
}
