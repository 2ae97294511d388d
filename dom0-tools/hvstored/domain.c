/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serving a domain's ring. A request that is whole stays there until it is served; of another one
 * what there is is gathered in the slot. The order of stores is everything here: first the bytes,
 * then the slot, then the guest's page.
 */
#include "domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "log.h"
#include "request.h"
#include "ring.h"

struct domain *domain_find(const struct store *store, uint16_t domid)
{
    struct domain *domain = store->domains;

    while (domain && domain->domid != domid)
        domain = domain->next;
    return domain;
}

struct domain *domain_of_port(const struct store *store, int port)
{
    struct domain *domain = store->domains;

    while (domain && domain->port != port)
        domain = domain->next;
    return domain;
}

struct domain *domain_new(struct store *store, uint16_t domid)
{
    struct domain *domain = mem_zalloc(sizeof(*domain));

    if (!domain)
        return NULL;
    domain->domid = domid;
    domain->connection = connection_new(store, domid);
    if (!domain->connection) {
        free(domain);
        return NULL;
    }
    domain->connection->domain = domain;
    domain->next = store->domains;
    store->domains = domain;
    return domain;
}

void domain_free(struct store *store, struct domain *domain)
{
    struct domain **at = &store->domains;

    while (*at != domain)
        at = &(*at)->next;
    *at = domain->next;
    domain_detach(domain);
    connection_free(domain->connection);
    if (domain->slot)
        slot_close(domain->slot);
    free(domain);
}

int domain_attach(struct domain *domain)
{
    int port;

    domain->page = hypervisor_map(domain->domid);
    if (!domain->page)
        return -errno;
    port = hypervisor_bind(domain->domid, domain->remote_port);
    if (port < 0) {
        domain_detach(domain);
        return port;
    }
    domain->port = port;
    return 0;
}

void domain_detach(struct domain *domain)
{
    if (domain->port)
        hypervisor_unbind(domain->port);
    if (domain->page)
        hypervisor_unmap(domain->domid, domain->page);
    domain->port = 0;
    domain->page = NULL;
}

uint64_t domain_out_end(const struct domain *domain)
{
    return domain->position.out + domain->connection->out_bytes;
}

static void keep(struct domain *domain)
{
    domain->position.last_transaction = domain->connection->last_transaction;
    if (domain->slot)
        slot_set(domain->slot, &domain->position);
}

static void publish(struct domain *domain)
{
    if (domain->page)
        ring_publish(domain->page, domain->position.in, domain->position.out);
}

static void fail(struct domain *domain, uint32_t reason)
{
    domain->connection->failed = true;
    domain->page->error = reason;
    log_warning("domain %u broke the protocol of its ring (%u): nothing is read from it any more",
                domain->domid, reason);
    hypervisor_notify(domain->port);
}

void domain_served(struct domain *domain)
{
    domain->position.in = domain->connection->in_after;
    domain->position.have = 0;
    keep(domain);
    publish(domain);
}

void domain_answer(struct domain *domain, struct message *message)
{
    struct position *position = &domain->position;
    int room = domain->page ? ring_room(domain->page, position->out) : -EPROTO;

    position->in = domain->connection->in_after;
    position->have = 0;
    if (room >= (int)message->len) {
        ring_put(domain->page, position->out, message->data, message->len);
        position->out += message->len;
        keep(domain);
        free(message);
    } else {
        position->reply = position->out;
        position->reply_len = message->len;
        if (domain->slot)
            memcpy(domain->slot->answer, message->data, message->len);
        keep(domain);
        connection_queue(domain->connection, message);
    }
    publish(domain);
}

/* Sends from the queue while there is room. */
static bool flush(struct domain *domain)
{
    struct connection *connection = domain->connection;
    struct message *message;
    bool sent = false;
    size_t n;
    int room;

    while ((message = connection->out)) {
        room = ring_room(domain->page, domain->position.out);
        if (room < 0) {
            fail(domain, XENSTORE_ERROR_RINGIDX);
            return sent;
        }
        n = message->len - message->sent;
        if (n > (size_t)room)
            n = (size_t)room;
        if (!n)
            break;
        ring_put(domain->page, domain->position.out, message->data + message->sent, n);
        domain->position.out += n;
        keep(domain);
        publish(domain);
        connection_sent(connection, n);
        sent = true;
    }
    return sent;
}

/* Takes what there is of a long request out of the ring; true when it is all there. */
static bool gather(struct domain *domain, size_t waiting, bool *progress)
{
    struct position *position = &domain->position;
    struct xsd_sockmsg header;
    size_t n = sizeof(header);

    if (position->have >= sizeof(header)) {
        memcpy(&header, domain->slot->input, sizeof(header));
        n += header.len;
        if (n > MESSAGE_MOST) { /* a slot that somebody else wrote to */
            fail(domain, XENSTORE_ERROR_PROTO);
            return false;
        }
    }
    n = n > position->have ? n - position->have : 0;
    if (n > waiting)
        n = waiting;
    ring_peek(domain->page, position->in, domain->slot->input + position->have, n);
    position->in += n;
    position->have += (uint32_t)n;
    keep(domain);
    publish(domain);
    *progress |= n > 0;
    if (position->have < sizeof(header))
        return false;
    memcpy(&header, domain->slot->input, sizeof(header));
    return position->have == sizeof(header) + header.len;
}

