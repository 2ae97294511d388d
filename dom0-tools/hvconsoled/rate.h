/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure: how much of the daemon's time a guest may take.  Each has an allowance that grows with
 * time up to a burst; what it says and each of its events are paid from it.  A guest without
 * allowance waits, and nobody waits for it.
 */
#ifndef HVCONSOLED_RATE_H
#define HVCONSOLED_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RATE_BYTES   (512u << 10) /* a second, the default */
#define RATE_EVENT   64           /* bytes that an event costs at least */
#define RATE_RESTART 4096         /* allowance at which a guest that waits is served again */

struct rate {
    uint64_t per_second;
    int64_t allowance; /* bytes; at most a second's worth, below 0 what is owed */
    uint64_t time_ns;  /* until when it has grown */
    bool waiting;
};

/** @param per_second  bytes, 1 to 2^32. */
void rate_begin(struct rate *r, uint64_t per_second, uint64_t now_ns);

/** Whether it may be served now. */
bool rate_allows(struct rate *r, uint64_t now_ns);

/** Pays for an event that brought so many bytes. */
void rate_pay(struct rate *r, size_t bytes);

/** How long until it may be served again. */
uint64_t rate_wait_ns(const struct rate *r, uint64_t now_ns);

#endif
