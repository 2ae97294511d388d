/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhvctl's store client and its reading of devices, on answers made of any bytes: headers that
 * fit the request or not, bodies, lists in parts, events in between, and ends of the connection.
 * Nothing of its is touched out of bounds or leaked, lists hold strings, and each call ends.
 *
 * sources: libhvctl/alloc.c libhvctl/device.c libhvctl/handle.c libhvctl/store.c \
 * libhvctl/store_tools.c libhvctl/store_watch.c libhvctl/store_wire.c tests/unit/no_hypervisor.c
 * libraries: -Ilibhvctl/include -Ilibhvctl -DPACKAGE_VERSION="1" -Dsocket=fuzz_socket \
 * -Dconnect=fuzz_connect -Dread=fuzz_read -Dpoll=fuzz_poll -Dsend=fuzz_send
 */
#include "libhvctl/device.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANSWERS 200 /* in one run: a list whose node changes is begun again for ever */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *bytes;
static size_t left;
static int connection = -1;
static unsigned int answers;
static struct xsd_sockmsg asked;
static uint8_t queue[sizeof(struct xsd_sockmsg) + 5000];
static size_t at, filled;

static void must(bool condition)
{
    if (!condition)
        abort();
}

static uint8_t next(void)
{
    if (!left)
        return 0;
    left--;
    return *bytes++;
}

int fuzz_socket(int domain, int type, int protocol)
{
    (void)domain;
    (void)type;
    (void)protocol;
    return connection = eventfd(0, EFD_CLOEXEC);
}

/* Nobody is there any more once the bytes are used up. */
int fuzz_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    (void)fd;
    (void)address;
    (void)size;
    at = filled = 0;
    errno = EPERM;
    return left && answers < ANSWERS ? 0 : -1;
}

ssize_t fuzz_send(int fd, const void *data, size_t size, int flags)
{
    must(fd == connection);
    (void)flags;
    if (size >= sizeof(asked))
        memcpy(&asked, data, sizeof(asked));
    return (ssize_t)size;
}

int fuzz_poll(struct pollfd *fds, nfds_t count, int ms)
{
    (void)ms;
    must(count == 1);
    fds->revents = POLLIN; /* bytes, or their end */
    return 1;
}

/* The next message: what is honest in it is said by its first byte. */
static void make_message(void)
{
    struct xsd_sockmsg head = asked;
    uint8_t how = next();
    uint32_t length = next();

    if (how & 1)
        head.type = how & 2 ? XS_ERROR : XS_WATCH_EVENT;
    if ((how & 0x0c) == 0x0c)
        head.req_id = next();
    if ((how & 0x30) == 0x30)
        length *= 19;
    head.len = how & 0x40 && next() == 0xff ? 0xfffffff0U : length;
    for (uint32_t i = 0; i < length; i++)
        queue[sizeof(head) + i] = next();
    memcpy(queue, &head, sizeof(head));
    at = 0;
    filled = sizeof(head) + length;
    answers++;
}

ssize_t fuzz_read(int fd, void *to, size_t size)
{
    size_t part;

    if (fd != connection)
        return syscall(SYS_read, fd, to, size);
    if (at == filled && left && answers < ANSWERS)
        make_message();
    part = filled - at < size ? filled - at : size;
    memcpy(to, queue + at, part);
    at += part;
    return (ssize_t)part;
}

static int read_device(struct hvctl *h, uint32_t domid, unsigned int id, struct hvctl_device *d)
{
    int result = device_text(h, DEVICE_NIC, domid, id, "vifname", d->target, sizeof(d->target));

    must(memchr(d->target, 0, sizeof(d->target)));
    return result;
}

static void list(struct hvctl *h)
{
    char **names;
    size_t count, length = 0;

    if (hvctl_store_list(h, 0, "/local/domain", &names, &count))
        return;
    for (size_t i = 0; i < count; i++)
        length += strlen(names[i]);
    must(length < ANSWERS * sizeof(queue));
    free(names);
}

static void ask(struct hvctl *h, uint8_t what)
{
    struct hvctl_device *devices;
    uint32_t transaction;
    char *text, *token;
    uint64_t number;
    size_t count;

    switch (what % 8) {
    case 0:
        if (!hvctl_store_read(h, 0, "/local/domain/1/name", &text, &count)) {
            must(text[count] == 0);
            free(text);
        }
        break;
    case 1:
        list(h);
        break;
    case 2:
        if (!hvctl_store_begin(h, &transaction))
            (void)hvctl_store_end(h, transaction, what & 8);
        break;
    case 3:
        (void)hvctl_store_watch(h, "/local", "token");
        break;
    case 4:
        (void)hvctl_store_unwatch(h, "/local", "token");
        break;
    case 5:
        if (!hvctl_store_wait(h, 0, &text, &token)) {
            must(strlen(text) < sizeof(queue) && strlen(token) < sizeof(queue));
            free(text);
        }
        break;
    case 6:
        (void)store_get_number(h, 0, &number, "/local/domain/%u/memory/target", 1U);
        break;
    default:
        if (!device_list(h, DEVICE_NIC, 1, read_device, &devices, &count))
            free(devices);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hvctl *h = hvctl_open();

    bytes = data;
    left = size;
    answers = 0;
    at = filled = 0;
    while (left && answers < ANSWERS) {
        ask(h, next());
        must(strlen(hvctl_message(h)) < sizeof(h->message));
        for (const char *c = hvctl_message(h); *c; c++)
            must((unsigned char)*c >= ' ' && *c != 127);
    }
    hvctl_close(h);
    return 0;
}
