/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenarios: every kind of request, alone and several at once, short and longer than a ring.
 */
#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvstored_machine.h"

static void post(uint16_t domid, uint32_t type, uint32_t req_id, uint32_t tx_id, const char *body)
{
    char copy[256];
    size_t len = strlen(body), i;

    for (i = 0; i < len; i++)
        copy[i] = body[i] == '|' ? '\0' : body[i];
    guest_post(&machine_guests[domid], type, req_id, tx_id, copy, len);
}

static void nodes(void)
{
    if (ask(0, XS_WRITE, 0, "/n|old") || ask(0, XS_SET_PERMS, 0, "/n|b0|") ||
        ask(1, XS_WATCH, 0, "/n|one|") || ask(2, XS_WATCH, 0, "/n|two|"))
        abort();
    forget_events(1);
    forget_events(2);
}

static void post_read(void)
{
    post(1, XS_READ, 501, 0, "/n|");
}

static void post_error(void)
{
    post(1, XS_READ, 501, 0, "/none|");
}

static void post_write(void)
{
    post(1, XS_WRITE, 501, 0, "/n|new");
}

static bool written(char heard[][16384])
{
    (void)heard;
    return reads(0, 0, "/n", "new");
}

static void post_remove(void)
{
    post(1, XS_RM, 501, 0, "/n|");
    post(1, XS_WRITE, 502, 0, "/tool/x|1");
    post(1, XS_READ, 503, 0, "/n|");
}

static void post_watch(void)
{
    post(1, XS_WATCH, 501, 0, "/tool|tt|");
    post(1, XS_UNWATCH, 502, 0, "/n|one|");
}

static bool watching(char heard[][16384])
{
    (void)heard;
    return ask(1, XS_WATCH, 0, "/n|two|") == 0 && ask(1, XS_UNWATCH, 0, "/tool|tt|") == 0 &&
           ask(1, XS_UNWATCH, 0, "/n|one|") != 0;
}

static void long_value(void)
{
    static char body[1600];

    nodes();
    memset(body, 'v', sizeof(body));
    memcpy(body, "/n/long\0", 8);
    if (ask(0, XS_CONTROL, 0, "quota|set|node-size|4096|") ||
        ask_bytes(0, XS_WRITE, 0, body, sizeof(body)))
        abort();
    forget_events(1);
    forget_events(2);
}

static void post_long_read(void)
{
    post(1, XS_READ, 501, 0, "/n/long|");
    post(1, XS_READ, 502, 0, "/n|");
}

static void post_long_write(void)
{
    static char body[2500];

    memset(body, 'w', sizeof(body));
    memcpy(body, "/n/long\0", 8);
    guest_post(&machine_guests[1], XS_WRITE, 501, 0, body, sizeof(body));
    post(1, XS_READ, 502, 0, "/n|");
}

static bool long_written(char heard[][16384])
{
    (void)heard;
    return !ask(0, XS_READ, 0, "/n/long|") && machine_reply.header.len == 2492 &&
           machine_reply.body[0] == 'w' && machine_reply.body[2491] == 'w';
}

/* The first transaction of a connection has number 1. */
static void post_transaction(void)
{
    post(1, XS_TRANSACTION_START, 501, 0, "|");
    post(1, XS_READ, 502, 1, "/n|");
    post(1, XS_WRITE, 503, 1, "/n|new");
    post(1, XS_WRITE, 504, 1, "/n/more|1");
    post(1, XS_TRANSACTION_END, 505, 1, "T|");
}

static bool transacted(char heard[][16384])
{
    static const char begun[] = "TRANSACTION_START#501 1;READ#502 old;WRITE#503 OK;WRITE#504 OK;";
    static const char done[] = "TRANSACTION_END#505 OK;WATCH_EVENT#0 /n one;"
                               "WATCH_EVENT#0 /n/more one;";
    static const char told[] = "WATCH_EVENT#0 /n two;WATCH_EVENT#0 /n/more two;";
    const char *rest = heard[1] + strlen(begun);

    if (strncmp(heard[1], begun, strlen(begun)))
        return false;
    if (!strcmp(rest, "ERROR#505 EAGAIN;"))
        return !*heard[2] && reads(0, 0, "/n", "old") && ask(0, XS_READ, 0, "/n/more|");
    return !strcmp(rest, done) && !strcmp(heard[2], told) && reads(0, 0, "/n", "new") &&
           reads(0, 0, "/n/more", "1");
}

static void a_domain_more(void)
{
    nodes();
    fake_domain_make(7);
    if (ask(0, XS_RELEASE, 0, "3|") || ask(0, XS_WATCH, 0, "@introduceDomain|i|") ||
        ask(0, XS_WATCH, 0, "@releaseDomain|r|") || ask(0, XS_SET_PERMS, 0, "/tool|r2|"))
        abort();
    forget_events(0);
}

