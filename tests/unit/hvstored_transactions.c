/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions: what others see of them, what they see of others, and which pairs of a look or
 * change inside and a change outside are conflicts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dom0-tools/hvstored/transaction.h"
#include "hvstored_machine.h"
#include "unit.h"

/* A message and its body, as ask has them. */
struct act {
    uint32_t type;
    const char *body;
};

static void isolation(void)
{
    uint32_t tx;

    machine_start(NULL);
    EXPECT(!ask(0, XS_WRITE, 0, "/a|old"));
    tx = begin(0);
    EXPECT(tx && !ask(0, XS_WRITE, tx, "/a|new") && !ask(0, XS_WRITE, tx, "/b/c|x"));
    EXPECT(reads(0, tx, "/a", "new") && reads(0, tx, "/b/c", "x"));
    EXPECT(reads(0, 0, "/a", "old") && ask(0, XS_READ, 0, "/b|") == -ENOENT);
    EXPECT(!ask(0, XS_WRITE, 0, "/d|later") && ask(0, XS_READ, tx, "/d|") == -ENOENT);
    EXPECT(end(0, tx) == -EAGAIN); /* it looked for /d */
    EXPECT(reads(0, 0, "/a", "old"));
    tx = begin(0);
    EXPECT(!ask(0, XS_WRITE, tx, "/a|new") && !ask(0, XS_RM, tx, "/d|"));
    EXPECT(!end(0, tx) && reads(0, 0, "/a", "new") && ask(0, XS_READ, 0, "/d|") == -ENOENT);
    tx = begin(0);
    EXPECT(!ask(0, XS_WRITE, tx, "/a|never") && !ask(0, XS_TRANSACTION_END, tx, "F|"));
    EXPECT(reads(0, 0, "/a", "new"));
    machine_stop();
}

static void errors(void)
{
    uint32_t tx;

    machine_start(NULL);
    tx = begin(1);
    EXPECT(ask(1, XS_READ, tx + 1, "/tool|") == -ENOENT && end(1, 0) == -ENOENT);
    EXPECT(ask(2, XS_READ, tx, "/|") == -ENOENT); /* another's */
    EXPECT(ask(1, XS_TRANSACTION_START, tx, "|") == -EBUSY);
    EXPECT(ask(1, XS_TRANSACTION_END, tx, "X|") == -EINVAL);
    EXPECT(ask(1, XS_TRANSACTION_END, tx, "T") == -EINVAL);
    EXPECT(!end(1, tx) && end(1, tx) == -ENOENT);
    machine_stop();
}

static const char setting[] = "/n|1";

/* Inside looks or changes, then outside changes, then the end: whether that is a conflict. */
static void matrix(void)
{
    static const struct act inside[] = {
        {XS_READ, "/n|"},        {XS_READ, "/n/a|"},         {XS_READ, "/n/none|"},
        {XS_DIRECTORY, "/n|"},   {XS_GET_PERMS, "/n|"},      {XS_WRITE, "/n/a|in"},
        {XS_WRITE, "/n/new|in"}, {XS_MKDIR, "/n/new2/x|"},   {XS_RM, "/n/a|"},
        {XS_RM, "/n|"},          {XS_SET_PERMS, "/n/a|r1|"}, {XS_RM, "/n/none|"},
    };
    static const struct act outside[] = {
        {XS_READ, "/n/a|"},       {XS_WRITE, "/n|2"},         {XS_WRITE, "/n/a|out"},
        {XS_WRITE, "/n/a/d|out"}, {XS_WRITE, "/n/none|out"},  {XS_WRITE, "/n/other|out"},
        {XS_RM, "/n/a|"},         {XS_RM, "/n/b|"},           {XS_RM, "/n|"},
        {XS_SET_PERMS, "/n|b0|"}, {XS_SET_PERMS, "/n/a|b0|"}, {XS_WRITE, "/elsewhere|1"},
    };
    /* One line for each inside act, one letter for each outside act: x a conflict. */
    static const char *const conflicts[] = {
        ".x......xx..", /* READ /n: its value, being there, its permissions */
        "..x...x.x.x.", /* READ /n/a */
        "....x...xx..", /* READ /n/none: not there; the nearest's permissions */
        "....xxxxxx..", /* DIRECTORY /n: its list */
        "........xx..", /* GET_PERMS /n */
        "..x...x.x.x.", /* WRITE /n/a */
        "........xx..", /* WRITE /n/new: needs /n, inherits its permissions */
        "........xx..", /* MKDIR /n/new2/x */
        "..xx..x.x.x.", /* RM /n/a: all below it */
        ".xxxxxxxxxx.", /* RM /n */
        "......x.x.x.", /* SET_PERMS /n/a */
        "....x...xx..", /* RM /n/none */
    };
    size_t i, j;
    uint32_t tx;
    int result;

    machine_start(NULL);
    for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        for (j = 0; j < sizeof(outside) / sizeof(outside[0]); j++) {
            EXPECT(!ask(0, XS_RM, 0, "/n|") && !ask(0, XS_WRITE, 0, setting));
            EXPECT(!ask(0, XS_WRITE, 0, "/n/a|1") && !ask(0, XS_WRITE, 0, "/n/b|1"));
            tx = begin(0);
            result = ask(0, inside[i].type, tx, inside[i].body);
            EXPECT(!result || result == -ENOENT);
            EXPECT(!ask(0, outside[j].type, 0, outside[j].body));
            result = end(0, tx);
            EXPECT(result == (conflicts[i][j] == 'x' ? -EAGAIN : 0));
            if (result != (conflicts[i][j] == 'x' ? -EAGAIN : 0))
                printf("# inside %zu outside %zu: %d\n", i, j, result);
        }
    }
    EXPECT(!ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
    machine_stop();
}

