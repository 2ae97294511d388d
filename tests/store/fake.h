/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hypervisor for tests of hvstored: some domains with their rings, in memory that the test and
 * the daemon share. Within one process that is all. Between two, the memory is the file "machine"
 * of a folder, and events go through pipes there with names: what is in them is dropped when the
 * daemon starts, as events to a port that nobody has.
 */
#ifndef TESTS_STORE_FAKE_H
#define TESTS_STORE_FAKE_H

#include "dom0-tools/hvstored/hypervisor.h"

#define FAKE_DOMAINS 16

struct fake_domain {
    uint32_t exists, dying, shut_down, remote_port, bound;
    uint32_t notified; /* events that the daemon sent to it */
    uint8_t handle[16];
};

struct fake_machine {
    union {
        struct xenstore_domain_interface ring;
        uint8_t bytes[4096];
    } pages[FAKE_DOMAINS];
    struct fake_domain domains[FAKE_DOMAINS];
};

extern struct fake_machine *fake_machine;

/* Makes the machine: in a folder, or in this process only (NULL). Domain 0 exists. */
void fake_make(const char *folder);
void fake_free(void);
/* A domain of this number, with another handle than the one before it. */
void fake_domain_make(uint16_t domid);

/* The test's side of the pipes: an event for the daemon; the pipe of a domain's events. */
void fake_kick(uint16_t domid);
void fake_kick_domains(void);
int fake_domain_pipe(uint16_t domid);

#endif
