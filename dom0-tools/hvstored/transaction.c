/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions: snapshots, conflicts, commits. Since trees share the nodes that are alike, a
 * subtree is unchanged when it is the same node; other looks are compared by content, so that a
 * value that was changed and changed back is no conflict.
 */
#include "transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int transaction_start(struct connection *connection, uint32_t *id)
{
    struct store *store = connection->store;
    struct transaction *transaction;

    if (!privileged(connection) &&
        connection->transaction_count >= store->quotas.limit[QUOTA_TRANSACTIONS])
        return -ENOSPC;
    transaction = mem_zalloc(sizeof(*transaction));
    if (!transaction)
        return -ENOMEM;
    do
        *id = ++connection->last_transaction;
    while (!*id || *id == XS_INVALID);
    transaction->id = *id;
    transaction->base = tree_get(store->root);
    transaction->begun = store->commits;
    change_begin(&transaction->change, store);
    transaction->next = connection->transactions;
    connection->transactions = transaction;
    connection->transaction_count++;
    return 0;
}

int transaction_find(struct connection *connection, uint32_t id, struct transaction **out)
{
    struct transaction *transaction = connection->transactions;
    uint32_t last = connection->last_transaction, made;
    int error;

    while (transaction && transaction->id != id)
        transaction = transaction->next;
    if (!transaction) {
        if (!id || id > connection->lost_transaction)
            return -ENOENT;
        error = transaction_start(connection, &made);
        if (error)
            return error == -ENOMEM ? error : -EAGAIN;
        connection->last_transaction = last;
        transaction = connection->transactions;
        transaction->id = id;
        transaction->lost = true;
    }
    *out = transaction;
    return 0;
}

int transaction_see(struct connection *connection, struct transaction *transaction,
                    const char *path, uint32_t flags)
{
    struct quotas *quotas = &connection->store->quotas;

    if (!privileged(connection) &&
        (transaction->seen.count >= quotas->limit[QUOTA_TRANSACTION_PATHS] ||
         transaction->change.items.len >= quotas->limit[QUOTA_TRANSACTION_BYTES]))
        return -ENOSPC;
    return pathset_add(&transaction->seen, path, flags) ? 0 : -ENOMEM;
}

static bool same_value(const struct node *a, const struct node *b)
{
    return a->value == b->value || (a->value->len == b->value->len &&
                                    !memcmp(a->value->data, b->value->data, a->value->len));
}

static bool same_children(const struct node *a, const struct node *b)
{
    uint32_t i;

    if (a->count != b->count || a->generation != b->generation)
        return false;
    for (i = 0; i < a->count; i++) {
        if (a->children[i] != b->children[i] && strcmp(a->children[i]->name, b->children[i]->name))
            return false;
    }
    return true;
}

static bool unchanged(const struct node *a, const struct node *b, uint32_t flags)
{
    if (a == b)
        return true;
    if (!a || !b || (flags & SEEN_BELOW))
        return false;
    return (!(flags & SEEN_VALUE) || same_value(a, b)) &&
           (!(flags & SEEN_PERMS) || perms_same(a->perms, b->perms)) &&
           (!(flags & SEEN_CHILDREN) || same_children(a, b));
}

static bool conflicts(const struct transaction *transaction, const struct store *store)
{
    const struct path_entry *seen;
    uint32_t i;

    if (transaction->lost)
        return true;
    if (transaction->base == store->root)
        return false;
    for (i = 0; i < transaction->seen.count; i++) {
        seen = &transaction->seen.list[i];
        if (!unchanged(tree_find(transaction->base, seen->path), tree_find(store->root, seen->path),
                       seen->flags))
            return true;
    }
    return false;
}

int transaction_prepare(struct connection *connection, struct transaction *transaction,
                        struct change *change)
{
    struct store *store = connection->store;
    struct reader reader =
        reader_over(transaction->change.items.data, transaction->change.items.len);
    int32_t more;
    enum item item;
    int error;

    if (conflicts(transaction, store))
        return -EAGAIN;
    change_begin(change, store);
    while (reader.at < reader.end) {
        item = read_u8(&reader);
        error = change_apply(&change->root, &store->generation, &change->owners, item, &reader);
        if (error) {
            change_drop(change); /* or what it looked at did not cover what it changed */
            return error == -ENOMEM ? error : -EAGAIN;
        }
    }
    more = owners_of(&change->owners, connection->domid);
    if (!privileged(connection) && more > 0 &&
        owners_of(&store->owners, connection->domid) + more >
            (int32_t)store->quotas.limit[QUOTA_NODES]) {
        change_drop(change);
        return -ENOSPC;
    }
    change->items = transaction->change.items;
    change->touched = transaction->change.touched;
    transaction->change.items = (struct bytes){0};
    transaction->change.touched = (struct pathset){0};
    return 0;
}

void transaction_end(struct connection *connection, struct transaction *transaction)
{
    struct transaction **at = &connection->transactions;

    while (*at != transaction)
        at = &(*at)->next;
    *at = transaction->next;
    connection->transaction_count--;
    change_drop(&transaction->change);
    tree_put(transaction->base);
    pathset_clear(&transaction->seen);
    free(transaction);
}

void transaction_end_all(struct connection *connection)
{
    while (connection->transactions)
        transaction_end(connection, connection->transactions);
}

/* As after a restart: a new snapshot, and no way to commit. */
static void lose(struct transaction *transaction, struct store *store)
{
    change_drop(&transaction->change);
    tree_put(transaction->base);
    pathset_clear(&transaction->seen);
    transaction->base = tree_get(store->root);
    transaction->begun = store->commits;
    transaction->lost = true;
    change_begin(&transaction->change, store);
}

void transaction_expire(struct store *store)
{
    uint64_t most = store->quotas.limit[QUOTA_TRANSACTION_AGE];
    struct connection *connection;
    struct transaction *transaction;

    for (connection = store->connections; connection; connection = connection->next) {
        if (privileged(connection))
            continue;
        for (transaction = connection->transactions; transaction; transaction = transaction->next) {
            if (store->commits - transaction->begun > most)
                lose(transaction, store);
        }
    }
}
