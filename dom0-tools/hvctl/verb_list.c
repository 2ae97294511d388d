/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl list: which domains there are.
 */
#include "command.h"

#include <stdlib.h>

static bool ended(const struct hvctl_domain *d)
{
    return d->state == HVCTL_SHUTDOWN || d->state == HVCTL_CRASHED;
}

static json_t *as_json(const struct hvctl_domain *d)
{
    char uuid[37];

    return json_pack(
        "{s:i,s:o,s:s,s:s,s:o,s:I,s:I,s:f,s:i,s:i,s:i}", "domid", (int)d->domid, "name",
        json_text(guest_name(d)), "uuid", uuid_text(d->uuid, uuid), "state", state_name(d->state),
        "shutdown_reason", ended(d) ? json_string(reason_name(d->shutdown_reason)) : json_null(),
        "memory_kib", (json_int_t)d->memory_kib, "memory_max_kib", (json_int_t)d->memory_max_kib,
        "cpu_seconds", (double)d->cpu_time_ns / 1e9, "vcpus", (int)d->vcpus_online, "vcpus_max",
        (int)d->vcpus_max, "cpupool", (int)d->cpupool);
}

static int print_json(const struct hvctl_domain *domains, size_t count)
{
    json_t *array = json_array();

    for (size_t at = 0; at < count; at++) {
        json_array_append_new(array, as_json(&domains[at]));
    }
    return json_print(array, JSON_INDENT(2));
}

static void print_table(const struct hvctl_domain *domains, size_t count)
{
    static const char *const titles[] = {"Name",  " Id",          " MiB", " vCPUs",
                                         "State", " CPU seconds", NULL};
    struct listing *l = listing_new(titles);

    for (size_t at = 0; at < count; at++) {
        const struct hvctl_domain *d = &domains[at];

        listing_cell(l, "%s", guest_name(d));
        listing_cell(l, "%u", d->domid);
        listing_cell(l, "%llu", (unsigned long long)d->memory_kib / 1024);
        listing_cell(l, "%u", d->vcpus_online);
        listing_cell(l, "%s", state_name(d->state));
        listing_cell(l, "%.1f", (double)d->cpu_time_ns / 1e9);
    }
    listing_print(l, stdout);
    listing_free(l);
}

static void print_long(const struct hvctl_domain *domains, size_t count)
{
    static const char *const titles[] = {"Name",  " Id",          " MiB",     " Max MiB", " vCPUs",
                                         "State", " CPU seconds", "Ended by", "UUID",     NULL};
    struct listing *l = listing_new(titles);

    for (size_t at = 0; at < count; at++) {
        const struct hvctl_domain *d = &domains[at];
        char uuid[37];

        listing_cell(l, "%s", guest_name(d));
        listing_cell(l, "%u", d->domid);
        listing_cell(l, "%llu", (unsigned long long)d->memory_kib / 1024);
        listing_cell(l, "%llu", (unsigned long long)d->memory_max_kib / 1024);
        listing_cell(l, "%u/%u", d->vcpus_online, d->vcpus_max);
        listing_cell(l, "%s", state_name(d->state));
        listing_cell(l, "%.1f", (double)d->cpu_time_ns / 1e9);
        listing_cell(l, "%s", ended(d) ? reason_name(d->shutdown_reason) : "-");
        listing_cell(l, "%s", uuid_text(d->uuid, uuid));
    }
    listing_print(l, stdout);
    listing_free(l);
}

int verb_list(struct command *c)
{
    struct hvctl_domain *domains;
    size_t count;
    int result = guest_select(c, c->option['n'], &domains, &count);

    if (result) {
        return result;
    }
    if (c->option['j']) {
        result = print_json(domains, count);
    } else if (c->option['n']) {
        for (size_t at = 0; at < count; at++) {
            puts(guest_name(&domains[at]));
        }
    } else if (c->option['l']) {
        print_long(domains, count);
    } else {
        print_table(domains, count);
    }
    free(domains);
    return result;
}
