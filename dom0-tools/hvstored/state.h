/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole state as items of the journal: reading it at the start, writing it anew when the
 * journal has grown, and taking the rings up again.
 */
#ifndef HVSTORED_STATE_H
#define HVSTORED_STATE_H

#include "store.h"

/* For journal_open: context is the store. */
journal_load state_load;

/* A record; when there is no space, after the state was written anew. 0, or as journal_append. */
int state_append(struct store *store, const struct bytes *items)
    __attribute__((warn_unused_result));

/* Writes the state anew where that is due. For when no change is in the making. */
void state_maintain(struct store *store);

/* A first state: the nodes that are always there. 0 or -errno. */
int state_first(struct store *store) __attribute__((warn_unused_result));

/* Attaches every domain of the state, with its queue and positions as they were. 0 or -ENOMEM. */
int state_resume(struct store *store);

#endif
