/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's thread: one connection at a time, as one test asks at a time.
 */
#include "store_fake.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "xen/io/xs_wire.h"

#define NODES 2500
#define LIVES 2000 /* microseconds that it stays away between two lives */

struct node {
    char path[64], value[32];
};

struct store_fake fake;
static struct node nodes[NODES], inside[NODES];
static unsigned int count, inside_count, generation;
static bool within, stopping;
static char socket_path[64], watches[16][2][64];
static int listener = -1, client = -1, wake[2];
static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct node *find(struct node *in, unsigned int size, const char *path)
{
    for (unsigned int i = 0; i < size; i++) {
        if (!strcmp(in[i].path, path))
            return &in[i];
    }
    return NULL;
}

static void put(struct node *in, unsigned int *size, const char *path, const char *value, size_t n)
{
    struct node *node = find(in, *size, path);

    if (!node && *size == NODES)
        abort();
    node = node ? node : &in[(*size)++];
    snprintf(node->path, sizeof(node->path), "%s", path);
    snprintf(node->value, sizeof(node->value), "%.*s", (int)n, value);
    generation++;
}

static void drop(struct node *in, unsigned int *size, const char *path)
{
    size_t length = strlen(path);
    unsigned int kept = 0;

    for (unsigned int i = 0; i < *size; i++) {
        if (strncmp(in[i].path, path, length) || (in[i].path[length] && in[i].path[length] != '/'))
            in[kept++] = in[i];
    }
    *size = kept;
}

static void answer(const struct xsd_sockmsg *asked, uint32_t type, const void *body, size_t size,
                   bool half)
{
    struct xsd_sockmsg head = {type, asked->req_id, asked->tx_id, (uint32_t)size};
    enum nonsense nonsense = fake.nonsense;
    char message[sizeof(head) + XENSTORE_PAYLOAD_MAX];

    fake.nonsense = SENSE;
    head.req_id += nonsense == ANOTHER_REQUEST;
    head.type += nonsense == ANOTHER_TYPE;
    head.len = nonsense == TOO_LONG ? XENSTORE_PAYLOAD_MAX + 1 : head.len;
    if (nonsense == EVENT_WITHOUT_TOKEN) {
        head = (struct xsd_sockmsg){XS_WATCH_EVENT, 0, 0, 3};
        body = "/a";
        size = 3;
    }
    memcpy(message, &head, sizeof(head));
    memcpy(message + sizeof(head), body, size);
    size = half ? sizeof(head) / 2 : sizeof(head) + size;
    if (send(client, message, size, MSG_NOSIGNAL) != (ssize_t)size)
        half = true; /* the other side has gone: it will be seen */
}

static size_t list(const char *path, char *out, size_t room)
{
    size_t length = strlen(path), used = 0;

    for (unsigned int i = 0; i < count; i++) {
        const char *name = nodes[i].path + length + 1;

        if (strncmp(nodes[i].path, path, length) || nodes[i].path[length] != '/' ||
            strchr(name, '/'))
            continue;
        if (used + strlen(name) + 1 > room)
            return room + 1;
        memcpy(out + used, name, strlen(name) + 1);
        used += strlen(name) + 1;
    }
    return used;
}

static void send_event(int watch, const char *path)
{
    const struct xsd_sockmsg none = {0};
    char body[160];
    int n = snprintf(body, sizeof(body), "%s%c%s", path, 0, watches[watch][1]);

    answer(&none, XS_WATCH_EVENT, body, (size_t)n + 1, false);
}

/* The part of a list from an offset on, behind the generation. */
static size_t list_part(const char *path, size_t from, char *out)
{
    static char all[65536];
    size_t size = list(path, all, sizeof(all)), head;

    all[size++] = 0; /* the empty name ends it */
    head = (size_t)sprintf(out, "%u", generation) + 1;
    from = from < size ? from : size;
    size = size - from < fake.part ? size - from : fake.part;
    memcpy(out + head, all + from, size);
    if (fake.grow && from)
        put(nodes, &count, "/long/another", "", 0);
    fake.grow &= !from;
    return head + size;
}

static int watch_slot(const char *path, const char *token)
{
    for (int i = 0; i < 16; i++) {
        if (!strcmp(watches[i][0], path) && !strcmp(watches[i][1], token))
            return i;
    }
    return -1;
}

/* Does what is asked; the answer's size, or a negative errno. */
static int serve(const struct xsd_sockmsg *head, char *body, char *out)
{
    bool in = head->tx_id && within;
    struct node *here = in ? inside : nodes, *node;
    unsigned int *size = in ? &inside_count : &count;
    const char *second = body + strlen(body) + 1;
    size_t length;
    int slot;

    if (head->tx_id && !within)
        return -ENOENT;
    switch (head->type) {
    case XS_READ:
        node = find(here, *size, body);
        return node ? sprintf(out, "%s", node->value) : -ENOENT;
    case XS_WRITE:
        put(here, size, body, second, head->len - (size_t)(second - body));
        return sprintf(out, "OK") + 1;
    case XS_MKDIR:
        if (!find(here, *size, body))
            put(here, size, body, "", 0);
        return sprintf(out, "OK") + 1;
    case XS_RM:
        if (!find(here, *size, body))
            return -ENOENT;
        drop(here, size, body);
        return sprintf(out, "OK") + 1;
    case XS_SET_PERMS:
        return find(here, *size, body) ? sprintf(out, "OK") + 1 : -ENOENT;
    case XS_DIRECTORY:
        length = list(body, out, XENSTORE_PAYLOAD_MAX);
        return length > XENSTORE_PAYLOAD_MAX ? -E2BIG : (int)length;
    case XS_DIRECTORY_PART:
        return (int)list_part(body, (size_t)atol(second), out);
    case XS_TRANSACTION_START:
        memcpy(inside, nodes, sizeof(nodes));
        inside_count = count;
        within = true;
        return sprintf(out, "7") + 1;
    case XS_TRANSACTION_END:
        within = false;
        if (fake.conflicts && *body == 'T') {
            fake.conflicts--;
            return -EAGAIN;
        }
        if (*body == 'T') {
            memcpy(nodes, inside, sizeof(nodes));
            count = inside_count;
        }
        return sprintf(out, "OK") + 1;
    case XS_WATCH:
        slot = watch_slot("", "");
        if (watch_slot(body, second) >= 0)
            return -EEXIST;
        snprintf(watches[slot][0], 64, "%s", body);
        snprintf(watches[slot][1], 64, "%s", second);
        fake.watches_set++;
        return sprintf(out, "OK") + 1;
    case XS_UNWATCH:
        slot = watch_slot(body, second);
        if (slot < 0)
            return -ENOENT;
        watches[slot][0][0] = watches[slot][1][0] = 0;
        return sprintf(out, "OK") + 1;
    default:
        return -ENOSYS;
    }
}

