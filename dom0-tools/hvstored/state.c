/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading the state, and taking the rings up again. What a ring still has to be told is found by
 * positions: the slot says how much of the stream the guest was given, records and the slot's reply
 * what it consists of.
 */
#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "connection.h"
#include "domain.h"
#include "life.h"
#include "log.h"
#include "path.h"
#include "watch.h"

static int told(const struct reader *reader)
{
    return reader->bad ? -EBADMSG : 0;
}

static int load_domain(struct store *store, uint16_t domid, struct reader *reader)
{
    struct domain *domain = domain_find(store, domid);
    const uint8_t *handle;
    uint16_t target = (uint16_t)read_u32(reader);
    uint32_t port = read_u32(reader);
    uint64_t frame = read_u64(reader);
    bool shut_down = read_u8(reader);
    size_t len;

    handle = read_block(reader, &len);
    if (reader->bad || len != sizeof(domain->handle))
        return -EBADMSG;
    if (!domain) {
        domain = domain_new(store, domid);
        if (!domain)
            return -ENOMEM;
        domain->slot = slot_open(store->journal.folder, domid, NULL);
    }
    memcpy(domain->handle, handle, len);
    domain->connection->target = target;
    domain->remote_port = port;
    domain->frame = frame;
    domain->shut_down = shut_down;
    domain->introduced = true;
    return 0;
}

static int load_watch(struct domain *domain, enum item item, struct reader *reader)
{
    const char *name = read_text(reader), *token = read_text(reader);
    char path[PATH_MAX_BYTES];
    struct watch *watch;

    if (reader->bad || path_make(name, strlen(name), domain->domid, true, path))
        return -EBADMSG;
    watch = watch_find(domain->connection, path, token);
    if (item == ITEM_WATCH && !watch) {
        watch = watch_new(path, token, (uint32_t)(strlen(path) - strlen(name)));
        if (!watch)
            return -ENOMEM;
        watch_add(domain->connection, watch);
    } else if (item == ITEM_UNWATCH && watch) {
        watch_remove(watch);
    }
    return 0;
}

static int load_out(struct domain *domain, struct reader *reader)
{
    uint64_t position = read_u64(reader);
    struct message *message;
    const uint8_t *data;
    size_t len;

    data = read_block(reader, &len);
    if (reader->bad)
        return -EBADMSG;
    if (domain->slot && position + len <= slot_get(domain->slot).out)
        return 0;
    message = message_raw(data, len);
    if (!message)
        return -ENOMEM;
    message->position = position;
    connection_queue(domain->connection, message);
    return 0;
}

static int load_restart(struct domain *domain, struct reader *reader)
{
    uint64_t in = read_u64(reader), out = read_u64(reader);

    connection_reset(domain->connection);
    domain->position = (struct position){.in = in, .out = out, .reply = out};
    domain->restarting = !domain->slot || slot_get(domain->slot).in < in;
    return told(reader);
}

static int load_of_domain(struct store *store, enum item item, struct reader *reader)
{
    uint16_t domid = (uint16_t)read_u32(reader);
    struct domain *domain = domain_find(store, domid);
    uint64_t in;

    if (item == ITEM_DOMAIN)
        return load_domain(store, domid, reader);
    if (!domain)
        return -EBADMSG;
    switch (item) {
    case ITEM_WATCH:
    case ITEM_UNWATCH:
        return load_watch(domain, item, reader);
    case ITEM_UNWATCH_ALL:
        watch_remove_all(domain->connection);
        return 0;
    case ITEM_TARGET:
        domain->connection->target = (uint16_t)read_u32(reader);
        return told(reader);
    case ITEM_SHUTDOWN:
        domain->shut_down = read_u8(reader);
        return told(reader);
    case ITEM_RELEASE:
        domain_free(store, domain);
        return 0;
    case ITEM_RESTART:
        return load_restart(domain, reader);
    case ITEM_IN:
        in = read_u64(reader);
        if (in > domain->position.in)
            domain->position.in = in;
        return told(reader);
    case ITEM_OUT:
        return load_out(domain, reader);
    default:
        return -EBADMSG;
    }
}

static int load_special(struct store *store, struct reader *reader)
{
    uint8_t which = read_u8(reader);
    struct perms *perms = perms_load(reader);

    if (reader->bad || which >= SPECIAL_COUNT || !perms) {
        perms_put(perms);
        return reader->bad || which >= SPECIAL_COUNT ? -EBADMSG : -ENOMEM;
    }
    perms_put(store->special[which]);
    store->special[which] = perms;
    return 0;
}

static int load_quota(struct store *store, struct reader *reader)
{
    const char *name = read_text(reader), *value = read_text(reader);

    return reader->bad || quota_set(&store->quotas, name, value) == -EINVAL ? -EBADMSG : 0;
}

