/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's nodes in XenStore: what its kernel and other tools look for, under /local/domain and
 * /vm, and what the library keeps for itself under /libhvctl, which no guest may read.  The guest
 * may read its own folder, and write to the few nodes that it answers in.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "device.h"
#include "domain.h"

#define CONSOLE_LIMIT 1048576 /* bytes that the console's daemon keeps */
#define PIECE         2048    /* bytes of a definition in one node */

/* Nodes that belong to the guest, below its folder. */
static const char *const writable[] = {
    "control/shutdown",
    "control/feature-poweroff",
    "control/feature-reboot",
    "control/feature-suspend",
    "control/feature-halt",
    "control/sysrq",
    "device/suspend",
    "data",
    "drivers",
    "feature",
    "attr",
    "error",
};

/* Nodes that it reads, below its folder. */
static const char *const readable[] = {"cpu", "memory", "device", "control", "console", "store"};

static int put(struct build *b, uint32_t t, const char *name, const char *value)
{
    return store_put(b->h, t, value, GUEST_PATH "/%s", b->domid, name);
}

static int put_number(struct build *b, uint32_t t, const char *name, uint64_t value)
{
    return store_put_number(b->h, t, value, GUEST_PATH "/%s", b->domid, name);
}

static int permit(struct build *b, uint32_t t, const char *path, const char *owner,
                  const char *other)
{
    const char *const permissions[] = {owner, other};

    return hvctl_store_chmod(b->h, t, path, permissions, other ? 2 : 1);
}

/* The folder that all else inherits its permissions from. */
static int make_folder(struct build *b, uint32_t t, const char *path, bool shown)
{
    char reader[16];
    int error = hvctl_store_mkdir(b->h, t, path);

    snprintf(reader, sizeof(reader), "r%u", b->domid);
    return error ? error : permit(b, t, path, "n0", shown ? reader : NULL);
}

static int make_writable(struct build *b, uint32_t t)
{
    char path[128], owner[16];
    int error = 0;

    snprintf(owner, sizeof(owner), "n%u", b->domid);
    for (size_t i = 0; i < sizeof(writable) / sizeof(writable[0]) && !error; i++) {
        snprintf(path, sizeof(path), GUEST_PATH "/%s", b->domid, writable[i]);
        error = store_put(b->h, t, "", "%s", path);
        if (!error) {
            error = permit(b, t, path, owner, NULL);
        }
    }
    return error;
}

static int put_vcpus(struct build *b, uint32_t t)
{
    const struct hvctl_definition *d = b->definition;
    unsigned int start = d->vcpus_start ? d->vcpus_start : d->vcpus;
    char name[64];
    int error = 0;

    for (unsigned int i = 0; i < d->vcpus && !error; i++) {
        snprintf(name, sizeof(name), "cpu/%u/availability", i);
        error = put(b, t, name, i < start ? "online" : "offline");
    }
    return error;
}

static int put_numbers(struct build *b, uint32_t t)
{
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"domid", b->domid},
        {"memory/static-max", b->definition->memory_kib},
        {"memory/target", b->pages * 4},
        {"store/ring-ref", b->p2m[b->layout.store_pfn]},
        {"store/port", b->store_port},
        {"console/ring-ref", b->p2m[b->layout.console_pfn]},
        {"console/port", b->console_port},
        {"console/limit", CONSOLE_LIMIT},
    };
    int error = 0;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && !error; i++) {
        error = put_number(b, t, numbers[i].name, numbers[i].value);
    }
    return error;
}

static int put_guest(struct build *b, uint32_t t, const char *vm)
{
    char path[64];
    int error;

    snprintf(path, sizeof(path), GUEST_PATH, b->domid);
    error = hvctl_store_remove(b->h, t, path);
    if (!error) {
        error = make_folder(b, t, path, true);
    }
    for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]) && !error; i++) {
        error = put(b, t, readable[i], "");
    }
    if (!error) {
        error = put(b, t, "vm", vm);
    }
    if (!error) {
        error = put(b, t, "name", b->definition->name);
    }
    if (!error) {
        error = put_numbers(b, t);
    }
    if (!error) {
        error = put(b, t, "console/type", "xenconsoled");
    }
    if (!error) {
        error = put(b, t, "console/output", "pty");
    }
    if (!error) {
        error = put(b, t, "control/platform-feature-multiprocessor-suspend", "1");
    }
    if (!error) {
        error = put_vcpus(b, t);
    }
    return error ? error : make_writable(b, t);
}

static int put_vm(struct build *b, uint32_t t, const char *vm, const char *uuid)
{
    int error = hvctl_store_remove(b->h, t, vm);

    if (!error) {
        error = make_folder(b, t, vm, true);
    }
    if (!error) {
        error = store_put(b->h, t, uuid, "%s/uuid", vm);
    }
    if (!error) {
        error = store_put(b->h, t, b->definition->name, "%s/name", vm);
    }
    if (!error) {
        error = store_put_number(b->h, t, (uint64_t)time(NULL), "%s/start_time", vm);
    }
    return error;
}

/* A definition is longer than a node can be. */
static int put_definition(struct build *b, uint32_t t, const char *text)
{
    size_t length = strlen(text), at = 0;
    char path[64];
    int error = 0;

    for (unsigned int i = 0; at < length && !error; i++) {
        size_t piece = length - at < PIECE ? length - at : PIECE;

        snprintf(path, sizeof(path), LIBRARY_PATH "/definition/%u", b->domid, i);
        error = hvctl_store_write(b->h, t, path, text + at, piece);
        at += piece;
    }
    return error;
}

