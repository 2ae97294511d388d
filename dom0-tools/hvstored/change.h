/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of the state in the making. It works on its own tree, a snapshot of the store's, and
 * collects what the journal is to hold and whom to tell. The commit is one record of the journal;
 * until then nothing has happened, afterwards all of it has.
 */
#ifndef HVSTORED_CHANGE_H
#define HVSTORED_CHANGE_H

#include "store.h"

#define TOUCHED_REMOVED 1 /* flag of a touched path: the node went, and what was below it */

struct send {
    struct connection *to;
    struct message *message;
};

struct change {
    struct store *store;
    struct node *root; /* the tree as it will be */
    bool quiet;        /* what is changed now is nobody's business */
    bool failed;       /* there was no memory for a part of it: it can't be made */
    struct bytes items;
    struct owners owners;   /* difference */
    struct pathset touched; /* paths whose watches fire */
    struct send *sends;     /* messages that go out with the commit */
    uint32_t send_count, send_size;
};

void change_begin(struct change *change, struct store *store);
void change_drop(struct change *change);

/*
 * Changes of nodes; errors as those of tree_add and its sisters. After -ENOMEM the change must be
 * dropped, or taken back to a step before.
 */
int change_add(struct change *change, const char *path, struct perms *perms, struct value *value)
    __attribute__((warn_unused_result));
int change_set_value(struct change *change, const char *path, struct value *value)
    __attribute__((warn_unused_result));
int change_set_perms(struct change *change, const char *path, struct perms *perms)
    __attribute__((warn_unused_result));
int change_remove(struct change *change, const char *path) __attribute__((warn_unused_result));

/* Its watches fire at the commit. */
void change_touch(struct change *change, const char *path, uint32_t flags);
/* Takes the message over; NULL is one that there was no memory for. */
void change_send(struct change *change, struct connection *to, struct message *message);

/*
 * Makes the change. by: whose request it was, or NULL; reply: what that is told first. Returns 0:
 * the change is done, all messages are queued, and it is dropped. Or -ENOSPC, -EIO or -ENOMEM:
 * nothing has happened, and the caller still has the change, to drop it, and the reply.
 */
int change_commit(struct change *change, struct connection *by, struct message *reply)
    __attribute__((warn_unused_result));

/* One item of the journal about nodes: 0, -ENOMEM; -EINVAL: another one, or it makes no sense. */
int change_apply(struct node **root, uint64_t *generation, struct owners *owners, enum item item,
                 struct reader *reader) __attribute__((warn_unused_result));

#endif
