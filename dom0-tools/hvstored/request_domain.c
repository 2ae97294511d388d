/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests about domains, which the toolstack in the control domain makes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "life.h"
#include "request.h"

/* The domain that a body of exactly one number means. */
static int domain_of(struct request *request, uint16_t *domid)
{
    const char *text;
    int n = request_texts(request, &text, 1);

    if (n < 0 || request_domid(text, domid))
        return -EINVAL;
    request->domain = domain_find(request->store, *domid);
    return 0;
}

static void introduced(struct request *request)
{
    request->domain->introduced = true;
    domain_welcome(request->domain);
}

static void not_introduced(struct request *request)
{
    uint16_t domid = request->domain->domid;

    domain_free(request->store, request->domain);
    slot_remove(request->store->journal.folder, domid);
}

static void introduced_again(struct request *request)
{
    domain_restart(request->domain);
}

static int number(const char *text, uint64_t most, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    return !*value || errno || *end || *value > most ? -EINVAL : 0;
}

/* A domain that is resumed has a new port, maybe a new frame; its connection starts over. */
static int introduce_again(struct domain *domain, uint64_t frame, uint32_t port)
{
    domain_detach(domain);
    domain->frame = frame;
    domain->remote_port = port;
    return domain_attach(domain);
}

int request_introduce(struct request *request)
{
    struct store *store = request->store;
    const char *texts[3];
    uint64_t frame, port;
    uint16_t domid;
    int error;

    if (request_texts(request, texts, 3) != 3 || request_domid(texts[0], &domid) || !domid ||
        number(texts[1], UINT64_MAX, &frame) || number(texts[2], UINT32_MAX, &port))
        return -EINVAL;
    /* A domain of this number that has ended must be gone first, or the new one goes with it. */
    change_drop(&request->own);
    life_check(store);
    change_begin(&request->own, store);
    request->domain = domain_find(store, domid);
    if (request->domain) {
        error = introduce_again(request->domain, frame, (uint32_t)port);
        request->after = introduced_again;
    } else {
        error = life_prepare(store, domid, frame, (uint32_t)port, &request->domain);
        request->after = introduced;
        request->undo = not_introduced;
    }
    if (error)
        return error; /* and there is nothing to undo */
    life_item(request->domain, &request->own.items);
    if (request->domain->introduced)
        domain_restart_item(request->domain, &request->own.items);
    change_touch(&request->own, special_names[SPECIAL_INTRODUCE], 0);
    request->commit = true;
    return request_ok(request);
}

static void released(struct request *request)
{
    life_released(request->store, request->domain);
}

int request_release(struct request *request)
{
    uint16_t domid;
    int error = domain_of(request, &domid);

    if (error || !domid)
        return -EINVAL;
    if (!request->domain)
        return -ENOENT;
    life_release_items(&request->own, request->domain);
    request->after = released;
    request->commit = true;
    return request_ok(request);
}

int request_get_domain_path(struct request *request)
{
    char path[32];
    uint16_t domid;
    int error = domain_of(request, &domid);

    if (!error)
        bytes_add(&request->reply, path, path_of_domain(domid, path) + 1);
    return error;
}

int request_is_introduced(struct request *request)
{
    uint16_t domid;
    int error = domain_of(request, &domid);

    if (!error)
        bytes_add(&request->reply, request->domain ? "T" : "F", 2);
    return error;
}

static void resumed(struct request *request)
{
    request->domain->shut_down = false;
}

int request_resume(struct request *request)
{
    uint16_t domid;
    int error = domain_of(request, &domid);

    if (error)
        return error;
    if (!request->domain)
        return -ENOENT;
    bytes_add_u8(&request->own.items, ITEM_SHUTDOWN);
    bytes_add_u32(&request->own.items, domid);
    bytes_add_u8(&request->own.items, false);
    request->after = resumed;
    request->commit = true;
    return request_ok(request);
}

static void target_set(struct request *request)
{
    uint16_t target;

    if (!request_domid(request->token, &target))
        request->domain->connection->target = target;
}

int request_set_target(struct request *request)
{
    const char *texts[2];
    uint16_t domid, target;

    if (request_texts(request, texts, 2) != 2 || request_domid(texts[0], &domid) ||
        request_domid(texts[1], &target) || !domid)
        return -EINVAL;
    request->domain = domain_find(request->store, domid);
    if (!request->domain)
        return -ENOENT;
    bytes_add_u8(&request->own.items, ITEM_TARGET);
    bytes_add_u32(&request->own.items, domid);
    bytes_add_u32(&request->own.items, target);
    request->token = texts[1];
    request->after = target_set;
    request->commit = true;
    return request_ok(request);
}
