/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl vcpu-list: vCPUs, where they are and where they may run.
 */
#include "command.h"

#include <stdlib.h>

static const char *vcpu_state(const struct hvctl_vcpu *v)
{
    return !v->online ? "off line" : v->running ? "running" : v->blocked ? "blocked" : "runnable";
}

static json_t *as_json(const struct hvctl_domain *d, const struct hvctl_vcpu *v)
{
    char hard[1024], soft[1024];

    return json_pack("{s:i,s:o,s:i,s:s,s:o,s:f,s:s,s:s}", "domid", (int)d->domid, "name",
                     json_text(guest_name(d)), "vcpu", (int)v->id, "state", vcpu_state(v), "cpu",
                     v->online ? json_integer(v->cpu) : json_null(), "cpu_seconds",
                     (double)v->cpu_time_ns / 1e9, "hard_affinity",
                     cpuset_text(&v->hard, hard, sizeof(hard)), "soft_affinity",
                     cpuset_text(&v->soft, soft, sizeof(soft)));
}

static void row(struct listing *l, const struct hvctl_domain *d, const struct hvctl_vcpu *v)
{
    char cpus[1024];

    listing_cell(l, "%s", guest_name(d));
    listing_cell(l, "%u", d->domid);
    listing_cell(l, "%u", v->id);
    listing_cell(l, v->online ? "%u" : "-", v->cpu);
    listing_cell(l, "%s", vcpu_state(v));
    listing_cell(l, "%.1f", (double)v->cpu_time_ns / 1e9);
    listing_cell(l, "%s", cpuset_text(&v->hard, cpus, sizeof(cpus)));
    listing_cell(l, "%s", cpuset_text(&v->soft, cpus, sizeof(cpus)));
}

static int add(struct command *c, const struct hvctl_domain *d, struct listing *l, json_t *array)
{
    struct hvctl_vcpu *vcpus;
    size_t count;
    int result = hvctl_vcpus(c->h, d->domid, &vcpus, &count);

    if (result == -HVCTL_NOT_FOUND && !c->argc) {
        return 0; /* it ended between the two questions */
    }
    if (result) {
        return result;
    }
    for (size_t at = 0; at < count; at++) {
        row(l, d, &vcpus[at]);
        json_array_append_new(array, as_json(d, &vcpus[at]));
    }
    free(vcpus);
    return 0;
}

int verb_vcpu_list(struct command *c)
{
    static const char *const titles[] = {"Name",         " Id",        " vCPU",     " CPU", "State",
                                         " CPU seconds", "May run on", "Better on", NULL};
    struct hvctl_domain *domains;
    size_t count;
    struct listing *l;
    json_t *array;
    int result = guest_select(c, false, &domains, &count);

    if (result) {
        return result;
    }
    l = listing_new(titles);
    array = json_array();
    for (size_t at = 0; !result && at < count; at++) {
        result = add(c, &domains[at], l, array);
    }
    result = listing_end(c, l, array, result);
    free(domains);
    return result;
}
