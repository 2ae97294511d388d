/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes: prepared on a snapshot, written to the journal, then made visible by swapping roots.
 * What a ring's connection has to be told is in the record as well, with its place in the ring's
 * stream, so that a restart tells it neither twice nor never.
 */
#include "change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "domain.h"
#include "path.h"
#include "state.h"
#include "watch.h"

void change_begin(struct change *change, struct store *store)
{
    *change = (struct change){.store = store, .root = tree_get(store->root)};
}

void change_drop(struct change *change)
{
    uint32_t i;

    for (i = 0; i < change->send_count; i++)
        free(change->sends[i].message);
    free(change->sends);
    tree_put(change->root);
    bytes_free(&change->items);
    owners_free(&change->owners);
    pathset_clear(&change->touched);
    *change = (struct change){0};
}

void change_touch(struct change *change, const char *path, uint32_t flags)
{
    if (!change->quiet && !pathset_add(&change->touched, path, flags))
        change->failed = true;
}

/* Whether all of it could be noted. */
static int whole(const struct change *change)
{
    return change->failed || change->items.failed ? -ENOMEM : 0;
}

int change_add(struct change *change, const char *path, struct perms *perms, struct value *value)
{
    int error =
        tree_add(&change->root, path, perms, value, ++change->store->generation, &change->owners);

    if (!error) {
        bytes_add_u8(&change->items, ITEM_NODE);
        bytes_add_text(&change->items, path);
        perms_save(perms, &change->items);
        bytes_add_block(&change->items, value->data, value->len);
        change_touch(change, path, 0);
        error = whole(change);
    }
    return error;
}

int change_set_value(struct change *change, const char *path, struct value *value)
{
    int error = tree_set_value(&change->root, path, value);

    if (!error) {
        bytes_add_u8(&change->items, ITEM_VALUE);
        bytes_add_text(&change->items, path);
        bytes_add_block(&change->items, value->data, value->len);
        change_touch(change, path, 0);
        error = whole(change);
    }
    return error;
}

int change_set_perms(struct change *change, const char *path, struct perms *perms)
{
    int error = tree_set_perms(&change->root, path, perms, &change->owners);

    if (!error) {
        bytes_add_u8(&change->items, ITEM_PERMS);
        bytes_add_text(&change->items, path);
        perms_save(perms, &change->items);
        change_touch(change, path, 0);
        error = whole(change);
    }
    return error;
}

int change_remove(struct change *change, const char *path)
{
    int error = tree_remove(&change->root, path, ++change->store->generation, &change->owners);

    if (!error) {
        bytes_add_u8(&change->items, ITEM_REMOVE);
        bytes_add_text(&change->items, path);
        change_touch(change, path, TOUCHED_REMOVED);
        error = whole(change);
    }
    return error;
}

void change_send(struct change *change, struct connection *to, struct message *message)
{
    uint32_t size = change->send_size * 2 + 4;
    struct send *sends;

    if (message && change->send_count == change->send_size) {
        sends = mem_resize(change->sends, size * sizeof(sends[0]));
        if (sends) {
            change->sends = sends;
            change->send_size = size;
        }
    }
    if (!message || change->send_count == change->send_size) {
        free(message);
        change->failed = true;
        return;
    }
    change->sends[change->send_count++] = (struct send){to, message};
}

int change_apply(struct node **root, uint64_t *generation, struct owners *owners, enum item item,
                 struct reader *reader)
{
    bool with_perms = item == ITEM_NODE || item == ITEM_PERMS;
    bool with_value = item == ITEM_NODE || item == ITEM_VALUE;
    const char *path = read_text(reader);
    struct perms *perms = with_perms ? perms_load(reader) : NULL;
    struct value *value = NULL;
    char checked[PATH_MAX_BYTES];
    const uint8_t *data;
    size_t len;
    int error = -EINVAL;

    if (with_value) {
        data = read_block(reader, &len);
        if (!reader->bad)
            value = value_new(data, len);
    }
    if (!reader->bad && ((with_perms && !perms) || (with_value && !value)))
        error = -ENOMEM;
    else if (!reader->bad && *path == '/' && !path_make(path, strlen(path), 0, false, checked)) {
        if (item == ITEM_NODE)
            error = tree_add(root, path, perms, value, ++*generation, owners);
        else if (item == ITEM_VALUE)
            error = tree_set_value(root, path, value);
        else if (item == ITEM_PERMS)
            error = tree_set_perms(root, path, perms, owners);
        else if (item == ITEM_REMOVE)
            error = tree_remove(root, path, ++*generation, owners);
    }
    perms_put(perms);
    value_put(value);
    return error && error != -ENOMEM ? -EINVAL : error;
}

static void add_out(struct bytes *items, const struct connection *to, uint64_t position,
                    const struct message *message)
{
    bytes_add_u8(items, ITEM_OUT);
    bytes_add_u32(items, to->domid);
    bytes_add_u64(items, position);
    bytes_add_block(items, message->data, message->len);
}

/* Adds to the record what goes out to rings, in the order in which it will be queued. */
static void add_streams(struct change *change, struct connection *by, const struct message *reply)
{
    struct connection *to;
    uint64_t position;
    uint32_t i, before;

    if (by && by->domain) {
        bytes_add_u8(&change->items, ITEM_IN);
        bytes_add_u32(&change->items, by->domid);
        bytes_add_u64(&change->items, by->in_after);
        if (reply)
            add_out(&change->items, by, domain_out_end(by->domain), reply);
    }
    for (i = 0; i < change->send_count; i++) {
        to = change->sends[i].to;
        if (!to->domain)
            continue;
        position = domain_out_end(to->domain);
        if (to == by && reply)
            position += reply->len;
        for (before = 0; before < i; before++) {
            if (change->sends[before].to == to)
                position += change->sends[before].message->len;
        }
        add_out(&change->items, to, position, change->sends[i].message);
    }
}

int change_commit(struct change *change, struct connection *by, struct message *reply)
{
    struct store *store = change->store;
    size_t items = change->items.len;
    uint32_t i;
    int error;

    watch_fire(change);
    add_streams(change, by, reply);
    error = whole(change);
    if (!error && !owners_room(&store->owners, &change->owners))
        error = -ENOMEM;
    if (!error)
        error = state_append(store, &change->items);
    if (error) {
        change->items.len = items;
        return error;
    }
    tree_put(store->root);
    store->root = tree_get(change->root);
    owners_merge(&store->owners, &change->owners); /* there is room */
    store->commits++;
    if (by && reply)
        connection_queue(by, reply);
    if (by && by->domain)
        domain_served(by->domain);
    for (i = 0; i < change->send_count; i++)
        connection_queue(change->sends[i].to, change->sends[i].message);
    change->send_count = 0;
    change_drop(change);
    return 0;
}
