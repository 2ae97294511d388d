/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting for devices, and their end: the handshake of hot detach, removal by force, and all of
 * a guest's devices at its end.
 *
 * Waits use a connection of their own, so that no event of the caller's watches is taken.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "device.h"

#define CONNECT_MS 20000 /* for a guest's driver to take a new device */
#define DETACH_MS  10000 /* for a guest to let go of one */
#define KERNEL_MS  10000 /* for the control domain's own kernel */
#define AGAIN_MS   500   /* until nodes are removed that it wrote again */
#define POLL_NS    5000000

int device_await_file(struct hvctl *h, const char *path, bool present, unsigned int ms)
{
    uint64_t deadline = clock_ms() + ms;

    while ((access(path, F_OK) == 0) != present) {
        struct timespec pause = {.tv_nsec = POLL_NS};

        if (clock_ms() > deadline) {
            return hvctl_fail(h, HVCTL_TIMEOUT, ETIMEDOUT, "%s did not %s within %u s", path,
                              present ? "come" : "go", ms / 1000);
        }
        nanosleep(&pause, NULL);
    }
    return 0;
}

/*
 * Waits until the back end's state is one of a set of bits; the state, 0 when time is up.  A handle
 * of its own has the watch, so that no event of the caller's is taken; without memory for that it
 * looks again and again, since by now a guest is busy with the device.
 */
static unsigned int await_state(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id,
                                unsigned int wanted, unsigned int ms)
{
    uint64_t deadline = clock_ms() + ms;
    struct hvctl *own = hvctl_open();
    unsigned int state;
    char path[160];
    bool watched;

    snprintf(path, sizeof(path), DEVICE_BACKEND "/state", kind, domid, id);
    watched = own && !hvctl_store_watch(own, path, "state");
    for (;;) {
        uint64_t now = clock_ms();
        char *fired, *token;
        int result;

        state = device_state(h, kind, domid, id);
        if (wanted & 1u << state || now >= deadline) {
            break;
        }
        result = watched ? hvctl_store_wait(own, (deadline - now) * 1000000, &fired, &token)
                         : -HVCTL_NO_MEMORY;
        if (!result) {
            free(fired);
        } else if (result != -HVCTL_TIMEOUT) {
            struct timespec pause = {.tv_nsec = POLL_NS};

            watched = false;
            nanosleep(&pause, NULL);
        }
    }
    hvctl_close(own);
    return wanted & 1u << state ? state : XenbusStateUnknown;
}

int device_connect(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id)
{
    struct hvctl_domain domain;
    unsigned int state;
    char *reason;
    int result = hvctl_info(h, domid, &domain);

    if (result) {
        return result;
    }
    if (domain.state == HVCTL_PAUSED) {
        return 0; /* it will connect when it runs */
    }
    state =
        await_state(h, kind, domid, id,
                    1u << XenbusStateConnected | 1u << XenbusStateClosing | 1u << XenbusStateClosed,
                    CONNECT_MS);
    if (state == XenbusStateConnected) {
        return 0;
    }
    if (state == XenbusStateUnknown) {
        return hvctl_fail(h, HVCTL_TIMEOUT, ETIMEDOUT,
                          "domain %u does not take its new device %s %u (has it a driver?)", domid,
                          kind, id);
    }
    if (store_get(h, 0, &reason, DEVICE_ERRORS "/%u/error", kind, domid, id)) {
        reason = NULL;
    }
    result = hvctl_fail(h, HVCTL_IO, EIO, "domain %u refused its new device %s %u%s%s", domid, kind,
                        id, reason ? ": " : "", reason ? reason : "");
    free(reason);
    return result;
}

/*
 * Waits until the back end has let go.  One that is connecting just now writes nodes anew, and
 * would stay because of them: so they are removed for as long as it is there, and once more behind
 * it.  (Its link on the bus goes before its driver has ended, its folder goes after that.)
 */
static int await_gone(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id,
                      const char *nodes)
{
    uint64_t deadline = clock_ms() + KERNEL_MS;
    char folder[64];
    int waited, result;

    snprintf(folder, sizeof(folder), "/sys/devices/%s-%u-%u", kind, domid, id);
    do {
        waited = device_await_file(h, folder, false, AGAIN_MS);
        result = hvctl_store_remove(h, 0, nodes);
    } while (waited && !result && clock_ms() < deadline);
    if (!waited || result) {
        return result;
    }
    return hvctl_fail(h, HVCTL_TIMEOUT, ETIMEDOUT, "%s did not go within %u s", folder,
                      KERNEL_MS / 1000);
}

