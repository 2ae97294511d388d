/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For unit tests of hvstored: the daemon's core in the test's own process, on the fake
 * hypervisor, and guests that send requests and look at what comes back.
 */
#ifndef TESTS_UNIT_HVSTORED_MACHINE_H
#define TESTS_UNIT_HVSTORED_MACHINE_H

#include "dom0-tools/hvstored/store.h"
#include "tests/store/fake.h"
#include "tests/store/guest.h"

/* The store and the guests 0 (the control domain) to 3, all introduced. */
extern struct store machine_store;
extern struct guest machine_guests[FAKE_DOMAINS];
extern struct guest_message machine_reply;

/* folder: for the state, or NULL: nothing is kept. */
void machine_start(const char *folder);
void machine_stop(void);
/* Another process takes the machine and the state of a folder over, as they lie there. */
void machine_take_over(const char *folder);
/* Throws the daemon's memory away without any notice, and starts another on the same state. */
void machine_restart(void);
/* A folder for a test's state, made; removed by machine_stop. */
const char *machine_folder(void);
/* The folder that is in use. */
const char *machine_where(void);

/* Serves until nothing is left to do. */
void machine_settle(void);
void machine_introduce(uint16_t domid);

/*
 * A request and its answer, in machine_reply; body: a text in which '|' stands for 0. Returns 0,
 * or the errno that was told, negative. Events that come are put aside.
 */
int ask(uint16_t domid, uint32_t type, uint32_t tx_id, const char *body);
int ask_bytes(uint16_t domid, uint32_t type, uint32_t tx_id, const void *body, size_t len);
/* Waits once more for the answer to the last request, after -ETIMEDOUT. */
int ask_again(uint16_t domid);
/* The same in fewer words. The second returns the number. */
bool reads(uint16_t domid, uint32_t tx_id, const char *path, const char *value);
uint32_t begin(uint16_t domid);
int end(uint16_t domid, uint32_t tx_id);

/* The next event of a guest as "path token", or "" when there is none. */
const char *event_of(uint16_t domid);
/* Forgets those that came. */
void forget_events(uint16_t domid);

#endif
