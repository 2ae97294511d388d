/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections and their queues. What a queue holds is owned by it; who sends takes bytes from
 * its first message until that is empty.
 */
#include "connection.h"

#include <stdlib.h>
#include <string.h>

#include "transaction.h"
#include "watch.h"

struct connection *connection_new(struct store *store, uint16_t domid)
{
    struct connection *connection = mem_zalloc(sizeof(*connection));

    if (!connection)
        return NULL;
    connection->store = store;
    connection->domid = domid;
    connection->target = NO_DOMAIN;
    connection->out_end = &connection->out;
    connection->next = store->connections;
    store->connections = connection;
    return connection;
}

void connection_drop_queue(struct connection *connection)
{
    struct message *message;

    while ((message = connection->out)) {
        connection->out = message->next;
        free(message);
    }
    connection->out_end = &connection->out;
    connection->out_bytes = 0;
}

void connection_reset(struct connection *connection)
{
    watch_remove_all(connection);
    transaction_end_all(connection);
    connection->lost_transaction = 0;
    connection_drop_queue(connection);
}

void connection_free(struct connection *connection)
{
    struct connection **at = &connection->store->connections;

    connection_reset(connection);
    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
    if (connection->store->cursor == connection)
        connection->store->cursor = connection->next;
    free(connection);
}

struct message *message_new(uint32_t type, uint32_t req_id, uint32_t tx_id, const void *body,
                            size_t len)
{
    struct xsd_sockmsg header = {type, req_id, tx_id, (uint32_t)len};
    struct message *message = mem_zalloc(sizeof(*message) + sizeof(header) + len);

    if (!message)
        return NULL;
    message->len = (uint32_t)(sizeof(header) + len);
    memcpy(message->data, &header, sizeof(header));
    if (len)
        memcpy(message->data + sizeof(header), body, len);
    return message;
}

struct message *message_raw(const void *data, size_t len)
{
    struct message *message = mem_zalloc(sizeof(*message) + len);

    if (!message)
        return NULL;
    message->len = (uint32_t)len;
    memcpy(message->data, data, len);
    return message;
}

bool answer_ready(struct store *store)
{
    static const char room[ANSWER_MOST];

    if (!store->answer)
        store->answer = message_new(0, 0, 0, room, sizeof(room));
    if (!store->answer)
        store->retry = true;
    return store->answer;
}

struct message *answer_take(struct store *store, const struct xsd_sockmsg *header, const void *body)
{
    struct message *message = store->answer;

    store->answer = NULL;
    message->len = (uint32_t)sizeof(*header) + header->len;
    memcpy(message->data, header, sizeof(*header));
    memcpy(message->data + sizeof(*header), body, header->len);
    return message;
}

void connection_queue(struct connection *connection, struct message *message)
{
    message->next = NULL;
    *connection->out_end = message;
    connection->out_end = &message->next;
    connection->out_bytes += message->len - message->sent;
    connection->ready = true;
}

void connection_sent(struct connection *connection, size_t n)
{
    struct message *message = connection->out;

    message->sent += (uint32_t)n;
    connection->out_bytes -= n;
    if (message->sent < message->len)
        return;
    connection->out = message->next;
    if (!connection->out)
        connection->out_end = &connection->out;
    free(message);
}
