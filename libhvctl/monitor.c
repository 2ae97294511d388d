/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policies of ended guests.  A daemon calls this when XenStore says that a domain ended.  The
 * nodes below /libhvctl/DOMID carry what it needs over a restart of the daemon: `handled`, when a
 * guest that is kept was seen to, and `quick`, how often running its like ended at once.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <xen/sched.h>

#include "domain.h"

#define WATCH    "@releaseDomain"
#define TOKEN    "libhvctl-monitor"
#define SECOND   1000000000ULL
#define QUICK_S  10 /* a guest that ends within these seconds of its start ended at once */
#define QUICK_IN 5  /* times running after which it is left ended */

static enum hvctl_action action_for(const struct hvctl_definition *d, unsigned int reason)
{
    switch (reason) {
    case SHUTDOWN_poweroff:
        return d->on_poweroff;
    case SHUTDOWN_reboot:
        return d->on_reboot;
    default:
        return d->on_crash;
    }
}

/* Counts ends at once; true when there were too many. */
static bool too_quick(struct hvctl *h, uint32_t domid, uint64_t *quick)
{
    uint64_t seconds = 0;

    *quick = 0;
    if (hvctl_uptime(h, domid, &seconds) || seconds >= QUICK_S) {
        return false;
    }
    if (store_get_number(h, HVCTL_NO_TRANSACTION, quick, LIBRARY_PATH "/quick", domid)) {
        *quick = 0;
    }
    ++*quick;
    return *quick >= QUICK_IN;
}

static int restart(struct hvctl *h, const struct hvctl_definition *definition, uint64_t quick,
                   uint32_t *domid)
{
    int error = hvctl_create(h, definition, HVCTL_CREATE_PAUSED, domid);

    if (!error && quick) {
        error = store_put_number(h, HVCTL_NO_TRANSACTION, quick, LIBRARY_PATH "/quick", *domid);
    }
    return error ? error : hvctl_unpause(h, *domid);
}

/* Gives the ended guest another name and uuid, so that its like can have them. */
static int step_aside(struct hvctl *h, uint32_t domid, const char *name)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_setdomainhandle};
    char aside[64];
    long result;
    int error;

    snprintf(aside, sizeof(aside), "%.48s-ended-%u", name, domid);
    error = hvctl_rename(h, domid, aside);
    if (error) {
        return error;
    }
    if (getrandom(op.u.setdomainhandle.handle, sizeof(op.u.setdomainhandle.handle), 0) < 0) {
        return hvctl_fail_errno(h, errno, "there are no random numbers for a uuid");
    }
    result = calls_domctl(h, domid, &op);
    return result < 0 ? calls_fail(h, result, "domain %u can't be given another uuid", domid) : 0;
}

static int mark_handled(struct hvctl *h, uint32_t domid)
{
    return store_put(h, HVCTL_NO_TRANSACTION, "1", LIBRARY_PATH "/handled", domid);
}

static int act(struct hvctl *h, struct hvctl_definition *definition, struct hvctl_end *end)
{
    uint64_t quick;
    bool enough = too_quick(h, end->domid, &quick);
    int error = 0;

    snprintf(end->name, sizeof(end->name), "%s", definition->name);
    switch (end->action) {
    case HVCTL_ACTION_DESTROY:
        return hvctl_destroy(h, end->domid);
    case HVCTL_ACTION_PRESERVE:
        return mark_handled(h, end->domid);
    case HVCTL_ACTION_RESTART:
        error = hvctl_destroy(h, end->domid);
        break;
    case HVCTL_ACTION_RENAME_RESTART:
        error = mark_handled(h, end->domid);
        if (!error) {
            error = step_aside(h, end->domid, definition->name);
        }
        break;
    }
    if (!error && enough) {
        error = hvctl_fail(h, HVCTL_BUSY, 0,
                           "guest %s ended %d times running within %d seconds of its start, and is "
                           "not started again",
                           definition->name, QUICK_IN, QUICK_S);
    }
    return error ? error : restart(h, definition, quick, &end->new_domid);
}

static bool is_handled(struct hvctl *h, uint32_t domid)
{
    char *value;

    if (store_get(h, HVCTL_NO_TRANSACTION, &value, LIBRARY_PATH "/handled", domid)) {
        return false;
    }
    free(value);
    return true;
}

static void handle(struct hvctl *h, const struct xen_domctl_getdomaininfo *info, hvctl_end_fn *told,
                   void *opaque)
{
    struct hvctl_definition *definition;
    struct hvctl_end end = {
        .domid = info->domain,
        .shutdown_reason = info->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask,
        .new_domid = HVCTL_NO_DOMAIN,
    };

    /* One that suspended itself waits for whoever asked for that. */
    if (end.shutdown_reason == SHUTDOWN_suspend || is_handled(h, end.domid) ||
        hvctl_definition_of(h, end.domid, &definition)) {
        return;
    }
    end.action = action_for(definition, end.shutdown_reason);
    if (act(h, definition, &end)) {
        end.failure = hvctl_message(h);
    }
    if (told) {
        told(opaque, &end);
    }
    hvctl_definition_free(definition);
}

int hvctl_ends_handle(struct hvctl *h, hvctl_end_fn *told, void *opaque)
{
    struct xen_domctl_getdomaininfo *infos;
    size_t count;
    int error = domain_look_all(h, &infos, &count);

    if (error) {
        return error;
    }
    for (size_t i = 0; i < count; i++) {
        if (infos[i].domain && infos[i].flags & XEN_DOMINF_shutdown &&
            !(infos[i].flags & XEN_DOMINF_dying)) {
            handle(h, &infos[i], told, opaque);
        }
    }
    free(infos);
    return 0;
}

int hvctl_monitor_run(struct hvctl *h, hvctl_end_fn *told, bool (*stop)(void *opaque), void *opaque)
{
    int error = hvctl_store_watch(h, WATCH, TOKEN);

    while (!error && !stop(opaque)) {
        char *path, *token;

        error = hvctl_store_wait(h, SECOND, &path, &token);
        if (error == -HVCTL_TIMEOUT) {
            error = 0;
            continue;
        }
        if (!error) {
            free(path);
            error = hvctl_ends_handle(h, told, opaque);
        }
    }
    if (!error) {
        error = hvctl_store_unwatch(h, WATCH, TOKEN);
    }
    return error;
}
