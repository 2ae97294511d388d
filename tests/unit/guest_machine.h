/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest_machine.h: libpvguest's store client and front ends as programs of the host.
 *
 * An arena stands for RAM; sleeping runs the peers, which a test provides: a store, and back ends.
 * Whoever sleeps for ever, without a deadline, ends the program as a failed test.
 */
#ifndef TESTS_UNIT_GUEST_MACHINE_H
#define TESTS_UNIT_GUEST_MACHINE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pv/device.h"
#include "pv/memory.h"

#define STORE_MFN  1
#define STORE_PORT 2

/* Run whenever the guest sleeps; true when it did something. */
extern bool (*machine_peer)(void);
/* Passes of sleeping until a deadline has come. */
extern unsigned int machine_patience;

void machine_start(void);
/* All pages are free again: for a program that begins many times. */
void machine_pages_forget(void);
/* What a liar has broken stays broken, so each lie has a process of its own. */
#define RUN_ALONE(f)                                                                               \
    do {                                                                                           \
        int machine_status = 1;                                                                    \
                                                                                                   \
        fflush(stdout);                                                                            \
        if (fork() == 0) {                                                                         \
            unit_broken = false;                                                                   \
            f();                                                                                   \
            fflush(stdout);                                                                        \
            _exit(unit_broken);                                                                    \
        }                                                                                          \
        wait(&machine_status);                                                                     \
        unit_failures += machine_status != 0;                                                      \
        printf("%s %s\n", machine_status != 0 ? "FAIL" : "ok", #f);                                \
    } while (0)

/*
 * The page of a grant, as a back end maps it; null when it is not granted to domain 0, or not to be
 * written.
 */
void *machine_granted(uint32_t ref, bool write);
/* Marks an entry as in use, or not any more. */
void machine_grant_use(uint32_t ref, bool used);
unsigned int machine_grants(void);
unsigned int machine_ports(void);

/* The store of a test: nodes, honest answers; hooks make it lie. */
struct node {
    char path[160], value[160];
};
extern struct node store_nodes[64];
extern unsigned int store_count, store_watches;
const char *store_get(const char *path);
void store_set(const char *path, const char *value);
bool store_work(void);
/* Called with each answer before it is sent; may change it. */
extern void (*store_lie)(struct xsd_sockmsg *head, char *body);
extern unsigned int store_slice; /* bytes moved at a time */

#endif
