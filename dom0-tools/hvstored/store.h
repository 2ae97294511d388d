/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects of the daemon and how they hang together.
 *
 * A store has a tree and connections. A connection is a guest's ring (then it has a domain) or a
 * local socket; it has watches, transactions and a queue of messages that wait for room. All
 * that a ring's connection is made of is in the journal, so that a daemon that is killed at any
 * instruction goes on where it was; a socket's connection ends with the daemon.
 */
#ifndef HVSTORED_STORE_H
#define HVSTORED_STORE_H

#include "journal.h"
#include "pathset.h"
#include "quota.h"
#include "tree.h"

#include "xen/io/xs_wire.h"

#define WATCH_BUCKETS 1024

/* What can be watched without being a node. */
enum special { SPECIAL_INTRODUCE, SPECIAL_RELEASE, SPECIAL_COUNT };
extern const char *const special_names[SPECIAL_COUNT];

/* Header and body, on their way out. */
struct message {
    struct message *next;
    uint64_t position;  /* in a ring's stream; only while the state is loaded */
    uint32_t len, sent; /* bytes in all, and those that are gone */
    uint8_t data[];
};

struct watch {
    struct watch *next_here; /* of the same bucket */
    struct watch *next_own;  /* of the same connection */
    struct connection *owner;
    char *path, *token;
    uint32_t hash;  /* of the path */
    uint32_t strip; /* bytes to leave out at the front of paths that are told */
};

struct connection {
    struct connection *next;
    struct store *store;
    struct domain *domain;  /* of a ring, or NULL */
    struct client *client;  /* of a socket, or NULL */
    uint16_t domid, target; /* whose name it speaks in; NO_DOMAIN when there is no target */
    bool failed;            /* broke the protocol: nothing is read any more */
    bool ready;             /* is worth a look in this round */
    uint32_t watch_count, transaction_count;
    uint32_t last_transaction; /* number given last */
    uint32_t lost_transaction; /* numbers up to here were given before a restart */
    struct watch *watches;
    struct transaction *transactions;
    struct message *out, **out_end;
    size_t out_bytes;  /* of the queue that are not sent */
    uint64_t in_after; /* ring: position behind the request that is served */
};

struct store {
    struct node *root;
    uint64_t generation; /* given last */
    uint64_t commits;
    struct owners owners;
    struct perms *special[SPECIAL_COUNT];
    struct watch *watches[WATCH_BUCKETS];
    struct connection *connections, *cursor; /* the next that is served in this round */
    struct domain *domains;
    struct quotas quotas;
    struct journal journal;
    struct message *answer; /* room for the next short one, or NULL */
    bool retry; /* something could not be done for want of space: all need a look, later */
};

/* An empty store, as it is at the first start; the second frees all of it. 0 or -ENOMEM. */
int store_init(struct store *store);
void store_free(struct store *store);

/* Domain 0 is the control domain, for which neither quotas nor permissions are. */
static inline bool privileged(const struct connection *connection)
{
    return connection->domid == 0;
}

/* Whether a connection may do something by a list of permissions. */
static inline bool may(const struct connection *connection, const struct perms *perms,
                       uint16_t mode)
{
    return privileged(connection) ||
           perms_allow(perms, connection->domid, connection->target, mode);
}

#endif
