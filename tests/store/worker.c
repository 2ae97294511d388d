/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What workers do, as a machine of states: one request is under way at a time, so that an answer
 * too many, too few or out of order is seen at once. Long values make requests and answers that
 * do not fit into a ring.
 */
#include "worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum state { IDLE, WRITE, READ, START, COUNT_READ, COUNT_WRITE, END, BELL, HEAR, WATCH };

static const size_t sizes[WORKER_KEYS] = {1, 20, 900, 1900}; /* bytes that values have more */

void worker_init(struct worker *worker, int number, uint16_t domid, const char *socket)
{
    int i;

    memset(worker, 0, sizeof(*worker));
    worker->number = number;
    worker->domid = domid;
    worker->socket = socket;
    worker->fd = -1;
    strcpy(worker->bell, "0");
    worker->seen = 0;
    if (!domid)
        return;
    guest_init(&worker->guest, domid);
    worker->state = IDLE;
    for (i = 0; i < WORKER_BELLS; i++)
        strcpy(worker->heard[i], "-");
    worker->key = -1; /* the watch comes first */
}

bool worker_idle(const struct worker *worker)
{
    int i;

    for (i = 0; i < WORKER_BELLS; i++) {
        if (worker->rung[i])
            return false;
    }
    return worker->state == IDLE && worker->key != -1;
}

static void name_of(const struct worker *worker, int key, char out[64])
{
    if (worker->domid)
        snprintf(out, 64, "/local/domain/%u/key-%d", worker->domid, key);
    else
        snprintf(out, 64, "/local/domain/0/client-%d/key-%d", worker->number, key);
}

static size_t value_of(unsigned serial, int key, char out[4096])
{
    int n = snprintf(out, 16, "%010u", serial);

    memset(out + n, 'a' + (int)(serial % 26), sizes[key]);
    return (size_t)n + sizes[key];
}

static void post(struct worker *worker, enum state state, uint32_t type, uint32_t tx_id,
                 const void *body, size_t len)
{
    struct xsd_sockmsg header = {type, ++worker->req_id, tx_id, (uint32_t)len};
    char message[sizeof(header) + 4096];

    worker->state = state;
    worker->type = type;
    worker->requests++;
    if (worker->domid) {
        guest_post(&worker->guest, type, worker->req_id, tx_id, body, len);
        return;
    }
    memcpy(message, &header, sizeof(header));
    memcpy(message + sizeof(header), body, len);
    worker->have = 0;
    /* When the daemon is gone, that is seen at the answer. */
    if (send(worker->fd, message, sizeof(header) + len, MSG_NOSIGNAL) < 0)
        return;
}

static void post_text(struct worker *worker, enum state state, uint32_t type, const char *path)
{
    post(worker, state, type, 0, path, strlen(path) + 1);
}

static void post_write(struct worker *worker, enum state state, uint32_t tx_id, const char *path,
                       const char *value, size_t len)
{
    char body[4096];
    size_t n = strlen(path) + 1;

    memcpy(body, path, n);
    memcpy(body + n, value, len);
    post(worker, state, XS_WRITE, tx_id, body, n + len);
}

/* Chooses what to do next; false when there is nothing. */
static bool begin_work(struct worker *worker, bool more)
{
    char path[64], value[4096];
    size_t len;
    int i;

    if (worker->domid && worker->key == -1) {
        post(worker, WATCH, XS_WATCH, 0, "/shared\0bells", 14);
        return true;
    }
    for (i = 0; i < WORKER_BELLS; i++) {
        if (worker->rung[i]) {
            worker->rung[i] = false;
            worker->key = i;
            snprintf(path, sizeof(path), "/shared/bell-%d", i + 1);
            post_text(worker, HEAR, XS_READ, path);
            return true;
        }
    }
    if (!more)
        return false;
    worker->key = (int)(random() % WORKER_KEYS);
    name_of(worker, worker->key, path);
    switch (random() % 4) {
    case 0:
        len = value_of(worker->serial[worker->key] + 1, worker->key, value);
        post_write(worker, WRITE, 0, path, value, len);
        return true;
    case 1:
        if (!worker->serial[worker->key] || worker->unsure[worker->key])
            return false;
        post_text(worker, READ, XS_READ, path);
        return true;
    case 2:
        post_text(worker, START, XS_TRANSACTION_START, "");
        return true;
    default:
        if (!worker->domid)
            return false;
        snprintf(worker->sent, sizeof(worker->sent), "%d", atoi(worker->bell) + 1);
        snprintf(path, sizeof(path), "/shared/bell-%u", worker->domid);
        post_write(worker, BELL, 0, path, worker->sent, strlen(worker->sent));
        return true;
    }
}

static void fail(struct worker *worker, const char *what)
{
    static char text[200];

    snprintf(text, sizeof(text), "%s (state %d, answer of type %u: %.60s)", what, worker->state,
             worker->reply.header.type, worker->reply.body);
    worker->wrong = text;
}

