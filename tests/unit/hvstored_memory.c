/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A long list of requests with the n-th allocation failing, for every n: who asked hears ENOMEM (or
 * is served a moment later), the same request made again does what it should, and in the end the
 * store, its journal and what each guest was told are the same as without. The sanitizers see what
 * leaks. The quick run tries every fifth.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dom0-tools/hvstored/connection.h"
#include "dom0-tools/hvstored/domain.h"
#include "dom0-tools/hvstored/life.h"
#include "dom0-tools/hvstored/state.h"
#include "dom0-tools/hvstored/transaction.h"
#include "hvstored_machine.h"
#include "unit.h"

#define TRIES 4

static unsigned int refused, later;
static uint32_t tx;

/* Makes the request until it is done: nothing but memory may be in its way. */
static int made(uint16_t domid, uint32_t type, uint32_t tx_id, const char *body)
{
    int error = -1, tries;

    for (tries = 0; error && tries < TRIES; tries++) {
        error = ask(domid, type, tx_id, body);
        if (error == -ETIMEDOUT) { /* it waits in the ring: the daemon looks again in a moment */
            EXPECT(machine_store.retry);
            machine_store.retry = false;
            later++;
            error = ask_again(domid);
        }
        if (error != -ENOMEM)
            break;
        refused++;
    }
    return error;
}

/* Has domain 3 come and go while a watch for it is there. */
static void a_domain_goes(void)
{
    int tries;

    fake_machine->domains[3].dying = true;
    for (tries = 0; !life_check(&machine_store) && tries < TRIES; tries++)
        refused++;
    EXPECT(tries < TRIES && !domain_find(&machine_store, 3));
    machine_settle();
}

static void introduce(uint16_t domid)
{
    char body[64];

    fake_domain_make(domid);
    guest_init(&machine_guests[domid], domid);
    snprintf(body, sizeof(body), "%u|4711|%u|", domid, 100 + domid);
    EXPECT(!made(0, XS_INTRODUCE, 0, body));
}

/* A transaction of a guest; when its end finds no memory it is made again. */
static void transact(void)
{
    int error = -1, tries;

    for (tries = 0; error && tries < TRIES; tries++) {
        EXPECT(!made(1, XS_TRANSACTION_START, 0, "|"));
        tx = (uint32_t)atoi(machine_reply.body);
        EXPECT(!made(1, XS_WRITE, tx, "data/t/one|1"));
        EXPECT(!made(1, XS_MKDIR, tx, "data/t/two|"));
        EXPECT(!made(1, XS_DIRECTORY, tx, "data/t|"));
        EXPECT(machine_reply.header.len == 8 && !memcmp(machine_reply.body, "one\0two", 8));
        EXPECT(!made(1, XS_SET_PERMS, tx, "data/t/two|b1|r2|"));
        EXPECT(!made(1, XS_RM, tx, "data/t/one|"));
        error = made(1, XS_TRANSACTION_END, tx, "T|");
        if (error == -ENOENT) { /* it was told ENOMEM, and ended by that */
            continue;
        }
        EXPECT(!error);
    }
    EXPECT(!error);
    EXPECT(!made(1, XS_TRANSACTION_START, 0, "|"));
    tx = (uint32_t)atoi(machine_reply.body);
    EXPECT(!made(1, XS_WRITE, tx, "data/no|1"));
    EXPECT(!made(1, XS_TRANSACTION_END, tx, "F|"));
}

