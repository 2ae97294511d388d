/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The end of a guest and its other changes of state: destroyed by the administrator, asked to
 * end itself, renamed.  Requests to the guest go through its control nodes; it clears one when it
 * has taken it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device.h"
#include "domain.h"

#define POLL_NS 20000000   /* between two looks at a guest that is asked to end */
#define TRIES   100        /* of a transaction that meets others */
#define TIDY_NS 5000000000 /* for the monitor to take away what has ended */

static int not_control(struct hvctl *h, uint32_t domid, const char *what)
{
    return domid ? 0 : hvctl_fail(h, HVCTL_INVALID, 0, "the control domain can't be %s", what);
}

int hvctl_destroy(struct hvctl *h, uint32_t domid)
{
    struct xen_domctl_getdomaininfo info;
    struct hvctl_failure failure = {.error = 0};
    int error = not_control(h, domid, "destroyed"), first = 0;

    if (!error) {
        error = domain_look(h, domid, &info);
    }
    if (error == -HVCTL_NOT_FOUND) {
        struct hvctl_failure missing;

        hvctl_failure_keep(h, &missing);
        if (guest_store_sweep(h)) { /* of one that has gone there may be nodes */
            hvctl_failure_restore(h, &missing);
        }
    }
    if (!error && !(info.flags & XEN_DOMINF_dying)) {
        error = hvctl_pause(h, domid);
    }
    if (error) {
        return error;
    }
    /* Whatever fails, the rest is taken down; the first failure is told. */
    for (unsigned int step = 0; step < 4; step++) {
        switch (step) {
        case 0:
            error = devices_remove_all(h, domid);
            break;
        case 1:
            error = guest_store_remove(h, domid, info.handle, first);
            break;
        case 2:
            /* So late: whoever is killed before leaves a guest that can be destroyed again. */
            error = domain_end(h, domid);
            break;
        default:
            /* Those who hear of it must find it dying, to let go of its memory. */
            error = store_release(h, domid);
            if (error == -HVCTL_NOT_FOUND) {
                error = 0; /* never introduced, or released when it ended */
            }
        }
        if (error && !first) {
            first = error;
            hvctl_failure_keep(h, &failure);
        }
    }
    if (first) {
        hvctl_failure_restore(h, &failure);
    }
    return first;
}

int hvctl_rename(struct hvctl *h, uint32_t domid, const char *name)
{
    struct xen_domctl_getdomaininfo info;
    char uuid[37];
    int error = name_check(h, name);

    if (!error) {
        error = domain_look(h, domid, &info);
    }
    if (error) {
        return error;
    }
    uuid_format(info.handle, uuid);
    for (unsigned int i = 0; i < TRIES; i++) {
        uint32_t t;

        error = hvctl_store_begin(h, &t);
        if (error) {
            return error;
        }
        error = name_unused(h, t, name, domid);
        if (!error) {
            error = store_put(h, t, name, GUEST_PATH "/name", domid);
        }
        if (!error && domid) {
            error = store_put(h, t, name, "/vm/%s/name", uuid);
        }
        if (error) {
            struct hvctl_failure failure;

            hvctl_failure_keep(h, &failure);
            (void)hvctl_store_end(h, t, false);
            hvctl_failure_restore(h, &failure);
        } else {
            error = hvctl_store_end(h, t, true);
        }
        if (error != -HVCTL_CONFLICT) {
            break;
        }
    }
    return error;
}

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Has it ended?  One that is gone has, too. */
static int has_ended(struct hvctl *h, uint32_t domid, const uint8_t uuid[16], bool *ended)
{
    struct xen_domctl_getdomaininfo info;
    int error = domain_look(h, domid, &info);

    if (error == -HVCTL_NOT_FOUND) {
        *ended = true;
        return 0;
    }
    if (!error) {
        *ended = (info.flags & (XEN_DOMINF_shutdown | XEN_DOMINF_dying)) ||
                 memcmp(info.handle, uuid, sizeof(info.handle));
    }
    return error;
}

/* Whether its definition lets it stay when it has ended. */
static bool is_kept(struct hvctl *h, uint32_t domid, const char *request)
{
    struct hvctl_definition *definition;
    bool kept;

    if (hvctl_definition_of(h, domid, &definition)) {
        return false;
    }
    kept = (strcmp(request, "reboot") ? definition->on_poweroff : definition->on_reboot) ==
           HVCTL_ACTION_PRESERVE;
    hvctl_definition_free(definition);
    return kept;
}

/*
 * The guest has ended: its name and its disks are free once the monitor has taken it away, which
 * whoever waits for the end counts on.  Where nobody does, the guest has ended all the same.
 */
static void await_tidy(struct hvctl *h, uint32_t domid, const char *request)
{
    uint64_t limit = now_ns() + TIDY_NS;
    char *name;

    if (is_kept(h, domid, request)) {
        return;
    }
    while (!store_get(h, HVCTL_NO_TRANSACTION, &name, GUEST_PATH "/name", domid)) {
        free(name);
        if (now_ns() >= limit || hvctl_progress(h, "waiting for what it had", 0, 0)) {
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
}

/* Waits until the guest has taken the request, or ended. */
static int await_end(struct hvctl *h, uint32_t domid, const uint8_t uuid[16], const char *request,
                     uint64_t wait_ns)
{
    uint64_t limit = now_ns() + wait_ns;
    bool ended = false;

    for (;;) {
        char *node;
        int error = has_ended(h, domid, uuid, &ended);

        if (!error && ended) {
            await_tidy(h, domid, request);
        }
        if (error || ended) {
            return error;
        }
        error = hvctl_progress(h, "waiting for the guest to end", 0, 0);
        if (error) {
            return error;
        }
        if (now_ns() >= limit) {
            bool taken = store_get(h, HVCTL_NO_TRANSACTION, &node, GUEST_PATH "/control/shutdown",
                                   domid) == 0;

            if (taken) {
                taken = strcmp(node, request) != 0;
                free(node);
            }
            return hvctl_fail(h, HVCTL_TIMEOUT, ETIMEDOUT,
                              taken ? "domain %u is ending, but has not ended yet"
                                    : "domain %u does not answer the request to end; destroy it "
                                      "if it hangs",
                              domid);
        }
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
}

int hvctl_shutdown(struct hvctl *h, uint32_t domid, enum hvctl_shutdown how, uint64_t wait_ns)
{
    static const char *const requests[] = {
        [HVCTL_POWEROFF] = "poweroff", [HVCTL_REBOOT] = "reboot", [HVCTL_HALT] = "halt"};
    struct xen_domctl_getdomaininfo info;
    int error = not_control(h, domid, "shut down from here");

    if (!error && (unsigned int)how >= sizeof(requests) / sizeof(requests[0])) {
        error = hvctl_fail(h, HVCTL_INVALID, 0, "%u is no way to shut down", (unsigned int)how);
    }
    if (!error) {
        error = domain_look(h, domid, &info);
    }
    if (!error && info.flags & XEN_DOMINF_paused) {
        error = hvctl_fail(h, HVCTL_BUSY, 0,
                           "domain %u is paused and can't answer; unpause it first", domid);
    }
    if (!error) {
        error = store_put(h, HVCTL_NO_TRANSACTION, requests[how], GUEST_PATH "/control/shutdown",
                          domid);
    }
    if (!error && wait_ns) {
        error = await_end(h, domid, info.handle, requests[how], wait_ns);
    }
    return error;
}
