/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pseudo terminals, as the C library makes them.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static int prepare(int fd, int *held, char *name, size_t room)
{
    struct termios mode;

    if (grantpt(fd) || unlockpt(fd) || ptsname_r(fd, name, room)) {
        return -1;
    }
    *held = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*held < 0) {
        return -1;
    }
    if (tcgetattr(*held, &mode)) {
        close(*held);
        return -1;
    }
    cfmakeraw(&mode); /* the guest echoes, and nobody else */
    tcsetattr(*held, TCSANOW, &mode);
    return 0;
}

int terminal_open(int *held, char *name, size_t room)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    if (fd >= 0 && prepare(fd, held, name, room)) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}
