/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of the library that hvconsoled's loop calls, on pages of this process.
 */
#include "consoled_fake.h"

#include "hvctl.h"

struct xencons_interface pages[GUESTS];
bool pending[GUESTS], masked[GUESTS], mapped[GUESTS];
unsigned int events_sent;
int event_pipe[2];

int hvctl_grant_map(struct hvctl *h, uint32_t domid, const uint32_t *references, size_t count,
                    bool writable, void **address)
{
    (void)h;
    if (domid >= GUESTS || *references || count != 1 || !writable) {
        return -HVCTL_NOT_FOUND;
    }
    mapped[domid] = true;
    *address = &pages[domid];
    return 0;
}

int hvctl_grant_unmap(struct hvctl *h, void *address, size_t count)
{
    (void)h, (void)count;
    mapped[(struct xencons_interface *)address - pages] = false;
    return 0;
}

int hvctl_event_bind(struct hvctl *h, uint32_t domid, uint32_t remote, uint32_t *port)
{
    (void)h;
    *port = 100 + domid;
    masked[domid % GUESTS] = false;
    return remote == 2 ? 0 : -HVCTL_NOT_FOUND;
}

int hvctl_event_fd(struct hvctl *h)
{
    (void)h;
    return event_pipe[0];
}

int hvctl_event_next(struct hvctl *h, uint32_t *port)
{
    (void)h;
    for (uint32_t at = 0; at < GUESTS; at++) {
        if (pending[at] && !masked[at]) {
            pending[at] = false;
            masked[at] = true;
            *port = 100 + at;
            return 0;
        }
    }
    return -HVCTL_TIMEOUT;
}

int hvctl_event_unmask(struct hvctl *h, uint32_t port)
{
    (void)h;
    masked[port - 100] = false;
    return 0;
}

int hvctl_event_send(struct hvctl *h, uint32_t port)
{
    (void)h, (void)port;
    events_sent++;
    return 0;
}

int hvctl_event_close(struct hvctl *h, uint32_t port)
{
    (void)h, (void)port;
    return 0;
}

const char *hvctl_message(const struct hvctl *h)
{
    (void)h;
    return "it can't be reached";
}
