/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests for tests of hvconsoled: each is a page of the test's own and an event channel, which is
 * port 100 + domid of the daemon and port 2 of the guest.
 */
#ifndef TESTS_CONSOLED_FAKE_H
#define TESTS_CONSOLED_FAKE_H

#include <stdbool.h>

#include "xen/io/console.h"

#define GUESTS 4

extern struct xencons_interface pages[GUESTS];
extern bool pending[GUESTS], masked[GUESTS]; /* of the event channel */
extern bool mapped[GUESTS];                  /* the page, by the daemon */
extern unsigned int events_sent;
extern int event_pipe[2]; /* what hvctl_event_fd() gives: made by the test */

#endif
