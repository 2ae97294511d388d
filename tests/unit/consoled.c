/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvconsoled's loop with guests that are pages of this process: logs and their rotation, a disk
 * that is full, readers that keep up and that don't, typing, a flood, and a daemon that ends in
 * the middle and is followed by another one.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "consoled_fake.h"
#include "unit.h"
#include "../../dom0-tools/hvconsoled/finder.h"
#include "../../dom0-tools/hvconsoled/server.h"

static char folder[] = "/tmp/consoled-XXXXXX";
static int finding_pipe[2];
static struct server server;

static void path_of(char *path, const char *name)
{
    snprintf(path, 128, "%s/%s", folder, name);
}

static void find(enum finding_kind kind, uint32_t domid, const char *name, const char *log)
{
    struct finding f = {.kind = kind, .domid = domid, .port = 2, .terminal = -1};

    snprintf(f.name, sizeof(f.name), "%s", name);
    snprintf(f.log_path, sizeof(f.log_path), "%s", log);
    EXPECT(write(finding_pipe[1], &f, sizeof(f)) == sizeof(f));
}

/* Rounds without waiting: the event pipe is always readable. */
static void rounds(int count)
{
    while (count--) {
        EXPECT(!server_step(&server));
    }
}

static void daemon_begin(void)
{
    char path[128];

    path_of(path, "socket");
    server = (struct server){.settings = {folder, 4096, 2, 1 << 20, NULL}};
    server.listener = server_listen(path);
    server.findings = finding_pipe[0];
    EXPECT(server.listener >= 0);
}

/* As SIGKILL ends it: nothing is tidied up but what the kernel tidies up. */
static void daemon_killed(void)
{
    close(server.listener);
    while (server.readers) {
        server.readers->gone = true;
        readers_clean(&server.readers);
    }
    while (server.consoles) {
        struct console *c = server.consoles;

        server.consoles = c->next;
        logfile_close(&c->log);
        free(c);
    }
    memset(masked, 0, sizeof(masked));
}

static void say(uint32_t domid, const char *text)
{
    for (; *text; text++) {
        pages[domid].out[pages[domid].out_prod++ % RING_OUT] = *text;
    }
    pending[domid] = true;
}

static bool file_is(const char *name, const char *text)
{
    static char found[65536];
    char path[128];
    ssize_t size;
    int fd;

    path_of(path, name);
    fd = open(path, O_RDONLY);
    size = fd < 0 ? -1 : read(fd, found, sizeof(found) - 1);
    if (fd >= 0) {
        close(fd);
    }
    found[size > 0 ? size : 0] = '\0';
    if (size < 0 || strcmp(found, text)) {
        printf("# %s is \"%.200s\"\n", name, found);
    }
    return size >= 0 && !strcmp(found, text);
}

static int reader(const char *request)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", folder);
    EXPECT(!connect(fd, (struct sockaddr *)&address, sizeof(address)));
    EXPECT(write(fd, request, strlen(request)) == (ssize_t)strlen(request));
    rounds(4);
    return fd;
}

static const char *heard(int fd)
{
    static char text[300000];
    size_t used = 0;

    for (int round = 0; round < 8; round++) {
        ssize_t size = read(fd, text + used, sizeof(text) - 1 - used);

        used += size > 0 ? (size_t)size : 0;
        rounds(1);
    }
    text[used] = '\0';
    return text;
}

/* ---- The tests ----------------------------------------------------------------------------- */

static void logs_of_two(void)
{
    say(1, "before the daemon ");
    find(FOUND_GUEST, 1, "web", "");
    find(FOUND_GUEST, 2, "../../db", "");
    rounds(4);
    say(1, "web\n");
    say(2, "db\n");
    rounds(3);
    EXPECT(file_is("web.log", "before the daemon web\n") && file_is("_._.._db.log", "db\n"));
    EXPECT(pages[1].out_cons == pages[1].out_prod && events_sent && !masked[1]);
    find(FOUND_END, 2, "", "");
    rounds(2);
    EXPECT(!mapped[2] && mapped[1]);
}

