/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making, listing and reading devices in XenStore.  A device is made in one transaction, so that
 * nobody sees half of it; how it ends is device_end.c's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "device.h"

#define TRIES 100 /* of a transaction that meets others */

static int write_nodes(struct hvctl *h, uint32_t transaction, const char *folder,
                       const struct device_node *nodes)
{
    for (; nodes->name; nodes++) {
        int result = store_put(h, transaction, nodes->value, "%s/%s", folder, nodes->name);

        if (result) {
            return result;
        }
    }
    return 0;
}

/* A folder that belongs to one domain and that another reads; what is in it inherits that. */
static int make_folder(struct hvctl *h, uint32_t transaction, const char *folder, uint32_t owner,
                       uint32_t reader)
{
    char owns[16], reads[16];
    const char *permissions[] = {owns, reads};
    int result = hvctl_store_mkdir(h, transaction, folder);

    snprintf(owns, sizeof(owns), "n%u", owner);
    snprintf(reads, sizeof(reads), "r%u", reader);
    return result ? result : hvctl_store_chmod(h, transaction, folder, permissions, 2);
}

/* Is the device that is there the one that is to be made?  No two have all nodes the same. */
static int is_same(struct hvctl *h, uint32_t transaction, const char *backend,
                   const struct device_node *nodes, bool *same)
{
    *same = true;
    for (; nodes->name && *same; nodes++) {
        char *value;
        int result = store_get(h, transaction, &value, "%s/%s", backend, nodes->name);

        if (result && result != -HVCTL_NOT_FOUND) {
            return result;
        }
        *same = !result && strcmp(value, nodes->value) == 0;
        free(result ? NULL : value);
    }
    return 0;
}

/* -HVCTL_EXISTS: there is such a device; *done: it is ours, of a try whose end nobody told of. */
static int check_new(struct hvctl *h, uint32_t transaction, const char *backend,
                     const struct device_new *device, bool maybe, bool *done)
{
    char *old;
    int result = store_get(h, transaction, &old, "%s/state", backend);

    if (!result) {
        free(old);
        result = maybe ? is_same(h, transaction, backend, device->backend, done) : 0;
        if (!result) {
            result = hvctl_fail(h, HVCTL_EXISTS, EEXIST, "domain %u has a device %s %u already",
                                device->domid, device->kind, device->id);
        }
        return result;
    }
    if (result != -HVCTL_NOT_FOUND) {
        return result;
    }
    return device->check ? device->check(h, transaction, device) : 0;
}

static int add_in_transaction(struct hvctl *h, uint32_t transaction,
                              const struct device_new *device, bool maybe, bool *done)
{
    char backend[128], front[128], domid[16];
    const struct device_node backend_common[] = {
        {"frontend", front}, {"frontend-id", domid}, {"online", "1"}, {"state", "1"}, {NULL, NULL}};
    const struct device_node front_common[] = {
        {"backend", backend}, {"backend-id", "0"}, {"state", "1"}, {NULL, NULL}};
    int result;

    snprintf(domid, sizeof(domid), "%u", device->domid);
    snprintf(backend, sizeof(backend), DEVICE_BACKEND, device->kind, device->domid, device->id);
    snprintf(front, sizeof(front), DEVICE_FRONT, device->domid, device->kind, device->id);
    result = check_new(h, transaction, backend, device, maybe, done);
    /* The guest could have left something where its new device's folder goes. */
    result = result ? result : hvctl_store_remove(h, transaction, front);
    result = result ? result : make_folder(h, transaction, front, device->domid, 0);
    result = result ? result : write_nodes(h, transaction, front, device->front);
    result = result ? result : write_nodes(h, transaction, front, front_common);
    result = result ? result : make_folder(h, transaction, backend, 0, device->domid);
    result = result ? result : write_nodes(h, transaction, backend, device->backend);
    return result ? result : write_nodes(h, transaction, backend, backend_common);
}

