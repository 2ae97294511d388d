/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of verbs as data, without their functions: what help, manual page and completion are
 * made of.
 */
#ifndef HVCTL_TABLE_H
#define HVCTL_TABLE_H

#include <stddef.h>

#define ANY 1000 /* arguments */

struct option_text {
    char letter; /* 0 ends a list */
    const char *name, *argument, *text;
};

struct verb {
    const char *name, *arguments;
    int least, most; /* arguments */
    const char *summary;
    const struct option_text *options;
    const char *group; /* a group's title, which is an entry without a name */
};

struct exit_text {
    int number, status;
    const char *text, *remedy;
};

/** Groups and verbs in the table's order; the last entry has neither group nor name. */
extern const struct verb verbs[];

/** All exit statuses that stand for a status of the library. */
extern const struct exit_text exits[];
extern const size_t exit_count;

/** The verb of that name, or NULL. */
const struct verb *verb_find(const char *name);

#endif
