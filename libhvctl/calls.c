/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hypercalls: the arena that their arguments lie in, and the words for a refusal.  The record
 * stands at the arena's start, lists behind it; nothing is kept there between two calls.
 */
#include "calls.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#define RECORD_SIZE ((size_t)4096)
#define ARENA_PAGES (CALL_LIST * 8 / PAGE_SIZE + 4)

struct hvctl_calls {
    struct machine *machine;
    uint8_t *arena;
    size_t used; /* bytes of lists */
};

int calls_open(struct hvctl *h)
{
    struct hvctl_calls *calls;
    const char *device;
    int error;

    if (h->calls) {
        return 0;
    }
    calls = alloc_zeroed(1, sizeof(*calls));
    if (!calls) {
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    error = machine_open(&calls->machine, &device);
    if (error) {
        free(calls);
        if (error == -EACCES || error == -EPERM) {
            return hvctl_fail(h, HVCTL_DENIED, -error,
                              "%s can't be opened: only root may manage guests", device);
        }
        if (error == -ENOENT || error == -ENODEV || error == -ENXIO) {
            return hvctl_fail(h, HVCTL_UNSUPPORTED, -error,
                              "there is no %s: this is not the control domain of a hypervisor, or "
                              "its kernel lacks the module xen-privcmd",
                              device);
        }
        return hvctl_fail_errno(h, -error, "%s can't be opened", device);
    }
    calls->arena = machine_buffer(calls->machine, ARENA_PAGES);
    if (!calls->arena) {
        machine_close(calls->machine);
        free(calls);
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "there is no memory for hypercalls");
    }
    h->calls = calls;
    return 0;
}

void calls_close(struct hvctl *h)
{
    if (h->calls) {
        machine_close(h->calls->machine);
        free(h->calls);
        h->calls = NULL;
    }
}

struct machine *calls_machine(struct hvctl *h)
{
    return h->calls->machine;
}

void *calls_room(struct hvctl *h, size_t size)
{
    struct hvctl_calls *calls = h->calls;
    void *room = calls->arena + RECORD_SIZE + calls->used;

    calls->used += (size + 15) & ~(size_t)15;
    if (RECORD_SIZE + calls->used > ARENA_PAGES * PAGE_SIZE) {
        abort(); /* an invariant of the library: no caller's value gets here */
    }
    return room;
}

void calls_done(struct hvctl *h)
{
    h->calls->used = 0;
}

long calls_plain(struct hvctl *h, unsigned int call, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    const uint64_t arguments[5] = {a, b, c, d, 0};

    return machine_call(h->calls->machine, call, arguments);
}

long calls_op(struct hvctl *h, unsigned int call, unsigned int command, void *argument, size_t size)
{
    long result;

    if (size) {
        memcpy(h->calls->arena, argument, size);
    }
    result = calls_plain(h, call, command, size ? (uintptr_t)h->calls->arena : 0, 0, 0);
    if (size) {
        memcpy(argument, h->calls->arena, size);
    }
    return result;
}

static long control(struct hvctl *h, unsigned int call, void *op, size_t size)
{
    long result;

    memcpy(h->calls->arena, op, size);
    result = calls_plain(h, call, (uintptr_t)h->calls->arena, 0, 0, 0);
    memcpy(op, h->calls->arena, size);
    return result;
}

long calls_domctl(struct hvctl *h, uint32_t domid, struct xen_domctl *op)
{
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)domid;
    return control(h, __HYPERVISOR_domctl, op, sizeof(*op));
}

long calls_sysctl(struct hvctl *h, struct xen_sysctl *op)
{
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return control(h, __HYPERVISOR_sysctl, op, sizeof(*op));
}

/* What a refusal means, where errno's own words would mislead. */
static const char *reason(int error)
{
    switch (error) {
    case EPERM:
        return "the hypervisor does not permit it to this domain";
    case EACCES:
        return "the hypervisor speaks another version of the control calls than this library";
    case ENOSYS:
    case EOPNOTSUPP:
        return "this hypervisor can't do that";
    case ESRCH:
        return "there is no such domain (any more)";
    case ENOMEM:
        return "the host has too little free memory; end or shrink another guest";
    case EINVAL:
        return "the hypervisor finds the request wrong";
    default:
        return strerror(error);
    }
}

int calls_fail(struct hvctl *h, long error, const char *what, ...)
{
    char text[256];
    va_list arguments;
    enum hvctl_status status = HVCTL_REFUSED;

    va_start(arguments, what);
    vsnprintf(text, sizeof(text), what, arguments);
    va_end(arguments);
    if (error == -EPERM) {
        status = HVCTL_DENIED;
    } else if (error == -ENOMEM) {
        status = HVCTL_NO_MEMORY;
    } else if (error == -ESRCH) {
        status = HVCTL_NOT_FOUND;
    } else if (error == -ENOSYS || error == -EOPNOTSUPP || error == -EACCES) {
        status = HVCTL_UNSUPPORTED;
    } else if (error == -EBUSY) {
        status = HVCTL_BUSY;
    }
    return hvctl_fail(h, status, (int)-error, "%s: %s", text, reason((int)-error));
}
