/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that the daemon wants from the hypervisor, through the kernel's devices: rings, events and
 * which domains there are. Tests link another file that provides the same.
 */
#ifndef HVSTORED_HYPERVISOR_H
#define HVSTORED_HYPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

#include "xen/io/xs_wire.h"

#define EVENT_DOMAINS 0 /* instead of a port: the list of domains may have changed */

struct domain_status {
    bool dying;         /* being torn down */
    bool shut_down;     /* has stopped by itself */
    uint8_t handle[16]; /* tells it from an earlier domain of the same number */
};

/* Opens the devices. 0 or -errno; what names the device that failed. */
int hypervisor_open(const char **what) __attribute__((warn_unused_result));
void hypervisor_close(void);

/* A descriptor that is readable while events wait; the next of them, or -EAGAIN. */
int hypervisor_fd(void);
int hypervisor_next_event(void);

/* The control domain's own ring is asked of its kernel. Returns 0 and the port, or -errno. */
int hypervisor_control_port(uint32_t *port) __attribute__((warn_unused_result));

/* Maps a domain's ring: of domain 0 the control domain's own. NULL and errno on failure. */
struct xenstore_domain_interface *hypervisor_map(uint16_t domid);
void hypervisor_unmap(uint16_t domid, struct xenstore_domain_interface *page);

/* Binds to a domain's port and returns the port here, or -errno. */
int hypervisor_bind(uint16_t domid, uint32_t remote) __attribute__((warn_unused_result));
void hypervisor_unbind(int port);
void hypervisor_notify(int port);

/* 0, -ENOENT when there is no such domain, or another error when nobody knows. */
int hypervisor_status(uint16_t domid, struct domain_status *status)
    __attribute__((warn_unused_result));

#endif