static const char *name_of(int error)
{
    for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (xsd_errors[i].errnum == error)
            return xsd_errors[i].errstring;
    }
    abort();
}

static void end_life(void)
{
    if (client >= 0)
        close(client);
    close(listener);
    client = listener = -1;
    within = false;
    memset(watches, 0, sizeof(watches));
}

static void begin_life(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strcpy(address.sun_path, socket_path);
    unlink(socket_path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 8))
        abort();
    fake.starts++;
    if (fake.deaths_left) {
        fake.deaths_left--;
        fake.die_at = 1;
    }
}

static void answer_request(const struct xsd_sockmsg *head, char *body, bool half)
{
    char out[XENSTORE_PAYLOAD_MAX];
    const char *error = fake.error;
    int size = error ? 0 : serve(head, body, out);

    fake.error = NULL;
    if (size < 0)
        error = name_of(-size);
    if (error)
        answer(head, XS_ERROR, error, strlen(error) + 1, half);
    else
        answer(head, head->type, out, (size_t)size, half);
    if (head->type == XS_WATCH && !error && !half)
        send_event(watch_slot(body, body + strlen(body) + 1), body);
}

/* One request; false: the connection has ended, or the daemon dies. */
static bool take(void)
{
    struct xsd_sockmsg head;
    char body[XENSTORE_PAYLOAD_MAX + 1], ignored[XENSTORE_PAYLOAD_MAX];
    bool dies;

    if (recv(client, &head, sizeof(head), MSG_WAITALL) != sizeof(head) ||
        (head.len && recv(client, body, head.len, MSG_WAITALL) != (ssize_t)head.len)) {
        close(client);
        client = -1;
        within = false;
        memset(watches, 0, sizeof(watches));
        return true;
    }
    body[head.len] = 0;
    fake.requests++;
    dies = fake.die_at && --fake.die_at == 0;
    if (!dies) {
        answer_request(&head, body, false);
        return true;
    }
    if (fake.death == DEATH_AFTER && serve(&head, body, ignored) < 0)
        return false;
    if (fake.death == DEATH_IN_ANSWER)
        answer_request(&head, body, true);
    return false;
}

static void *run(void *unused)
{
    (void)unused;
    for (;;) {
        struct pollfd polls[] = {{wake[0], POLLIN, 0}, {listener, POLLIN, 0}, {client, POLLIN, 0}};
        bool alive = true;

        poll(polls, 3, -1);
        pthread_mutex_lock(&lock);
        if (stopping)
            break;
        if (polls[2].revents)
            alive = take();
        else if (polls[1].revents && client < 0)
            client = accept(listener, NULL, NULL);
        if (!alive)
            end_life();
        pthread_mutex_unlock(&lock);
        if (!alive) {
            usleep(LIVES);
            pthread_mutex_lock(&lock);
            begin_life();
            pthread_mutex_unlock(&lock);
        }
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

void fake_start(void)
{
    snprintf(socket_path, sizeof(socket_path), "/tmp/mortise-store-%d", getpid());
    setenv("HVCTL_STORE_SOCKET", socket_path, 1);
    fake = (struct store_fake){.part = 1000};
    count = 0;
    stopping = false;
    if (pipe(wake))
        abort();
    begin_life();
    fake.starts = 0;
    if (pthread_create(&thread, NULL, run, NULL))
        abort();
}

void fake_stop(bool gone)
{
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_mutex_unlock(&lock);
    close(wake[1]);
    pthread_join(thread, NULL);
    close(wake[0]);
    end_life();
    if (gone)
        unlink(socket_path);
}

const char *fake_node(const char *path)
{
    static char value[32];
    struct node *node;

    pthread_mutex_lock(&lock);
    node = find(nodes, count, path);
    snprintf(value, sizeof(value), "%s", node ? node->value : "");
    pthread_mutex_unlock(&lock);
    return node ? value : NULL;
}

void fake_set(const char *path, const char *value)
{
    pthread_mutex_lock(&lock);
    put(nodes, &count, path, value, strlen(value));
    pthread_mutex_unlock(&lock);
}

unsigned int fake_nodes(void)
{
    unsigned int now;

    pthread_mutex_lock(&lock);
    now = count;
    pthread_mutex_unlock(&lock);
    return now;
}

void fake_fire(const char *path)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < 16; i++) {
        size_t length = strlen(watches[i][0]);

        if (length && !strncmp(watches[i][0], path, length))
            send_event(i, path);
    }
    pthread_mutex_unlock(&lock);
}
