/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's log: a file that is appended to, and rotated by size (NAME, NAME.1, NAME.2, ...).
 * A disk that is full loses bytes of the log and nothing else; how many is noted in the log once
 * there is room again.  Until then the number is kept in a file in memory, for the next daemon.
 */
#ifndef HVCONSOLED_LOGFILE_H
#define HVCONSOLED_LOGFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"

struct logfile {
    char path[320], aside[320]; /* aside: where the number of lost bytes is kept, or "" */
    int fd;                     /* -1: it can't be opened, tried again with the next bytes */
    uint64_t size, lost;
    int error; /* of the last try to open or write */
    int why;   /* bytes were lost */
    uint64_t most;
    unsigned int keep;
};

/**
 * Opens it, below an existing folder.  One that is not there is made when there is something to
 * write; a failure is told once and tried again with the next bytes.
 * @param state  a folder in memory, or NULL.
 */
void logfile_open(struct logfile *l, const char *path, uint64_t most, unsigned int keep,
                  const char *state);
void logfile_write(struct logfile *l, const char *text, size_t size);
void logfile_close(struct logfile *l);

/** Fills a history with the log's end. */
void logfile_tail(const struct logfile *l, struct history *h);

#endif
