/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XenStore for callers: nodes, permissions, transactions, watches, and the calls about domains
 * that only a toolstack makes.  The connection is store_wire.c's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "store.h"
#include "store_state.h"

#define SENTENCE 256 /* bytes of "read PATH" in a message; what is longer is cut */

/* A request whose body is strings, each with its zero byte. */
static int call_strings(struct hvctl *h, enum xsd_sockmsg_type type, uint32_t transaction,
                        const char *verb, const char *const *strings, size_t count, char **reply,
                        size_t *size)
{
    char what[SENTENCE];
    struct iovec parts[4];

    for (size_t i = 0; i < count; i++) {
        parts[i] = (struct iovec){(void *)(uintptr_t)strings[i], strlen(strings[i]) + 1};
    }
    snprintf(what, sizeof(what), "%s %s", verb, count ? strings[0] : "");
    return store_call(h, type, transaction, parts, count, what, reply, size);
}

int hvctl_store_read(struct hvctl *h, uint32_t transaction, const char *path, char **value,
                     size_t *size)
{
    return call_strings(h, XS_READ, transaction, "read", &path, 1, value, size);
}

int hvctl_store_write(struct hvctl *h, uint32_t transaction, const char *path, const void *value,
                      size_t size)
{
    struct iovec parts[] = {{(void *)(uintptr_t)path, strlen(path) + 1},
                            {(void *)(uintptr_t)value, size}};
    char what[SENTENCE];

    snprintf(what, sizeof(what), "write %s", path);
    return store_call(h, XS_WRITE, transaction, parts, 2, what, NULL, NULL);
}

int hvctl_store_mkdir(struct hvctl *h, uint32_t transaction, const char *path)
{
    return call_strings(h, XS_MKDIR, transaction, "make", &path, 1, NULL, NULL);
}

int hvctl_store_remove(struct hvctl *h, uint32_t transaction, const char *path)
{
    struct hvctl_failure before;
    int result;

    hvctl_failure_keep(h, &before);
    result = call_strings(h, XS_RM, transaction, "remove", &path, 1, NULL, NULL);
    if (result != -HVCTL_NOT_FOUND) {
        return result;
    }
    hvctl_failure_restore(h, &before);
    return 0;
}

/* Whether a part has the list's end, an empty name, in it; before: the byte before the part. */
static bool ends_list(const char *part, size_t size, char before)
{
    return part[size - 1] == 0 && (size > 1 ? part[size - 2] : before) == 0;
}

/* A list that does not fit in one message, part by part.  It is begun again when the node's
 * generation changes on the way, for as long as a store that is written to allows. */
static int list_parts(struct hvctl *h, uint32_t transaction, const char *path, char **block,
                      size_t *size)
{
    char *all = NULL, generation[32] = "";
    size_t used = 0;

    for (;;) {
        char offset[24], *part, *bigger;
        const char *strings[] = {path, offset};
        size_t part_size, head;
        bool last;
        int result;

        snprintf(offset, sizeof(offset), "%zu", used);
        result =
            call_strings(h, XS_DIRECTORY_PART, transaction, "list", strings, 2, &part, &part_size);
        if (result) {
            free(all);
            return result;
        }
        head = strlen(part) + 1;
        if (head > part_size || head > sizeof(generation)) {
            free(part);
            free(all);
            return hvctl_fail(h, HVCTL_IO, EPROTO, "XenStore: list %s: no generation", path);
        }
        if (used && strcmp(generation, part) != 0) {
            free(part);
            used = 0;
            continue;
        }
        strcpy(generation, part);
        part_size -= head;
        last = part_size == 0 || ends_list(part + head, part_size, used ? all[used - 1] : 0);
        if (part_size && last) {
            part_size--;
        }
        bigger = alloc_again(all, used + part_size + 1);
        if (!bigger) {
            free(part);
            free(all);
            return hvctl_fail_errno(h, ENOMEM, "XenStore: list %s", path);
        }
        all = bigger;
        memcpy(all + used, part + head, part_size);
        used += part_size;
        all[used] = 0;
        free(part);
        if (last) {
            *block = all;
            *size = used;
            return 0;
        }
    }
}

/* Names one behind the other, each with its zero byte, to an array before a copy of them. */
static char **names_of(const char *block, size_t size, size_t *count)
{
    size_t names = 0;
    char **array, *text;

    for (size_t i = 0; i < size; i++) {
        names += block[i] == 0;
    }
    array = alloc_again(NULL, names * sizeof(*array) + size + 1);
    if (!array) {
        return NULL;
    }
    text = (char *)(array + names);
    memcpy(text, block, size);
    for (size_t i = 0; i < names; i++) {
        array[i] = text;
        text += strlen(text) + 1;
    }
    *count = names;
    return array;
}

