/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The connection to XenStore's daemon: its socket, or the kernel's device where there is no
 * socket; messages, events that come between answers, and beginning anew after the daemon was
 * restarted.  What the messages mean is store.c's matter.
 *
 * Invariant: whenever no function of this file runs, no byte of an answer is outstanding; a
 * connection on which that can't be kept is closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "store.h"
#include "store_state.h"

#define SOCKET_PATH "/run/xenstored/socket"
#define DEVICE_PATH "/dev/xen/xenbus"

#define ANSWER_MS    30000 /* a daemon that takes longer is stuck */
#define RECONNECT_MS 10000 /* a daemon that is restarted is back by then */
#define RETRY_NS     20000000

/* Closes the connection; the daemon forgets its watches and transactions by itself. */
static void disconnect(struct hvctl_store *store)
{
    if (store->fd >= 0) {
        close(store->fd); /* takes it out of the epoll set, too */
        store->fd = -1;
    }
    store->transaction_count = 0;
}

static int connect_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* One try.  The device serves only where there never was a socket: not while it is replaced. */
static int open_once(struct hvctl_store *store)
{
    const char *path = secure_getenv("HVCTL_STORE_SOCKET");
    int fd = connect_socket(path ? path : SOCKET_PATH);

    if (fd >= 0) {
        store->device = false;
        store->had_socket = true;
    } else if (errno == ENOENT && !store->had_socket && !path) {
        fd = open(DEVICE_PATH, O_RDWR | O_CLOEXEC);
        store->device = fd >= 0;
    }
    return fd;
}

/* Connects, waiting for a daemon that is being restarted. */
static int connect_once(struct hvctl *h, struct hvctl_store *store, uint64_t deadline)
{
    struct epoll_event event = {.events = EPOLLIN};

    while ((store->fd = open_once(store)) < 0) {
        struct timespec pause = {.tv_nsec = RETRY_NS};
        bool restarted = errno == ECONNREFUSED || (errno == ENOENT && store->had_socket);

        if (!restarted || clock_ms() > deadline) {
            int error = errno;

            return hvctl_fail_errno(h, error,
                                    error == EACCES || error == EPERM
                                        ? "XenStore is for root alone (" SOCKET_PATH ")"
                                        : "XenStore's daemon is not there (" SOCKET_PATH
                                          "): is hvstored running?");
        }
        nanosleep(&pause, NULL);
    }
    if (epoll_ctl(store->poll_fd, EPOLL_CTL_ADD, store->fd, &event) < 0) {
        int error = errno;

        disconnect(store);
        return hvctl_fail_errno(h, error, "epoll_ctl on XenStore's connection");
    }
    return 0;
}

static bool was_lost(const struct hvctl *h)
{
    return hvctl_errno(h) == ECONNRESET || hvctl_errno(h) == EPIPE;
}

/* Connects and sets the watches again, as often as the daemon dies while that is done. */
static int connect_store(struct hvctl *h, struct hvctl_store *store)
{
    uint64_t deadline = clock_ms() + RECONNECT_MS;

    while (store->fd < 0) {
        int result = connect_once(h, store, deadline);

        if (result) {
            return result;
        }
        result = store_watches_renew(h, store);
        if (result) {
            disconnect(store);
            if (!was_lost(h) || clock_ms() > deadline) {
                return result;
            }
        }
    }
    return 0;
}

/* All of the bytes, or the errno. */
static int write_all(struct hvctl_store *store, const char *data, size_t size)
{
    while (size) {
        ssize_t done = store->device ? write(store->fd, data, size)
                                     : send(store->fd, data, size, MSG_NOSIGNAL);

        if (done < 0 && errno != EINTR) {
            return errno;
        }
        if (done > 0) {
            data += done;
            size -= (size_t)done;
        }
    }
    return 0;
}

static int read_all(struct hvctl_store *store, void *into, size_t size)
{
    uint64_t deadline = clock_ms() + ANSWER_MS;
    char *at = into;

    while (size) {
        struct pollfd ready = {.fd = store->fd, .events = POLLIN};
        uint64_t now = clock_ms();
        ssize_t done;

        if (now >= deadline) {
            return ETIMEDOUT;
        }
        if (poll(&ready, 1, (int)(deadline - now)) <= 0) {
            continue;
        }
        done = read(store->fd, at, size);
        if (done == 0) {
            return ECONNRESET;
        }
        if (done < 0 && errno != EINTR && errno != EAGAIN) {
            return errno;
        }
        if (done > 0) {
            at += done;
            size -= (size_t)done;
        }
    }
    return 0;
}

/* One message of the daemon's; the body has a zero byte after its end.  Or an errno. */
static int read_message(struct hvctl_store *store, struct xsd_sockmsg *head, char **body)
{
    int error = read_all(store, head, sizeof(*head));

    if (error) {
        return error;
    }
    if (head->len > XENSTORE_PAYLOAD_MAX) {
        return EPROTO;
    }
    *body = alloc_again(NULL, head->len + 1);
    if (!*body) {
        return ENOMEM;
    }
    error = read_all(store, *body, head->len);
    if (error) {
        free(*body);
        return error;
    }
    (*body)[head->len] = 0;
    return 0;
}