int device_remove(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id)
{
    struct first_failure first = {.result = 0};
    char backend[128], path[128];

    snprintf(backend, sizeof(backend), DEVICE_BACKEND, kind, domid, id);
    first_failure_note(h, &first, hvctl_store_remove(h, 0, backend));
    snprintf(path, sizeof(path), DEVICE_FRONT, domid, kind, id);
    first_failure_note(h, &first, hvctl_store_remove(h, 0, path));
    if (first.result) {
        return first_failure_tell(h, &first);
    }
    first_failure_note(h, &first, await_gone(h, kind, domid, id, backend));
    snprintf(path, sizeof(path), DEVICE_ERRORS "/%u", kind, domid, id);
    first_failure_note(h, &first, hvctl_store_remove(h, 0, path));
    return first_failure_tell(h, &first);
}

void device_undo(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id)
{
    struct hvctl_failure failure;

    hvctl_failure_keep(h, &failure);
    if (device_remove(h, kind, domid, id)) {
        /* Nothing more can be done; the failure that began it is what counts. */
    }
    hvctl_failure_restore(h, &failure);
}

static int detach(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id, bool force)
{
    unsigned int state = device_state(h, kind, domid, id);
    int result;

    /* Before it was connected, and after it was closed, there is nobody to ask. */
    if (state == XenbusStateConnected || state == XenbusStateInitialised ||
        state == XenbusStateClosing) {
        result = store_put(h, 0, "0", DEVICE_BACKEND "/online", kind, domid, id);
        if (!result && state != XenbusStateClosing) {
            result = store_put_number(h, 0, XenbusStateClosing, DEVICE_BACKEND "/state", kind,
                                      domid, id);
        }
        if (result) {
            return result;
        }
        /* A back end that unregistered may have taken its folder with it. */
        state = await_state(h, kind, domid, id, 1u << XenbusStateClosed, DETACH_MS);
        if (state != XenbusStateClosed && !force) {
            return hvctl_fail(h, HVCTL_TIMEOUT, ETIMEDOUT,
                              "domain %u still uses its device %s %u; let go of it there (umount) "
                              "and detach it again, or detach it by force",
                              domid, kind, id);
        }
    }
    return device_remove(h, kind, domid, id);
}

/* By its name, its number, or a card's MAC address. */
static bool is_called(const struct hvctl_device *device, const char *which)
{
    char *end;
    unsigned long number = strtoul(which, &end, 10);

    return !strcmp(device->target, which) || (end != which && !*end && number == device->id) ||
           (strchr(which, ':') && !strcasecmp(device->address, which));
}

int device_detach(struct hvctl *h, const char *kind, uint32_t domid, device_read_fn *read,
                  const char *which, bool force)
{
    struct hvctl_device *devices;
    unsigned int id = UINT_MAX;
    size_t count;
    int result = device_list(h, kind, domid, read, &devices, &count);

    if (result) {
        return result;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_called(&devices[i], which)) {
            id = devices[i].id;
        }
    }
    free(devices);
    if (id == UINT_MAX) {
        return hvctl_fail(h, HVCTL_NOT_FOUND, ENODEV, "domain %u has no %s %s", domid,
                          strcmp(kind, DEVICE_DISK) ? "network card" : "disk", which);
    }
    return detach(h, kind, domid, id, force);
}

int devices_remove_all(struct hvctl *h, uint32_t domid)
{
    static const char *const kinds[] = {DEVICE_DISK, DEVICE_NIC};
    struct first_failure first = {.result = 0};

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        unsigned int *ids;
        char folder[128];
        size_t count;
        int result = device_ids(h, 0, kinds[k], domid, &ids, &count);

        first_failure_note(h, &first, result);
        if (result) { /* then nobody waits for them, but they go */
            ids = NULL;
            count = 0;
        }
        /* All first, then each is waited for: their ends run side by side. */
        snprintf(folder, sizeof(folder), "/local/domain/0/backend/%s/%u", kinds[k], domid);
        first_failure_note(h, &first, hvctl_store_remove(h, 0, folder));
        for (size_t i = 0; i < count; i++) {
            first_failure_note(h, &first, device_remove(h, kinds[k], domid, ids[i]));
        }
        first_failure_note(h, &first, hvctl_store_remove(h, 0, folder));
        snprintf(folder, sizeof(folder), DEVICE_ERRORS, kinds[k], domid);
        first_failure_note(h, &first, hvctl_store_remove(h, 0, folder));
        free(ids);
    }
    return first_failure_tell(h, &first);
}
