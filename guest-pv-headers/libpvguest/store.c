/* SPDX-License-Identifier: MIT */
/*
 * store.c: the client of the store, one request at a time, on vCPU 0.
 *
 * Watch events come between answers; only their number is kept. A store that breaks the protocol
 * gets -XEN_EIO for ever.
 */
#include "internal.h"

static struct xenstore_domain_interface *ring;
static unsigned int changes;
static bool broken;

static const struct {
    const char *name;
    int number;
} errors[] = {
#define XEN_ERRNO(name, value) {#name, value},
#include <xen/errno.h>
};

static bool can_read(void *arg)
{
    (void)arg;
    return pv_read32(&ring->rsp_prod) != ring->rsp_cons;
}

static bool can_write(void *arg)
{
    (void)arg;
    return ring->req_prod - pv_read32(&ring->req_cons) != XENSTORE_RING_SIZE;
}

static int start(void)
{
    if (pv_is_control_domain() || pv_start_info->store_mfn == 0) {
        return -XEN_ENODEV;
    }
    if (ring == NULL) {
        ring = pv_page_of_mfn(pv_start_info->store_mfn);
    }
    return ring == NULL || broken ? -XEN_EIO : 0;
}

static void send(const void *data, size_t bytes)
{
    while (bytes > 0 && !broken) {
        int moved = pv_bytes_put(ring->req, sizeof(ring->req), &ring->req_cons, &ring->req_prod,
                                 data, (unsigned int)bytes);

        broken = moved < 0;
        if (moved > 0) {
            pv_event_send(pv_start_info->store_evtchn);
            data = (const char *)data + moved;
            bytes -= (size_t)moved;
        } else if (moved == 0) {
            pv_wait(can_write, NULL, 0);
        }
    }
}

/* Takes bytes off the ring; to may be null, and then they are dropped. */
static void receive(void *to, size_t bytes)
{
    char dropped[64];

    while (bytes > 0 && !broken) {
        size_t part = to == NULL && bytes > sizeof(dropped) ? sizeof(dropped) : bytes;
        int moved = pv_bytes_get(ring->rsp, sizeof(ring->rsp), &ring->rsp_cons, &ring->rsp_prod,
                                 to == NULL ? dropped : to, (unsigned int)part);

        broken = moved < 0;
        if (moved > 0) {
            pv_event_send(pv_start_info->store_evtchn);
            to = to == NULL ? NULL : (char *)to + moved;
            bytes -= (size_t)moved;
        } else if (moved == 0) {
            pv_wait(can_read, NULL, 0);
        }
    }
}

/* The next header that is not of a watch event; with `events_only`, none such is there. */
static int next_header(struct xsd_sockmsg *head, bool events_only)
{
    while (!events_only || can_read(NULL)) {
        receive(head, sizeof(*head));
        if (broken || head->len > XENSTORE_PAYLOAD_MAX ||
            (events_only && head->type != XS_WATCH_EVENT)) {
            broken = true;
            return -XEN_EIO;
        }
        if (head->type != XS_WATCH_EVENT) {
            return 0;
        }
        receive(NULL, head->len);
        changes++;
    }
    return 0;
}

static int error_number(const char *name)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (strlen(errors[i].name) == strlen(name) &&
            memcmp(errors[i].name, name, strlen(name)) == 0) {
            return -errors[i].number;
        }
    }
    return -XEN_EIO;
}

/* One request: two parts of body, each with its final 0 or not. The answer's bytes, or an error. */
static int request(uint32_t type, uint32_t tx, const void *first, size_t first_bytes,
                   const void *second, size_t second_bytes, char *answer, size_t room)
{
    static uint32_t last_id;
    struct xsd_sockmsg head = {.type = type, .req_id = ++last_id, .tx_id = tx};
    char name[32] = {0};
    size_t take;

    head.len = (uint32_t)(first_bytes + second_bytes);
    if (start() < 0 || head.len > XENSTORE_PAYLOAD_MAX) {
        return head.len > XENSTORE_PAYLOAD_MAX ? -XEN_E2BIG : start();
    }
    send(&head, sizeof(head));
    send(first, first_bytes);
    send(second, second_bytes);
    if (next_header(&head, false) < 0 || head.req_id != last_id) {
        broken = true;
        return -XEN_EIO;
    }
    if (head.type == XS_ERROR) {
        answer = name;
        room = sizeof(name);
    }
    take = head.len < room ? head.len : room > 0 ? room - 1 : 0;
    receive(answer, take);
    receive(NULL, head.len - take);
    if (room > 0) {
        answer[take] = 0;
    }
    if (broken) {
        return -XEN_EIO;
    }
    if (head.type == XS_ERROR) {
        return error_number(name);
    }
    return room > 0 && take < head.len ? -XEN_E2BIG : (int)take;
}

int pv_store_read(uint32_t tx, const char *path, char *value, size_t bytes)
{
    return request(XS_READ, tx, path, strlen(path) + 1, NULL, 0, value, bytes);
}

int pv_store_read_number(uint32_t tx, const char *path, uint64_t *value)
{
    char text[24];
    int length = pv_store_read(tx, path, text, sizeof(text));

    if (length < 0) {
        return length;
    }
    *value = 0;
    for (int i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -XEN_EINVAL;
        }
        *value = *value * 10 + (uint64_t)(text[i] - '0');
    }
    return length == 0 ? -XEN_EINVAL : 0;
}

int pv_store_write(uint32_t tx, const char *path, const char *value)
{
    int result = request(XS_WRITE, tx, path, strlen(path) + 1, value, strlen(value), NULL, 0);

    return result < 0 ? result : 0;
}

int pv_store_remove(uint32_t tx, const char *path)
{
    int result = request(XS_RM, tx, path, strlen(path) + 1, NULL, 0, NULL, 0);

    return result < 0 ? result : 0;
}

int pv_store_list(uint32_t tx, const char *path, char *names, size_t bytes)
{
    return request(XS_DIRECTORY, tx, path, strlen(path) + 1, NULL, 0, names, bytes);
}

int pv_store_begin(uint32_t *tx)
{
    char text[16];
    int result = request(XS_TRANSACTION_START, 0, "", 1, NULL, 0, text, sizeof(text));

    *tx = 0;
    for (const char *at = text; result > 0 && *at >= '0' && *at <= '9'; at++) {
        *tx = *tx * 10 + (uint32_t)(*at - '0');
    }
    return result < 0 ? result : 0;
}

int pv_store_end(uint32_t tx, bool commit)
{
    int result = request(XS_TRANSACTION_END, tx, commit ? "T" : "F", 2, NULL, 0, NULL, 0);

    return result < 0 ? result : 0;
}

int pv_store_watch(const char *path, const char *token)
{
    int result = request(XS_WATCH, 0, path, strlen(path) + 1, token, strlen(token) + 1, NULL, 0);

    return result < 0 ? result : 0;
}

int pv_store_unwatch(const char *path, const char *token)
{
    int result = request(XS_UNWATCH, 0, path, strlen(path) + 1, token, strlen(token) + 1, NULL, 0);

    return result < 0 ? result : 0;
}

bool pv_store_wait(uint64_t deadline)
{
    return start() == 0 && pv_wait(can_read, NULL, deadline);
}

unsigned int pv_store_changes(void)
{
    struct xsd_sockmsg head;

    if (start() == 0) {
        next_header(&head, true);
    }
    return changes;
}
