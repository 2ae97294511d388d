/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any messages from a guest and from the control domain, and any bytes and counters in a guest's
 * ring: the daemon serves on, and all that it counts agrees.
 *
 * sources: dom0-tools/hvstored/bytes.c dom0-tools/hvstored/change.c \
 * dom0-tools/hvstored/client.c dom0-tools/hvstored/connection.c dom0-tools/hvstored/domain.c \
 * dom0-tools/hvstored/journal.c dom0-tools/hvstored/life.c dom0-tools/hvstored/log.c \
 * dom0-tools/hvstored/path.c dom0-tools/hvstored/pathset.c dom0-tools/hvstored/perms.c \
 * dom0-tools/hvstored/quota.c dom0-tools/hvstored/request.c \
 * dom0-tools/hvstored/request_control.c dom0-tools/hvstored/request_domain.c \
 * dom0-tools/hvstored/request_read.c dom0-tools/hvstored/request_watch.c \
 * dom0-tools/hvstored/request_write.c dom0-tools/hvstored/ring.c dom0-tools/hvstored/server.c \
 * dom0-tools/hvstored/slot.c dom0-tools/hvstored/state.c dom0-tools/hvstored/state_save.c \
 * dom0-tools/hvstored/store.c dom0-tools/hvstored/transaction.c dom0-tools/hvstored/tree.c \
 * dom0-tools/hvstored/watch.c tests/store/fake.c tests/store/guest.c
 */
#include <stdlib.h>
#include <string.h>

#include "dom0-tools/hvstored/connection.h"
#include "dom0-tools/hvstored/domain.h"
#include "dom0-tools/hvstored/life.h"
#include "dom0-tools/hvstored/log.h"
#include "dom0-tools/hvstored/server.h"
#include "dom0-tools/hvstored/state.h"
#include "tests/store/fake.h"
#include "tests/store/guest.h"

#define ROUNDS 10000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct guest guests[3];

/* Serves and takes answers until nothing moves; a loop without end is a finding. */
static void settle(struct store *store, char answer[GUEST_BODY])
{
    static struct guest_message message;
    struct connection *connection;
    int rounds = 0, i;
    bool moved = true;
    uint32_t cons;

    while (moved) {
        if (++rounds > ROUNDS)
            abort();
        for (connection = store->connections; connection; connection = connection->next)
            connection->ready = true;
        moved = server_round(store);
        for (i = 0; i < 3; i++) {
            cons = guests[i].page->rsp_cons;
            moved |= guest_push(&guests[i]);
            while (guest_take(&guests[i], &message)) {
                if (answer && !i && message.header.type == XS_CONTROL)
                    memcpy(answer, message.body, message.header.len + 1);
            }
            moved |= cons != guests[i].page->rsp_cons;
        }
    }
}

static void message(struct store *store, const uint8_t *data, size_t size)
{
    struct xenstore_domain_interface *page = guests[1].page;
    uint16_t domid = data[0] & 1;
    size_t i;

    if (data[0] == 0xff && size > 4) { /* nonsense in the page */
        memcpy((uint8_t *)page + 2048 + data[1] % 24, data + 2, size - 2 > 28 ? 28 : size - 2);
    } else if (data[0] & 2) { /* bytes that need not be messages */
        for (i = 1; i < size && i < XENSTORE_RING_SIZE; i++)
            page->req[MASK_XENSTORE_IDX(page->req_prod++)] = (char)data[i];
    } else if (size > 2 && guests[domid].unsent < 1000) {
        if (size > 1000)
            size = 1000;
        guest_post(&guests[domid], data[1] % (XS_TYPE_COUNT + 1), 1, data[2] & 3, data + 3,
                   size - 3);
    }
    settle(store, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t mark[] = {'+', '+'};
    char answer[GUEST_BODY] = "";
    struct domain *domain;
    struct store store;
    const uint8_t *next;
    size_t len;
    uint16_t i;

    log_open(false);
    fake_make(NULL);
    store_init(&store);
    if (state_first(&store) || life_control(&store))
        abort();
    for (i = 0; i < 3; i++) {
        guest_init(&guests[i], i);
        if (!i)
            continue;
        fake_domain_make(i);
        if (life_prepare(&store, i, 1, 100u + i, &domain))
            abort();
        domain->introduced = true;
        domain_welcome(domain);
    }
    while (size) {
        next = memmem(data, size, mark, sizeof(mark));
        len = next ? (size_t)(next - data) : size;
        if (len)
            message(&store, data, len);
        data += len;
        size -= len;
        len = size < sizeof(mark) ? size : sizeof(mark);
        data += len;
        size -= len;
    }
    guest_init(&guests[0], 0);
    guests[0].page->rsp_cons = guests[0].page->rsp_prod;
    guest_post(&guests[0], XS_CONTROL, 7, 0, "check", 6);
    settle(&store, answer);
    if (!strstr(answer, " 0 errors"))
        abort();
    store_free(&store);
    fake_free();
    return 0;
}