/* Puts a watch's event, path and token in one block, at the queue's end; takes the body. */
static int queue_event(struct hvctl_store *store, char *body, size_t size)
{
    struct store_event *event;
    uint64_t one = 1;
    size_t path = strlen(body);

    if (path + 1 >= size) { /* no token */
        free(body);
        return EPROTO;
    }
    event = alloc_zeroed(1, sizeof(*event));
    if (!event) {
        free(body);
        return ENOMEM;
    }
    *event = (struct store_event){.path = body, .token = body + path + 1};
    *store->queue_end = event;
    store->queue_end = &event->next;
    if (write(store->queued_fd, &one, sizeof(one)) < 0) {
        return errno;
    }
    return 0;
}

int store_event_receive(struct hvctl *h, struct hvctl_store *store)
{
    struct xsd_sockmsg head;
    char *body;
    int error;

    if (store->fd < 0) {
        return connect_store(h, store);
    }
    error = read_message(store, &head, &body);
    if (!error && head.type != XS_WATCH_EVENT) {
        free(body);
        error = EPROTO;
    } else if (!error) {
        error = queue_event(store, body, head.len);
    }
    if (error) {
        disconnect(store);
        return connect_store(h, store);
    }
    return 0;
}

/* A request and its answer, events put aside.  An errno; its connection is then useless. */
static int exchange(struct hvctl_store *store, const char *request, size_t size,
                    struct xsd_sockmsg *head, char **body)
{
    const struct xsd_sockmsg *asked = (const void *)request;
    int error = write_all(store, request, size);

    while (!error) {
        error = read_message(store, head, body);
        if (error) {
            break;
        }
        if (head->type == XS_WATCH_EVENT) {
            error = queue_event(store, *body, head->len);
            continue;
        }
        if (head->req_id == asked->req_id &&
            (head->type == asked->type || head->type == XS_ERROR)) {
            return 0;
        }
        free(*body);
        error = EPROTO;
    }
    return error;
}

static int errno_of(const char *name)
{
    for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (strcmp(name, xsd_errors[i].errstring) == 0) {
            return xsd_errors[i].errnum;
        }
    }
    return EIO;
}

/* The request on the connection that is there. */
static int call_once(struct hvctl *h, struct hvctl_store *store, char *request, size_t size,
                     const char *what, char **reply, size_t *reply_size)
{
    struct xsd_sockmsg head;
    char *body;
    int error = exchange(store, request, size, &head, &body);

    if (error) {
        disconnect(store);
        return hvctl_fail_errno(h, error, "XenStore does not answer (%s)", what);
    }
    if (head.type == XS_ERROR) {
        error = errno_of(body);
        free(body);
        return hvctl_fail_errno(h, error, "XenStore: %s", what);
    }
    if (reply_size) {
        *reply_size = head.len;
    }
    if (reply) {
        *reply = body;
    } else {
        free(body);
    }
    return 0;
}

int store_call_connected(struct hvctl *h, struct hvctl_store *store, enum xsd_sockmsg_type type,
                         uint32_t wire, const struct iovec *parts, size_t part_count,
                         const char *what, char **reply, size_t *size)
{
    struct {
        struct xsd_sockmsg head;
        char body[XENSTORE_PAYLOAD_MAX];
    } request = {.head = {.type = type, .req_id = ++store->request, .tx_id = wire}};

    for (size_t i = 0; i < part_count; i++) {
        if (parts[i].iov_len > sizeof(request.body) - request.head.len) {
            return hvctl_fail(h, HVCTL_INVALID, E2BIG,
                              "XenStore: %s: longer than a message of %d bytes", what,
                              XENSTORE_PAYLOAD_MAX);
        }
        memcpy(request.body + request.head.len, parts[i].iov_base, parts[i].iov_len);
        request.head.len += (uint32_t)parts[i].iov_len;
    }
    return call_once(h, store, (char *)&request, sizeof(request.head) + request.head.len, what,
                     reply, size);
}

int store_call(struct hvctl *h, enum xsd_sockmsg_type type, uint32_t transaction,
               const struct iovec *parts, size_t part_count, const char *what, char **reply,
               size_t *size)
{
    struct hvctl_store *store = store_state(h);

    if (!store) {
        return hvctl_fail_errno(h, ENOMEM, "XenStore: %s", what);
    }
    for (unsigned int tries = 0;; tries++) {
        uint32_t wire = 0;
        int result = connect_store(h, store);

        if (result) {
            return result;
        }
        if (transaction && !store_transaction_wire(store, transaction, &wire)) {
            return hvctl_fail(h, HVCTL_CONFLICT, EAGAIN,
                              "XenStore: %s: the transaction ended with the daemon it was begun "
                              "on",
                              what);
        }
        result = store_call_connected(h, store, type, wire, parts, part_count, what, reply, size);
        store->end_lost |= type == XS_TRANSACTION_END && store->fd < 0;
        /* Still connected: that was the answer.  A stuck daemon is not asked twice. */
        if (!result || store->fd >= 0 || hvctl_errno(h) == ETIMEDOUT || tries == 5) {
            return result;
        }
    }
}
