/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients of the local socket: programs of the control domain's administrator, as the file's
 * mode says. Their connection is not kept over a restart; they connect again.
 */
#ifndef HVSTORED_CLIENT_H
#define HVSTORED_CLIENT_H

#include "store.h"

struct client {
    struct connection *connection;
    int socket, poll; /* descriptors: its own, and the one that waits for all */
    uint32_t events;  /* that are waited for */
    uint32_t have;    /* bytes of the header and the body that are there */
    struct xsd_sockmsg header;
    char *body;
};

/*
 * A client on a socket that does not block, which it closes; poll: descriptor of epoll, or -1.
 * NULL: it can't be served, and the socket is closed.
 */
struct client *client_new(struct store *store, int socket, int poll);
/* Closes it, and all that its connection had. */
void client_free(struct client *client);

/* Sends what it can, then serves a request if there is one. The client may be gone then. */
void client_step(struct client *client);

/* Makes the socket that clients connect to. Returns it, or -errno. */
int client_listen(const char *path) __attribute__((warn_unused_result));

#endif