static void two_at_once(void)
{
    uint32_t one, two;

    machine_start(NULL);
    EXPECT(!ask(0, XS_WRITE, 0, "/x|0"));
    one = begin(0);
    two = begin(0);
    EXPECT(reads(0, one, "/x", "0") && reads(0, two, "/x", "0"));
    EXPECT(!ask(0, XS_WRITE, one, "/x|1") && !ask(0, XS_WRITE, two, "/x|2"));
    EXPECT(!end(0, two) && end(0, one) == -EAGAIN && reads(0, 0, "/x", "2"));
    /* different nodes of one folder do not disturb each other */
    one = begin(0);
    two = begin(0);
    EXPECT(!ask(0, XS_WRITE, one, "/x/one|1") && !ask(0, XS_WRITE, two, "/x/two|2"));
    EXPECT(!end(0, one) && !end(0, two));
    EXPECT(reads(0, 0, "/x/one", "1") && reads(0, 0, "/x/two", "2"));
    /* changed and changed back is no conflict */
    one = begin(0);
    EXPECT(reads(0, one, "/x", "2") && !ask(0, XS_WRITE, 0, "/x|3"));
    EXPECT(!ask(0, XS_WRITE, 0, "/x|2") && !ask(0, XS_WRITE, one, "/y|1") && !end(0, one));
    machine_stop();
}

static void watches_once(void)
{
    uint32_t tx;

    machine_start(NULL);
    EXPECT(!ask(0, XS_WATCH, 0, "/w|t|"));
    forget_events(0);
    tx = begin(0);
    EXPECT(!ask(0, XS_WRITE, tx, "/w/a|1") && !ask(0, XS_WRITE, tx, "/w/a|2"));
    EXPECT(!ask(0, XS_WRITE, tx, "/w/b|1"));
    EXPECT(!strcmp(event_of(0), ""));
    EXPECT(!end(0, tx));
    EXPECT(!strcmp(event_of(0), "/w/a t") && !strcmp(event_of(0), "/w/b t"));
    EXPECT(!strcmp(event_of(0), ""));
    tx = begin(0);
    EXPECT(!ask(0, XS_WRITE, tx, "/w/a|1") && !ask(0, XS_TRANSACTION_END, tx, "F|"));
    tx = begin(0);
    EXPECT(reads(0, tx, "/w/a", "2") && !ask(0, XS_WRITE, tx, "/w/b|2"));
    EXPECT(!ask(0, XS_WRITE, 0, "/w/a|3"));
    forget_events(0);
    EXPECT(end(0, tx) == -EAGAIN && !strcmp(event_of(0), ""));
    machine_stop();
}