/* One try; -HVCTL_CONFLICT: begin again. */
static int add_once(struct hvctl *h, const struct device_new *device, bool maybe)
{
    struct hvctl_failure failure;
    uint32_t transaction;
    bool done = false;
    int undone, result = hvctl_store_begin(h, &transaction);

    if (result) {
        return result;
    }
    result = add_in_transaction(h, transaction, device, maybe, &done);
    if (!result) {
        return hvctl_store_end(h, transaction, true);
    }
    hvctl_failure_keep(h, &failure); /* the sentence is the failure's, not the clean-up's */
    undone = hvctl_store_end(h, transaction, false);
    if (undone == -HVCTL_IO) {
        return undone;
    }
    hvctl_failure_restore(h, &failure);
    return done ? 0 : result;
}

int device_add(struct hvctl *h, const struct device_new *device)
{
    bool maybe = false; /* an end was asked for, and no answer came */

    for (unsigned int tries = 0; tries < TRIES; tries++) {
        int result = add_once(h, device, maybe);

        if (result != -HVCTL_CONFLICT) {
            return result;
        }
        maybe |= store_end_lost(h);
    }
    return hvctl_fail(h, HVCTL_BUSY, EAGAIN, "XenStore: too much goes on at once for a new device");
}

static int by_number(const void *left, const void *right)
{
    unsigned int a = *(const unsigned int *)left, b = *(const unsigned int *)right;

    return (a > b) - (a < b);
}

int device_ids(struct hvctl *h, uint32_t transaction, const char *kind, uint32_t domid,
               unsigned int **ids, size_t *count)
{
    char folder[128], **names;
    unsigned int *found;
    size_t name_count, used = 0;
    int result;

    snprintf(folder, sizeof(folder), "/local/domain/0/backend/%s/%u", kind, domid);
    result = hvctl_store_list(h, transaction, folder, &names, &name_count);
    if (result == -HVCTL_NOT_FOUND) {
        name_count = 0;
        names = NULL;
    } else if (result) {
        return result;
    }
    found = alloc_zeroed(name_count + 1, sizeof(*found));
    if (!found) {
        free(names);
        return hvctl_fail_errno(h, ENOMEM, "list the devices of domain %u", domid);
    }
    for (size_t i = 0; i < name_count; i++) {
        char *end;
        unsigned long id = strtoul(names[i], &end, 10);

        if (end != names[i] && !*end && id < UINT_MAX) {
            found[used++] = (unsigned int)id;
        }
    }
    free(names);
    qsort(found, used, sizeof(*found), by_number);
    *ids = found;
    *count = used;
    return 0;
}

int device_text(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id,
                const char *name, char *text, size_t size)
{
    char *value;
    int result = store_get(h, 0, &value, DEVICE_BACKEND "/%s", kind, domid, id, name);

    text[0] = 0;
    if (result == -HVCTL_NOT_FOUND) {
        return 0;
    }
    if (result) {
        return result;
    }
    snprintf(text, size, "%s", value);
    free(value);
    return 0;
}

unsigned int device_state(struct hvctl *h, const char *kind, uint32_t domid, unsigned int id)
{
    uint64_t state;

    if (store_get_number(h, 0, &state, DEVICE_BACKEND "/state", kind, domid, id) ||
        state > XenbusStateReconfigured) {
        return XenbusStateUnknown;
    }
    return (unsigned int)state;
}

int device_list(struct hvctl *h, const char *kind, uint32_t domid, device_read_fn *read,
                struct hvctl_device **devices, size_t *count)
{
    struct hvctl_device *list;
    unsigned int *ids;
    size_t id_count, used = 0;
    int result = device_ids(h, 0, kind, domid, &ids, &id_count);

    if (result) {
        return result;
    }
    list = alloc_zeroed(id_count + 1, sizeof(*list));
    if (!list) {
        free(ids);
        return hvctl_fail_errno(h, ENOMEM, "list the devices of domain %u", domid);
    }
    for (size_t i = 0; i < id_count && !result; i++) {
        list[used].id = ids[i];
        list[used].state = device_state(h, kind, domid, ids[i]);
        if (list[used].state != XenbusStateUnknown) {
            result = read(h, domid, ids[i], &list[used]);
            used++;
        }
    }
    free(ids);
    if (result) {
        free(list);
        return result;
    }
    *devices = list;
    *count = used;
    return 0;
}
