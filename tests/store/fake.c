/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake hypervisor, both sides of it. A daemon finds the folder in HVSTORED_FAKE.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORT(domid) ((domid) + 1) /* of the daemon */

struct fake_machine *fake_machine;
static char folder[256];
static int to_store = -1, to_domain[FAKE_DOMAINS];

static int open_in_folder(const char *name, int flags)
{
    char path[300];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return open(path, flags | O_RDWR | O_CLOEXEC, 0600);
}

static int open_pipe(const char *name)
{
    char path[300];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (mkfifo(path, 0600) && errno != EEXIST)
        return -1;
    return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static bool open_all(bool make)
{
    char name[16];
    int file = open_in_folder("machine", make ? O_CREAT | O_TRUNC : 0), i;

    if (file < 0 || (make && ftruncate(file, sizeof(*fake_machine))))
        return false;
    fake_machine = mmap(NULL, sizeof(*fake_machine), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    to_store = open_pipe("to-store");
    for (i = 0; i < FAKE_DOMAINS; i++) {
        snprintf(name, sizeof(name), "to-%d", i);
        to_domain[i] = open_pipe(name);
    }
    return fake_machine != MAP_FAILED && to_store >= 0;
}

void fake_make(const char *where)
{
    to_store = -1;
    if (where) {
        snprintf(folder, sizeof(folder), "%s", where);
        if (!open_all(true))
            abort();
    } else {
        *folder = '\0';
        fake_machine = calloc(1, sizeof(*fake_machine));
    }
    fake_domain_make(0);
}

void fake_free(void)
{
    int i;

    if (!*folder) {
        free(fake_machine);
    } else {
        munmap(fake_machine, sizeof(*fake_machine));
        close(to_store);
        for (i = 0; i < FAKE_DOMAINS; i++)
            close(to_domain[i]);
    }
    fake_machine = NULL;
}

void fake_domain_make(uint16_t domid)
{
    static uint8_t serial;
    struct fake_domain *domain = &fake_machine->domains[domid];

    memset(domain, 0, sizeof(*domain));
    memset(&fake_machine->pages[domid], 0, sizeof(fake_machine->pages[0]));
    domain->exists = 1;
    domain->remote_port = 100u + domid;
    domain->handle[0] = ++serial;
}

static void push(int fd, uint32_t port)
{
    if (fd >= 0 && write(fd, &port, sizeof(port)) < 0 && errno != EAGAIN)
        abort();
}

void fake_kick(uint16_t domid)
{
    if (fake_machine->domains[domid].bound)
        push(to_store, PORT(domid));
}

void fake_kick_domains(void)
{
    push(to_store, EVENT_DOMAINS);
}

int fake_domain_pipe(uint16_t domid)
{
    return to_domain[domid];
}

int hypervisor_open(const char **what)
{
    const char *where = getenv("HVSTORED_FAKE");
    uint32_t port;
    int i;

    *what = "HVSTORED_FAKE";
    if (fake_machine)
        return 0;
    if (!where)
        return -ENOENT;
    snprintf(folder, sizeof(folder), "%s", where);
    if (!open_all(false))
        return -errno;
    for (i = 0; i < FAKE_DOMAINS; i++)
        fake_machine->domains[i].bound = 0;
    while (read(to_store, &port, sizeof(port)) == sizeof(port))
        ;
    return 0;
}

void hypervisor_close(void)
{
}

int hypervisor_fd(void)
{
    return to_store;
}

int hypervisor_next_event(void)
{
    uint32_t port;

    return to_store >= 0 && read(to_store, &port, sizeof(port)) == sizeof(port) ? (int)port
                                                                                : -EAGAIN;
}

int hypervisor_control_port(uint32_t *port)
{
    *port = fake_machine->domains[0].remote_port;
    return 0;
}

struct xenstore_domain_interface *hypervisor_map(uint16_t domid)
{
    if (domid >= FAKE_DOMAINS || !fake_machine->domains[domid].exists) {
        errno = EINVAL;
        return NULL;
    }
    return &fake_machine->pages[domid].ring;
}

void hypervisor_unmap(uint16_t domid, struct xenstore_domain_interface *page)
{
    if (page != &fake_machine->pages[domid].ring)
        abort();
}

int hypervisor_bind(uint16_t domid, uint32_t remote)
{
    struct fake_domain *domain = &fake_machine->domains[domid];

    if (!domain->exists || domain->remote_port != remote || domain->bound)
        return -EINVAL;
    domain->bound = 1;
    return PORT(domid);
}

void hypervisor_unbind(int port)
{
    fake_machine->domains[port - 1].bound = 0;
}

void hypervisor_notify(int port)
{
    fake_machine->domains[port - 1].notified++;
    if (to_store >= 0)
        push(to_domain[port - 1], 1);
}

int hypervisor_status(uint16_t domid, struct domain_status *status)
{
    const struct fake_domain *domain = &fake_machine->domains[domid];

    memset(status, 0, sizeof(*status));
    if (domid >= FAKE_DOMAINS || !domain->exists)
        return -ENOENT;
    status->dying = domain->dying;
    status->shut_down = domain->shut_down;
    memcpy(status->handle, domain->handle, sizeof(status->handle));
    return 0;
}