static void quota(void)
{
    static char body[3000];
    uint32_t tx;
    int i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/q|") && !ask(0, XS_SET_PERMS, 0, "/q|b0|"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|nodes|10|"));
    tx = begin(1);
    for (i = 0; i < 10; i++) {
        snprintf(body, sizeof(body), "/q/t%d|", i);
        EXPECT(!ask(1, XS_WRITE, tx, body));
    }
    EXPECT(ask(1, XS_WRITE, tx, "/q/u|") == -ENOSPC && ask(1, XS_READ, tx, "/q/u|") == -ENOENT);
    EXPECT(!ask(1, XS_WRITE, 0, "/q/v|")); /* it counts with the commit only */
    EXPECT(end(1, tx) == -ENOSPC && ask(1, XS_READ, 0, "/q/t0|") == -ENOENT);
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|transaction-paths|16|"));
    tx = begin(1);
    for (i = 0; i < 14; i++) { /* and /q, and /, which a missing node leads to */
        snprintf(body, sizeof(body), "/q/none%d|", i);
        EXPECT(ask(1, XS_READ, tx, body) == -ENOENT);
    }
    for (i = 0; i < 4; i++) {
        snprintf(body, sizeof(body), "/q/more%d|", i);
        ask(1, XS_READ, tx, body);
    }
    EXPECT(ask(1, XS_READ, tx, "/q/more9|") == -ENOSPC && !end(1, tx));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|transaction-bytes|4096|"));
    memset(body, 'x', sizeof(body));
    memcpy(body, "/q/v", 5);
    tx = begin(1);
    EXPECT(!ask_bytes(1, XS_WRITE, tx, body, 2000) && !ask_bytes(1, XS_WRITE, tx, body, 2000));
    EXPECT(!ask_bytes(1, XS_WRITE, tx, body, 2000));
    EXPECT(ask_bytes(1, XS_WRITE, tx, body, 2000) == -ENOSPC);
    EXPECT(!ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
    machine_stop();
}

/* What was refused within a transaction is not told of when the rest is committed. */
static void refused_steps_fire_nothing(void)
{
    char body[32], event[32];
    uint32_t tx;
    int i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/q|") && !ask(0, XS_SET_PERMS, 0, "/q|b0|"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|nodes|3|") && !ask(0, XS_WATCH, 0, "/q|t|"));
    forget_events(0);
    tx = begin(1);
    EXPECT(!ask(1, XS_WRITE, tx, "/q/0|") && !ask(1, XS_WRITE, tx, "/q/1|"));
    EXPECT(ask(1, XS_WRITE, tx, "/q/a/b|") == -ENOSPC);
    for (i = 0; i < 40; i++) {
        snprintf(body, sizeof(body), "/q/no%d/no|", i);
        EXPECT(ask(1, i % 2 ? XS_WRITE : XS_MKDIR, tx, body) == -ENOSPC);
    }
    EXPECT(!ask(1, XS_WRITE, tx, "/q/2|") && !ask(1, XS_WRITE, tx, "/q/0|x"));
    EXPECT(ask(1, XS_WRITE, tx, "/q/3|") == -ENOSPC && !end(1, tx));
    for (i = 0; i < 3; i++) {
        snprintf(event, sizeof(event), "/q/%d t", i);
        EXPECT(!strcmp(event_of(0), event));
    }
    EXPECT(!strcmp(event_of(0), "") && reads(0, 0, "/q/0", "x"));
    EXPECT(!ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
    machine_stop();
}

/* A transaction that outlives too many commits lets go of its snapshot. */
static void age(void)
{
    uint32_t tx;
    int i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/q|") && !ask(0, XS_SET_PERMS, 0, "/q|b0|"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|transaction-age|100|"));
    tx = begin(1);
    EXPECT(!ask(1, XS_WRITE, tx, "/q/t|1"));
    for (i = 0; i < 110; i++)
        EXPECT(!ask(0, XS_WRITE, 0, "/other|1"));
    transaction_expire(&machine_store);
    EXPECT(ask(1, XS_READ, tx, "/q/t|") == -EAGAIN && !ask(1, XS_WRITE, tx, "/q/t|2"));
    EXPECT(end(1, tx) == -EAGAIN && ask(0, XS_READ, 0, "/q/t|") == -ENOENT);
    machine_stop();
}

int main(void)
{
    RUN(isolation);
    RUN(errors);
    RUN(matrix);
    RUN(two_at_once);
    RUN(watches_once);
    RUN(quota);
    RUN(refused_steps_fire_nothing);
    RUN(age);
    return UNIT_RESULT;
}
