/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvconsoled: the consoles of all guests, logged and open to readers.
 *
 * It stays in the foreground and is started again by whoever started it.  Everything it needs to
 * go on is in the rings, in XenStore and in the logs, so it may be killed at any moment.  A
 * process of its own looks after guests that ended (monitor.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "finder.h"
#include "monitor.h"
#include "server.h"

static const struct option longs[] = {
    {"log-dir", required_argument, NULL, 'd'},  {"log-size", required_argument, NULL, 's'},
    {"log-keep", required_argument, NULL, 'k'}, {"rate", required_argument, NULL, 'r'},
    {"socket", required_argument, NULL, 'S'},   {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},        {"monitor", optional_argument, NULL, 'm'},
    {"no-monitor", no_argument, NULL, 'n'},     {0},
};

static const char usage[] =
    "usage: hvconsoled [OPTION...]\n"
    "Keeps the consoles of all guests.\n\n"
    "  --log-dir=FOLDER  where logs are kept (/var/log/mortise/console)\n"
    "  --log-size=KIB    size at which a log is rotated (1024)\n"
    "  --log-keep=COUNT  how many rotated logs are kept (4)\n"
    "  --rate=KIB        what a guest may say in a second (512)\n"
    "  --socket=PATH     where readers connect (" CONSOLE_SOCKET ")\n"
    "  --no-monitor      leave guests that ended alone\n"
    "  --monitor         do nothing but what definitions say about guests that ended\n";

static bool monitor_only, monitor_not;
static pid_t monitor_of;

/* Makes a folder and those above it. */
static int make_folders(const char *path)
{
    char part[320];

    for (size_t at = 1;; at++) {
        if (path[at] == '/' || !path[at]) {
            snprintf(part, sizeof(part), "%.*s", (int)at, path);
            if (mkdir(part, 0755) && errno != EEXIST) {
                return -1;
            }
        }
        if (!path[at]) {
            return 0;
        }
    }
}

static int fail(const char *what, const char *path)
{
    fprintf(stderr, "hvconsoled: %s %s: %s\n", what, path, strerror(errno));
    return 1;
}

static bool number(const char *text, uint64_t least, uint64_t *value)
{
    char *end;

    *value = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && *value >= least && *value <= 1 << 22;
}

/* 0 to go on, or an exit status plus one. */
static int options(int argc, char **argv, struct console_settings *settings, const char **path)
{
    uint64_t value = 0;
    bool right = true;

    for (int letter; right && (letter = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        switch (letter) {
        case 'd':
            settings->folder = optarg;
            right = *optarg == '/' && strlen(optarg) < 200;
            break;
        case 's':
            right = number(optarg, 4, &value);
            settings->log_size = value << 10;
            break;
        case 'k':
            right = number(optarg, 0, &value) && value <= 100;
            settings->log_keep = (unsigned int)value;
            break;
        case 'r':
            right = number(optarg, 1, &value);
            settings->rate = value << 10;
            break;
        case 'S':
            *path = optarg;
            right = *optarg == '/';
            break;
        case 'm':
            monitor_only = true;
            monitor_of = optarg ? atoi(optarg) : 0;
            break;
        case 'n':
            monitor_not = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return 1;
        case 'V':
            printf("hvconsoled %s\n", hvctl_version());
            return 1;
        default:
            right = false;
        }
    }
    if (!right || optind < argc) {
        fputs(usage, stderr);
        return 3;
    }
    return 0;
}

/* One daemon alone; the lock lasts as long as the process.  The folder takes the socket's. */
static int lock(const char *path, char *folder, size_t room)
{
    char name[320];
    int fd;

    snprintf(folder, room, "%.*s", (int)(strrchr(path, '/') - path), path);
    if (*folder && make_folders(folder)) {
        return fail("can't make", folder);
    }
    snprintf(name, sizeof(name), "%s.lock", path);
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail("can't open", name);
    }
    return flock(fd, LOCK_EX | LOCK_NB) ? fail("another one runs, it holds", name) : 0;
}

int main(int argc, char **argv)
{
    struct server s = {.settings = {.folder = "/var/log/mortise/console",
                                    .log_size = 1 << 20,
                                    .log_keep = 4,
                                    .rate = RATE_BYTES}};
    const char *path = getenv(CONSOLE_SOCKET_VARIABLE);
    char state[256];
    int pipes[2], status;

    path = path ? path : CONSOLE_SOCKET;
    status = options(argc, argv, &s.settings, &path);
    if (status) {
        return status - 1;
    }
    signal(SIGPIPE, SIG_IGN);
    if (monitor_only) {
        return monitor_main("/run/hvconsoled/monitor.lock", monitor_of);
    }
    if (lock(path, state, sizeof(state))) {
        return 1;
    }
    s.settings.state = state;
    if (make_folders(s.settings.folder)) {
        return fail("can't make", s.settings.folder);
    }
    s.h = hvctl_open();
    if (!s.h || pipe2(pipes, O_CLOEXEC)) {
        return fail("can't begin", "");
    }
    if (hvctl_event_fd(s.h) < 0) {
        fprintf(stderr, "hvconsoled: %s\n", hvctl_message(s.h));
        return 1;
    }
    s.findings = pipes[0];
    s.listener = server_listen(path);
    if (s.listener < 0) {
        return fail("can't listen on", path);
    }
    if (finder_start(pipes[1])) {
        return fail("can't begin", "");
    }
    do {
        if (!monitor_not) {
            monitor_keep();
        }
    } while (!server_step(&s));
    return fail("the loop ended", "");
}
