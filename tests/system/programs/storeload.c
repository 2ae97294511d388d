/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * storeload NUMBER [SOCKET]: works with XenStore, through the kernel's device in a guest or the
 * daemon's socket, while the daemon is killed.  It writes and reads nodes of its own, raises a
 * counter in transactions that all workers share, and rings a bell that all others watch.
 *
 * Invariant: each answer comes once, and what was answered stays.  /load/stop ends the work,
 * /load/end the watching; then one line tells what there was:
 *   storeload NUMBER: R requests, C commits, M unsure, A again, bells BELL=VALUE...
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "xen/io/xs_wire.h"

#define DEVICE  "/dev/xen/xenbus"
#define FOLDER  "/load"
#define KEYS    4
#define WORKERS 8 /* numbers 1 to 8 */
#define BODY    XENSTORE_PAYLOAD_MAX
#define LOST    (-1000) /* the connection is gone, what was asked may be done or not */

struct message {
    struct xsd_sockmsg head;
    char body[BODY + 1];
};

static const size_t extra[KEYS] = {1, 20, 900, 1900}; /* bytes that values have more */
static const char *socket_path;
static int fd = -1, number;
static uint32_t request_id;
static unsigned int requests, commits, unsure, again, bell, serial[KEYS];
static bool doubtful[KEYS], rung[WORKERS + 1], stop, end;
static char heard[WORKERS + 1][16];
static struct message reply;

static void wrong(const char *what)
{
    printf("storeload %d: wrong: %s (answer of type %u: %.60s)\n", number, what, reply.head.type,
           reply.body);
    exit(1);
}

static bool move(bool out, void *bytes, size_t size)
{
    for (char *at = bytes; size;) {
        ssize_t done = !out          ? read(fd, at, size)
                       : socket_path ? send(fd, at, size, MSG_NOSIGNAL)
                                     : write(fd, at, size);

        if (done <= 0) {
            if (done < 0 && errno == EINTR)
                continue;
            if (!socket_path)
                wrong(done ? strerror(errno) : "the device ended");
            close(fd);
            fd = -1;
            return false;
        }
        at += done;
        size -= (size_t)done;
    }
    return true;
}

static void ring_all(void)
{
    memset(rung, true, sizeof(rung));
}

/* An event names the node that changed, or, as the sum of several, the watch. */
static void event(void)
{
    const char *name = strstr(reply.body, FOLDER "/bell-");
    int which = name ? name[sizeof(FOLDER "/bell-") - 1] - '0' : 0;

    stop |= !strcmp(reply.body, FOLDER "/stop");
    end |= !strcmp(reply.body, FOLDER "/end");
    if (which > 0 && which <= WORKERS)
        rung[which] = true;
    else if (!strcmp(reply.body, FOLDER))
        ring_all();
}

static bool receive(void)
{
    if (!move(false, &reply.head, sizeof(reply.head)))
        return false;
    if (reply.head.len > BODY)
        wrong("a length that no message has");
    if (!move(false, reply.body, reply.head.len))
        return false;
    reply.body[reply.head.len] = 0;
    return true;
}

/* Length of the answer, which is in reply, a negative errno, or LOST. */
static int ask(uint32_t type, uint32_t transaction, const char *path, const void *more, size_t size)
{
    static struct message request;
    size_t length = strlen(path) + 1;

    request.head = (struct xsd_sockmsg){type, ++request_id, transaction, (uint32_t)(length + size)};
    memcpy(request.body, path, length);
    memcpy(request.body + length, more, size);
    requests++;
    if (fd < 0 || !move(true, &request, sizeof(request.head) + request.head.len))
        return LOST;
    for (;;) {
        if (!receive())
            return LOST;
        if (reply.head.type == XS_WATCH_EVENT) {
            event();
            continue;
        }
        /* The kernel answers XS_WATCH itself, and leaves the number out. */
        if (reply.head.req_id != request_id && (type != XS_WATCH || socket_path))
            wrong("an answer to another request");
        if (reply.head.type == XS_ERROR)
            return !strcmp(reply.body, "EAGAIN") ? -EAGAIN : -EIO;
        if (reply.head.type != type)
            wrong("an answer of another type");
        return (int)reply.head.len;
    }
}

/* Only what may be lost on the way may fail. */
static bool good(int result, const char *what)
{
    if (result < 0 && result != LOST)
        wrong(what);
    return result >= 0;
}

static size_t value_of(int key, unsigned int count, char *out)
{
    int n = snprintf(out, 16, "%010u", count);

    memset(out + n, 'a' + (int)(count % 26), extra[key]);
    return (size_t)n + extra[key];
}

static const char *key_path(int key)
{
    static char path[64];

    snprintf(path, sizeof(path), FOLDER "/key-%d-%d", number, key);
    return path;
}

static void write_key(int key)
{
    char value[BODY];
    size_t size = value_of(key, serial[key] + 1, value);

    doubtful[key] = !good(ask(XS_WRITE, 0, key_path(key), value, size), "a write failed");
    serial[key]++;
}

