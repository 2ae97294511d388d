/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers for the test that kills the daemon: a guest on its ring, or a client on the local
 * socket. Each does one request after the other: writes keys of its own, reads them back, raises
 * a shared counter in a transaction, rings its bell; guests watch the bells of all.
 */
#ifndef TESTS_STORE_WORKER_H
#define TESTS_STORE_WORKER_H

#include "guest.h"

#define WORKER_KEYS  4
#define WORKER_BELLS 4

struct worker {
    int number;
    uint16_t domid; /* 0: a local client */
    const char *socket;
    int fd; /* a local client's */
    struct guest guest;
    const char *wrong; /* the first error found */
    unsigned requests, commits, unknown, again;

    /* The request that is under way. */
    int state;
    uint32_t req_id, tx_id, type;
    size_t have;
    unsigned seen; /* the counter's value in the transaction */
    int key;
    char sent[4096];
    struct guest_message reply;

    /* What is known to be so. */
    unsigned serial[WORKER_KEYS]; /* last value written */
    bool unsure[WORKER_KEYS];     /* or perhaps the one before */
    char bell[16], heard[WORKER_BELLS][16];
    bool rung[WORKER_BELLS]; /* an event came: to be read */
};

void worker_init(struct worker *worker, int number, uint16_t domid, const char *socket);
/* Goes on; begin: also with new work. Returns whether anything happened. */
bool worker_step(struct worker *worker, bool begin);
bool worker_idle(const struct worker *worker);
/* Whether a key has the value that it must have. */
bool worker_check(const struct worker *worker, const char *socket, int key);

/* Makes the shared nodes and introduces the guests. */
bool workers_prepare(const char *socket, int guests);

/* A request on a connection of its own. Returns the length of the answer, or -1 on any error. */
int local_ask(const char *socket, uint32_t type, const void *body, size_t len, char answer[4200]);
int local_connect(const char *socket);

/* The daemon: started in the foreground, and waited for until it serves; killed. */
bool daemon_start(const char *program, const char *folder);
void daemon_kill(void);

#endif
