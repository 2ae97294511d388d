/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state over the daemon's end: nodes, permissions, quotas, watches, what is on its way to a
 * ring; transactions; a journal cut at every byte; a folder that is full.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dom0-tools/hvstored/domain.h"
#include "dom0-tools/hvstored/life.h"
#include "dom0-tools/hvstored/state.h"
#include "hvstored_machine.h"
#include "unit.h"

static const char *folder;

static bool consistent(void)
{
    return !ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors");
}

static void kept(void)
{
    machine_start(folder = machine_folder());
    EXPECT(!ask(0, XS_WRITE, 0, "/k/a|1") && !ask(0, XS_SET_PERMS, 0, "/k/a|n0|r1|"));
    EXPECT(!ask(0, XS_WRITE, 0, "/k/b|2") && !ask(0, XS_RM, 0, "/k/b|"));
    EXPECT(!ask(1, XS_WATCH, 0, "/k|t|") && !ask(1, XS_WATCH, 0, "rel|u|"));
    EXPECT(!ask(1, XS_WATCH, 0, "/gone|t|") && !ask(1, XS_UNWATCH, 0, "/gone|t|"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|nodes|77|") && !ask(0, XS_SET_TARGET, 0, "2|1|"));
    EXPECT(!ask(0, XS_SET_PERMS, 0, "@releaseDomain|r0|") && !ask(0, XS_RELEASE, 0, "3|"));
    forget_events(1);
    machine_restart();
    EXPECT(reads(0, 0, "/k/a", "1") && ask(0, XS_READ, 0, "/k/b|") == -ENOENT);
    EXPECT(!ask(0, XS_GET_PERMS, 0, "/k/a|") && !memcmp(machine_reply.body, "n0\0r1", 6));
    EXPECT(!ask(0, XS_WRITE, 0, "/k/a|3") && !strcmp(event_of(1), "/k/a t"));
    EXPECT(ask(1, XS_WATCH, 0, "/k|t|") == -EEXIST && ask(1, XS_WATCH, 0, "rel|u|") == -EEXIST);
    EXPECT(ask(1, XS_UNWATCH, 0, "/gone|t|") == -ENOENT);
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|") && strstr(machine_reply.body, " 77 "));
    EXPECT(reads(2, 0, "/k/a", "3"));
    EXPECT(!ask(0, XS_GET_PERMS, 0, "@releaseDomain|") && !strcmp(machine_reply.body, "r0"));
    EXPECT(!ask(0, XS_IS_DOMAIN_INTRODUCED, 0, "3|") && !strcmp(machine_reply.body, "F"));
    EXPECT(!ask(0, XS_IS_DOMAIN_INTRODUCED, 0, "1|") && !strcmp(machine_reply.body, "T"));
    EXPECT(consistent());
    machine_stop();
}

static void transactions_end(void)
{
    uint32_t tx, other;

    machine_start(folder = machine_folder());
    EXPECT(!ask(0, XS_WRITE, 0, "/t|1") && !ask(0, XS_SET_PERMS, 0, "/t|b0|"));
    tx = begin(1);
    other = begin(1);
    EXPECT(!ask(1, XS_WRITE, tx, "/t|2") && !ask(1, XS_MKDIR, other, "/t/made|"));
    machine_restart();
    /* what it had made is missing: that is the loss, not the client's mistake */
    EXPECT(ask(1, XS_SET_PERMS, other, "/t/made|n1|") == -EAGAIN);
    EXPECT(ask(1, XS_READ, other, "/t/made|") == -EAGAIN);
    EXPECT(reads(1, tx, "/t", "1") && !ask(1, XS_WRITE, tx, "/t|3") && reads(1, tx, "/t", "3"));
    EXPECT(end(1, tx) == -EAGAIN && reads(0, 0, "/t", "1"));
    EXPECT(!ask(1, XS_TRANSACTION_END, other, "F|"));
    EXPECT(ask(1, XS_READ, other + 1, "/t|") == -ENOENT);
    tx = begin(1);
    EXPECT(tx > other && !ask(1, XS_WRITE, tx, "/t|4") && !end(1, tx));
    machine_stop();
}

/* Answers and events that wait for a guest when the daemon ends reach it in order, once. */
static void queues(void)
{
    static char body[4200];
    struct guest sleeper;
    const char *got;
    char event[64];
    int i, n;

    machine_start(folder = machine_folder());
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|node-size|4096|"));
    memset(body, 'b', 4000);
    memcpy(body, "/big|", 5);
    EXPECT(!ask(0, XS_WRITE, 0, body) && !ask(0, XS_SET_PERMS, 0, "/big|b0|"));
    EXPECT(!ask(1, XS_WATCH, 0, "/big|t|"));
    forget_events(1);
    sleeper = machine_guests[1];
    machine_guests[1].page = NULL;
    guest_post(&sleeper, XS_READ, 4242, 0, "/big", 5); /* its answer is in the slot */
    machine_settle();
    for (i = 0; i < 60; i++) {
        snprintf(body, sizeof(body), "/big/%d|", i);
        EXPECT(!ask(0, XS_WRITE, 0, body)); /* these events are in the journal */
        if (i % 20 == 10)
            machine_restart();
    }
    machine_guests[1] = sleeper;
    machine_restart();
    for (i = 0; i < 60; i++) {
        snprintf(event, sizeof(event), "/big/%d t", i);
        got = event_of(1);
        EXPECT(!strcmp(got, event));
        if (strcmp(got, event))
            printf("# got \"%s\"\n", got);
    }
    EXPECT(!*event_of(1) && !machine_guests[1].broken);
    for (n = 0; n < 5; n++) {
        machine_restart();
        EXPECT(!ask(1, XS_GET_DOMAIN_PATH, 0, "1|") && !*event_of(1));
    }
    machine_stop();
}

/* Half a request is in the ring, or gathered already, when the daemon ends. */
static void half_requests(void)
{
    static char request[16 + 3000];
    struct xsd_sockmsg header = {XS_WRITE, 99, 0, 3000};
    struct xenstore_domain_interface *page;
    struct guest_message reply;
    bool answered = false;
    size_t i;

    machine_start(folder = machine_folder());
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|node-size|4096|"));
    EXPECT(!ask(0, XS_MKDIR, 0, "/h|") && !ask(0, XS_SET_PERMS, 0, "/h|b0|"));
    page = &fake_machine->pages[1].ring;
    memset(request, 'v', sizeof(request));
    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), "/h\0", 3);
    for (i = 0; i < sizeof(request); i++) {
        page->req[MASK_XENSTORE_IDX(page->req_prod)] = request[i];
        page->req_prod++;
        if (i % 100 == 99 || i + 1 == sizeof(request)) {
            EXPECT(!answered);
            store_free(&machine_store); /* as machine_restart, but without taking the answer */
            fake_machine->domains[0].bound = fake_machine->domains[1].bound = 0;
            fake_machine->domains[2].bound = fake_machine->domains[3].bound = 0;
            store_init(&machine_store);
            EXPECT(journal_open(&machine_store.journal, folder, state_load, &machine_store) == 1);
            state_resume(&machine_store);
            domain_step(domain_find(&machine_store, 1));
            answered = guest_take(&machine_guests[1], &reply);
        }
    }
    EXPECT(answered && reply.header.req_id == 99 && reply.header.type == XS_WRITE);
    EXPECT(!ask(1, XS_READ, 0, "/h|") && machine_reply.header.len == 2997);
    machine_stop();
}

