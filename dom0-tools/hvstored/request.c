/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a message to its handler and back: the table, what handlers share, errors by name.
 */
#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "domain.h"
#include "log.h"
#include "watch.h"
#include "xen/io/xs_wire.h"

#define DOMAINS_MOST 0x7ff0 /* the numbers from here on have special meanings */

#define CONTROL_ONLY 1 /* only the control domain may */
#define NO_TREE      2 /* a transaction's number is of no meaning */

static const struct {
    request_handler *handler;
    uint32_t flags;
} table[XS_TYPE_COUNT] = {
    [XS_CONTROL] = {request_control, CONTROL_ONLY | NO_TREE},
    [XS_DIRECTORY] = {request_directory, 0},
    [XS_READ] = {request_read, 0},
    [XS_GET_PERMS] = {request_get_perms, 0},
    [XS_WATCH] = {request_watch, NO_TREE},
    [XS_UNWATCH] = {request_unwatch, NO_TREE},
    [XS_TRANSACTION_START] = {request_transaction_start, 0},
    [XS_TRANSACTION_END] = {request_transaction_end, 0},
    [XS_INTRODUCE] = {request_introduce, CONTROL_ONLY | NO_TREE},
    [XS_RELEASE] = {request_release, CONTROL_ONLY | NO_TREE},
    [XS_GET_DOMAIN_PATH] = {request_get_domain_path, NO_TREE},
    [XS_WRITE] = {request_write, 0},
    [XS_MKDIR] = {request_mkdir, 0},
    [XS_RM] = {request_rm, 0},
    [XS_SET_PERMS] = {request_set_perms, 0},
    [XS_IS_DOMAIN_INTRODUCED] = {request_is_introduced, NO_TREE},
    [XS_RESUME] = {request_resume, CONTROL_ONLY | NO_TREE},
    [XS_SET_TARGET] = {request_set_target, CONTROL_ONLY | NO_TREE},
    [XS_RESET_WATCHES] = {request_reset_watches, NO_TREE},
    [XS_DIRECTORY_PART] = {request_directory_part, 0},
};

int request_texts(const struct request *request, const char *texts[], int most)
{
    size_t at = 0;
    int n = 0;

    if (!request->len || request->body[request->len - 1])
        return -EINVAL;
    while (at < request->len) {
        if (n == most)
            return -EINVAL;
        texts[n++] = request->body + at;
        at += strlen(request->body + at) + 1;
    }
    return n;
}

int request_domid(const char *text, uint16_t *domid)
{
    unsigned long value = 0;

    if (!*text)
        return -EINVAL;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        value = value * 10 + (unsigned long)(*text - '0');
        if (value >= DOMAINS_MOST)
            return -EINVAL;
    }
    *domid = (uint16_t)value;
    return 0;
}

int request_ok(struct request *request)
{
    request->ok = true;
    return 0;
}

static int see(struct request *request, const char *path, uint32_t flags)
{
    return request->transaction ? transaction_see(request->by, request->transaction, path, flags)
                                : 0;
}

int request_look(struct request *request, const char *name, size_t n, uint16_t mode, uint32_t seen,
                 const struct node **node)
{
    struct connection *by = request->by;
    char path[PATH_MAX_BYTES];
    int error = path_make(name, n, by->domid, false, request->path);

    *node = NULL;
    if (error)
        return error;
    if (!privileged(by) && strlen(request->path) > request->store->quotas.limit[QUOTA_PATH_LENGTH])
        return -EINVAL;
    error = see(request, request->path, seen | SEEN_PERMS);
    if (error)
        return error;
    *node = tree_find(request->change->root, request->path);
    if (*node)
        return may(by, (*node)->perms, mode) ? 0 : -EACCES;
    strcpy(path, request->path);
    do {
        path_cut(path);
        error = see(request, path, SEEN_PERMS);
        if (error)
            return error;
    } while (!tree_find(request->change->root, path));
    return may(by, tree_find(request->change->root, path)->perms, mode) ? -ENOENT : -EACCES;
}