static void last_words(void)
{
    find(FOUND_GUEST, 2, "db", "");
    rounds(2);
    say(2, "panic!");
    pending[2] = false; /* no event, and then it is gone */
    find(FOUND_END, 2, "", "");
    rounds(2);
    EXPECT(file_is("db.log", "panic!") && !mapped[2]);
}

static void several_readers(void)
{
    int first = reader("attach 1\n"), second = reader("attach 1\n"), late = reader("log 1\n");
    char end;

    EXPECT(!strcmp(heard(first), "ok\nbefore the daemon web\n"));
    EXPECT(!strcmp(heard(second), "ok\nbefore the daemon web\n"));
    EXPECT(!strcmp(heard(late), "ok\nbefore the daemon web\n") && read(late, &end, 1) == 0);
    say(1, "more\n");
    rounds(2);
    EXPECT(!strcmp(heard(first), "more\n") && !strcmp(heard(second), "more\n"));
    EXPECT(write(first, "ls", 2) == 2 && write(second, "\n", 1) == 1);
    rounds(4);
    EXPECT(pages[1].in_prod == 3 && memchr(pages[1].in, '\n', 3) && memchr(pages[1].in, 'l', 3));
    close(first);
    close(second);
    close(late);
    rounds(3);
    EXPECT(!server.readers);
}

static void wrong_requests(void)
{
    static const char *const wrong[] = {"attach 3\n", "attach\n", "blink 1\n", "\n"};
    char longest[400];
    int fd;

    for (size_t at = 0; at < sizeof(wrong) / sizeof(*wrong); at++) {
        fd = reader(wrong[at]);
        EXPECT(!strncmp(heard(fd), "error ", 6));
        close(fd);
    }
    memset(longest, 'a', sizeof(longest));
    longest[399] = '\0';
    fd = reader(longest);
    EXPECT(!*heard(fd));
    close(fd);
    rounds(3);
    EXPECT(!server.readers);
}

/* What is typed waits while the guest does not read, and nothing of it is lost. */
static void typing_ahead(void)
{
    char typed[3000];
    int fd = reader("attach 1\n");
    uint32_t before = pages[1].in_prod;

    memset(typed, 't', sizeof(typed));
    EXPECT(write(fd, typed, sizeof(typed)) == sizeof(typed));
    rounds(20);
    EXPECT(pages[1].in_prod - pages[1].in_cons == RING_IN);
    for (int at = 0; at < 10; at++) {
        pages[1].in_cons = pages[1].in_prod;
        pending[1] = true;
        rounds(2);
    }
    EXPECT(pages[1].in_prod - before == sizeof(typed));
    close(fd);
    rounds(3);
}

static void slow_reader(void)
{
    char line[1025];
    int slow = reader("attach 1\n");
    const char *text;

    memset(line, 'x', sizeof(line) - 1);
    line[1024] = '\0';
    for (int at = 0; at < 600; at++) { /* more than its room and the socket's */
        say(1, line);
        rounds(2);
    }
    EXPECT(pages[1].out_cons == pages[1].out_prod); /* the guest did not wait */
    for (int at = 0; at < 20; at++) {
        heard(slow);
    }
    say(1, "again");
    rounds(2);
    text = heard(slow);
    EXPECT(strstr(text, "bytes not shown") && strstr(text, "again"));
    close(slow);
    rounds(3);
}