/* Serves a request if there is a whole one. */
static bool serve(struct domain *domain)
{
    struct position *position = &domain->position;
    int waiting = ring_waiting(domain->page, position->in);
    uint8_t buffer[XENSTORE_RING_SIZE];
    struct xsd_sockmsg header;
    bool progress = false;

    if (waiting < 0) {
        fail(domain, XENSTORE_ERROR_RINGIDX);
        return false;
    }
    if (!position->have) {
        if (!waiting)
            return false;
        ring_peek(domain->page, position->in, buffer, (size_t)waiting);
        memset(&header, 0, sizeof(header));
        if ((size_t)waiting >= sizeof(header))
            memcpy(&header, buffer, sizeof(header));
        if (header.len > XENSTORE_PAYLOAD_MAX) {
            fail(domain, XENSTORE_ERROR_PROTO);
            return false;
        }
        if ((size_t)waiting >= sizeof(header) + header.len) {
            domain->connection->in_after = position->in + sizeof(header) + header.len;
            request_serve(domain->connection, &header, (char *)buffer + sizeof(header));
            return true;
        }
        /* Part of a request never stays in the ring: Linux writes header and body one after the
         * other, and tells of what it adds only when all before was taken. And the guest may
         * write while we read: from here on only what is gathered counts. */
        memcpy(domain->slot->input, buffer, (size_t)waiting);
        position->in += (uint64_t)waiting;
        position->have = (uint32_t)waiting;
        keep(domain);
        publish(domain);
        return true;
    }
    if (!gather(domain, (size_t)waiting, &progress))
        return progress;
    domain->connection->in_after = position->in;
    memcpy(&header, domain->slot->input, sizeof(header));
    request_serve(domain->connection, &header, (char *)domain->slot->input + sizeof(header));
    return true;
}

static void reconnect(struct domain *domain)
{
    struct change change;

    change_begin(&change, domain->connection->store);
    domain_restart_item(domain, &change.items);
    if (change_commit(&change, NULL, NULL)) {
        change_drop(&change);
        domain->connection->store->retry = true; /* the guest waits for it */
        return;
    }
    domain_restart(domain);
    log_info("domain %u has asked for a new start of its connection", domain->domid);
}

bool domain_step(struct domain *domain)
{
    struct connection *connection = domain->connection;
    bool progress;

    if (!domain->page)
        return false;
    if (domain->page->connection == XENSTORE_RECONNECT) {
        reconnect(domain);
        return false;
    }
    if (connection->failed)
        return false;
    progress = flush(domain);
    if (!connection->out && !connection->failed && answer_ready(connection->store) &&
        serve(domain)) {
        flush(domain);
        progress = true;
    }
    if (progress)
        hypervisor_notify(domain->port);
    return progress; /* even where it failed now: others may have been told something */
}

/* Positions only grow; where a connection starts over, the low halves are 0. */
static uint64_t next_start(uint64_t position)
{
    return (position | UINT32_MAX) + 1;
}

void domain_restart_item(const struct domain *domain, struct bytes *items)
{
    bytes_add_u8(items, ITEM_RESTART);
    bytes_add_u32(items, domain->domid);
    bytes_add_u64(items, next_start(domain->position.in));
    bytes_add_u64(items, next_start(domain->position.out));
}

void domain_restart(struct domain *domain)
{
    struct position *position = &domain->position;
    uint64_t in = next_start(position->in), out = next_start(position->out);

    if (domain->restarting) { /* as loaded from the journal */
        in = position->in;
        out = position->out;
        domain->restarting = false;
    }
    connection_reset(domain->connection);
    domain->connection->failed = false;
    domain->connection->last_transaction = 0;
    *position = (struct position){.in = in, .out = out, .reply = out};
    domain->page->req_prod = domain->page->rsp_cons = 0;
    publish(domain);
    keep(domain);
    domain_welcome(domain);
}

void domain_resume(struct domain *domain)
{
    struct xenstore_domain_interface *page = domain->page;

    publish(domain);
    page->server_features = XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR;
    domain->connection->failed = page->error != XENSTORE_ERROR_NONE;
    domain->connection->ready = true;
    hypervisor_notify(domain->port);
}

void domain_welcome(struct domain *domain)
{
    domain->page->error = XENSTORE_ERROR_NONE;
    __atomic_store_n(&domain->page->connection, XENSTORE_CONNECTED, __ATOMIC_RELEASE);
    domain_resume(domain);
}
