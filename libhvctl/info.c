/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains as the administrator sees them: the hypervisor's record with the store's name.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xen/sched.h>

#include "alloc.h"
#include "domain.h"

static enum hvctl_state state_of(uint32_t flags, unsigned int reason)
{
    if (flags & XEN_DOMINF_dying) {
        return HVCTL_DYING;
    }
    if (flags & XEN_DOMINF_shutdown) {
        return reason == SHUTDOWN_crash ? HVCTL_CRASHED : HVCTL_SHUTDOWN;
    }
    if (flags & XEN_DOMINF_paused) {
        return HVCTL_PAUSED;
    }
    return flags & XEN_DOMINF_running ? HVCTL_RUNNING : HVCTL_BLOCKED;
}

/* The name; a domain without one, or a host without a store, has "". */
static void take_name(struct hvctl *h, struct hvctl_domain *domain)
{
    char *name;

    if (store_get(h, HVCTL_NO_TRANSACTION, &name, GUEST_PATH "/name", domain->domid)) {
        snprintf(domain->name, sizeof(domain->name), "%s", domain->domid ? "" : "Domain-0");
        return;
    }
    snprintf(domain->name, sizeof(domain->name), "%s", name);
    free(name);
}

static void fill(struct hvctl *h, const struct xen_domctl_getdomaininfo *info,
                 struct hvctl_domain *domain)
{
    unsigned int reason = info->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
    uint64_t max_kib = info->max_pages > UINT64_MAX / 4 ? UINT64_MAX : info->max_pages * 4;

    *domain = (struct hvctl_domain){
        .domid = info->domain,
        .state = state_of(info->flags, reason),
        .shutdown_reason = info->flags & XEN_DOMINF_shutdown ? reason : 0,
        .memory_kib = info->tot_pages * 4,
        .memory_max_kib = max_kib,
        .cpu_time_ns = info->cpu_time,
        .vcpus_online = info->nr_online_vcpus,
        .vcpus_max = info->max_vcpu_id == XEN_INVALID_MAX_VCPU_ID ? 0 : info->max_vcpu_id + 1,
        .cpupool = info->cpupool,
    };
    memcpy(domain->uuid, info->handle, sizeof(domain->uuid));
    take_name(h, domain);
}

int hvctl_info(struct hvctl *h, uint32_t domid, struct hvctl_domain *domain)
{
    struct xen_domctl_getdomaininfo info;
    int error = domain_look(h, domid, &info);

    if (!error) {
        fill(h, &info, domain);
    }
    return error;
}

int hvctl_list(struct hvctl *h, struct hvctl_domain **domains, size_t *count)
{
    struct xen_domctl_getdomaininfo *infos;
    struct hvctl_domain *all;
    size_t number;
    int error = domain_look_all(h, &infos, &number);

    if (error) {
        return error;
    }
    all = alloc_zeroed(number, sizeof(*all));
    if (!all) {
        error = hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    for (size_t i = 0; i < number && !error; i++) {
        fill(h, &infos[i], &all[i]);
    }
    free(infos);
    if (!error) {
        *domains = all;
        *count = number;
    }
    return error;
}

int hvctl_uptime(struct hvctl *h, uint32_t domid, uint64_t *seconds)
{
    struct xen_domctl_getdomaininfo info;
    struct timespec now;
    uint64_t created = 0;
    int error = domain_look(h, domid, &info);

    if (!error && domid) {
        error = store_get_number(h, HVCTL_NO_TRANSACTION, &created, LIBRARY_PATH "/created", domid);
    }
    if (error == -HVCTL_NOT_FOUND) {
        return hvctl_fail(h, HVCTL_NOT_FOUND, ENOENT,
                          "it is not known when domain %u was created: not by this library", domid);
    }
    if (!error) {
        clock_gettime(CLOCK_BOOTTIME, &now);
        *seconds = (uint64_t)now.tv_sec > created ? (uint64_t)now.tv_sec - created : 0;
    }
    return error;
}

/* The name that the guest has by now: it may have been given another one. */
static void rename_definition(struct hvctl *h, uint32_t domid, struct hvctl_definition *definition)
{
    char *name;

    if (store_get(h, HVCTL_NO_TRANSACTION, &name, GUEST_PATH "/name", domid) == 0) {
        free(definition->name);
        definition->name = name;
    }
}

int hvctl_definition_of(struct hvctl *h, uint32_t domid, struct hvctl_definition **definition)
{
    char *text = NULL;
    size_t size = 0;
    int error = 0;

    for (unsigned int i = 0; !error; i++) {
        char path[64], *piece, *longer;
        size_t got;

        snprintf(path, sizeof(path), LIBRARY_PATH "/definition/%u", domid, i);
        error = hvctl_store_read(h, HVCTL_NO_TRANSACTION, path, &piece, &got);
        if (error) {
            break;
        }
        longer = alloc_again(text, size + got + 1);
        if (longer) {
            memcpy(longer + size, piece, got);
            text = longer;
            size += got;
        } else {
            error = hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
        }
        free(piece);
    }
    if (error == -HVCTL_NOT_FOUND && size) {
        error = hvctl_definition_parse(h, "the guest's definition", text, size, definition);
        if (!error) {
            rename_definition(h, domid, *definition);
        }
    } else if (error == -HVCTL_NOT_FOUND) {
        error = hvctl_fail(h, HVCTL_NOT_FOUND, ENOENT,
                           "domain %u has no definition: this library did not create it", domid);
    }
    free(text);
    return error;
}
