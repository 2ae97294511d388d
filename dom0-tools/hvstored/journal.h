/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: the file "state" in the daemon's folder. It begins with the whole state and goes
 * on with changes. A record counts when it is there whole, which its checksum tells: so a record
 * is one change that is made or not, wherever the daemon is killed.
 *
 * The file lies in a memory file system; it outlives the daemon, not the machine.
 */
#ifndef HVSTORED_JOURNAL_H
#define HVSTORED_JOURNAL_H

#include "bytes.h"

/* Kinds of items in a record; the fields behind them in their order. */
enum item {
    ITEM_NODE = 1,    /* path, perms, value: a new node */
    ITEM_VALUE,       /* path, value */
    ITEM_PERMS,       /* path, perms */
    ITEM_REMOVE,      /* path */
    ITEM_SPECIAL,     /* u8 which, perms */
    ITEM_WATCH,       /* u32 domain, path as the client gave it, token */
    ITEM_UNWATCH,     /* the same */
    ITEM_UNWATCH_ALL, /* u32 domain */
    ITEM_DOMAIN,      /* u32 domain, target, port; u64 frame; u8 shut down; handle */
    ITEM_TARGET,      /* u32 domain, target */
    ITEM_SHUTDOWN,    /* u32 domain, u8 shut down */
    ITEM_RELEASE,     /* u32 domain */
    ITEM_RESTART,     /* u32 domain, u64 in, out: its connection starts over there */
    ITEM_IN,          /* u32 domain, u64 position up to which requests are served */
    ITEM_OUT,         /* u32 domain, u64 position, bytes for the ring from there on */
    ITEM_QUOTA,       /* name, number */
};

struct journal {
    int folder, file;    /* descriptors */
    uint64_t size;       /* bytes that count */
    uint64_t failed_at;  /* when the state could not be written anew, in seconds; or 0 */
    uint64_t compact_at; /* size from which the state is to be written anew */
};

/* Given the items of a record: 0, -EBADMSG when they make no sense, -ENOMEM. */
typedef int journal_load(void *context, struct reader items);
/* Hands the whole state to journal_emit, in records. */
typedef void journal_save(void *context, struct journal *fresh);

/* No file: what unit tests of other parts use. */
void journal_none(struct journal *journal);

/*
 * Opens the folder and reads what is there. Returns 1 when there was a state, 0 when there was
 * none (the first start), or -errno: -EBUSY when another daemon has the folder, -EBADMSG when
 * what is there is not a state, -ENOMEM.
 */
int journal_open(struct journal *journal, const char *folder, journal_load *load, void *context)
    __attribute__((warn_unused_result));
void journal_close(struct journal *journal);

/* Adds a record. 0, or -ENOSPC, -EIO, -ENOMEM: then nothing was added. */
int journal_append(struct journal *journal, const struct bytes *items)
    __attribute__((warn_unused_result));

/* Whether the file has grown enough; writes the state anew, and takes that file's place. */
bool journal_wants_compact(const struct journal *journal);
int journal_compact(struct journal *journal, journal_save *save, void *context)
    __attribute__((warn_unused_result));
/* For journal_save: a record of the new file; the items are cleared. */
void journal_emit(struct journal *fresh, struct bytes *items);

#endif