/* Every kind of request there is. */
static void requests(void)
{
    static char longer[3000];

    EXPECT(!made(0, XS_MKDIR, 0, "/local/domain/1|"));
    EXPECT(!made(0, XS_SET_PERMS, 0, "/local/domain/1|n1|r2|r3|"));
    EXPECT(!made(0, XS_WRITE, 0, "/local/domain/3/data/a/b|x"));
    EXPECT(!made(0, XS_SET_PERMS, 0, "/local/domain/3/data|b3|r1|"));
    EXPECT(!made(0, XS_WATCH, 0, "/local|token|"));
    EXPECT(!made(0, XS_WATCH, 0, "@releaseDomain|gone|"));
    EXPECT(!made(1, XS_WATCH, 0, "data|mine|"));
    EXPECT(!made(1, XS_WATCH, 0, "data/a/b|deeper|"));
    EXPECT(!made(1, XS_WRITE, 0, "data/a/b/c|value"));
    EXPECT(!made(1, XS_WRITE, 0, "data/a/b/c|value, a longer one"));
    EXPECT(!made(1, XS_READ, 0, "data/a/b/c|"));
    EXPECT(!made(1, XS_GET_PERMS, 0, "data/a|"));
    EXPECT(!made(2, XS_READ, 0, "/local/domain/1/data/a/b/c|"));
    EXPECT(!made(1, XS_DIRECTORY, 0, "data/a|"));
    EXPECT(!made(0, XS_DIRECTORY_PART, 0, "/local/domain|0|"));
    EXPECT(!made(1, XS_RM, 0, "data/a/b|"));
    transact();
    memset(longer, 'v', sizeof(longer) - 1);
    memcpy(longer, "/big|", 5);
    EXPECT(!made(0, XS_WRITE, 0, longer));
    EXPECT(!made(0, XS_READ, 0, "/big|") && machine_reply.header.len == sizeof(longer) - 6);
    EXPECT(!made(0, XS_SET_PERMS, 0, "@releaseDomain|n0|r1|r3|"));
    EXPECT(!made(0, XS_SET_TARGET, 0, "1|2|"));
    EXPECT(!made(0, XS_GET_DOMAIN_PATH, 0, "1|"));
    EXPECT(!made(0, XS_IS_DOMAIN_INTRODUCED, 0, "1|"));
    EXPECT(!made(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
    EXPECT(!made(0, XS_CONTROL, 0, "quota|set|nodes|900|"));
    EXPECT(!made(0, XS_CONTROL, 0, "quota|1|"));
    EXPECT(!made(1, XS_UNWATCH, 0, "data/a/b|deeper|"));
    EXPECT(!made(2, XS_RESET_WATCHES, 0, "|"));
    EXPECT(made(1, XS_READ, 0, "none|") == -ENOENT);
    a_domain_goes();
    introduce(3);
    EXPECT(!made(0, XS_RESUME, 0, "3|"));
    EXPECT(!made(0, XS_RELEASE, 0, "2|"));
    machine_settle();
}

static void draw_perms(const struct perms *perms, struct bytes *picture)
{
    for (uint32_t i = 0; i < perms->count; i++)
        bytes_print(picture, false, " %u:%u", perms->list[i].domid, perms->list[i].mode);
    bytes_print(picture, false, "\n");
}

static bool draw_node(const struct node *node, const char *path, void *context)
{
    struct bytes *picture = context;

    bytes_print(picture, false, "%s=%.*s", path, (int)(node->value->len % 64), node->value->data);
    draw_perms(node->perms, picture);
    return true;
}

/* All that must be the same in the end: nodes, watches, events, quotas. */
static void draw(struct bytes *picture)
{
    const struct store *store = &machine_store;
    const struct domain *domain;
    const struct watch *watch;
    uint16_t i;
    const char *event;

    bytes_clear(picture);
    tree_walk(store->root, "/", draw_node, picture);
    for (i = 0; i < SPECIAL_COUNT; i++)
        draw_perms(store->special[i], picture);
    for (i = 0; i < 4; i++) {
        domain = domain_find(store, i);
        bytes_print(picture, false, "domain %u: %d nodes\n", i, owners_of(&store->owners, i));
        for (watch = domain ? domain->connection->watches : NULL; watch; watch = watch->next_own)
            bytes_print(picture, false, "  %s %s\n", watch->path, watch->token);
        if (domain)
            EXPECT(!domain->connection->transactions && !domain->connection->out);
        while (*(event = event_of(i)))
            bytes_print(picture, false, "  told %s\n", event);
    }
    bytes_print(picture, true, "%u", store->quotas.limit[QUOTA_NODES]);
}

static void same(const struct bytes *first, const struct bytes *now, unsigned long n)
{
    bool alike = first->len == now->len && !memcmp(first->data, now->data, now->len);

    EXPECT(alike);
    if (!alike && n)
        printf("# allocation %lu failed: instead of\n%s\n# it is\n%s\n", n, (char *)first->data,
               (char *)now->data);
}

/* One pass; allocations first to last fail. Returns how many there were. */
static unsigned long pass(unsigned long first, unsigned long last, struct bytes *picture)
{
    unsigned long calls;

    machine_start(machine_folder());
    mem_fail(first, last);
    requests();
    calls = mem_fail(0, 0);
    draw(picture);
    return calls;
}

static void each_request(void)
{
    struct bytes without = {0}, with = {0}, again = {0};
    const char *full = getenv("MORTISE_FULL");
    unsigned long n, calls = pass(0, 0, &without), tried = 0, unnoticed = 0;

    machine_stop();
    for (n = 1; n <= calls && !unit_broken; n += full && *full == '1' ? 1 : 5) {
        tried++;
        refused = later = 0;
        pass(n, n, &with);
        EXPECT(refused + later <= 1);
        unnoticed += refused + later == 0;
        same(&without, &with, n);
        machine_restart(); /* what was committed is in the journal */
        draw(&again);
        EXPECT(strstr((char *)again.data, "/big=vvv"));
        machine_stop();
    }
    EXPECT(calls > 300 && unnoticed * 6 < tried); /* an answer's room before anybody asks */
    printf("# %lu of %lu allocations failed, one after the other\n", tried, calls);
    bytes_free(&without);
    bytes_free(&with);
    bytes_free(&again);
}

/* No memory at all from some moment on, and then there is some again. */
static void for_a_while(void)
{
    unsigned long from, calls = 1;
    int error;

    for (from = 1; calls >= from && !unit_broken; from++) {
        machine_start(NULL);
        EXPECT(!ask(0, XS_WRITE, 0, "/kept|1"));
        mem_fail(from, ~0UL);
        ask(0, XS_WRITE, 0, "/a/b/c|2");
        ask(1, XS_WATCH, 0, "/a|x|");
        ask(1, XS_READ, 0, "/kept|");
        ask(0, XS_RM, 0, "/kept|");
        calls = mem_fail(0, 0) + 1;
        machine_store.retry = false;
        machine_settle();
        error = ask(0, XS_READ, 0, "/kept|");
        EXPECT(!error || error == -ENOENT);
        EXPECT(!ask(0, XS_WRITE, 0, "/a/b/c|3") && reads(0, 0, "/a/b/c", "3"));
        EXPECT(!ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
        machine_stop();
    }
    EXPECT(from > 30);
}

/* A start that finds no memory fails, and says so; the next one has all there was. */
static void each_start(void)
{
    unsigned long n, calls = 1;
    const char *folder;
    struct store store;
    int found;

    machine_start(folder = machine_folder());
    requests();
    store_free(&machine_store);
    for (n = 1; n <= calls + 1 && !unit_broken; n++) {
        mem_fail(n, n);
        found = store_init(&store);
        if (!found) {
            found = journal_open(&store.journal, folder, state_load, &store);
            EXPECT(found == 1 || found == -ENOMEM);
            store_free(&store);
        } else {
            EXPECT(found == -ENOMEM);
        }
        calls = mem_fail(0, 0);
        EXPECT(calls >= n ? found == -ENOMEM : found == 1);
        if (calls < n)
            break;
        calls = n + 1;
    }
    printf("# a start of %lu allocations\n", n - 1);
    EXPECT(n > 50);
    EXPECT(!store_init(&machine_store));
    machine_stop();
}

int main(void)
{
    RUN(each_request);
    RUN(for_a_while);
    RUN(each_start);
    return UNIT_RESULT;
}
