/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing the whole state as items of the journal, in records of a handy size.
 */
#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "change.h"
#include "domain.h"
#include "life.h"
#include "log.h"

#define RECORD_BYTES 16384

struct saving {
    struct journal *fresh;
    struct bytes items;
};

static void flush(struct saving *saving, size_t most)
{
    if (saving->items.len > most)
        journal_emit(saving->fresh, &saving->items);
}

static bool save_node(const struct node *node, const char *path, void *context)
{
    struct saving *saving = context;
    struct bytes *items = &saving->items;

    bytes_add_u8(items, path[1] ? ITEM_NODE : ITEM_PERMS);
    bytes_add_text(items, path);
    perms_save(node->perms, items);
    if (!path[1]) {
        bytes_add_u8(items, ITEM_VALUE);
        bytes_add_text(items, path);
    }
    bytes_add_block(items, node->value->data, node->value->len);
    flush(saving, RECORD_BYTES);
    return true;
}

static void save_domain(const struct domain *domain, struct saving *saving)
{
    uint64_t position = domain->position.out;
    struct bytes *items = &saving->items;
    const struct message *message;
    const struct watch *watch;

    life_item(domain, items);
    for (watch = domain->connection->watches; watch; watch = watch->next_own) {
        bytes_add_u8(items, ITEM_WATCH);
        bytes_add_u32(items, domain->domid);
        bytes_add_text(items, watch->path + watch->strip);
        bytes_add_text(items, watch->token);
        flush(saving, RECORD_BYTES);
    }
    bytes_add_u8(items, ITEM_IN);
    bytes_add_u32(items, domain->domid);
    bytes_add_u64(items, domain->position.in - domain->position.have);
    for (message = domain->connection->out; message; message = message->next) {
        bytes_add_u8(items, ITEM_OUT);
        bytes_add_u32(items, domain->domid);
        bytes_add_u64(items, position);
        bytes_add_block(items, message->data + message->sent, message->len - message->sent);
        position += message->len - message->sent;
        flush(saving, RECORD_BYTES);
    }
}

static void save(void *context, struct journal *fresh)
{
    struct store *store = context;
    struct saving saving = {.fresh = fresh};
    const struct domain *domain;
    char number[16];
    uint8_t i;

    for (i = 0; i < QUOTA_COUNT; i++) {
        bytes_add_u8(&saving.items, ITEM_QUOTA);
        bytes_add_text(&saving.items, quota_infos[i].name);
        snprintf(number, sizeof(number), "%u", store->quotas.limit[i]);
        bytes_add_text(&saving.items, number);
    }
    for (i = 0; i < SPECIAL_COUNT; i++) {
        bytes_add_u8(&saving.items, ITEM_SPECIAL);
        bytes_add_u8(&saving.items, i);
        perms_save(store->special[i], &saving.items);
    }
    tree_walk(store->root, "/", save_node, &saving);
    for (domain = store->domains; domain; domain = domain->next) {
        if (domain->introduced)
            save_domain(domain, &saving);
    }
    flush(&saving, 0);
    bytes_free(&saving.items);
}

int state_append(struct store *store, const struct bytes *items)
{
    int error = journal_append(&store->journal, items);
    struct timespec now;

    if (!error || error == -ENOMEM)
        return error;
    /* Not again and again: a guest could ask for it with each request. */
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (store->journal.failed_at == (uint64_t)now.tv_sec)
        return error;
    store->journal.failed_at = (uint64_t)now.tv_sec;
    if (!journal_compact(&store->journal, save, store))
        error = journal_append(&store->journal, items);
    return error;
}

void state_maintain(struct store *store)
{
    int error;

    if (!journal_wants_compact(&store->journal))
        return;
    error = journal_compact(&store->journal, save, store);
    if (error)
        log_warning("the state can't be written anew, its journal grows on: %s", strerror(-error));
}

int state_first(struct store *store)
{
    struct change change;
    struct value *empty = value_new("", 0);
    int error;

    if (!empty)
        return -ENOMEM;
    change_begin(&change, store);
    error = change_add(&change, "/tool", store->root->perms, empty);
    if (!error)
        error = change_add(&change, "/tool/xenstored", store->root->perms, empty);
    value_put(empty);
    if (!error && !owners_merge(&store->owners, &change.owners))
        error = -ENOMEM;
    if (!error) {
        tree_put(store->root);
        store->root = tree_get(change.root);
        error = journal_compact(&store->journal, save, store);
    }
    change_drop(&change);
    return error;
}
