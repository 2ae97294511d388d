/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Long work: what is done is shown where stderr is a terminal; Ctrl-C and SIGTERM cancel it, and
 * the library undoes what it began.
 */
#include "command.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t cancelled;
static struct sigaction before_int, before_term;
static bool shown, terminal;
static struct timespec last;
static char last_line[80];

static void on_signal(int number)
{
    (void)number;
    cancelled = 1;
}

/* At most ten times a second, and only what is new. */
static bool show(void *opaque, const char *stage, uint64_t done, uint64_t total)
{
    char line[sizeof(last_line)];
    struct timespec now;

    (void)opaque;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (terminal &&
        (now.tv_sec - last.tv_sec) * 1000000000L + now.tv_nsec - last.tv_nsec > 100000000L) {
        if (total) {
            snprintf(line, sizeof(line), "%s: %" PRIu64 "%%", stage, done * 100 / total);
        } else {
            snprintf(line, sizeof(line), "%s", stage);
        }
        if (strcmp(line, last_line)) {
            fprintf(stderr, "\r\033[K%s", line);
            fflush(stderr);
            strcpy(last_line, line);
        }
        last = now;
        shown = true;
    }
    return !cancelled;
}

void progress_begin(struct command *c)
{
    struct sigaction action = {.sa_handler = on_signal};

    cancelled = 0;
    shown = false;
    *last_line = '\0';
    terminal = isatty(STDERR_FILENO);
    memset(&last, 0, sizeof(last));
    sigaction(SIGINT, &action, &before_int);
    sigaction(SIGTERM, &action, &before_term);
    hvctl_set_progress(c->h, show, NULL);
}

void progress_end(struct command *c)
{
    hvctl_set_progress(c->h, NULL, NULL);
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGTERM, &before_term, NULL);
    if (shown) {
        fputs("\r\033[K", stderr);
    }
}

bool progress_cancelled(void)
{
    return cancelled;
}
