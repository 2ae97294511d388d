/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure: the last bytes that a guest said, for readers that come later.  It is filled from the log
 * first, so that it outlives the daemon.
 */
#ifndef HVCONSOLED_HISTORY_H
#define HVCONSOLED_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_SIZE 16384

struct history {
    char text[HISTORY_SIZE];
    uint64_t end;    /* bytes ever added */
    uint64_t seeded; /* of them, from the log */
};

void history_add(struct history *h, const char *text, size_t size);

/** What was added so far came from the log. */
void history_seed(struct history *h);

/**
 * Copies the last bytes, at most size.
 * @param fresh  only those that did not come from the log.
 */
size_t history_read(const struct history *h, bool fresh, char *text, size_t size);

#endif
