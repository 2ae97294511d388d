/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches: when they fire, with what path, for whom; that no flood of changes makes a queue grow
 * without end, and that none is missed for it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dom0-tools/hvstored/life.h"
#include "hvstored_machine.h"
#include "unit.h"

static bool next_is(uint16_t domid, const char *event)
{
    const char *got = event_of(domid);

    if (strcmp(got, event))
        printf("# got \"%s\", expected \"%s\"\n", got, event);
    return !strcmp(got, event);
}

static void first(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_WATCH, 0, "/none|token|") && next_is(0, "/none token") && next_is(0, ""));
    EXPECT(ask(0, XS_WATCH, 0, "/none|token|") == -EEXIST);
    EXPECT(!ask(0, XS_WATCH, 0, "/none|other|") && next_is(0, "/none other"));
    EXPECT(!ask(0, XS_UNWATCH, 0, "/none|other|"));
    EXPECT(ask(0, XS_UNWATCH, 0, "/none|other|") == -ENOENT);
    EXPECT(!ask(0, XS_WRITE, 0, "/none|1") && next_is(0, "/none token") && next_is(0, ""));
    EXPECT(ask(0, XS_WATCH, 0, "/none|") == -EINVAL && ask(0, XS_WATCH, 0, "/a b|x|") == -EINVAL);
    EXPECT(ask(0, XS_WATCH, 0, "/none|a|b|") == -EINVAL);
    EXPECT(!ask(0, XS_WATCH, 0, "/none||") && next_is(0, "/none "));
    EXPECT(!ask(0, XS_RESET_WATCHES, 0, "|") && !ask(0, XS_WRITE, 0, "/none|2"));
    EXPECT(next_is(0, ""));
    machine_stop();
}

static void which(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_WATCH, 0, "/a|a|") && !ask(0, XS_WATCH, 0, "/a/b|b|"));
    EXPECT(!ask(0, XS_WATCH, 0, "/|root|"));
    forget_events(0);
    EXPECT(!ask(0, XS_WRITE, 0, "/a/b/c/d|1"));
    EXPECT(next_is(0, "/a/b/c/d b") && next_is(0, "/a/b/c/d a") && next_is(0, "/a/b/c/d root"));
    EXPECT(next_is(0, ""));
    EXPECT(!ask(0, XS_WRITE, 0, "/ab|1") && next_is(0, "/ab root") && next_is(0, ""));
    EXPECT(!ask(0, XS_MKDIR, 0, "/a/x|") && next_is(0, "/a/x a") && next_is(0, "/a/x root"));
    EXPECT(!ask(0, XS_MKDIR, 0, "/a/x|") && next_is(0, "")); /* it was there */
    EXPECT(!ask(0, XS_SET_PERMS, 0, "/a/x|r0|") && next_is(0, "/a/x a"));
    forget_events(0);
    EXPECT(!ask(0, XS_RM, 0, "/a|"));
    EXPECT(next_is(0, "/a a") && next_is(0, "/a root") && next_is(0, "/a/b b") && next_is(0, ""));
    EXPECT(!ask(0, XS_RM, 0, "/a|") && next_is(0, ""));
    machine_stop();
}

static void relative(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/local/domain/1|"));
    EXPECT(!ask(0, XS_SET_PERMS, 0, "/local/domain/1|n1|"));
    EXPECT(!ask(1, XS_WATCH, 0, "device|t|") && next_is(1, "device t"));
    EXPECT(!ask(1, XS_WATCH, 0, "/local/domain/1/device|u|"));
    EXPECT(next_is(1, "/local/domain/1/device u"));
    EXPECT(!ask(0, XS_WRITE, 0, "/local/domain/1/device/vbd|1"));
    EXPECT(next_is(1, "/local/domain/1/device/vbd u") && next_is(1, "device/vbd t"));
    EXPECT(!ask(1, XS_UNWATCH, 0, "device|t|") && !ask(1, XS_WRITE, 0, "device/vbd|2"));
    EXPECT(next_is(1, "/local/domain/1/device/vbd u") && next_is(1, ""));
    machine_stop();
}

/* A guest hears of no node that it may not read. */
static void secrecy(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_WRITE, 0, "/s/closed|1") && !ask(0, XS_WRITE, 0, "/s/open|1"));
    EXPECT(!ask(0, XS_SET_PERMS, 0, "/s/open|n0|r1|"));
    EXPECT(!ask(1, XS_WATCH, 0, "/s|t|"));
    forget_events(1);
    EXPECT(!ask(0, XS_WRITE, 0, "/s/closed|2") && next_is(1, ""));
    EXPECT(!ask(0, XS_WRITE, 0, "/s/open|2") && next_is(1, "/s/open t") && next_is(1, ""));
    EXPECT(!ask(0, XS_SET_PERMS, 0, "/s/open|n0|") && next_is(1, "/s/open t")); /* it is shut */
    EXPECT(!ask(0, XS_WRITE, 0, "/s/open|3") && next_is(1, ""));
    EXPECT(!ask(0, XS_SET_PERMS, 0, "/s/open|n0|r1|") && next_is(1, "/s/open t"));
    EXPECT(!ask(0, XS_RM, 0, "/s/open|") && next_is(1, "/s/open t") && next_is(1, ""));
    EXPECT(!ask(0, XS_RM, 0, "/s|") && next_is(1, ""));
    machine_stop();
}