int hvctl_store_list(struct hvctl *h, uint32_t transaction, const char *path, char ***names,
                     size_t *count)
{
    char *block;
    size_t size;
    int result = call_strings(h, XS_DIRECTORY, transaction, "list", &path, 1, &block, &size);

    if (result && hvctl_errno(h) == E2BIG) {
        result = list_parts(h, transaction, path, &block, &size);
    }
    if (result) {
        return result;
    }
    char **array = names_of(block, size, count);

    free(block);
    if (!array) {
        return hvctl_fail_errno(h, ENOMEM, "XenStore: list %s", path);
    }
    *names = array;
    return 0;
}

int hvctl_store_chmod(struct hvctl *h, uint32_t transaction, const char *path,
                      const char *const *permissions, size_t count)
{
    struct iovec parts[16] = {{(void *)(uintptr_t)path, strlen(path) + 1}};
    char what[SENTENCE];

    if (count == 0 || count >= sizeof(parts) / sizeof(parts[0])) {
        return hvctl_fail(h, HVCTL_INVALID, EINVAL,
                          "XenStore: %s needs 1 to 15 permissions, not %zu", path, count);
    }
    for (size_t i = 0; i < count; i++) {
        parts[i + 1] =
            (struct iovec){(void *)(uintptr_t)permissions[i], strlen(permissions[i]) + 1};
    }
    snprintf(what, sizeof(what), "set permissions of %s", path);
    return store_call(h, XS_SET_PERMS, transaction, parts, count + 1, what, NULL, NULL);
}

int hvctl_store_begin(struct hvctl *h, uint32_t *transaction)
{
    const char *nothing = "";
    char *reply;
    uint32_t wire;
    int result =
        call_strings(h, XS_TRANSACTION_START, 0, "begin a transaction", &nothing, 1, &reply, NULL);

    if (result) {
        return result;
    }
    wire = (uint32_t)strtoul(reply, NULL, 10);
    free(reply);
    h->store->end_lost = false;
    return store_transaction_add(h, wire, transaction);
}

int hvctl_store_end(struct hvctl *h, uint32_t transaction, bool commit)
{
    const char *how = commit ? "T" : "F";
    int result =
        call_strings(h, XS_TRANSACTION_END, transaction, "end a transaction", &how, 1, NULL, NULL);

    store_transaction_drop(h, transaction);
    /* A transaction that its daemon forgot is undone as well as one that was asked to be. */
    return result == -HVCTL_CONFLICT && !commit ? 0 : result;
}

bool store_end_lost(const struct hvctl *h)
{
    return h->store && h->store->end_lost;
}

int hvctl_store_watch(struct hvctl *h, const char *path, const char *token)
{
    const char *strings[] = {path, token};
    int result = call_strings(h, XS_WATCH, 0, "watch", strings, 2, NULL, NULL);

    return result ? result : store_watch_add(h, path, token);
}

int hvctl_store_unwatch(struct hvctl *h, const char *path, const char *token)
{
    const char *strings[] = {path, token};
    bool known = h->store && store_watch_drop(h, path, token);
    int result = call_strings(h, XS_UNWATCH, 0, "unwatch", strings, 2, NULL, NULL);

    if (h->store) {
        store_events_drop(h, token);
    }
    /* A daemon that was begun anew meanwhile was never told of it. */
    return known && result == -HVCTL_NOT_FOUND ? 0 : result;
}

int store_introduce(struct hvctl *h, uint32_t domid, uint64_t mfn, uint32_t port)
{
    char id[16], frame[24], channel[16];
    const char *strings[] = {id, frame, channel};

    snprintf(id, sizeof(id), "%" PRIu32, domid);
    snprintf(frame, sizeof(frame), "%" PRIu64, mfn);
    snprintf(channel, sizeof(channel), "%" PRIu32, port);
    return call_strings(h, XS_INTRODUCE, 0, "introduce domain", strings, 3, NULL, NULL);
}

int store_release(struct hvctl *h, uint32_t domid)
{
    char id[16];
    const char *string = id;

    snprintf(id, sizeof(id), "%" PRIu32, domid);
    return call_strings(h, XS_RELEASE, 0, "release domain", &string, 1, NULL, NULL);
}

int store_domain_path(struct hvctl *h, uint32_t domid, char **path)
{
    char id[16];
    const char *string = id;

    snprintf(id, sizeof(id), "%" PRIu32, domid);
    return call_strings(h, XS_GET_DOMAIN_PATH, 0, "find the path of domain", &string, 1, path,
                        NULL);
}
