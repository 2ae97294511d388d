/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the hypervisor refused to a domain, and by which rule.  The names of calls and rules are
 * the hypervisor's own lists; a number that they do not have, of a newer hypervisor, is told as a
 * number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/mortise.h>

#include "alloc.h"
#include "domain.h"

#define STEP 64 /* records asked for at a time: all that the hypervisor keeps */

static const struct {
    const char *name, *sentence;
} rules[] = {
#define RULE(name, sentence) {#name, sentence},
#include "../hypervisor/lib/refusals.def"
#undef RULE
};

static const char *const calls[] = {
#define CALL(number, name, ...) [number] = #name,
#define NO_CALL(number, name)   [number] = #name,
#include "../hypervisor/call/hypercalls.def"
#undef CALL
#undef NO_CALL
};

static void describe(const struct mortise_refusal *from, struct hvctl_refusal *to)
{
    *to = (struct hvctl_refusal){
        .time_ns = from->time_ns,
        .vcpu = from->vcpu,
        .call = from->hypercall,
        .op = from->subop,
        .error = from->error,
        .argument = from->argument,
    };
    if (from->hypercall < sizeof(calls) / sizeof(calls[0]) && calls[from->hypercall]) {
        snprintf(to->call_name, sizeof(to->call_name), "%s", calls[from->hypercall]);
    } else {
        snprintf(to->call_name, sizeof(to->call_name), "call %u", from->hypercall);
    }
    if (from->rule < sizeof(rules) / sizeof(rules[0])) {
        snprintf(to->rule, sizeof(to->rule), "%s", rules[from->rule].name);
        snprintf(to->sentence, sizeof(to->sentence), "%s", rules[from->rule].sentence);
    } else {
        snprintf(to->rule, sizeof(to->rule), "rule %u", from->rule);
    }
}

/* Records from *first on; returns how many. */
static long read_step(struct hvctl *h, uint32_t domid, uint64_t *first,
                      struct mortise_refusal *into)
{
    struct mortise_refusal *buffer = calls_room(h, STEP * sizeof(*buffer));
    struct mortise_refusals op = {
        .interface_version = MORTISE_INTERFACE_VERSION,
        .domid = (domid_t)domid,
        .first = *first,
        .count = STEP,
        .buffer = {buffer},
    };
    long result = calls_op(h, __HYPERVISOR_mortise_op, MORTISE_refusals, &op, sizeof(op));

    if (result >= 0) {
        result = op.count < STEP ? op.count : STEP;
        memcpy(into, buffer, (size_t)result * sizeof(*buffer));
        *first = op.first;
    }
    calls_done(h);
    return result;
}

int hvctl_refusals(struct hvctl *h, uint32_t domid, struct hvctl_refusal **refusals, size_t *count)
{
    struct mortise_refusal records[STEP];
    struct hvctl_refusal *all = NULL, *more;
    uint64_t first = 0;
    size_t used = 0;
    long got = STEP;
    int error = calls_mortise(h);

    /* A domain that is refused on and on must not keep us here. */
    for (unsigned int round = 0; !error && got == STEP && round < 4; round++) {
        got = read_step(h, domid, &first, records);
        if (got < 0) {
            error = calls_fail(h, got, "what was refused to domain %u can't be read", domid);
            break;
        }
        more = alloc_again(all, (used + (size_t)got + 1) * sizeof(*all));
        if (!more) {
            error = hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
            break;
        }
        all = more;
        for (long i = 0; i < got; i++) {
            describe(&records[i], &all[used++]);
        }
    }
    if (error) {
        free(all);
        return error;
    }
    *refusals = all;
    *count = used;
    return 0;
}
