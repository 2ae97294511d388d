/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains that were introduced: each has a ring and a connection. What is said about positions
 * here holds wherever the daemon is killed; slot.h and journal.h say how.
 */
#ifndef HVSTORED_DOMAIN_H
#define HVSTORED_DOMAIN_H

#include "change.h"
#include "hypervisor.h"
#include "slot.h"
#include "store.h"

struct domain {
    struct domain *next;
    struct connection *connection;
    struct xenstore_domain_interface *page; /* NULL while it is not attached */
    struct slot *slot;
    struct position position; /* as the slot has it */
    uint16_t domid;
    bool introduced; /* is in the journal */
    bool restarting; /* loaded so: the guest's page does not know yet */
    bool shut_down;  /* its end was told */
    int port;        /* here, 0 for none */
    uint32_t remote_port;
    uint64_t frame;
    uint8_t handle[16];
};

/* Of a store; the new one has a connection, but neither slot nor ring; NULL without memory. */
struct domain *domain_find(const struct store *store, uint16_t domid);
struct domain *domain_of_port(const struct store *store, int port);
struct domain *domain_new(struct store *store, uint16_t domid);
/* Lets go of all it has; the file of its slot stays. */
void domain_free(struct store *store, struct domain *domain);

/* Maps the ring and binds the port. 0 or -errno, and then nothing is held. */
int domain_attach(struct domain *domain) __attribute__((warn_unused_result));
void domain_detach(struct domain *domain);

/* The position behind all that is queued. */
uint64_t domain_out_end(const struct domain *domain);
/* The request up to in_after is done: the change it made is in the journal. */
void domain_served(struct domain *domain);
/* The answer to a request that changed nothing; takes the message over. */
void domain_answer(struct domain *domain, struct message *message);

/* Sends what it can, then serves a request if there is one. Returns whether to come again. */
bool domain_step(struct domain *domain);

/*
 * A connection starts over: everything dropped, counters from 0. The item goes into a change;
 * the rest is done when that is committed.
 */
void domain_restart_item(const struct domain *domain, struct bytes *items);
void domain_restart(struct domain *domain);

/* Tells the guest that it is served, and what by: a new one, and one that knew another daemon. */
void domain_welcome(struct domain *domain);
void domain_resume(struct domain *domain);

#endif