static void post_domains(void)
{
    post(0, XS_INTRODUCE, 501, 0, "7|1|107|");
    post(0, XS_RELEASE, 502, 0, "2|");
    post(0, XS_IS_DOMAIN_INTRODUCED, 503, 0, "7|");
    machine_guests[7].page = NULL;
}

static bool introduced(char heard[][16384])
{
    (void)heard;
    guest_init(&machine_guests[7], 7);
    machine_guests[2].page = NULL; /* nobody serves it any more */
    return ask(7, XS_READ, 0, "/n|") == 0 && ask(0, XS_GET_PERMS, 0, "/tool|") != 0;
}

/* Events more than the ring can take, for a guest that looks away, and one that does not. */
static void post_many(void)
{
    char body[64];
    int i;

    for (i = 0; i < 12; i++) {
        snprintf(body, sizeof(body), "/n/a-node-with-a-rather-long-name-%d|%d", i, i);
        post(1, XS_WRITE, 501 + (uint32_t)i, 0, body);
    }
}

static bool many(char heard[][16384])
{
    char wanted[16384] = "", expected[16384] = "";
    int i;

    for (i = 0; i < 12; i++) {
        sprintf(wanted + strlen(wanted), "WATCH_EVENT#0 /n/a-node-with-a-rather-long-name-%d two;",
                i);
        sprintf(expected + strlen(expected),
                "WRITE#%d OK;WATCH_EVENT#0 /n/a-node-with-a-rather-long-name-%d one;", 501 + i, i);
    }
    return !strcmp(heard[2], wanted) && !strcmp(heard[1], expected);
}

static void post_reconnect(void)
{
    machine_guests[1].page->connection = XENSTORE_RECONNECT;
}

static bool reconnected(char heard[][16384])
{
    (void)heard;
    return machine_guests[1].page->connection == XENSTORE_CONNECTED &&
           !machine_guests[1].page->error && !ask(1, XS_WATCH, 0, "/n|one|") &&
           !strcmp(event_of(1), "/n one") && ask(1, XS_WATCH, 0, "/n|one|");
}

#define TOLD_TWO "WATCH_EVENT#0 /n two;"

const struct scenario scenarios[] = {
    {"read", nodes, post_read, {"", "READ#501 old;"}, NULL, false, 3},
    {"error", nodes, post_error, {"", "ERROR#501 EACCES;"}, NULL, false, 3},
    {"write",
     nodes,
     post_write,
     {"", "WRITE#501 OK;WATCH_EVENT#0 /n one;", TOLD_TWO},
     written,
     false,
     5},
    {"write-compact",
     nodes,
     post_write,
     {"", "WRITE#501 OK;WATCH_EVENT#0 /n one;", TOLD_TWO},
     written,
     true,
     5},
    {"remove",
     nodes,
     post_remove,
     {"", "RM#501 OK;WATCH_EVENT#0 /n one;ERROR#502 EACCES;ERROR#503 EACCES;", TOLD_TWO},
     NULL,
     false,
     5},
    {"watch",
     nodes,
     post_watch,
     {"", "WATCH#501 OK;WATCH_EVENT#0 /tool tt;UNWATCH#502 OK;"},
     watching,
     false,
     5},
    {"long-read",
     long_value,
     post_long_read,
     {"", "READ#501 (1592 bytes);READ#502 old;"},
     NULL,
     false,
     10},
    {"long-write",
     long_value,
     post_long_write,
     {"", "WRITE#501 OK;WATCH_EVENT#0 /n/long one;READ#502 old;", "WATCH_EVENT#0 /n/long two;"},
     long_written,
     false,
     10},
    {"transaction", nodes, post_transaction, {"", "*", "*"}, transacted, false, 10},
    {"domains",
     a_domain_more,
     post_domains,
     {"INTRODUCE#501 OK;WATCH_EVENT#0 @introduceDomain i;RELEASE#502 OK;"
      "WATCH_EVENT#0 @releaseDomain r;IS_DOMAIN_INTRODUCED#503 T;"},
     introduced,
     false,
     10},
    {"many", nodes, post_many, {"", "*", "*"}, many, false, 50},
    {"many-compact", nodes, post_many, {"", "*", "*"}, many, true, 50},
    {"reconnect", nodes, post_reconnect, {"", ""}, reconnected, false, 5},
    {NULL, NULL, NULL, {NULL}, NULL, false, 0},
};

bool scenario_expects(const struct scenario *scenario, int guest, const char *heard)
{
    const char *wanted = scenario->hears[guest] ? scenario->hears[guest] : "";

    return !strcmp(wanted, "*") || !strcmp(wanted, heard);
}
