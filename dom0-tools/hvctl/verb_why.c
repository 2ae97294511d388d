/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl why: what the hypervisor refused to a guest.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

static json_t *as_json(const struct hvctl_refusal *r)
{
    char argument[24];

    snprintf(argument, sizeof(argument), "0x%llx", (unsigned long long)r->argument);
    return json_pack("{s:f,s:i,s:i,s:o,s:i,s:i,s:s,s:o,s:o}", "seconds", (double)r->time_ns / 1e9,
                     "vcpu", (int)r->vcpu, "call", (int)r->call, "call_name",
                     json_text(r->call_name), "op", (int)r->op, "errno", -r->error, "argument",
                     argument, "rule", json_text(r->rule), "sentence", json_text(r->sentence));
}

int verb_why(struct command *c)
{
    struct hvctl_refusal *refusals;
    size_t count;
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        result = hvctl_refusals(c->h, domid, &refusals, &count);
    }
    if (result) {
        return result;
    }
    if (c->option['j']) {
        json_t *array = json_array();

        for (size_t at = 0; at < count; at++) {
            json_array_append_new(array, as_json(&refusals[at]));
        }
        result = json_print(array, JSON_INDENT(2));
    } else if (!count) {
        printf("the hypervisor refused it nothing\n");
    }
    for (size_t at = 0; !c->option['j'] && at < count; at++) {
        const struct hvctl_refusal *r = &refusals[at];

        printf("%.6f vCPU %u: %s, operation %u: %s (%s, argument 0x%llx): %s\n",
               (double)r->time_ns / 1e9, r->vcpu, r->call_name, r->op, strerror(-r->error), r->rule,
               (unsigned long long)r->argument, r->sentence);
    }
    free(refusals);
    return result;
}
