/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the verbs share: the call that they serve, and how they say what they have to say.
 *
 * A verb returns 0, a negative hvctl status (the handle's message is then printed and the exit
 * status is that of exits.def), or a positive exit status after it printed its own message.
 */
#ifndef HVCTL_COMMAND_H
#define HVCTL_COMMAND_H

#include <jansson.h>

#include "hvctl.h"
#include "table.h"

#define EXIT_ANSWER_NO 1 /* the audit found differences, top can't draw */
#define EXIT_USAGE     2

struct command {
    struct hvctl *h;
    const struct verb *verb;
    int argc; /* arguments behind verb and options */
    char **argv;
    const char *option[128]; /* by letter: NULL, "" or the option's argument */
};

typedef int verb_fn(struct command *c);

#define GROUP(title)
#define VERB(symbol, name, arguments, least, most, summary, options) verb_fn verb_##symbol;
#include "verbs.def"
#undef GROUP
#undef VERB

/** The whole program. */
int command_main(int argc, char **argv);

/** Prints the help on a verb, or on all of them (NULL). */
void help_print(FILE *out, const struct verb *verb);

/** "hvctl: sentence" on stderr; returns status. */
int complain(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Prints the handle's message for a failure, with its remedy; returns the exit status. */
int complain_failure(const struct hvctl *h, int result);

/** What a verb does to one guest. */
typedef int guest_fn(struct command *c, uint32_t domid);

/** Finds an argument's guest. */
int guest_find(struct command *c, const char *which, uint32_t *domid);

/** Does it to each guest of the arguments; goes on after a failure, and returns the first. */
int guest_each(struct command *c, guest_fn *function);

/**
 * The domains that the arguments name, or all; free() the array.
 * @param guests_only  without arguments leave the control domain out.
 */
int guest_select(struct command *c, bool guests_only, struct hvctl_domain **domains, size_t *count);

/** What to call a domain that has no name, too.  Static. */
const char *guest_name(const struct hvctl_domain *domain);

/** An argument as a number; EXIT_USAGE with a message naming what when it is none. */
int number_argument(const char *text, const char *what, uint64_t least, uint64_t most,
                    uint64_t *value);

/** Sets the handle's progress function: on a terminal it shows it, Ctrl-C cancels. */
void progress_begin(struct command *c);
void progress_end(struct command *c);
/** Whether Ctrl-C was pressed since progress_begin(). */
bool progress_cancelled(void);

/* ---- Output ---------------------------------------------------------------------------- */

/** A table that is printed once its widths are known. */
struct listing;
struct listing *listing_new(const char *const *titles);
/** Adds a cell: cells fill the rows from left to right. */
void listing_cell(struct listing *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
void listing_print(struct listing *l, FILE *out);
void listing_free(struct listing *l);

/** Ends a listing that is both: prints what is asked for unless it failed, and frees both. */
int listing_end(struct command *c, struct listing *l, json_t *array, int result);

/** Prints a JSON value and gives it back; 0 or a failure that is noted and complained of. */
int json_print(json_t *value, size_t flags);

/** A text as JSON, whatever its bytes: those that are no UTF-8 become ?. */
json_t *json_text(const char *text);

/** Prints a text; control characters but tab and new line become ? on a terminal. */
void text_print(const char *text);

/** hvctl_disks() or hvctl_nics(). */
typedef int devices_fn(struct hvctl *h, uint32_t domid, struct hvctl_device **devices,
                       size_t *count);

/** Lists a guest's devices; source and address are their names in JSON. */
int devices_list(struct command *c, devices_fn *ask, const char *const *titles, const char *source,
                 const char *address);

/** hvctl_disk_detach() or hvctl_nic_detach(). */
typedef int detach_fn(struct hvctl *h, uint32_t domid, const char *which, bool force);

/** Takes a device away, as the arguments say. */
int devices_detach(struct command *c, detach_fn *detach);

/** "4.17.0" and the like.  Static. */
const char *version_text(const struct hvctl_host *host);

const char *state_name(enum hvctl_state state);
/** "poweroff", "reboot", "suspend", "crash", "watchdog", "soft-reset" or "unknown". */
const char *reason_name(unsigned int reason);
const char *uuid_text(const uint8_t uuid[16], char text[37]);
/** "0-3,5", "all" or "none". */
const char *cpuset_text(const struct hvctl_cpuset *set, char *text, size_t size);
bool cpuset_parse(const char *text, struct hvctl_cpuset *set);
/** A whole file as text, for attaching by XML; free(). */
int file_text(struct command *c, const char *path, char **text, size_t *size);

#endif
