/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a call, and what comes back: counts for each sub-operation, each errno and the longest
 * time (instructions under -icount). Multicalls collect calls first.
 */
#include "fuzz.h"

#define CALLS   64
#define SUBS    96
#define ERRNOS  12
#define MEMBERS 6
#define LONG    500000 /* instructions */

struct tally {
    uint32_t tries, good;
    uint64_t longest;
    struct {
        int32_t answer;
        uint32_t count;
    } bad[ERRNOS];
};

static struct tally tallies[SIDES][CALLS][SUBS];
static multicall_entry_t batch[SIDES][MEMBERS];
static struct {
    unsigned int call, sub;
} batch_names[SIDES][MEMBERS];
static uint64_t made[SIDES];

uint64_t calls_made(void)
{
    return made[0] + made[1];
}

static struct tally *tally_of(unsigned int call, unsigned int sub)
{
    return &tallies[side()->id][call % CALLS][sub < SUBS ? sub : SUBS - 1];
}

void file(unsigned int call, unsigned int sub, long answer)
{
    struct tally *t = tally_of(call, sub);
    struct side *s = side();

    if (answer == UNWANTED) {
        return;
    }
    if (s->tell || comparing) {
        print("C %u %u.%u %ld\n", s->at, call, sub, answer);
    }
    t->tries++;
    if (answer >= 0) {
        t->good++;
        return;
    }
    for (unsigned int i = 0; i < ERRNOS; i++) {
        if (t->bad[i].count == 0 || t->bad[i].answer == answer) {
            t->bad[i].answer = (int32_t)answer;
            t->bad[i].count++;
            return;
        }
    }
}

static uint64_t waited[SIDES]; /* ns, at the last look */

static uint64_t waited_so_far(void)
{
    struct vcpu_runstate_info info = {0};

    hcall(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, side()->id, &info);
    return info.time[RUNSTATE_runnable] + info.time[RUNSTATE_blocked] + info.time[RUNSTATE_offline];
}

void times_start(void)
{
    waited[side()->id] = waited_so_far();
}

/*
 * Instructions of a call, without those in which this vCPU did not run: others' whose turn came in
 * the middle, or while a program had it sleep, paused or over its cap. That is looked at for long
 * ones only, so it may be time since the last look.
 */
static uint64_t own_time(uint64_t took)
{
    uint64_t now, others;

    if (took < LONG) {
        return took;
    }
    now = waited_so_far();
    others = now - waited[side()->id];
    waited[side()->id] = now;
    return others < took ? took - others : 0;
}

/* An argument that lies in this side's room, and what is in it. */
static void tell_argument(uint64_t address)
{
    const struct side *s = side();
    const uint64_t *words = (const uint64_t *)(address & ~7ul);

    if (address - (uint64_t)s->room >= PAGE_SIZE) {
        return;
    }
    print("    %lx:", address);
    for (unsigned int i = 0; i < 12 && (char *)(words + i) < s->room + PAGE_SIZE; i++) {
        print(" %lx", words[i]);
    }
    print("\n");
}

long issue_quietly(unsigned int call, unsigned int sub, uint64_t a, uint64_t b, uint64_t c,
                   uint64_t d)
{
    struct tally *t = tally_of(call, sub);
    uint64_t begin, took;
    long answer;

    if (!wanted(call, sub)) {
        return UNWANTED;
    }
    if (side()->tell) {
        print("> %u %u.%u %lx %lx %lx %lx\n", side()->at, call, sub, a, b, c, d);
        tell_argument(a);
        tell_argument(b);
    }
    begin = rdtsc();
    answer = hcall5(call, (long)a, (long)b, (long)c, (long)d, 0);
    took = own_time(rdtsc() - begin);
    watch_label(call, sub);
    t->longest = took > t->longest ? took : t->longest;
    made[side()->id]++;
    return answer;
}

