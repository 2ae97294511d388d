/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader's side of hvconsoled.  If the daemon is restarted the reader finds it again; what the
 * guest said meanwhile is shown then.
 */
#include "console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../hvconsoled/protocol.h"

#define LEAVE     0x1d /* Ctrl-] */
#define TRIES     50   /* of a tenth of a second */
#define EXIT_GONE 4
#define EXIT_DEAF 10

static void wait_a_little(void)
{
    struct timespec tenth = {.tv_nsec = 100000000};

    nanosleep(&tenth, NULL);
}

static int socket_open(void)
{
    const char *path = getenv(CONSOLE_SOCKET_VARIABLE);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path ? path : CONSOLE_SOCKET);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address))) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* The answer's line without its end; 0 when the daemon is gone. */
static size_t answer_read(int fd, char *line)
{
    for (size_t used = 0; used < CONSOLE_LINE_MAX; used++) {
        if (read(fd, line + used, 1) != 1) {
            return 0;
        }
        if (line[used] == '\n') {
            line[used] = '\0';
            return used;
        }
    }
    return 0;
}

/* One try.  A socket; or -1 and in line what the daemon said, if it said something. */
static int ask(const char *word, uint32_t domid, char *line)
{
    int fd = socket_open(), error;

    *line = '\0';
    if (fd < 0) {
        return -1;
    }
    if (dprintf(fd, "%s %u\n", word, domid) > 0 && answer_read(fd, line) && !strcmp(line, "ok")) {
        return fd;
    }
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

int console_connect(struct command *c, uint32_t domid, bool live)
{
    char line[CONSOLE_LINE_MAX + 1];

    (void)c;
    for (int attempt = 0;; attempt++) {
        int fd = ask(live ? "attach" : "log", domid, line);

        if (fd >= 0) {
            return fd;
        }
        if (!*line && errno == EACCES) {
            return -complain(6, "no permission for hvconsoled's socket; run hvctl as root");
        }
        if (attempt == TRIES / 2) {
            break;
        }
        wait_a_little();
    }
    if (!strncmp(line, "error ", 6)) {
        return -complain(EXIT_GONE, "%s", line + 6);
    }
    return -complain(EXIT_DEAF, "hvconsoled does not answer (%s); is it running?", strerror(errno));
}

/* The daemon closed: it was restarted, or the guest is gone. */
static int find_again(struct command *c, uint32_t domid)
{
    struct hvctl_domain domain;
    char line[CONSOLE_LINE_MAX + 1];

    for (int attempt = 0; attempt < TRIES; attempt++) {
        int fd = ask("resume", domid, line);

        if (fd >= 0) {
            return fd;
        }
        if (hvctl_info(c->h, domid, &domain) || domain.state == HVCTL_DYING) {
            return -1;
        }
        wait_a_little();
    }
    return -1;
}

static bool write_all(int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t done = write(fd, text, size);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        text += done;
        size -= (size_t)done;
    }
    return true;
}

/* What was typed; false when it was Ctrl-], or there is nobody who types any more. */
static bool send_typed(int fd, bool *reading)
{
    char typed[256];
    ssize_t size = read(STDIN_FILENO, typed, sizeof(typed));
    const char *leave = size > 0 ? memchr(typed, LEAVE, (size_t)size) : NULL;

    if (size <= 0) {
        *reading = false;
        return true;
    }
    if (leave) {
        size = leave - typed;
    }
    (void)write_all(fd, typed, (size_t)size); /* a daemon that is gone is seen by reading */
    return !leave;
}

/* True when it is over: Ctrl-], or the guest is gone. */
static bool copy(struct command *c, uint32_t domid, int *fd, bool *typing)
{
    struct pollfd polls[2] = {{.fd = *fd, .events = POLLIN},
                              {.fd = *typing ? STDIN_FILENO : -1, .events = POLLIN}};
    char text[4096];

    if (poll(polls, 2, -1) < 0) {
        return errno != EINTR;
    }
    if (polls[0].revents) {
        ssize_t size = read(*fd, text, sizeof(text));

        if (size > 0) {
            return !write_all(STDOUT_FILENO, text, (size_t)size);
        }
        close(*fd);
        *fd = c->option['l'] ? -1 : find_again(c, domid);
        return *fd < 0;
    }
    return polls[1].revents && !send_typed(*fd, typing);
}

int console_run(struct command *c, uint32_t domid, int fd, bool silent)
{
    struct termios before, raw;
    bool terminal = !silent && !tcgetattr(STDIN_FILENO, &before), typing = !silent;

    signal(SIGPIPE, SIG_IGN);
    if (terminal) {
        raw = before;
        cfmakeraw(&raw);
        fprintf(stderr, "Ctrl-] leaves the console.\n");
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    while (!copy(c, domid, &fd, &typing)) {}
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
        fputs(fd < 0 ? "\nThe guest is gone.\n" : "\n", stderr);
    }
    if (fd >= 0) {
        close(fd);
    }
    return 0;
}
