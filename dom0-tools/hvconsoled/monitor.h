/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests that ended get what their definitions say (on_poweroff, on_reboot, on_crash), by a
 * process of its own: to build a guest anew takes its time, and no console waits for that.
 *
 * The process holds a lock, so that there is one, and goes when the daemon has gone, after it has
 * finished what it is at; the next daemon's process then takes over.
 */
#ifndef HVCONSOLED_MONITOR_H
#define HVCONSOLED_MONITOR_H

#include <sys/types.h>

/** Starts the process, or starts it again if it has ended; called on each round of the loop. */
void monitor_keep(void);

/**
 * The process itself (--monitor).
 * @param lock    a file's name.
 * @param daemon  whose process it is; 0: its parent's.
 * @return an exit status.
 */
int monitor_main(const char *lock, pid_t daemon);

#endif
