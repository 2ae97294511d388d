/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests on the command line: by name, domain identifier or uuid, one or several.
 */
#include "command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int guest_find(struct command *c, const char *which, uint32_t *domid)
{
    return hvctl_find(c->h, which, domid);
}

int guest_each(struct command *c, guest_fn *function)
{
    int first = 0;

    for (int at = 0; at < c->argc; at++) {
        uint32_t domid;
        int result = guest_find(c, c->argv[at], &domid);

        if (!result) {
            result = function(c, domid);
        }
        if (result < 0) {
            result = complain_failure(c->h, result);
        }
        first = first ? first : result;
    }
    return first;
}

int guest_select(struct command *c, bool guests_only, struct hvctl_domain **domains, size_t *count)
{
    struct hvctl_domain *chosen;
    int result;

    if (!c->argc) {
        result = hvctl_list(c->h, domains, count);
        if (!result && guests_only && *count && !(*domains)->domid) {
            memmove(*domains, *domains + 1, --*count * sizeof(**domains));
        }
        return result;
    }
    chosen = calloc((size_t)c->argc, sizeof(*chosen));
    if (!chosen) {
        return complain(EXIT_FAILURE, "no memory");
    }
    for (int at = 0; at < c->argc; at++) {
        uint32_t domid;

        result = guest_find(c, c->argv[at], &domid);
        if (!result) {
            result = hvctl_info(c->h, domid, &chosen[at]);
        }
        if (result) {
            free(chosen);
            return result;
        }
    }
    *domains = chosen;
    *count = (size_t)c->argc;
    return 0;
}

const char *guest_name(const struct hvctl_domain *domain)
{
    static char made[2][32];
    static unsigned int next;

    if (*domain->name) {
        return domain->name;
    }
    snprintf(made[++next % 2], sizeof(made[0]), domain->domid ? "(guest %" PRIu32 ")" : "Domain-0",
             domain->domid);
    return made[next % 2];
}

int number_argument(const char *text, const char *what, uint64_t least, uint64_t most,
                    uint64_t *value)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || number < least || number > most) {
        return complain(EXIT_USAGE, "%s \"%s\" is no number from %" PRIu64 " to %" PRIu64, what,
                        text, least, most);
    }
    *value = number;
    return 0;
}
