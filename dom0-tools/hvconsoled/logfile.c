/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing and rotating logs.
 */
#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* make: where there is none; else that is no failure. */
static void begin(struct logfile *l, bool make)
{
    const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    struct stat status;

    l->error = 0;
    l->fd = open(l->path, flags | (make ? O_CREAT : 0), 0600);
    if (l->fd < 0 && !make && errno == ENOENT) {
        return;
    }
    if (l->fd < 0) {
        l->error = errno;
        return;
    }
    if (fstat(l->fd, &status) || !S_ISREG(status.st_mode)) {
        l->error = EINVAL; /* nobody waits for the other end of a pipe */
        close(l->fd);
        l->fd = -1;
        return;
    }
    l->size = (uint64_t)status.st_size;
}

static void complain(const struct logfile *l)
{
    if (l->error) {
        fprintf(stderr, "hvconsoled: %s can't be written: %s\n", l->path, strerror(l->error));
    }
}

/* One file a log, whose name is a number made of the log's (FNV-1a). */
static void aside_find(struct logfile *l, const char *state)
{
    uint64_t number = UINT64_C(0xcbf29ce484222325);
    FILE *file;

    for (const char *at = l->path; *at; at++) {
        number = (number ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    }
    snprintf(l->aside, sizeof(l->aside), "%s/lost-%016" PRIx64, state, number);
    file = fopen(l->aside, "re");
    if (file && fscanf(file, "%" SCNu64 " %d", &l->lost, &l->why) != 2) {
        l->lost = 0;
    }
    if (file) {
        fclose(file);
    }
}

/* Of a size that does not change, so that a daemon that is killed leaves the old or the new. */
static void aside_keep(const struct logfile *l)
{
    char text[40];
    int fd, length;

    if (!*l->aside) {
        return;
    }
    if (!l->lost) {
        unlink(l->aside);
        return;
    }
    length = snprintf(text, sizeof(text), "%020" PRIu64 " %06d\n", l->lost, l->why);
    fd = open(l->aside, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        (void)!write(fd, text, (size_t)length); /* else the next daemon does not know */
        close(fd);
    }
}

static void lose(struct logfile *l, size_t size)
{
    if (size) {
        l->lost += size;
        l->why = l->error;
        aside_keep(l);
    }
}

void logfile_open(struct logfile *l, const char *path, uint64_t most, unsigned int keep,
                  const char *state)
{
    memset(l, 0, sizeof(*l));
    snprintf(l->path, sizeof(l->path), "%s", path);
    l->most = most;
    l->keep = keep;
    if (state) {
        aside_find(l, state);
    }
    begin(l, false);
    complain(l);
}

/* A rename that fails leaves the file where it is; it then grows on. */
static void rotate(struct logfile *l)
{
    char from[352], to[352];

    for (unsigned int number = l->keep; number; number--) {
        snprintf(to, sizeof(to), "%s.%u", l->path, number);
        snprintf(from, sizeof(from), number > 1 ? "%s.%u" : "%s", l->path, number - 1);
        rename(from, to);
    }
    if (!l->keep && l->fd >= 0 && !ftruncate(l->fd, 0)) {
        l->size = 0;
        return;
    }
    close(l->fd);
    begin(l, true);
}

/* How much could be written. */
static size_t put(struct logfile *l, const char *text, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t now = write(l->fd, text + done, size - done);

        if (now < 0 && errno == EINTR) {
            continue;
        }
        if (now <= 0) {
            l->error = now ? errno : ENOSPC;
            break;
        }
        done += (size_t)now;
    }
    l->size += done;
    return done;
}

/* Says what was lost; false while there is no room for saying it. */
static bool tell_lost(struct logfile *l)
{
    char text[128];
    int length;

    if (!l->lost) {
        return true;
    }
    length = snprintf(text, sizeof(text), "\n[hvconsoled: %llu bytes lost: %s]\n",
                      (unsigned long long)l->lost, strerror(l->why));
    if (put(l, text, (size_t)length) < (size_t)length) {
        return false;
    }
    l->lost = 0;
    aside_keep(l);
    return true;
}

void logfile_write(struct logfile *l, const char *text, size_t size)
{
    if (l->fd >= 0 && l->size && l->size + size > l->most) {
        rotate(l);
    }
    if (l->fd < 0) {
        const int before = l->error;

        begin(l, true);
        if (l->error != before) {
            complain(l);
        }
    }
    if (l->fd < 0 || !tell_lost(l)) {
        lose(l, size);
    } else {
        lose(l, size - put(l, text, size));
    }
}

void logfile_close(struct logfile *l)
{
    if (l->fd >= 0) {
        close(l->fd);
        l->fd = -1;
    }
}

void logfile_tail(const struct logfile *l, struct history *h)
{
    char text[HISTORY_SIZE];
    off_t from = l->size > HISTORY_SIZE ? (off_t)(l->size - HISTORY_SIZE) : 0;
    ssize_t size = l->fd < 0 ? 0 : pread(l->fd, text, sizeof(text), from);

    if (size > 0) {
        history_add(h, text, (size_t)size);
    }
    history_seed(h);
}
