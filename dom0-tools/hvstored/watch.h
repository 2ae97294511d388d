/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches: a client is told of each change of a node or below it. A watch is found by the hash
 * of its path, so that a change costs a look-up for each part of its path.
 *
 * No change is missed, and what waits for a client is bounded: an event that waits already is
 * not queued again, and when too much waits, an event tells the watch's own path instead.
 */
#ifndef HVSTORED_WATCH_H
#define HVSTORED_WATCH_H

#include "change.h"
#include "store.h"

/* path: absolute; strip: bytes of it that the client did not give. NULL without memory. */
struct watch *watch_new(const char *path, const char *token, uint32_t strip)
    __attribute__((warn_unused_result));
/* Makes it a connection's; until then it can be freed. */
void watch_add(struct connection *owner, struct watch *watch);
void watch_free(struct watch *watch);
struct watch *watch_find(struct connection *owner, const char *path, const char *token);
void watch_remove(struct watch *watch);
void watch_remove_all(struct connection *owner);

/* The event that a new watch gets at once; NULL without memory. */
struct message *watch_first_event(const char *path, const char *token, uint32_t strip);

/* Adds to a change the events of all it touches. */
void watch_fire(struct change *change);

#endif