static bool read_key(int key)
{
    char now[BODY], before[BODY];
    size_t size = value_of(key, serial[key], now);
    int result;

    if (!serial[key])
        return true;
    value_of(key, serial[key] - 1, before);
    result = ask(XS_READ, 0, key_path(key), "", 0);
    if (result == LOST)
        return false;
    if (result == (int)size && !memcmp(reply.body, now, size))
        return true;
    if (!doubtful[key] || (result >= 0 && memcmp(reply.body, before, size)))
        wrong("a value that was written is not there");
    return true;
}

static void raise_counter(void)
{
    uint32_t transaction;
    char text[16];
    int result;

    if (!good(ask(XS_TRANSACTION_START, 0, "", "", 0), "a transaction can't begin"))
        return;
    transaction = (uint32_t)strtoul(reply.body, NULL, 10);
    if (!good(ask(XS_READ, transaction, FOLDER "/counter", "", 0), "a read in a transaction"))
        return;
    snprintf(text, sizeof(text), "%u", (unsigned int)strtoul(reply.body, NULL, 10) + 1);
    if (!good(ask(XS_WRITE, transaction, FOLDER "/counter", text, strlen(text)),
              "a write in a transaction"))
        return;
    result = ask(XS_TRANSACTION_END, transaction, "T", "", 0);
    if (result == -EAGAIN)
        again++;
    else if (result == LOST)
        unsure++;
    else if (good(result, "a transaction's end"))
        commits++;
}

static bool ring_bell(void)
{
    char path[32], text[16];

    snprintf(path, sizeof(path), FOLDER "/bell-%d", number);
    snprintf(text, sizeof(text), "%u", bell + 1);
    if (!good(ask(XS_WRITE, 0, path, text, strlen(text)), "a bell can't be rung"))
        return false;
    bell++;
    return true;
}

/* Looks at each bell that rang. */
static void listen_to_bells(void)
{
    char path[32];

    for (int i = 1; i <= WORKERS; i++) {
        while (rung[i]) {
            int result;

            rung[i] = false;
            snprintf(path, sizeof(path), FOLDER "/bell-%d", i);
            result = ask(XS_READ, 0, path, "", 0);
            if (result == LOST)
                return; /* a new connection rings them all */
            if (result >= 0)
                snprintf(heard[i], sizeof(heard[i]), "%.15s", reply.body);
        }
    }
}

static void connect_again(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *token = "load";

    if (!socket_path) {
        fd = open(DEVICE, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            wrong(strerror(errno));
    } else {
        strncpy(address.sun_path, socket_path, sizeof(address.sun_path) - 1);
        while (fd < 0) {
            fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
                close(fd);
                fd = -1;
                usleep(5000);
            }
        }
    }
    if (!good(ask(XS_WATCH, 0, FOLDER, token, strlen(token) + 1), "no watch can be set"))
        return;
    ring_all();
    /* Without the watch nobody was told of these. */
    stop |= ask(XS_READ, 0, FOLDER "/stop", "", 0) >= 0;
    end |= fd >= 0 && ask(XS_READ, 0, FOLDER "/end", "", 0) >= 0;
}

static void work(void)
{
    switch (random() % 4) {
    case 0:
        write_key((int)(random() % KEYS));
        break;
    case 1:
        (void)read_key((int)(random() % KEYS));
        break;
    case 2:
        raise_counter();
        break;
    default:
        (void)ring_bell();
        break;
    }
}

/* After the work: the keys are right, a last bell, and word that this one is done. */
static bool settle(void)
{
    char path[32];

    for (int key = 0; key < KEYS; key++) {
        if (!read_key(key))
            return false;
    }
    snprintf(path, sizeof(path), FOLDER "/done-%d", number);
    return ring_bell() && good(ask(XS_WRITE, 0, path, "1", 1), "a write failed");
}

int main(int argc, char **argv)
{
    unsigned int seed = 0;
    bool settled = false;

    number = argc > 1 ? atoi(argv[1]) : 0;
    socket_path = argc > 2 ? argv[2] : NULL;
    if (number < 1 || number > WORKERS) {
        fprintf(stderr, "Usage: storeload NUMBER [SOCKET]\n");
        return 2;
    }
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
        seed = (unsigned int)getpid();
    srandom(seed);
    while (!end) {
        if (fd < 0)
            connect_again();
        else
            listen_to_bells();
        if (fd < 0)
            continue;
        if (!stop) {
            work();
            usleep((useconds_t)(random() % 4000)); /* others want the CPU, too */
        } else if (!settled) {
            settled = settle();
        } else if (receive() && reply.head.type == XS_WATCH_EVENT) {
            event();
        }
    }
    do {
        while (fd < 0)
            connect_again();
        listen_to_bells();
    } while (fd < 0);
    printf("storeload %d: %u requests, %u commits, %u unsure, %u again, bells", number, requests,
           commits, unsure, again);
    for (int i = 1; i <= WORKERS; i++) {
        if (heard[i][0])
            printf(" %d=%s", i, heard[i]);
    }
    printf(" rang %u\n", bell);
    return 0;
}
