/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A store's daemon in a thread of the test, on a socket: nodes, one transaction, watches.  A test
 * says when it dies, how far it comes with the request it dies at, and what it answers wrongly.
 */
#ifndef TESTS_UNIT_STORE_FAKE_H
#define TESTS_UNIT_STORE_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has happened to the request at which the daemon dies. */
enum death { DEATH_BEFORE, DEATH_AFTER, DEATH_IN_ANSWER, DEATHS };

/* An answer that no daemon gives. */
enum nonsense { SENSE, ANOTHER_REQUEST, ANOTHER_TYPE, TOO_LONG, EVENT_WITHOUT_TOKEN };

struct store_fake {
    /* Set by the test while it asks nothing. */
    unsigned int die_at; /* the n-th request from now; 0: it lives */
    enum death death;
    unsigned int deaths_left; /* further deaths, each at the first request after a new start */
    unsigned int conflicts;   /* ends of transactions that are refused */
    const char *error;        /* the next answer is this error */
    enum nonsense nonsense;   /* of the next answer */
    size_t part;              /* most bytes of a part of a list */
    bool grow;                /* the next part but one finds another child */
    /* For the test to look at. */
    unsigned int requests, starts, watches_set;
};

extern struct store_fake fake;

/** Starts it on a socket of its own, which HVCTL_STORE_SOCKET then names; empties the store. */
void fake_start(void);
/** Ends it; with gone, the socket is no more there. */
void fake_stop(bool gone);

/** A node's value as a string; NULL: there is none.  The next call changes it. */
const char *fake_node(const char *path);
void fake_set(const char *path, const char *value);
unsigned int fake_nodes(void);

/** As if somebody else had changed a node: an event for each watch on it or above it. */
void fake_fire(const char *path);

#endif