/* What the journal is cut to is a state that there was. */
static void cut(void)
{
    char path[128], copy[128], command[500], value[16];
    struct store store;
    struct stat info;
    const struct node *node;
    off_t size;
    int i, last = 0, found;

    machine_start(folder = machine_folder());
    for (i = 1; i < 8; i++) {
        snprintf(value, sizeof(value), "/c|%d", i);
        EXPECT(!ask(0, XS_WRITE, 0, value));
    }
    snprintf(path, sizeof(path), "%s/state", folder);
    snprintf(copy, sizeof(copy), "%s/copy", folder);
    EXPECT(!stat(path, &info));
    for (size = info.st_size; size >= 0; size -= 3) {
        snprintf(command, sizeof(command), "mkdir -p %s && head -c %ld %s >%s/state", copy,
                 (long)size, path, copy);
        EXPECT(!system(command));
        store_init(&store);
        found = journal_open(&store.journal, copy, state_load, &store);
        EXPECT(found == (size < 4 ? -EBADMSG : 1));
        node = tree_find(store.root, "/c");
        i = node ? node->value->data[0] - '0' : 0;
        EXPECT(i >= 0 && i < 8 && (size == info.st_size ? i == 7 : i <= last));
        last = i;
        store_free(&store);
    }
    EXPECT(!last);
    machine_stop();
}

/* The journal grows, and is written anew. */
static void grows(void)
{
    char body[64];
    uint64_t most = 0;
    int i;

    machine_start(folder = machine_folder());
    for (i = 0; i < 20000; i++) {
        snprintf(body, sizeof(body), "/g/%d|%d", i % 10, i);
        EXPECT(!ask(0, XS_WRITE, 0, body));
        machine_settle();
        if (machine_store.journal.size > most)
            most = machine_store.journal.size;
    }
    EXPECT(most < 400000);
    machine_restart();
    EXPECT(reads(0, 0, "/g/9", "19999") && consistent());
    machine_stop();
}

