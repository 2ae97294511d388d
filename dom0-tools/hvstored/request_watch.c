/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests about watches and transactions. A ring's watches are in the journal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "request.h"
#include "watch.h"

/* With the longest path an event still fits into a message. */
#define TOKEN_MOST (XENSTORE_PAYLOAD_MAX - XENSTORE_ABS_PATH_MAX - 2)

static uint32_t stripped(const struct request *request, const char *name)
{
    return (uint32_t)(strlen(request->path) - strlen(name));
}

/* The path and token of a body; the item for the journal when a ring sent it. */
static int watch_of(struct request *request, enum item item, const char *texts[2])
{
    int error;

    if (request_texts(request, texts, 2) != 2)
        return -EINVAL;
    error = path_make(texts[0], strlen(texts[0]), request->by->domid, true, request->path);
    if (error)
        return error;
    request->token = texts[1];
    if (request->by->domain) {
        bytes_add_u8(&request->own.items, item);
        bytes_add_u32(&request->own.items, request->by->domid);
        bytes_add_text(&request->own.items, texts[0]);
        bytes_add_text(&request->own.items, texts[1]);
    }
    request->commit = true;
    return 0;
}

static void watch_after(struct request *request)
{
    watch_add(request->by, request->watch);
    request->watch = NULL;
}

int request_watch(struct request *request)
{
    const struct quotas *quotas = &request->store->quotas;
    struct connection *by = request->by;
    const char *texts[2];
    int error = watch_of(request, ITEM_WATCH, texts);

    if (error)
        return error;
    if (strlen(texts[1]) > TOKEN_MOST)
        return -E2BIG;
    if (watch_find(by, request->path, texts[1]))
        return -EEXIST;
    if (!privileged(by)) {
        if (strlen(request->path) > quotas->limit[QUOTA_PATH_LENGTH])
            return -EINVAL;
        if (by->watch_count >= quotas->limit[QUOTA_WATCHES])
            return -E2BIG;
    }
    request->watch = watch_new(request->path, texts[1], stripped(request, texts[0]));
    if (!request->watch)
        return -ENOMEM;
    change_send(&request->own, by,
                watch_first_event(request->path, texts[1], stripped(request, texts[0])));
    request->after = watch_after;
    return request_ok(request);
}

static void unwatch_after(struct request *request)
{
    watch_remove(watch_find(request->by, request->path, request->token));
}

int request_unwatch(struct request *request)
{
    const char *texts[2];
    int error = watch_of(request, ITEM_UNWATCH, texts);

    if (error)
        return error;
    if (!watch_find(request->by, request->path, texts[1]))
        return -ENOENT;
    request->after = unwatch_after;
    return request_ok(request);
}

static void reset_after(struct request *request)
{
    watch_remove_all(request->by);
    transaction_end_all(request->by);
    request->by->lost_transaction = 0;
}

int request_reset_watches(struct request *request)
{
    if (request->by->domain) {
        bytes_add_u8(&request->own.items, ITEM_UNWATCH_ALL);
        bytes_add_u32(&request->own.items, request->by->domid);
    }
    request->commit = true;
    request->after = reset_after;
    return request_ok(request);
}

int request_transaction_start(struct request *request)
{
    uint32_t id;
    int error;

    if (request->transaction)
        return -EBUSY;
    if (!bytes_room(&request->reply, ANSWER_MOST))
        return -ENOMEM; /* before there is one that nobody knows of */
    error = transaction_start(request->by, &id);
    if (!error)
        bytes_print(&request->reply, true, "%u", id);
    return error;
}

int request_transaction_end(struct request *request)
{
    struct transaction *transaction = request->transaction;
    const char *what;
    int error = 0;

    if (request_texts(request, &what, 1) < 0 || (strcmp(what, "T") && strcmp(what, "F")))
        return -EINVAL;
    if (!transaction)
        return -ENOENT;
    if (*what == 'T') {
        change_drop(&request->own);
        error = transaction_prepare(request->by, transaction, &request->own);
        request->commit = !error && request->own.items.len;
    }
    request->change = &request->own;
    request->transaction = NULL;
    transaction_end(request->by, transaction);
    return error ? error : request_ok(request);
}