static int put_own(struct build *b, uint32_t t, const char *definition, const char *uuid)
{
    struct timespec now;
    char path[64];
    int error;

    snprintf(path, sizeof(path), LIBRARY_PATH, b->domid);
    clock_gettime(CLOCK_BOOTTIME, &now);
    error = hvctl_store_remove(b->h, t, path);
    if (!error) {
        error = make_folder(b, t, path, false);
    }
    if (!error) {
        error = store_put(b->h, t, uuid, LIBRARY_PATH "/uuid", b->domid);
    }
    if (!error) {
        error = store_put_number(b->h, t, (uint64_t)now.tv_sec, LIBRARY_PATH "/created", b->domid);
    }
    if (!error) {
        error = store_put_number(b->h, t, b->layout.virt_base, LIBRARY_PATH "/virt-base", b->domid);
    }
    if (!error && b->definition->console_log) {
        error =
            store_put(b->h, t, b->definition->console_log, LIBRARY_PATH "/console-log", b->domid);
    }
    return error ? error : put_definition(b, t, definition);
}

struct making {
    struct build *build;
    const char *definition;
};

static int make_all(struct hvctl *h, uint32_t t, const void *opaque)
{
    const struct making *making = opaque;
    struct build *b = making->build;
    char vm[64], uuid[37];
    int error = name_unused(h, t, b->definition->name, b->domid);

    uuid_format(b->uuid, uuid);
    snprintf(vm, sizeof(vm), "/vm/%s", uuid);
    if (!error) {
        error = put_vm(b, t, vm, uuid);
    }
    if (!error) {
        error = put_guest(b, t, vm);
    }
    return error ? error : put_own(b, t, making->definition, uuid);
}

/* The definition with the uuid and the MAC addresses that were made, as text. */
static int format(struct build *b, char **text)
{
    struct hvctl_definition definition = *b->definition;

    memcpy(definition.uuid, b->uuid, sizeof(definition.uuid));
    definition.uuid_given = true;
    definition.nics = b->nics;
    return hvctl_definition_format(b->h, &definition, text);
}

int guest_store_make(struct build *b)
{
    char *text;
    int error = hvctl_progress(b->h, "telling XenStore", 0, 0);

    if (!error) {
        error = format(b, &text);
    }
    if (!error) {
        error = store_transact(b->h, make_all, &(struct making){b, text});
        free(text);
    }
    return error;
}

/* With `left`, or when something stays, the mark that the sweep goes by stays, too. */
static int remove_nodes(struct hvctl *h, uint32_t t, uint32_t domid, const char *uuid, bool left)
{
    char path[64];
    int error, last;

    snprintf(path, sizeof(path), GUEST_PATH, domid);
    error = hvctl_store_remove(h, t, path);
    snprintf(path, sizeof(path), "/vm/%s", uuid);
    last = hvctl_store_remove(h, t, path);
    error = error ? error : last;
    if (error || left) {
        return error;
    }
    snprintf(path, sizeof(path), LIBRARY_PATH, domid);
    return hvctl_store_remove(h, t, path);
}

int guest_store_remove(struct hvctl *h, uint32_t domid, const uint8_t uuid[16], bool left)
{
    char text[37];

    uuid_format(uuid, text);
    return remove_nodes(h, HVCTL_NO_TRANSACTION, domid, text, left);
}

/* In a transaction that ends in a conflict when another guest gets the number meanwhile. */
static int sweep_one(struct hvctl *h, uint32_t domid)
{
    struct xen_domctl_getdomaininfo info;
    uint8_t uuid[16];
    uint32_t t;
    char *text;
    int error = domain_look(h, domid, &info);

    if (error != -HVCTL_NOT_FOUND) {
        return error;
    }
    error = devices_remove_all(h, domid); /* else its disks stay in use for ever */
    if (!error) {
        error = hvctl_store_begin(h, &t);
    }
    if (error) {
        return error;
    }
    error = store_get(h, t, &text, LIBRARY_PATH "/uuid", domid);
    if (!error) {
        if (domain_look(h, domid, &info) == -HVCTL_NOT_FOUND && uuid_parse(text, uuid)) {
            error = remove_nodes(h, t, domid, text, false);
        }
        free(text);
    }
    error = store_finish(h, t, error);
    return error == -HVCTL_CONFLICT ? 0 : error;
}

static bool is_there(const struct xen_domctl_getdomaininfo *infos, size_t count, uint32_t domid)
{
    for (size_t i = 0; i < count; i++) {
        if (infos[i].domain == domid) {
            return true;
        }
    }
    return false;
}

int guest_store_sweep(struct hvctl *h)
{
    struct hvctl_failure before;
    struct xen_domctl_getdomaininfo *infos = NULL;
    size_t count, info_count;
    char **domids;
    int error;

    hvctl_failure_keep(h, &before);
    error = hvctl_store_list(h, HVCTL_NO_TRANSACTION, "/libhvctl", &domids, &count);
    if (error) {
        return error == -HVCTL_NOT_FOUND ? 0 : error;
    }
    error = domain_look_all(h, &infos, &info_count);
    for (size_t i = 0; i < count && !error; i++) {
        char *end;
        unsigned long domid = strtoul(domids[i], &end, 10);

        if (end != domids[i] && !*end && !is_there(infos, info_count, (uint32_t)domid)) {
            error = sweep_one(h, (uint32_t)domid);
            error = error == -HVCTL_NOT_FOUND ? 0 : error;
        }
    }
    free(infos);
    free(domids);
    if (!error) {
        hvctl_failure_restore(h, &before); /* that a domain is not there is none */
    }
    return error;
}