/* No space: writes are refused and nothing is half done; looks and transactions go on. */
static void full(void)
{
    struct rlimit limit = {0, RLIM_INFINITY}, before;
    uint32_t tx;

    machine_start(folder = machine_folder());
    EXPECT(!ask(0, XS_WRITE, 0, "/f|1") && !ask(0, XS_SET_PERMS, 0, "/f|b0|"));
    EXPECT(!ask(1, XS_WATCH, 0, "/f|t|") && !ask(1, XS_WRITE, 0, "/f/x|1"));
    forget_events(1);
    tx = begin(1);
    EXPECT(!ask(1, XS_WRITE, tx, "/f|2"));
    signal(SIGXFSZ, SIG_IGN);
    EXPECT(!getrlimit(RLIMIT_FSIZE, &before));
    limit.rlim_cur = 100;
    EXPECT(!setrlimit(RLIMIT_FSIZE, &limit));
    EXPECT(ask(1, XS_WRITE, 0, "/f|3") == -ENOSPC && reads(1, 0, "/f", "1"));
    EXPECT(ask(0, XS_WRITE, 0, "/f|3") == -ENOSPC && ask(0, XS_RM, 0, "/f|") == -ENOSPC);
    EXPECT(end(1, tx) == -ENOSPC && reads(1, 0, "/f", "1") && !*event_of(1));
    EXPECT(ask(1, XS_WATCH, 0, "/g|t|") == -ENOSPC && !*event_of(1));
    EXPECT(ask(1, XS_UNWATCH, 0, "/f|t|") == -ENOSPC);
    EXPECT(ask(1, XS_RESET_WATCHES, 0, "|") == -ENOSPC);
    fake_domain_make(9);
    EXPECT(ask(0, XS_INTRODUCE, 0, "9|1|109|") == -ENOSPC && !fake_machine->domains[9].bound);
    EXPECT(ask(0, XS_RELEASE, 0, "2|") == -ENOSPC);
    fake_machine->domains[2].dying = 1;
    EXPECT(!life_check(&machine_store)); /* it is to be done again */
    fake_machine->pages[1].ring.connection = XENSTORE_RECONNECT;
    machine_settle();
    EXPECT(fake_machine->pages[1].ring.connection == XENSTORE_RECONNECT && machine_store.retry);
    fake_machine->pages[1].ring.connection = XENSTORE_CONNECTED; /* it changes its mind */
    limit.rlim_cur = before.rlim_cur;
    EXPECT(!setrlimit(RLIMIT_FSIZE, &limit));
    EXPECT(life_check(&machine_store) && !domain_find(&machine_store, 2));
    EXPECT(!ask(1, XS_WRITE, 0, "/f|4") && !strcmp(event_of(1), "/f t"));
    EXPECT(!ask(0, XS_INTRODUCE, 0, "9|1|109|"));
    machine_restart();
    EXPECT(reads(1, 0, "/f", "4") && reads(1, 0, "/f/x", "1") && consistent());
    machine_stop();
}

/* Domains that end, or whose number is given again, while no daemon is there to see it. */
static void ended_meanwhile(void)
{
    machine_start(folder = machine_folder());
    EXPECT(!ask(0, XS_WATCH, 0, "@releaseDomain|r|"));
    EXPECT(!ask(0, XS_WRITE, 0, "/e|1") && !ask(0, XS_SET_PERMS, 0, "/e|n2|"));
    forget_events(0);
    fake_machine->domains[1].shut_down = 1;
    fake_machine->domains[2].exists = 0;
    machine_guests[2].page = NULL;
    machine_restart();
    EXPECT(!strcmp(event_of(0), "@releaseDomain r"));
    EXPECT(ask(0, XS_READ, 0, "/e|") == -ENOENT && domain_find(&machine_store, 1));
    EXPECT(!domain_find(&machine_store, 2));
    forget_events(0);
    machine_restart();
    EXPECT(!*event_of(0)); /* told once */
    machine_stop();
}

/* A second daemon does not take the folder of the first. */
static void locked(void)
{
    struct store store;

    machine_start(folder = machine_folder());
    store_init(&store);
    EXPECT(journal_open(&store.journal, folder, state_load, &store) == -EBUSY);
    store_free(&store);
    machine_stop();
}

int main(void)
{
    RUN(kept);
    RUN(transactions_end);
    RUN(queues);
    RUN(half_requests);
    RUN(cut);
    RUN(grows);
    RUN(full);
    RUN(ended_meanwhile);
    RUN(locked);
    return UNIT_RESULT;
}
