/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store of guest_machine.h: one ring, nodes in an array, an event for each change once somebody
 * watches. Bytes move in slices of any size.
 */
#include "guest_machine.h"

struct node store_nodes[64];
unsigned int store_count, store_watches, store_slice;
void (*store_lie)(struct xsd_sockmsg *head, char *body);

static unsigned char request[5000], out[20000];
static size_t have, queued;

const char *store_get(const char *path)
{
    for (unsigned int i = 0; i < store_count; i++) {
        if (strcmp(store_nodes[i].path, path) == 0) {
            return store_nodes[i].value;
        }
    }
    return NULL;
}

static void queue(struct xsd_sockmsg head, const char *body)
{
    memcpy(out + queued, &head, sizeof(head));
    memcpy(out + queued + sizeof(head), body, head.len < 4096 ? head.len : 0);
    queued += sizeof(head) + (head.len < 4096 ? head.len : 0);
}

static void event(const char *path)
{
    char body[200];
    int length = snprintf(body, sizeof(body), "%s%ctoken", path, 0) + 1;
    struct xsd_sockmsg head = {.type = XS_WATCH_EVENT, .len = (uint32_t)length};

    if (store_watches > 0) {
        queue(head, body);
    }
}

void store_set(const char *path, const char *value)
{
    struct node *node = NULL;

    for (unsigned int i = 0; i < store_count; i++) {
        node = strcmp(store_nodes[i].path, path) == 0 ? &store_nodes[i] : node;
    }
    node = node != NULL ? node : &store_nodes[store_count++];
    snprintf(node->path, sizeof(node->path), "%s", path);
    snprintf(node->value, sizeof(node->value), "%s", value);
    event(path);
}

/* Names of the children of a path, each once. */
static uint32_t list(const char *path, char *body)
{
    size_t length = strlen(path);
    uint32_t used = 0;
    char last[80] = "";

    for (unsigned int i = 0; i < store_count; i++) {
        const char *at = store_nodes[i].path;
        char name[80];

        if (strncmp(at, path, length) == 0 && at[length] == '/') {
            snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + length + 1, "/"),
                     at + length + 1);
            if (strcmp(name, last) != 0) {
                used += (uint32_t)sprintf(body + used, "%s", name) + 1;
                strcpy(last, name);
            }
        }
    }
    return used;
}

static void answer(const struct xsd_sockmsg *asked, const char *body)
{
    struct xsd_sockmsg head = *asked;
    char text[4200] = "";
    const char *value;

    head.len = 3;
    strcpy(text, "OK");
    switch (asked->type) {
    case XS_READ:
        value = store_get(body);
        head.type = value == NULL ? XS_ERROR : XS_READ;
        strcpy(text, value == NULL ? "ENOENT" : value);
        head.len = (uint32_t)strlen(text) + (value == NULL);
        break;
    case XS_WRITE:
        snprintf(text, sizeof(text), "%.*s", (int)(asked->len - strlen(body) - 1),
                 body + strlen(body) + 1);
        store_set(body, text);
        strcpy(text, "OK");
        break;
    case XS_DIRECTORY:
        head.len = list(body, text);
        if (head.len == 0) {
            head.type = XS_ERROR;
            head.len = (uint32_t)sprintf(text, "ENOENT") + 1;
        }
        break;
    case XS_WATCH:
        store_watches++;
        queue(head, "OK");
        event(body);
        return;
    case XS_UNWATCH:
        store_watches--;
        break;
    case XS_TRANSACTION_START:
        head.len = (uint32_t)sprintf(text, "77") + 1;
        break;
    case XS_TRANSACTION_END:
        if (asked->tx_id != 77) {
            head.type = XS_ERROR;
            head.len = (uint32_t)sprintf(text, "EAGAIN") + 1;
        }
        break;
    }
    if (store_lie != NULL) {
        store_lie(&head, text);
    }
    queue(head, text);
}

bool store_work(void)
{
    struct xenstore_domain_interface *ring = pv_page_of_mfn(STORE_MFN);
    struct xsd_sockmsg head;
    int moved = pv_bytes_get(ring->req, sizeof(ring->req), &ring->req_cons, &ring->req_prod,
                             request + have, store_slice);
    int sent = pv_bytes_put(ring->rsp, sizeof(ring->rsp), &ring->rsp_cons, &ring->rsp_prod, out,
                            queued < store_slice ? (unsigned int)queued : store_slice);

    have += moved > 0 ? (size_t)moved : 0;
    if (sent > 0) {
        queued -= (size_t)sent;
        memmove(out, out + sent, queued);
    }
    memcpy(&head, request, sizeof(head));
    if (have >= sizeof(head) && have >= sizeof(head) + head.len) {
        request[sizeof(head) + head.len] = 0;
        answer(&head, (char *)request + sizeof(head));
        have = 0;
        return true;
    }
    return moved > 0 || sent > 0;
}
