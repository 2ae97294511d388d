/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl sched: weight and cap of guests.
 */
#include "command.h"

#include <stdlib.h>

/* Only what was given is changed. */
static int set(struct command *c)
{
    unsigned int old_weight, old_cap;
    uint64_t weight, cap;
    uint32_t domid;
    int result = 0;

    if (!c->argc) {
        return complain(EXIT_USAGE, "--weight and --cap are set for one guest: name it");
    }
    if (c->option['w']) {
        result = number_argument(c->option['w'], "the weight", 1, 65535, &weight);
    }
    if (!result && c->option['c']) {
        result = number_argument(c->option['c'], "the cap", 0, 65535, &cap);
    }
    if (!result) {
        result = guest_find(c, c->argv[0], &domid);
    }
    if (!result) {
        result = hvctl_sched_get(c->h, domid, &old_weight, &old_cap);
    }
    return result ? result
                  : hvctl_sched_set(c->h, domid, c->option['w'] ? (unsigned int)weight : old_weight,
                                    c->option['c'] ? (unsigned int)cap : old_cap);
}

static int show(struct command *c, const struct hvctl_domain *domains, size_t count)
{
    static const char *const titles[] = {"Name", " Id", " Weight", " Cap", NULL};
    struct listing *l = listing_new(titles);
    json_t *array = json_array();
    int result = 0;

    for (size_t at = 0; !result && at < count; at++) {
        const struct hvctl_domain *d = &domains[at];
        unsigned int weight, cap;

        result = hvctl_sched_get(c->h, d->domid, &weight, &cap);
        if (result == -HVCTL_NOT_FOUND && !c->argc) {
            result = 0; /* it ended between the two questions */
            continue;
        }
        if (result) {
            break;
        }
        listing_cell(l, "%s", guest_name(d));
        listing_cell(l, "%u", d->domid);
        listing_cell(l, "%u", weight);
        listing_cell(l, cap ? "%u%%" : "none", cap);
        json_array_append_new(array, json_pack("{s:i,s:o,s:i,s:i}", "domid", (int)d->domid, "name",
                                               json_text(guest_name(d)), "weight", (int)weight,
                                               "cap", (int)cap));
    }
    return listing_end(c, l, array, result);
}

int verb_sched(struct command *c)
{
    struct hvctl_domain *domains;
    size_t count;
    int result;

    if (c->option['w'] || c->option['c']) {
        return set(c);
    }
    result = guest_select(c, false, &domains, &count);
    if (!result) {
        result = show(c, domains, count);
        free(domains);
    }
    return result;
}