static void answered_in_transaction(struct worker *worker, const char *body)
{
    char text[32];

    switch (worker->state) {
    case START:
        worker->tx_id = (uint32_t)atoi(body);
        post(worker, COUNT_READ, XS_READ, worker->tx_id, "/shared/counter", 16);
        break;
    case COUNT_READ:
        worker->seen = (unsigned)atoi(body);
        snprintf(text, sizeof(text), "%u", worker->seen + 1);
        post_write(worker, COUNT_WRITE, worker->tx_id, "/shared/counter", text, strlen(text));
        break;
    case COUNT_WRITE:
        post(worker, END, XS_TRANSACTION_END, worker->tx_id, "T", 2);
        break;
    default:
        worker->commits++;
        worker->state = IDLE;
        break;
    }
}

/* The answer that the state waits for is in reply. */
static void answered(struct worker *worker)
{
    char value[4096];
    size_t len;

    if (worker->reply.header.req_id != worker->req_id) {
        fail(worker, "an answer to another request");
        return;
    }
    if (worker->state == END && worker->reply.header.type == XS_ERROR &&
        !strcmp(worker->reply.body, "EAGAIN")) {
        worker->again++;
        worker->state = IDLE;
        return;
    }
    if (worker->reply.header.type != worker->type) {
        fail(worker, "an error");
        return;
    }
    switch ((enum state)worker->state) {
    case WRITE:
        worker->serial[worker->key]++;
        worker->unsure[worker->key] = false;
        break;
    case READ:
        len = value_of(worker->serial[worker->key], worker->key, value);
        if (len != worker->reply.header.len || memcmp(value, worker->reply.body, len))
            fail(worker, "a value that was written is not there");
        break;
    case BELL:
        strcpy(worker->bell, worker->sent);
        break;
    case HEAR:
        snprintf(worker->heard[worker->key], sizeof(worker->heard[0]), "%.15s", worker->reply.body);
        break;
    case WATCH:
        worker->key = 0;
        memset(worker->rung, true, 3);
        break;
    case START:
    case COUNT_READ:
    case COUNT_WRITE:
    case END:
        answered_in_transaction(worker, worker->reply.body);
        return;
    case IDLE:
        fail(worker, "an answer that nobody asked for");
        return;
    }
    worker->state = IDLE;
}

static bool guest_step(struct worker *worker)
{
    bool moved = guest_push(&worker->guest);
    const char *bell;

    while (!worker->wrong && guest_take(&worker->guest, &worker->reply)) {
        moved = true;
        if (worker->reply.header.type != XS_WATCH_EVENT) {
            answered(worker);
            continue;
        }
        bell = strstr(worker->reply.body, "/bell-");
        if (bell)
            worker->rung[bell[6] - '1'] = true;
        else if (!strcmp(worker->reply.body, "/shared"))
            memset(worker->rung, true, 3); /* the sum of several */
    }
    if (worker->guest.broken)
        fail(worker, "what comes from the ring is no message");
    return moved;
}

/* The connection is gone: what was under way may be done or not. */
static void client_lost(struct worker *worker)
{
    close(worker->fd);
    worker->fd = -1;
    if (worker->state == WRITE) {
        worker->serial[worker->key]++;
        worker->unsure[worker->key] = true;
    } else if (worker->state == END) {
        worker->unknown++;
    }
    worker->state = IDLE;
}

static bool client_step(struct worker *worker)
{
    const size_t head = sizeof(worker->reply.header);
    size_t wanted = head;
    ssize_t n;

    if (worker->fd < 0) {
        worker->fd = local_connect(worker->socket);
        return worker->fd >= 0;
    }
    if (worker->state == IDLE)
        return false;
    if (worker->have >= head)
        wanted += worker->reply.header.len;
    n = recv(worker->fd, (char *)&worker->reply + worker->have, wanted - worker->have,
             MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        client_lost(worker);
        return true;
    }
    if (n < 0)
        return false;
    worker->have += (size_t)n;
    if (worker->have >= head && worker->have == head + worker->reply.header.len) {
        worker->reply.body[worker->reply.header.len] = '\0';
        answered(worker);
    }
    return true;
}

bool worker_step(struct worker *worker, bool begin)
{
    bool moved = worker->domid ? guest_step(worker) : client_step(worker);

    if (!worker->wrong && worker->state == IDLE && (worker->domid || worker->fd >= 0))
        moved |= begin_work(worker, begin);
    return moved;
}

bool worker_check(const struct worker *worker, const char *socket, int key)
{
    char path[64], wanted[4096], before[4096], got[4200];
    size_t len = value_of(worker->serial[key], key, wanted);
    int n;

    value_of(worker->serial[key] - 1, key, before);
    name_of(worker, key, path);
    if (!worker->serial[key])
        return true;
    n = local_ask(socket, XS_READ, path, strlen(path) + 1, got);
    if (n == (int)len && !memcmp(got, wanted, len))
        return true;
    if (worker->unsure[key] &&
        ((n == (int)len && !memcmp(got, before, len)) || worker->serial[key] == 1))
        return true;
    printf("%s: %d bytes, %.12s instead of %.12s\n", path, n, got, wanted);
    return false;
}
