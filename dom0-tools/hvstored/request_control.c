/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CONTROL: what an administrator can ask the daemon itself, as by Debian's xenstore-control.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"
#include "log.h"
#include "request.h"

#define ARGUMENTS 4

typedef int command(struct request *request, const char **arguments, int n);

static command command_help;

static int command_print(struct request *request, const char **arguments, int n)
{
    if (n != 1)
        return -EINVAL;
    log_info("message: %.200s", arguments[0]);
    return request_ok(request);
}

static int command_log(struct request *request, const char **arguments, int n)
{
    int error;

    if (n == 1 && !strcmp(arguments[0], "off")) {
        trace_close();
        return request_ok(request);
    }
    if (n != 2 || strcmp(arguments[0], "on"))
        return -EINVAL;
    error = trace_open(arguments[1]);
    return error ? error : request_ok(request);
}

static void quota_set_after(struct request *request)
{
    const char *name = request->token;

    if (quota_set(&request->store->quotas, name, name + strlen(name) + 1))
        log_error("quota %s can't be set", name);
}

static int command_quota(struct request *request, const char **arguments, int n)
{
    struct store *store = request->store;
    struct quotas trial = store->quotas;
    struct domain *domain;
    uint16_t domid;
    int i, error;

    if (n == 3 && !strcmp(arguments[0], "set")) {
        error = quota_set(&trial, arguments[1], arguments[2]);
        if (error)
            return error;
        bytes_add_u8(&request->own.items, ITEM_QUOTA);
        bytes_add_text(&request->own.items, arguments[1]);
        bytes_add_text(&request->own.items, arguments[2]);
        request->token = arguments[1]; /* the number lies behind it */
        request->after = quota_set_after;
        request->commit = true;
        return request_ok(request);
    }
    if (n == 1) {
        if (request_domid(arguments[0], &domid))
            return -EINVAL;
        domain = domain_find(store, domid);
        if (!domain)
            return -ENOENT;
        bytes_print(&request->reply, false,
                    "nodes %d\nwatches %u\ntransactions %u\nqueue-bytes %zu",
                    owners_of(&store->owners, domid), domain->connection->watch_count,
                    domain->connection->transaction_count, domain->connection->out_bytes);
        bytes_print(&request->reply, true, "\n");
        return 0;
    }
    if (n)
        return -EINVAL;
    for (i = 0; i < QUOTA_COUNT; i++)
        bytes_print(&request->reply, i == QUOTA_COUNT - 1, "%-18s %8u  %s\n", quota_infos[i].name,
                    store->quotas.limit[i], quota_infos[i].about);
    return 0;
}

struct recount {
    struct owners owners;
    uint32_t wrong;
};

static bool recount_node(const struct node *node, const char *path, void *context)
{
    struct recount *recount = context;
    uint32_t i;

    (void)path;
    if (!owners_add(&recount->owners, node->perms->list[0].domid, 1))
        return false;
    for (i = 1; i < node->count; i++)
        recount->wrong += strcmp(node->children[i - 1]->name, node->children[i]->name) >= 0;
    return true;
}

/* Counts everything again that is kept as a count. */
static int command_check(struct request *request, const char **arguments, int n)
{
    struct store *store = request->store;
    struct recount recount = {0};
    struct connection *connection;
    const struct message *message;
    uint32_t i, nodes = 0, connections = 0;
    size_t waiting;

    (void)arguments;
    if (n)
        return -EINVAL;
    if (!tree_walk(store->root, "/", recount_node, &recount)) {
        owners_free(&recount.owners);
        return -ENOMEM;
    }
    for (i = 0; i < recount.owners.count; i++) {
        nodes += (uint32_t)recount.owners.list[i].nodes;
        recount.wrong +=
            recount.owners.list[i].nodes != owners_of(&store->owners, recount.owners.list[i].domid);
    }
    for (i = 0; i < store->owners.count; i++)
        recount.wrong +=
            store->owners.list[i].nodes != owners_of(&recount.owners, store->owners.list[i].domid);
    for (connection = store->connections; connection; connection = connection->next) {
        connections++;
        waiting = 0;
        for (message = connection->out; message; message = message->next)
            waiting += message->len - message->sent;
        recount.wrong += waiting != connection->out_bytes;
    }
    owners_free(&recount.owners);
    bytes_print(&request->reply, true, "%u nodes, %u connections, %u errors", nodes, connections,
                recount.wrong);
    return 0;
}

static const struct {
    const char *name;
    command *run;
    const char *about;
} commands[] = {
    {"check", command_check, "count everything again, and tell how many counts are wrong"},
    {"help", command_help, "this list"},
    {"log", command_log, "on FILE, or off: trace each message"},
    {"print", command_print, "TEXT: write it to the log"},
    {"quota", command_quota, "[DOMAIN], or set NAME NUMBER"},
};

static int command_help(struct request *request, const char **arguments, int n)
{
    size_t i;

    (void)arguments;
    (void)n;
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        bytes_print(&request->reply, false, "%-8s %s\n", commands[i].name, commands[i].about);
    bytes_add_u8(&request->reply, 0);
    return 0;
}

int request_control(struct request *request)
{
    const char *texts[1 + ARGUMENTS];
    int n = request_texts(request, texts, 1 + ARGUMENTS);
    size_t i;

    if (n < 1)
        return -EINVAL;
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (!strcmp(commands[i].name, texts[0]))
            return commands[i].run(request, texts + 1, n - 1);
    }
    return -EINVAL;
}
