/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Event channels for programs, through /dev/xen/evtchn.  A port belongs to the handle that bound
 * it; closing the handle closes its ports.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <xen/xen.h> /* the next one needs its types */

#include <xen/evtchn.h>

#include "alloc.h"
#include "internal.h"

struct hvctl_events {
    int fd;
};

static int events_open(struct hvctl *h)
{
    if (h->events) {
        return 0;
    }
    h->events = alloc_zeroed(1, sizeof(*h->events));
    if (!h->events) {
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    h->events->fd = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (h->events->fd < 0) {
        int error = errno;

        free(h->events);
        h->events = NULL;
        return hvctl_fail_errno(h, error, "/dev/xen/evtchn can't be opened");
    }
    return 0;
}

void events_close(struct hvctl *h)
{
    if (h->events) {
        close(h->events->fd);
        free(h->events);
        h->events = NULL;
    }
}

int hvctl_event_fd(struct hvctl *h)
{
    int error = events_open(h);

    return error ? error : h->events->fd;
}

/* A request of the driver's; binding ones answer with the port. */
static int request(struct hvctl *h, unsigned long code, void *argument, uint32_t *port,
                   const char *what)
{
    int error = events_open(h), result;

    if (error) {
        return error;
    }
    result = ioctl(h->events->fd, code, argument);
    if (result < 0) {
        return hvctl_fail_errno(h, errno, "the event channel can't be %s", what);
    }
    if (port) {
        *port = (uint32_t)result;
    }
    return 0;
}

int hvctl_event_alloc(struct hvctl *h, uint32_t domid, uint32_t *port)
{
    struct ioctl_evtchn_bind_unbound_port bind = {.remote_domain = domid};

    return request(h, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &bind, port, "made");
}

int hvctl_event_bind(struct hvctl *h, uint32_t domid, uint32_t remote, uint32_t *port)
{
    struct ioctl_evtchn_bind_interdomain bind = {.remote_domain = domid, .remote_port = remote};

    return request(h, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind, port, "bound");
}

int hvctl_event_bind_virq(struct hvctl *h, unsigned int virq, uint32_t *port)
{
    struct ioctl_evtchn_bind_virq bind = {.virq = virq};

    return request(h, IOCTL_EVTCHN_BIND_VIRQ, &bind, port, "bound to the virtual interrupt");
}

int hvctl_event_send(struct hvctl *h, uint32_t port)
{
    struct ioctl_evtchn_notify notify = {.port = port};

    return request(h, IOCTL_EVTCHN_NOTIFY, &notify, NULL, "raised");
}

int hvctl_event_close(struct hvctl *h, uint32_t port)
{
    struct ioctl_evtchn_unbind unbind = {.port = port};

    return request(h, IOCTL_EVTCHN_UNBIND, &unbind, NULL, "closed");
}

int hvctl_event_next(struct hvctl *h, uint32_t *port)
{
    uint32_t pending;
    int error = events_open(h);
    ssize_t got;

    if (error) {
        return error;
    }
    got = read(h->events->fd, &pending, sizeof(pending));
    if (got == sizeof(pending)) {
        *port = pending;
        return 0;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return hvctl_fail(h, HVCTL_TIMEOUT, EAGAIN, "no event channel is pending");
    }
    return hvctl_fail_errno(h, got < 0 ? errno : EIO, "event channels can't be read");
}

int hvctl_event_unmask(struct hvctl *h, uint32_t port)
{
    int error = events_open(h);

    if (!error && write(h->events->fd, &port, sizeof(port)) != sizeof(port)) {
        error = hvctl_fail_errno(h, errno, "the event channel can't be unmasked");
    }
    return error;
}
