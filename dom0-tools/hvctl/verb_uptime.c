/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl uptime: how long guests have been there.
 */
#include "command.h"

#include <stdlib.h>

int verb_uptime(struct command *c)
{
    static const char *const titles[] = {"Name", " Id", " Up", NULL};
    struct listing *l;
    struct hvctl_domain *domains;
    size_t count;
    json_t *array;
    int result = guest_select(c, true, &domains, &count);

    if (result) {
        return result;
    }
    l = listing_new(titles);
    array = json_array();
    for (size_t at = 0; !result && at < count; at++) {
        const struct hvctl_domain *d = &domains[at];
        uint64_t s;

        result = hvctl_uptime(c->h, d->domid, &s);
        if (result == -HVCTL_NOT_FOUND && !c->argc) {
            result = 0; /* it ended between the two questions */
            continue;
        }
        if (result) {
            break;
        }
        listing_cell(l, "%s", guest_name(d));
        listing_cell(l, "%u", d->domid);
        listing_cell(l, "%llu days, %02u:%02u:%02u", (unsigned long long)s / 86400,
                     (unsigned int)(s / 3600 % 24), (unsigned int)(s / 60 % 60),
                     (unsigned int)(s % 60));
        json_array_append_new(array,
                              json_pack("{s:i,s:o,s:I}", "domid", (int)d->domid, "name",
                                        json_text(guest_name(d)), "uptime_seconds", (json_int_t)s));
    }
    result = listing_end(c, l, array, result);
    free(domains);
    return result;
}