long issue(unsigned int call, unsigned int sub, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    struct side *s = side();
    long answer;

    if (!wanted(call, sub)) {
        return UNWANTED;
    }
    if (s->deferring) {
        if (s->tell) {
            print("| %u.%u %lx %lx %lx %lx\n", call, sub, a, b, c, d);
            tell_argument(a);
            tell_argument(b);
        }
        batch_names[s->id][s->members].call = call;
        batch_names[s->id][s->members].sub = sub;
        batch[s->id][s->members] = (multicall_entry_t){.op = call, .args = {a, b, c, d}};
        s->deferring = ++s->members < MEMBERS;
        return DEFERRED;
    }
    answer = issue_quietly(call, sub, a, b, c, d);
    file(call, sub, answer);
    return answer;
}

void defer_begin(void)
{
    struct side *s = side();

    s->members = 0;
    s->deferring = true;
}

void defer_end(void)
{
    struct side *s = side();
    unsigned int count = s->members;
    /* Nothing lies behind the last: with more than there are, the call must fail. */
    multicall_entry_t *calls = (multicall_entry_t *)s->batch_end - count;
    long answer;

    s->deferring = false;
    s->members = 0;
    s->want = NULL;
    for (unsigned int i = 0; i < count; i++) {
        calls[i] = batch[s->id][i];
        calls[i].result = 12345;
    }
    answer = issue(__HYPERVISOR_multicall, 0, (uint64_t)pointer_or_none(calls),
                   lie() ? nasty() : count, 0, 0);
    for (unsigned int i = 0; i < count && answer == 0; i++) {
        if ((long)calls[i].result != 12345) {
            made[s->id]++;
            file(batch_names[s->id][i].call, batch_names[s->id][i].sub, (long)calls[i].result);
        }
    }
}

/* Adds the other side's counts to side 0's, for good. */
static void tally_merge(struct tally *to, const struct tally *from)
{
    to->tries += from->tries;
    to->good += from->good;
    to->longest = from->longest > to->longest ? from->longest : to->longest;
    for (unsigned int i = 0; i < ERRNOS && from->bad[i].count != 0; i++) {
        for (unsigned int k = 0; k < ERRNOS; k++) {
            if (to->bad[k].count == 0 || to->bad[k].answer == from->bad[i].answer) {
                to->bad[k].answer = from->bad[i].answer;
                to->bad[k].count += from->bad[i].count;
                break;
            }
        }
    }
}

void statistics_print(void)
{
    for (unsigned int call = 0; call < CALLS; call++) {
        for (unsigned int sub = 0; sub < SUBS; sub++) {
            struct tally *t = &tallies[0][call][sub];

            tally_merge(t, &tallies[1][call][sub]);
            if (t->tries == 0) {
                continue;
            }
            print("STAT %u %u tries %u good %u longest %lu", call, sub, t->tries, t->good,
                  t->longest);
            for (unsigned int i = 0; i < ERRNOS && t->bad[i].count != 0; i++) {
                print(" %d=%u", t->bad[i].answer, t->bad[i].count);
            }
            print("\n");
        }
    }
    print("CALLS %lu by one %lu by the other %lu\n", calls_made(), made[0], made[1]);
}

void refusals_print(void)
{
    static mortise_refusal_t records[8];
    static mortise_refusals_t last = {.interface_version = MORTISE_INTERFACE_VERSION,
                                      .domid = DOMID_SELF};

    unsigned int count = 0;

    do {
        last.count = ARRAY_SIZE(records);
        set_xen_guest_handle(last.buffer, records);
        if (hcall(__HYPERVISOR_mortise_op, MORTISE_refusals, &last) != 0) {
            return;
        }
        count = last.count != 0 ? last.count : count;
    } while (last.count == ARRAY_SIZE(records));
    for (unsigned int i = 0; i < count; i++) {
        print("  refused: call %u.%u by vCPU %u: %d, rule %u, argument %lx\n", records[i].hypercall,
              records[i].subop, records[i].vcpu, records[i].error, records[i].rule,
              records[i].argument);
    }
}