static int load_node(struct store *store, enum item item, struct owners *more, struct reader *items)
{
    int error = change_apply(&store->root, &store->generation, more, item, items);

    return error && error != -ENOMEM ? -EBADMSG : error;
}

int state_load(void *context, struct reader items)
{
    struct store *store = context;
    struct owners more = {0};
    enum item item;
    int error = 0;

    while (!error && items.at < items.end) {
        item = read_u8(&items);
        if (item >= ITEM_NODE && item <= ITEM_REMOVE)
            error = load_node(store, item, &more, &items);
        else if (item == ITEM_SPECIAL)
            error = load_special(store, &items);
        else if (item == ITEM_QUOTA)
            error = load_quota(store, &items);
        else
            error = load_of_domain(store, item, &items);
    }
    if (!owners_merge(&store->owners, &more) && !error)
        error = -ENOMEM;
    owners_free(&more);
    return error;
}

/*
 * Sorts what a ring is still to be told into one stream, from the position that it was given. 0,
 * -EBADMSG when a part of it is missing, -ENOMEM.
 */
static int restore_queue(struct domain *domain)
{
    struct connection *connection = domain->connection;
    struct position *position = &domain->position;
    struct message *loaded = connection->out, *message;
    uint64_t end = position->out;
    bool whole = true;

    if (position->reply <= end && position->reply + position->reply_len > end) {
        uint32_t gone = (uint32_t)(end - position->reply);

        message = message_raw(domain->slot->answer + gone, position->reply_len - gone);
        if (!message)
            return -ENOMEM;
        connection->out = NULL;
        connection_drop_queue(connection);
        connection_queue(connection, message);
        end = position->reply + position->reply_len;
    } else {
        connection->out = NULL;
        connection_drop_queue(connection);
    }
    while ((message = loaded)) {
        loaded = message->next;
        if (message->position <= end && message->position + message->len > end) {
            message->sent = (uint32_t)(end - message->position);
            end = message->position + message->len;
            connection_queue(connection, message);
            continue;
        }
        whole &= message->position <= end;
        free(message);
    }
    return whole ? 0 : -EBADMSG;
}

/* Puts the positions together from the slot and the journal. 0, -EBADMSG or -ENOMEM. */
static int restore_positions(struct domain *domain)
{
    uint64_t served = domain->position.in;

    if (!domain->slot)
        return -EBADMSG;
    domain->position = slot_get(domain->slot);
    if (served && served >= domain->position.in) {
        domain->position.in = served;
        domain->position.have = 0;
    }
    domain->connection->last_transaction = domain->position.last_transaction;
    domain->connection->lost_transaction = domain->position.last_transaction;
    if (domain->position.have > MESSAGE_MOST || domain->position.reply_len > MESSAGE_MOST)
        return -EBADMSG;
    return restore_queue(domain);
}

/* Somebody took files away: goes on from what the page says, which the guest can have changed. */
static void adopt(struct store *store, struct domain *domain)
{
    log_error("domain %u: the state of its ring is lost, it may miss answers", domain->domid);
    connection_drop_queue(domain->connection);
    domain->position = (struct position){.in = domain->page->req_cons,
                                         .out = domain->page->rsp_prod,
                                         .reply = domain->page->rsp_prod};
    if (domain->slot)
        slot_set(domain->slot, &domain->position);
    else
        domain->slot = slot_open(store->journal.folder, domain->domid, &domain->position);
    store->journal.compact_at = 0; /* older positions must not be read again */
}

static bool still_there(const struct domain *domain)
{
    struct domain_status status;

    return !hypervisor_status(domain->domid, &status) && !status.dying &&
           !memcmp(status.handle, domain->handle, sizeof(status.handle));
}

static int resume(struct store *store, struct domain *domain)
{
    int error, lost;

    if (domain->restarting)
        lost = domain->slot ? 0 : -EBADMSG;
    else
        lost = restore_positions(domain);
    if (lost == -ENOMEM)
        return lost;
    if (!still_there(domain))
        return 0; /* the first look for domains that have ended finds it */
    error = domain_attach(domain);
    if (error) {
        log_error("domain %u: its ring can't be attached: %s", domain->domid, strerror(-error));
        return 0;
    }
    if (lost)
        adopt(store, domain);
    if (domain->restarting && !lost)
        domain_restart(domain);
    else if (domain->slot)
        domain_resume(domain);
    else
        domain_detach(domain);
    return 0;
}

int state_resume(struct store *store)
{
    struct domain *domain;
    int error = 0;

    for (domain = store->domains; domain && !error; domain = domain->next)
        error = resume(store, domain);
    if (!error)
        state_maintain(store);
    return error;
}
