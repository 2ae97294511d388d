/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection's life, and its queue of messages. A request is served only when the queue is
 * empty: so a client that doesn't read is not served, and what waits for it is bounded.
 */
#ifndef HVSTORED_CONNECTION_H
#define HVSTORED_CONNECTION_H

#include "store.h"

/* A connection of a store, neither of a ring nor of a socket yet; NULL without memory. */
struct connection *connection_new(struct store *store, uint16_t domid);
/* Also its watches, transactions and messages. */
void connection_free(struct connection *connection);
/* The same, but the connection stays. */
void connection_reset(struct connection *connection);

/* NULL without memory, both. */
struct message *message_new(uint32_t type, uint32_t req_id, uint32_t tx_id, const void *body,
                            size_t len);
/* A message's bytes from some place in the stream on. */
struct message *message_raw(const void *data, size_t len);

/*
 * Room for a short answer, or for the name of an error, is there before a request is taken: so
 * that who asks is told in any case. False without memory: no request can be taken now.
 */
#define ANSWER_MOST 32
bool answer_ready(struct store *store) __attribute__((warn_unused_result));
/* The message that is ready, with up to ANSWER_MOST bytes. */
struct message *answer_take(struct store *store, const struct xsd_sockmsg *header,
                            const void *body);

/* Puts a message at the end of the queue, which takes it over. */
void connection_queue(struct connection *connection, struct message *message);
/* Notes that n bytes of the queue's first message are gone; frees it at its end. */
void connection_sent(struct connection *connection, size_t n);
void connection_drop_queue(struct connection *connection);

#endif
