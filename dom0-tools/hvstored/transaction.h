/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions. One works on a snapshot of the tree, which it alone sees change. It remembers
 * what it looked at; it can be committed while all of that is still so in the store's tree: then
 * its changes have the effect that they would have had in one moment. Otherwise the client hears
 * EAGAIN and does it again.
 *
 * After a restart of the daemon the transactions that rings had open go on with a new snapshot,
 * and end with EAGAIN.
 */
#ifndef HVSTORED_TRANSACTION_H
#define HVSTORED_TRANSACTION_H

#include "change.h"

/* What was looked at; whether the node is there is always part of it. */
#define SEEN_VALUE    1
#define SEEN_PERMS    2
#define SEEN_CHILDREN 4
#define SEEN_BELOW    8 /* the node and everything below it */

struct transaction {
    struct transaction *next;
    uint32_t id;
    bool lost; /* can only end with EAGAIN */
    uint64_t begun;
    struct node *base;
    struct pathset seen;
    struct change change;
};

/* 0 and the number; -ENOSPC when the connection has too many; -ENOMEM. */
int transaction_start(struct connection *connection, uint32_t *id)
    __attribute__((warn_unused_result));
/* 0 and the transaction; -ENOENT; -EAGAIN for one that was lost and can't be made again. */
int transaction_find(struct connection *connection, uint32_t id, struct transaction **out)
    __attribute__((warn_unused_result));

/* Notes what was looked at: 0, -ENOSPC when it is too much, or -ENOMEM. */
int transaction_see(struct connection *connection, struct transaction *transaction,
                    const char *path, uint32_t flags) __attribute__((warn_unused_result));

/*
 * Makes the change, on the store's present tree, that the transaction comes to. 0, or -EAGAIN on
 * a conflict, -ENOSPC when the quota of nodes is not enough any more, -ENOMEM; then there is no
 * change.
 */
int transaction_prepare(struct connection *connection, struct transaction *transaction,
                        struct change *change) __attribute__((warn_unused_result));

/* Frees one, or all of a connection. */
void transaction_end(struct connection *connection, struct transaction *transaction);
void transaction_end_all(struct connection *connection);

/* Lets go of the snapshots that have grown too old. */
void transaction_expire(struct store *store);

#endif
