/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl console in a terminal of the test's own; the test is the daemon as well.  Bytes go through
 * untouched in both directions, a daemon that is restarted is found again, Ctrl-] leaves, and the
 * terminal is then as it was.
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"
#include "../../dom0-tools/hvctl/command.h"
#include "../../dom0-tools/hvconsoled/protocol.h"

static char folder[] = "/tmp/hvctl-console-XXXXXX", path[64];
static int listener = -1, terminal;
static pid_t child;

static void daemon_listen(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    unlink(path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT(!bind(listener, (struct sockaddr *)&address, sizeof(address)) && !listen(listener, 4));
}

static void daemon_end(void)
{
    close(listener);
    unlink(path);
}

/* Reads from fd until the text is there; five seconds at most. */
static bool comes(int fd, const char *text)
{
    static char got[8192];
    size_t used = 0;

    while (used < sizeof(got) - 1) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ssize_t size;

        if (poll(&wait, 1, 5000) <= 0) {
            break;
        }
        size = read(fd, got + used, sizeof(got) - 1 - used);
        if (size <= 0) {
            break;
        }
        used += (size_t)size;
        if (memmem(got, used, text, strlen(text))) {
            return true;
        }
    }
    got[used] = '\0';
    printf("# \"%s\" did not come, but \"%s\"\n", text, got);
    return false;
}

static int daemon_accept(const char *request)
{
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    int fd = poll(&wait, 1, 10000) > 0 ? accept(listener, NULL, NULL) : -1;

    EXPECT(fd >= 0 && comes(fd, request));
    return fd;
}

static void send_text(int fd, const char *text)
{
    EXPECT(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

/* Starts hvctl with a terminal. */
static void start(char *word, char *option)
{
    char *words[] = {"hvctl", word, "web", option, NULL};

    fflush(stdout);
    child = forkpty(&terminal, NULL, NULL, NULL);
    if (!child) {
        int status = command_main(option ? 4 : 3, words);

        fflush(NULL);
        _exit(status);
    }
}

static int status_of_child(void)
{
    int status = -1;

    for (int at = 0; at < 100 && waitpid(child, &status, WNOHANG) != child; at++) {
        usleep(50000);
    }
    if (status == -1) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void typing_and_leaving(void)
{
    struct termios mode;
    int fd;

    daemon_listen();
    start("console", NULL);
    fd = daemon_accept("attach 1\n");
    send_text(fd, "ok\nwelcome\r\n$ ");
    EXPECT(comes(terminal, "welcome\r\n$ "));
    EXPECT(!tcgetattr(terminal, &mode) && !(mode.c_lflag & (ICANON | ECHO | ISIG)));
    send_text(terminal, "ls\r\x03\x04");
    EXPECT(comes(fd, "ls\r\x03\x04")); /* Ctrl-C and Ctrl-D are the guest's */
    send_text(terminal, "q\x1dnever");
    EXPECT(comes(fd, "q"));
    EXPECT(status_of_child() == 0);
    EXPECT(!tcgetattr(terminal, &mode) && (mode.c_lflag & (ICANON | ECHO | ISIG)));
    close(fd);
    close(terminal);
    daemon_end();
}

static void daemon_that_is_restarted(void)
{
    int fd;

    daemon_listen();
    start("console", NULL);
    fd = daemon_accept("attach 1\n");
    send_text(fd, "ok\nbefore ");
    EXPECT(comes(terminal, "before "));
    daemon_end();
    close(fd);
    usleep(300000);
    daemon_listen();
    fd = daemon_accept("resume 1\n");
    send_text(fd, "ok\nafter");
    EXPECT(comes(terminal, "after"));
    send_text(terminal, "x");
    EXPECT(comes(fd, "x"));
    send_text(terminal, "\x1d");
    EXPECT(status_of_child() == 0);
    close(fd);
    close(terminal);
    daemon_end();
}

static void reading_only(void)
{
    struct termios mode;
    char byte;
    int fd;

    daemon_listen();
    start("console", "--log");
    fd = daemon_accept("log 1\n");
    send_text(fd, "ok\nthe tail");
    send_text(terminal, "typed");
    close(fd);
    EXPECT(comes(terminal, "the tail") && status_of_child() == 0);
    close(terminal);
    start("console", "--read-only");
    fd = daemon_accept("attach 1\n");
    send_text(fd, "ok\nshown");
    EXPECT(comes(terminal, "shown"));
    EXPECT(!tcgetattr(terminal, &mode) && (mode.c_lflag & ISIG));
    send_text(terminal, "typed\n\x03");
    EXPECT(status_of_child() == 1000 + SIGINT);
    EXPECT(read(fd, &byte, 1) <= 0);
    close(fd);
    close(terminal);
    daemon_end();
}

static void nobody_there(void)
{
    int fd;

    start("console", NULL);
    EXPECT(comes(terminal, "hvctl: hvconsoled does not answer (No such file or directory)"));
    EXPECT(status_of_child() == 10);
    close(terminal);
    daemon_listen();
    start("console", "--log");
    for (int at = 0; at < 26; at++) { /* it may just not have heard of the guest */
        fd = daemon_accept("log 1\n");
        send_text(fd, "error guest 1 has no console\n");
        close(fd);
    }
    EXPECT(comes(terminal, "hvctl: guest 1 has no console"));
    EXPECT(status_of_child() == 4);
    close(terminal);
    daemon_end();
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    EXPECT(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/socket", folder);
    setenv(CONSOLE_SOCKET_VARIABLE, path, 1);
    RUN(typing_and_leaving);
    RUN(daemon_that_is_restarted);
    RUN(reading_only);
    RUN(nobody_there);
    rmdir(folder);
    return UNIT_RESULT;
}
