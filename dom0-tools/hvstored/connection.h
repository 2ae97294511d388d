/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection's life, and its queue of messages. A request is served only when the queue is
 * empty: so a client that doesn't read is not served, and what waits for it is bounded.
 */
#ifndef HVSTORED_CONNECTION_H
#define HVSTORED_CONNECTION_H

#include "store.h"

/* A connection of a store, neither of a ring nor of a socket yet. */
struct connection *connection_new(struct store *store, uint16_t domid);
/* Also its watches, transactions and messages. */
void connection_free(struct connection *connection);
/* The same, but the connection stays. */
void connection_reset(struct connection *connection);

struct message *message_new(uint32_t type, uint32_t req_id, uint32_t tx_id, const void *body,
                            size_t len);
/* A message's bytes from some place in the stream on. */
struct message *message_raw(const void *data, size_t len);

/* Puts a message at the end of the queue, which takes it over. */
void connection_queue(struct connection *connection, struct message *message);
/* Notes that n bytes of the queue's first message are gone; frees it at its end. */
void connection_sent(struct connection *connection, size_t n);
void connection_drop_queue(struct connection *connection);

#endif
