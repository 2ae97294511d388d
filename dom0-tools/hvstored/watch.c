/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches. Whether a client may know of a change is decided by the permission to read the node
 * as it was or as it will be; for watches below a node that goes, by the nodes there.
 */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "path.h"

#define SUMMARY_FACTOR 16 /* the control domain's queues are that much longer */

static struct watch **bucket(struct store *store, uint32_t hash)
{
    return &store->watches[hash % WATCH_BUCKETS];
}

void watch_free(struct watch *watch)
{
    if (!watch)
        return;
    free(watch->path);
    free(watch->token);
    free(watch);
}

struct watch *watch_new(const char *path, const char *token, uint32_t strip)
{
    struct watch *watch = mem_zalloc(sizeof(*watch));

    if (!watch)
        return NULL;
    watch->path = mem_string(path);
    watch->token = watch->path ? mem_string(token) : NULL;
    watch->hash = text_hash(path);
    watch->strip = strip;
    if (!watch->token) {
        watch_free(watch);
        return NULL;
    }
    return watch;
}

void watch_add(struct connection *owner, struct watch *watch)
{
    struct watch **head = bucket(owner->store, watch->hash);

    watch->owner = owner;
    watch->next_here = *head;
    *head = watch;
    watch->next_own = owner->watches;
    owner->watches = watch;
    owner->watch_count++;
}

struct watch *watch_find(struct connection *owner, const char *path, const char *token)
{
    struct watch *watch;

    for (watch = owner->watches; watch; watch = watch->next_own) {
        if (!strcmp(watch->path, path) && !strcmp(watch->token, token))
            break;
    }
    return watch;
}

void watch_remove(struct watch *watch)
{
    struct watch **at = bucket(watch->owner->store, watch->hash);

    while (*at != watch)
        at = &(*at)->next_here;
    *at = watch->next_here;
    at = &watch->owner->watches;
    while (*at != watch)
        at = &(*at)->next_own;
    *at = watch->next_own;
    watch->owner->watch_count--;
    watch_free(watch);
}

void watch_remove_all(struct connection *owner)
{
    while (owner->watches)
        watch_remove(owner->watches);
}

struct message *watch_first_event(const char *path, const char *token, uint32_t strip)
{
    struct message *message = NULL;
    struct bytes body = {0};

    bytes_add(&body, path + strip, strlen(path) + 1 - strip);
    bytes_add(&body, token, strlen(token) + 1);
    if (!body.failed)
        message = message_new(XS_WATCH_EVENT, 0, 0, body.data, body.len);
    bytes_free(&body);
    return message;
}

static bool same(const struct message *a, const struct message *b)
{
    return a->len == b->len && !a->sent && !memcmp(a->data, b->data, a->len);
}

/* Bytes that wait for a connection, the change's own included; whether a message is among them. */
static size_t waiting(const struct change *change, const struct connection *to,
                      const struct message *wanted, bool *found)
{
    const struct message *message;
    size_t sum = to->out_bytes;
    uint32_t i;

    for (message = to->out; message; message = message->next)
        *found |= same(message, wanted);
    for (i = 0; i < change->send_count; i++) {
        if (change->sends[i].to != to)
            continue;
        sum += change->sends[i].message->len;
        *found |= same(change->sends[i].message, wanted);
    }
    return sum;
}

static void tell(struct change *change, const struct watch *watch, const char *path)
{
    size_t most = change->store->quotas.limit[QUOTA_QUEUE_BYTES];
    struct message *message = watch_first_event(path, watch->token, watch->strip);
    bool found = false;

    if (privileged(watch->owner))
        most *= SUMMARY_FACTOR;
    if (message && waiting(change, watch->owner, message, &found) + message->len > most && !found) {
        free(message);
        message = watch_first_event(watch->path, watch->token, watch->strip);
        if (message)
            waiting(change, watch->owner, message, &found);
    }
    if (found)
        free(message);
    else
        change_send(change, watch->owner, message);
}

static bool may_know(const struct change *change, const struct connection *connection,
                     const char *path)
{
    const struct node *before = tree_find(change->store->root, path);
    const struct node *after = tree_find(change->root, path);

    return privileged(connection) || (before && may(connection, before->perms, PERM_READ)) ||
           (after && may(connection, after->perms, PERM_READ));
}

/* The watches on exactly this path are told of a change at another. */
static void fire_at(struct change *change, const char *watched, const char *path)
{
    uint32_t hash = text_hash(watched);
    struct watch *watch;

    for (watch = *bucket(change->store, hash); watch; watch = watch->next_here) {
        if (watch->hash == hash && !strcmp(watch->path, watched) && !watch->owner->failed &&
            may_know(change, watch->owner, path))
            tell(change, watch, path);
    }
}

static void fire_special(struct change *change, const char *name)
{
    uint32_t hash = text_hash(name);
    struct watch *watch;
    int which;

    for (which = 0; which < SPECIAL_COUNT && strcmp(special_names[which], name); which++)
        ;
    if (which == SPECIAL_COUNT)
        return;
    for (watch = *bucket(change->store, hash); watch; watch = watch->next_here) {
        if (!strcmp(watch->path, name) && !watch->owner->failed &&
            may(watch->owner, change->store->special[which], PERM_READ))
            tell(change, watch, name);
    }
}

/* Watches on what was below a node that goes. */
static void fire_below(struct change *change, const char *path)
{
    struct watch *watch;
    int i;

    for (i = 0; i < WATCH_BUCKETS; i++) {
        for (watch = change->store->watches[i]; watch; watch = watch->next_here) {
            if (!watch->owner->failed && strcmp(watch->path, path) &&
                path_within(watch->path, path) && tree_find(change->store->root, watch->path) &&
                may_know(change, watch->owner, watch->path))
                tell(change, watch, watch->path);
        }
    }
}

void watch_fire(struct change *change)
{
    char path[PATH_MAX_BYTES];
    const char *touched;
    uint32_t i;

    for (i = 0; i < change->touched.count; i++) {
        touched = change->touched.list[i].path;
        if (*touched == '@') {
            fire_special(change, touched);
            continue;
        }
        strcpy(path, touched);
        for (;;) {
            fire_at(change, path, touched);
            if (!path[1])
                break;
            path_cut(path);
        }
        if (change->touched.list[i].flags & TOUCHED_REMOVED)
            fire_below(change, touched);
    }
}
