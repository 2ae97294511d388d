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
#define TIDY_NS 5000000000 /* for the monitor to take away what has ended */

static int not_control(struct hvctl *h, uint32_t domid, const char *what)
{
    return domid ? 0 : hvctl_fail(h, HVCTL_INVALID, 0, "the control domain can't be %s", what);
}

int guest_end(struct hvctl *h, uint32_t domid, const uint8_t uuid[16])
{
    struct first_failure first = {.result = 0};
    int error;

    first_failure_note(h, &first, devices_remove_all(h, domid));
    first_failure_note(h, &first, guest_store_remove(h, domid, uuid, first.result != 0));
    /* So late: whoever is killed before leaves a guest that can be destroyed again. */
    first_failure_note(h, &first, domain_end(h, domid));
    /* Those who hear of it must find it dying, to let go of its memory. */
    error = store_release(h, domid);
    if (error != -HVCTL_NOT_FOUND) { /* never introduced, or released when it ended */
        first_failure_note(h, &first, error);
    }
    return first_failure_tell(h, &first);
}

int hvctl_destroy(struct hvctl *h, uint32_t domid)
{
    struct xen_domctl_getdomaininfo info;
    int error = not_control(h, domid, "destroyed");

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
    return error ? error : guest_end(h, domid, info.handle);
}

struct naming {
    uint32_t domid;
    const char *name, *uuid;
};

static int put_name(struct hvctl *h, uint32_t t, const void *opaque)
{
    const struct naming *n = opaque;
    int error = name_unused(h, t, n->name, n->domid);

    if (!error) {
        error = store_put(h, t, n->name, GUEST_PATH "/name", n->domid);
    }
    if (!error && n->domid) {
        error = store_put(h, t, n->name, "/vm/%s/name", n->uuid);
    }
    return error;
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
    return store_transact(h, put_name, &(struct naming){domid, name, uuid});
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
    uint64_t limit = clock_ns() + TIDY_NS;
    char *name;

    if (is_kept(h, domid, request)) {
        return;
    }
    while (!store_get(h, HVCTL_NO_TRANSACTION, &name, GUEST_PATH "/name", domid)) {
        free(name);
        if (clock_ns() >= limit || hvctl_progress(h, "waiting for what it had", 0, 0)) {
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
}

/* Waits until the guest has taken the request, or ended. */
static int await_end(struct hvctl *h, uint32_t domid, const uint8_t uuid[16], const char *request,
                     uint64_t wait_ns)
{
    uint64_t limit = clock_ns() + wait_ns;
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
        if (clock_ns() >= limit) {
            bool taken = store_get(h, HVCTL_NO_TRANSACTION, &node, GUEST_PATH "/control/shutdown",
                                   domid) == 0;

            if (taken) {
                taken = strcmp(node, request) != 0;
                free(node);
            }
            return hvctl_fail(
                h, HVCTL_TIMEOUT, ETIMEDOUT,
                taken ? "domain %u has taken the request, but has not ended yet; one that "
                        "was still starting may have missed it: log in, or destroy it"
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