static const char *error_name(int error)
{
    size_t i;

    for (i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (xsd_errors[i].errnum == -error)
            return xsd_errors[i].errstring;
    }
    return "EINVAL";
}

/*
 * In a transaction that was lost the nodes are missing that it had made before: what fails for want
 * of them is the loss, and its end would say no more.
 */
static int told(const struct request *request, int error)
{
    bool missing = error == -ENOENT || error == -EACCES;

    return missing && request->transaction && request->transaction->lost ? -EAGAIN : error;
}

/* Runs the handler: 0 or the error that is to be told. */
static int handle(struct request *request, uint32_t tx_id)
{
    uint32_t flags;
    int error;

    if (request->type >= XS_TYPE_COUNT || !table[request->type].handler)
        return -ENOSYS;
    flags = table[request->type].flags;
    if ((flags & CONTROL_ONLY) && !privileged(request->by))
        return -EACCES;
    if (tx_id && !(flags & NO_TREE)) {
        error = transaction_find(request->by, tx_id, &request->transaction);
        if (error)
            return error;
        request->change = &request->transaction->change;
    }
    return told(request, table[request->type].handler(request));
}

static void answer(struct connection *by, struct message *message)
{
    if (by->domain)
        domain_answer(by->domain, message);
    else
        connection_queue(by, message);
}

static struct message *short_answer(struct connection *by, const struct xsd_sockmsg *asked,
                                    uint32_t type, const char *body, size_t len)
{
    struct xsd_sockmsg header = {type, asked->req_id, asked->tx_id, (uint32_t)len};

    return answer_take(by->store, &header, body);
}

/* The answer of a request that succeeded, or NULL: there is no memory for a long one. */
static struct message *make_answer(const struct request *request, const struct xsd_sockmsg *asked)
{
    const struct bytes *reply = &request->reply;

    if (request->ok)
        return short_answer(request->by, asked, asked->type, "OK", 3);
    if (reply->len <= ANSWER_MOST)
        return short_answer(request->by, asked, asked->type,
                            reply->len ? (const char *)reply->data : "", reply->len);
    return message_new(asked->type, asked->req_id, asked->tx_id, reply->data, reply->len);
}

/* Commits where that is due, and answers. An error, but for that of a commit, has no effect. */
static int finish(struct request *request, const struct xsd_sockmsg *asked)
{
    struct connection *by = request->by;
    struct message *message;
    int error = 0;

    if (request->reply.failed)
        return -ENOMEM;
    if (request->reply.len > XENSTORE_PAYLOAD_MAX)
        return -E2BIG;
    message = make_answer(request, asked);
    if (!message)
        return -ENOMEM;
    trace_message(by, false, asked->type, asked->tx_id, message->data + sizeof(*asked),
                  message->len - sizeof(*asked));
    if (!request->commit) {
        answer(by, message);
        return 0;
    }
    error = change_commit(&request->own, by, message);
    if (error)
        by->store->answer = message; /* it was a short one: commits have no other */
    else if (request->after)
        request->after(request);
    return error;
}

void request_serve(struct connection *by, const struct xsd_sockmsg *header, const char *body)
{
    struct request request = {
        .store = by->store, .by = by, .type = header->type, .body = body, .len = header->len};
    const char *name;
    int error;

    trace_message(by, true, header->type, header->tx_id, body, header->len);
    request.change = &request.own;
    change_begin(&request.own, by->store);
    error = handle(&request, header->tx_id);
    if (!error) {
        error = finish(&request, header);
        if (error && request.undo)
            request.undo(&request);
    }
    if (error) {
        name = error_name(error);
        trace_message(by, false, XS_ERROR, header->tx_id, name, strlen(name));
        answer(by, short_answer(by, header, XS_ERROR, name, strlen(name) + 1));
    }
    if (request.own.root)
        change_drop(&request.own);
    bytes_free(&request.reply);
    watch_free(request.watch);
    perms_put(request.perms);
}
