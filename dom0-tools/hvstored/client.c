/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients of the local socket. While something waits to be sent to one, nothing is read from it.
 */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "connection.h"
#include "log.h"
#include "request.h"

struct client *client_new(struct store *store, int socket, int poll)
{
    struct client *client = mem_zalloc(sizeof(*client));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

    if (client)
        client->connection = connection_new(store, 0);
    if (!client || !client->connection) {
        free(client);
        close(socket);
        return NULL;
    }
    client->socket = socket;
    client->poll = poll;
    client->events = EPOLLIN;
    client->connection->client = client;
    if (poll >= 0 && epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event)) {
        log_error("a client can't be waited for: %s", strerror(errno));
        client_free(client);
        return NULL;
    }
    return client;
}

void client_free(struct client *client)
{
    close(client->socket);
    connection_free(client->connection);
    free(client->body);
    free(client);
}

/* Waits for room when there is something to send, for requests when not. */
static void wait_for(struct client *client)
{
    uint32_t events = client->connection->out ? EPOLLOUT : EPOLLIN;
    struct epoll_event event = {.events = events, .data.ptr = client};

    if (events == client->events)
        return;
    client->events = events;
    if (client->poll >= 0 && epoll_ctl(client->poll, EPOLL_CTL_MOD, client->socket, &event))
        client->connection->failed = true;
}

static void flush(struct client *client)
{
    struct connection *connection = client->connection;
    struct message *message;
    ssize_t n;

    while ((message = connection->out)) {
        n = send(client->socket, message->data + message->sent, message->len - message->sent,
                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) {
            connection->failed |= errno != EAGAIN && errno != EINTR;
            return;
        }
        connection_sent(connection, (size_t)n);
    }
}

/* Reads up to a number of bytes of the present message; false when they are not there yet. */
static bool receive(struct client *client, void *to, uint32_t from, uint32_t upto)
{
    ssize_t n;

    while (client->have < upto) {
        n = recv(client->socket, (char *)to + (client->have - from), upto - client->have,
                 MSG_DONTWAIT);
        if (n <= 0) {
            client->connection->failed |= !n || (errno != EAGAIN && errno != EINTR);
            return false;
        }
        client->have += (uint32_t)n;
    }
    return true;
}

static bool serve(struct client *client)
{
    const uint32_t head = sizeof(client->header);

    if (!receive(client, &client->header, 0, head))
        return false;
    if (client->header.len > XENSTORE_PAYLOAD_MAX) {
        client->connection->failed = true;
        return false;
    }
    if (!client->body)
        client->body = mem_alloc(client->header.len);
    if (!client->body) {
        client->connection->store->retry = true;
        return false;
    }
    if (!receive(client, client->body, head, head + client->header.len))
        return false;
    request_serve(client->connection, &client->header, client->body);
    free(client->body);
    client->body = NULL;
    client->have = 0;
    return true;
}

void client_step(struct client *client)
{
    struct connection *connection = client->connection;

    flush(client);
    if (!connection->out && !connection->failed && answer_ready(connection->store) && serve(client))
        flush(client);
    connection->ready = false; /* what is left waits for the socket */
    if (!connection->failed)
        wait_for(client);
    if (connection->failed)
        client_free(client);
}

int client_listen(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd, error;
    mode_t mask;

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    unlink(path); /* of an earlier daemon: this one has the state's folder to itself */
    mask = umask(0177);
    error = bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64) ? -errno : 0;
    umask(mask);
    if (error) {
        close(fd);
        return error;
    }
    return fd;
}
