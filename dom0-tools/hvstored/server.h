/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop that waits and serves. Each connection that has something to do is served one request
 * a round, so that none has to wait for more than one request of each other.
 */
#ifndef HVSTORED_SERVER_H
#define HVSTORED_SERVER_H

#include "store.h"

struct server {
    struct store *store;
    int poll, signals, listener;
    int spare;    /* a descriptor for the moment when there is no other */
    bool domains; /* there is a hypervisor */
    bool check;   /* the list of domains has to be looked at */
};

/* Prepares to wait for all there is; listener: from client_listen. 0 or -errno. */
int server_open(struct server *server, struct store *store, int listener, bool domains)
    __attribute__((warn_unused_result));
/* Serves until SIGTERM or SIGINT. 0 or -errno. */
int server_run(struct server *server) __attribute__((warn_unused_result));
void server_close(struct server *server);

/* One request of each connection that is ready. Returns whether some are ready still. */
bool server_round(struct store *store);

#endif
