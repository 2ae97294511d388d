/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network interfaces of the control domain: names, bridges, up and down.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/sockios.h>

#include "device.h"

int bridge_check(struct hvctl *h, const char *bridge)
{
    char path[64];

    if (strlen(bridge) >= IFNAMSIZ || strchr(bridge, '/')) {
        return hvctl_fail(h, HVCTL_NOT_FOUND, ENODEV, "there is no bridge \"%.32s\"", bridge);
    }
    snprintf(path, sizeof(path), "/sys/class/net/%s/bridge", bridge);
    if (access(path, F_OK) == 0) {
        return 0;
    }
    snprintf(path, sizeof(path), "/sys/class/net/%s", bridge);
    return hvctl_fail(h, HVCTL_NOT_FOUND, ENODEV,
                      access(path, F_OK) == 0
                          ? "%s is a network interface, but no bridge"
                          : "there is no bridge %s (ip link add %s type bridge makes one)",
                      bridge, bridge);
}

/* One request on an interface; the errno. */
static int request(unsigned long number, struct ifreq *interface)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error = 0;

    if (fd < 0) {
        return errno;
    }
    if (ioctl(fd, number, interface) < 0) {
        error = errno;
    }
    close(fd);
    return error;
}

int interface_rename(struct hvctl *h, const char *from, const char *to)
{
    struct ifreq interface = {0};
    int error;

    if (strlen(to) == 0 || strlen(to) >= IFNAMSIZ || strpbrk(to, "/ \t")) {
        return hvctl_fail(h, HVCTL_INVALID, EINVAL, "\"%.32s\" is no name for an interface", to);
    }
    snprintf(interface.ifr_name, IFNAMSIZ, "%s", from);
    snprintf(interface.ifr_newname, IFNAMSIZ, "%s", to);
    error = request(SIOCSIFNAME, &interface);
    return error ? hvctl_fail_errno(h, error, "interface %s can't be named %s", from, to) : 0;
}

int bridge_join(struct hvctl *h, const char *bridge, const char *interface)
{
    struct ifreq port = {0}, self = {0};
    int error;

    snprintf(port.ifr_name, IFNAMSIZ, "%s", bridge);
    port.ifr_ifindex = (int)if_nametoindex(interface);
    if (!port.ifr_ifindex) {
        return hvctl_fail_errno(h, errno, "interface %s", interface);
    }
    error = request(SIOCBRADDIF, &port);
    if (error) {
        return hvctl_fail_errno(h, error, "interface %s can't join bridge %s", interface, bridge);
    }
    snprintf(self.ifr_name, IFNAMSIZ, "%s", interface);
    error = request(SIOCGIFFLAGS, &self);
    if (!error) {
        self.ifr_flags |= IFF_UP;
        error = request(SIOCSIFFLAGS, &self);
    }
    return error ? hvctl_fail_errno(h, error, "interface %s can't be set up", interface) : 0;
}
