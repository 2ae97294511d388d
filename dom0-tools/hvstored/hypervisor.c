/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor as the control domain's kernel offers it: /dev/xen/evtchn for events, gntdev
 * for guests' rings (the toolstack puts them into grant entry 1), xenbus_backend for the control
 * domain's own, privcmd for the state of domains.
 */
#include "hypervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xen/domctl.h"
#include "xen/event_channel.h"
#include "xen/grant_table.h"
#include "xen/xen.h"

#include <xen/evtchn.h>
#include <xen/gntdev.h>

#define PAGE_BYTES 4096

/* Of /dev/xen/xenbus_backend and /dev/xen/privcmd; no header of the C library's has them. */
#define XENBUS_BACKEND_EVTCHN _IOC(_IOC_NONE, 'B', 0, 0)
struct hypercall {
    uint64_t op, arg[5];
};
#define PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct hypercall))

static int events = -1, grants = -1, backend = -1, calls = -1;
static int domains_port = -1;
static struct xen_domctl *argument; /* memory that does not move */

static int open_device(const char *name, const char **what)
{
    int fd = open(name, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        *what = name;
    return fd;
}

/* /dev/xen/hypercall gives memory for arguments; an older kernel gets locked memory. */
static void *argument_memory(void)
{
    int fd = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC), flags = MAP_SHARED;
    void *memory;

    if (fd < 0)
        flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED;
    memory = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (fd >= 0)
        close(fd);
    return memory == MAP_FAILED ? NULL : memory;
}

int hypervisor_open(const char **what)
{
    struct ioctl_evtchn_bind_virq bind = {.virq = VIRQ_DOM_EXC};

    *what = "/dev/xen/hypercall";
    argument = argument_memory();
    if (!argument)
        return -errno;
    events = open_device("/dev/xen/evtchn", what);
    grants = open_device("/dev/xen/gntdev", what);
    backend = open_device("/dev/xen/xenbus_backend", what);
    calls = open_device("/dev/xen/privcmd", what);
    if (events < 0 || grants < 0 || backend < 0 || calls < 0)
        return -errno;
    *what = "the event of ended domains";
    domains_port = ioctl(events, IOCTL_EVTCHN_BIND_VIRQ, &bind);
    return domains_port < 0 ? -errno : 0;
}

void hypervisor_close(void)
{
    int *all[] = {&events, &grants, &backend, &calls};
    size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (*all[i] >= 0)
            close(*all[i]);
        *all[i] = -1;
    }
    if (argument)
        munmap(argument, PAGE_BYTES);
    argument = NULL;
}

int hypervisor_fd(void)
{
    return events;
}

int hypervisor_next_event(void)
{
    uint32_t port;
    ssize_t n = read(events, &port, sizeof(port));

    if (n != sizeof(port)) {
        if (n < 0 && errno == EFBIG) { /* the kernel's queue overflowed: it starts over */
            ioctl(events, IOCTL_EVTCHN_RESET, 0);
            return EVENT_DOMAINS;
        }
        return -EAGAIN;
    }
    /* Open again before the ring is looked at, so that nothing falls between. */
    if (write(events, &port, sizeof(port)) != sizeof(port))
        return -EAGAIN;
    return (int)port == domains_port ? EVENT_DOMAINS : (int)port;
}

int hypervisor_control_port(uint32_t *port)
{
    int n = ioctl(backend, XENBUS_BACKEND_EVTCHN, 0);

    if (n < 0)
        return -errno;
    *port = (uint32_t)n;
    return 0;
}

static struct xenstore_domain_interface *map(int fd, uint64_t offset)
{
    void *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);

    return page == MAP_FAILED ? NULL : page;
}

struct xenstore_domain_interface *hypervisor_map(uint16_t domid)
{
    struct ioctl_gntdev_map_grant_ref grant = {
        .count = 1, .refs[0] = {.domid = domid, .ref = GNTTAB_RESERVED_XENSTORE}};
    struct ioctl_gntdev_unmap_grant_ref undo = {.count = 1};
    struct xenstore_domain_interface *page;
    int error;

    if (!domid)
        return map(backend, 0);
    if (ioctl(grants, IOCTL_GNTDEV_MAP_GRANT_REF, &grant))
        return NULL;
    page = map(grants, grant.index);
    error = errno;
    /* The mapping holds the grant now, or nothing does. */
    undo.index = grant.index;
    ioctl(grants, IOCTL_GNTDEV_UNMAP_GRANT_REF, &undo);
    errno = error;
    return page;
}

void hypervisor_unmap(uint16_t domid, struct xenstore_domain_interface *page)
{
    (void)domid;
    munmap(page, PAGE_BYTES);
}

int hypervisor_bind(uint16_t domid, uint32_t remote)
{
    struct ioctl_evtchn_bind_interdomain bind = {.remote_domain = domid, .remote_port = remote};
    int port = ioctl(events, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);

    return port < 0 ? -errno : port;
}

void hypervisor_unbind(int port)
{
    struct ioctl_evtchn_unbind unbind = {.port = (unsigned)port};

    ioctl(events, IOCTL_EVTCHN_UNBIND, &unbind);
}

void hypervisor_notify(int port)
{
    struct ioctl_evtchn_notify notify = {.port = (unsigned)port};

    ioctl(events, IOCTL_EVTCHN_NOTIFY, &notify);
}

/* The control domain's handle is its boot's: the state is of no use to another boot. */
static int control_status(struct domain_status *status)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC), digits = 0;
    char text[64] = "";
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1), i;
    unsigned digit;

    if (fd >= 0)
        close(fd);
    for (i = 0; i < n && digits < 32; i++) {
        if (sscanf((char[]){text[i], 0}, "%1x", &digit) != 1)
            continue;
        status->handle[digits / 2] |= (uint8_t)(digits % 2 ? digit : digit << 4);
        digits++;
    }
    return digits == 32 ? 0 : -EIO;
}

int hypervisor_status(uint16_t domid, struct domain_status *status)
{
    struct hypercall call = {__HYPERVISOR_domctl, {(uintptr_t)argument}};
    const struct xen_domctl_getdomaininfo *info = &argument->u.getdomaininfo;

    memset(status, 0, sizeof(*status));
    if (!domid)
        return control_status(status);
    memset(argument, 0, sizeof(*argument));
    argument->cmd = XEN_DOMCTL_getdomaininfo;
    argument->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    argument->domain = domid;
    if (ioctl(calls, PRIVCMD_HYPERCALL, &call) < 0)
        return errno == ESRCH ? -ENOENT : -errno;
    if (info->domain != domid) /* the answer is about the next domain there is */
        return -ENOENT;
    status->dying = info->flags & XEN_DOMINF_dying;
    status->shut_down = info->flags & XEN_DOMINF_shutdown;
    memcpy(status->handle, info->handle, sizeof(status->handle));
    return 0;
}
