/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local clients of a daemon under test, and its start and end.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"
#include "worker.h"

static pid_t daemon_process;

int local_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address))) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool receive(int fd, void *to, size_t len)
{
    ssize_t n;

    for (; len; len -= (size_t)n, to = (char *)to + n) {
        n = recv(fd, to, len, 0);
        if (n <= 0)
            return false;
    }
    return true;
}

int local_ask(const char *path, uint32_t type, const void *body, size_t len, char answer[4200])
{
    struct xsd_sockmsg header = {type, 1, 0, (uint32_t)len};
    int fd = local_connect(path), result = -1;

    *answer = '\0';
    if (fd < 0)
        return -1;
    if (send(fd, &header, sizeof(header), MSG_NOSIGNAL) == sizeof(header) &&
        send(fd, body, len, MSG_NOSIGNAL) == (ssize_t)len && receive(fd, &header, sizeof(header)) &&
        header.len < 4200 && receive(fd, answer, header.len)) {
        answer[header.len] = '\0';
        if (header.type == type)
            result = (int)header.len;
    }
    close(fd);
    return result;
}

bool daemon_start(const char *program, const char *folder)
{
    char state[256], socket[256];
    int tries, fd, status;

    snprintf(state, sizeof(state), "%s/state", folder);
    snprintf(socket, sizeof(socket), "%s/socket", folder);
    daemon_process = fork();
    if (!daemon_process) {
        setenv("HVSTORED_FAKE", folder, 1);
        execl(program, program, "-f", "-s", state, "-S", socket, (char *)NULL);
        _exit(127);
    }
    for (tries = 0; tries < 20000; tries++) {
        fd = local_connect(socket);
        if (fd >= 0) {
            close(fd);
            return true;
        }
        if (waitpid(daemon_process, &status, WNOHANG) == daemon_process) {
            printf("the daemon ended by itself, status %#x\n", status);
            daemon_process = 0;
            return false;
        }
        usleep(500);
    }
    printf("the daemon does not serve\n");
    return false;
}

void daemon_kill(void)
{
    if (daemon_process <= 0)
        return;
    kill(daemon_process, SIGKILL);
    waitpid(daemon_process, NULL, 0);
    daemon_process = 0;
}

static bool local_write(const char *path, const char *name, const char *value)
{
    char body[256], answer[4200];
    int n = snprintf(body, sizeof(body), "%s%c%s", name, 0, value);

    return local_ask(path, XS_WRITE, body, (size_t)n, answer) >= 0;
}

static bool local_open_to_all(const char *path, const char *name)
{
    char body[256], answer[4200];
    int n = snprintf(body, sizeof(body), "%s%cb0", name, 0);

    return local_ask(path, XS_SET_PERMS, body, (size_t)n + 1, answer) >= 0;
}

bool workers_prepare(const char *path, int guests)
{
    char text[64], answer[4200];
    bool good = local_write(path, "/shared/counter", "0") && local_open_to_all(path, "/shared") &&
                local_open_to_all(path, "/shared/counter");
    int i, n;

    for (i = 1; good && i <= guests; i++) {
        snprintf(text, sizeof(text), "/shared/bell-%d", i);
        good = local_write(path, text, "0") && local_open_to_all(path, text);
        snprintf(text, sizeof(text), "/local/domain/%d", i);
        good = good && local_write(path, text, "") && local_open_to_all(path, text);
        fake_domain_make((uint16_t)i);
        n = snprintf(text, sizeof(text), "%d%c1%c%d", i, 0, 0, 100 + i);
        good = good && local_ask(path, XS_INTRODUCE, text, (size_t)n + 1, answer) >= 0;
    }
    return good;
}
