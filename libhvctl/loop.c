/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raw files as block devices.  A loop device is told to go by itself when the last that has it
 * open closes it: at first that is us, then the kernel's back end.  So nothing is left behind
 * when an attach ends half way, or when whoever asked for it is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/loop.h>

#include "device.h"

#define TRIES 64 /* for a free number that others take first */

/* Opens loop device n, waiting a moment for its node: the kernel makes it as it is asked for. */
static int open_loop(int number, bool readonly)
{
    char path[32];

    snprintf(path, sizeof(path), "/dev/loop%d", number);
    return open(path, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
}

int loop_attach(struct hvctl *h, const char *path, bool readonly, int *fd, dev_t *device)
{
    struct loop_config config = {.info.lo_flags =
                                     LO_FLAGS_AUTOCLEAR | (readonly ? LO_FLAGS_READ_ONLY : 0)};
    int control, file = open(path, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    int error = 0;

    if (file < 0) {
        return hvctl_fail_errno(h, errno, "disk %s can't be opened", path);
    }
    control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0) {
        error = errno;
        close(file);
        return hvctl_fail_errno(h, error, "/dev/loop-control (is the module loop loaded?)");
    }
    config.fd = (__u32)file;
    snprintf((char *)config.info.lo_file_name, sizeof(config.info.lo_file_name), "%s", path);
    for (unsigned int tries = 0; tries < TRIES; tries++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        int loop = number < 0 ? -1 : open_loop(number, readonly);
        struct stat status;

        if (loop < 0) {
            error = errno;
            break;
        }
        if (ioctl(loop, LOOP_CONFIGURE, &config) == 0 && fstat(loop, &status) == 0) {
            close(control);
            close(file);
            *fd = loop;
            *device = status.st_rdev;
            return 0;
        }
        error = errno;
        close(loop);
        if (error != EBUSY) {
            break;
        }
    }
    close(control);
    close(file);
    return hvctl_fail_errno(h, error, "disk %s: no loop device", path);
}