static void rotation(void)
{
    char path[128], line[1025];
    struct stat status;

    memset(line, 'r', sizeof(line) - 1);
    line[1024] = '\0';
    find(FOUND_GUEST, 2, "rotated", "");
    rounds(2);
    for (int at = 0; at < 20; at++) {
        say(2, line);
        rounds(2);
    }
    path_of(path, "rotated.log");
    EXPECT(!stat(path, &status) && status.st_size <= 4096 && status.st_size);
    path_of(path, "rotated.log.2");
    EXPECT(!stat(path, &status) && status.st_size == 4096);
    path_of(path, "rotated.log.3");
    EXPECT(stat(path, &status));
    find(FOUND_GUEST, 2, "renamed", "");
    rounds(2);
    EXPECT(!file_is("renamed.log", "")); /* it is not there before there is something in it */
    say(2, "new name");
    rounds(2);
    EXPECT(file_is("renamed.log", "new name"));
    find(FOUND_END, 2, "", "");
    rounds(2);
}

/* /dev/full stands for a disk that is full: it is no regular file, so the log can't be opened;
 * the guest and its readers notice nothing. */
static void disk_that_is_full(void)
{
    int fd;

    find(FOUND_GUEST, 2, "full", "/dev/full");
    rounds(2);
    fd = reader("attach 2\n");
    say(2, "lost for the log");
    rounds(2);
    EXPECT(strstr(heard(fd), "lost for the log") && pages[2].out_cons == pages[2].out_prod);
    close(fd);
    find(FOUND_END, 2, "", "");
    rounds(3);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* One guest says what it can; another one's words still come at once. */
static void flood(void)
{
    double begin = seconds(), passed;
    uint32_t before;

    find(FOUND_GUEST, 2, "flood", "");
    find(FOUND_GUEST, 3, "quiet", "");
    rounds(4);
    before = pages[2].out_prod;
    for (int at = 0; at < 3000; at++) {
        pages[2].out_prod = pages[2].out_cons + RING_OUT;
        pending[2] = true;
        if (at == 2999) {
            say(3, "quick");
        }
        rounds(1);
    }
    passed = seconds() - begin;
    EXPECT(file_is("quiet.log", "quick"));
    /* A second's worth at once, then 1 MiB a second, then what is in the ring. */
    EXPECT(pages[2].out_prod - before <= (1 << 20) * (1 + passed) + 2 * RING_OUT);
    EXPECT(pages[2].out_prod - before >= 1 << 20);
    pages[2].out_prod = pages[2].out_cons;
    find(FOUND_END, 2, "", "");
    find(FOUND_END, 3, "", "");
    rounds(3);
}

static void killed_and_followed(void)
{
    int fd;

    find(FOUND_GUEST, 2, "kept", "");
    rounds(2);
    say(2, "one ");
    rounds(2);
    daemon_killed();
    say(2, "two ");
    daemon_begin();
    find(FOUND_GUEST, 2, "kept", "");
    rounds(3);
    EXPECT(file_is("kept.log", "one two "));
    fd = reader("resume 2\n");
    EXPECT(!strcmp(heard(fd), "ok\ntwo "));
    close(fd);
    fd = reader("attach 2\n");
    EXPECT(!strcmp(heard(fd), "ok\none two "));
    find(FOUND_END, 2, "", "");
    rounds(3);
    EXPECT(read(fd, &(char){0}, 1) == 0); /* the guest's end is the connection's */
    close(fd);
    rounds(2);
}

static void guests_that_can_not_be_reached(void)
{
    find(FOUND_GUEST, 77, "nobody", "");
    rounds(2);
    EXPECT(!server.consoles);
    find(FOUND_END, 77, "", "");
    rounds(2);
}

int main(void)
{
    char command[160];

    EXPECT(mkdtemp(folder) && !pipe(finding_pipe) && !pipe(event_pipe));
    EXPECT(write(event_pipe[1], "x", 1) == 1);
    daemon_begin();
    RUN(logs_of_two);
    RUN(last_words);
    RUN(several_readers);
    RUN(wrong_requests);
    RUN(typing_ahead);
    RUN(slow_reader);
    RUN(rotation);
    RUN(disk_that_is_full);
    RUN(flood);
    RUN(killed_and_followed);
    RUN(guests_that_can_not_be_reached);
    daemon_killed();
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    EXPECT(!system(command));
    return UNIT_RESULT;
}