static void specials(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_WATCH, 0, "@introduceDomain|i|") && next_is(0, "@introduceDomain i"));
    EXPECT(!ask(0, XS_WATCH, 0, "@releaseDomain|r|") && next_is(0, "@releaseDomain r"));
    EXPECT(!ask(1, XS_WATCH, 0, "@releaseDomain|r|") && next_is(1, "@releaseDomain r"));
    machine_introduce(5);
    EXPECT(next_is(0, "@introduceDomain i") && next_is(0, ""));
    fake_machine->domains[5].shut_down = 1;
    EXPECT(life_check(&machine_store) && life_check(&machine_store));
    machine_settle();
    EXPECT(next_is(0, "@releaseDomain r") && next_is(0, "") && next_is(1, ""));
    EXPECT(ask(1, XS_GET_PERMS, 0, "@releaseDomain|") == -EACCES);
    EXPECT(ask(1, XS_SET_PERMS, 0, "@releaseDomain|r1|") == -EACCES);
    EXPECT(ask(0, XS_SET_PERMS, 0, "@none|r1|") == -ENOENT);
    EXPECT(!ask(0, XS_SET_PERMS, 0, "@releaseDomain|n0|r1|"));
    EXPECT(!ask(0, XS_GET_PERMS, 0, "@releaseDomain|") && machine_reply.header.len == 6);
    fake_machine->domains[5].exists = 0;
    EXPECT(life_check(&machine_store));
    machine_settle();
    EXPECT(next_is(0, "@releaseDomain r") && next_is(1, "@releaseDomain r"));
    EXPECT(!ask(0, XS_IS_DOMAIN_INTRODUCED, 0, "5|") && !strcmp(machine_reply.body, "F"));
    machine_introduce(5); /* its number is given again while nobody looked */
    fake_domain_make(5);
    forget_events(0);
    EXPECT(life_check(&machine_store));
    machine_settle();
    EXPECT(next_is(0, "@releaseDomain r") && next_is(0, ""));
    machine_stop();
}

/* A guest that does not read: what waits stays small, and in the end it knows of every change. */
static void flood(void)
{
    struct guest sleeper;
    struct connection *connection;
    char body[64], event[64];
    bool found = false;
    int i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/f|") && !ask(0, XS_SET_PERMS, 0, "/f|r1|"));
    EXPECT(!ask(1, XS_WATCH, 0, "/f|t|") && !ask(1, XS_WATCH, 0, "/f/last|t|"));
    forget_events(1);
    for (connection = machine_store.connections; connection->domid != 1;)
        connection = connection->next;
    sleeper = machine_guests[1];
    machine_guests[1].page = NULL;
    for (i = 0; i < 5000; i++) {
        snprintf(body, sizeof(body), "/f/node-%d|", i);
        EXPECT(!ask(0, XS_WRITE, 0, body));
    }
    EXPECT(connection->out_bytes < 70000 && connection->out_bytes > 50000);
    for (i = 0; i < 100; i++)
        EXPECT(!ask(0, XS_WRITE, 0, "/f/last|"));
    EXPECT(connection->out_bytes < 70000);
    machine_guests[1] = sleeper;
    machine_settle();
    /* The sum of what was left out: the watches themselves, once each. */
    EXPECT(next_is(1, "/f/node-0 t"));
    for (strcpy(event, event_of(1)); *event; strcpy(event, event_of(1))) {
        if (!strcmp(event, "/f t"))
            EXPECT(!found && (found = true));
    }
    EXPECT(found && !connection->out_bytes);
    EXPECT(!ask(0, XS_WRITE, 0, "/f/x|") && next_is(1, "/f/x t"));
    machine_stop();
}

/* The same change again and again waits once. */
static void repeated(void)
{
    struct guest sleeper;
    int i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/f|") && !ask(0, XS_SET_PERMS, 0, "/f|r1|"));
    EXPECT(!ask(1, XS_WATCH, 0, "/f|t|"));
    forget_events(1);
    sleeper = machine_guests[1];
    machine_guests[1].page = NULL;
    for (i = 0; i < 1000; i++)
        EXPECT(!ask(0, XS_WRITE, 0, "/f|x"));
    machine_guests[1] = sleeper;
    machine_settle();
    for (i = 0; *event_of(1); i++)
        ;
    EXPECT(i >= 1 && i < 80); /* those that were in the ring already, and one */
    machine_stop();
}

int main(void)
{
    RUN(first);
    RUN(which);
    RUN(relative);
    RUN(secrecy);
    RUN(specials);
    RUN(flood);
    RUN(repeated);
    return UNIT_RESULT;
}
