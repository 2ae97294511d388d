/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every message of the store's protocol, what it answers and each error it has; permissions;
 * quotas. Requests go through rings.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dom0-tools/hvstored/life.h"
#include "hvstored_machine.h"
#include "unit.h"

static void values(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_WRITE, 0, "/a/b/c|hello"));
    EXPECT(reads(0, 0, "/a/b/c", "hello") && reads(0, 0, "/a/b", "") && reads(0, 0, "/a", ""));
    EXPECT(!ask_bytes(0, XS_WRITE, 0, "/bin\0\0\1\2\0", 9));
    EXPECT(!ask(0, XS_READ, 0, "/bin|") && machine_reply.header.len == 4);
    EXPECT(!memcmp(machine_reply.body, "\0\1\2\0", 4));
    EXPECT(!ask(0, XS_WRITE, 0, "/a/b/c|") && reads(0, 0, "/a/b/c", ""));
    EXPECT(ask(0, XS_READ, 0, "/none|") == -ENOENT);
    EXPECT(ask(0, XS_READ, 0, "/a") == -EINVAL);
    EXPECT(ask(0, XS_READ, 0, "/a||") == -EINVAL);
    EXPECT(ask(0, XS_READ, 0, "") == -EINVAL);
    EXPECT(ask(0, XS_WRITE, 0, "/a") == -EINVAL);
    EXPECT(ask(0, XS_WRITE, 0, "") == -EINVAL);
    EXPECT(ask(0, XS_READ, 0, "@releaseDomain|") == -EINVAL);
    EXPECT(ask(0, XS_WRITE, 0, "@x|y") == -EINVAL);
    machine_stop();
}

static void paths(void)
{
    static const char *const wrong[] = {"|",    "//|",    "/a//b|", "/a/|", "/a b|",
                                        "/a*|", "/\xc3|", "/a.b|",  "@|",   "/a\n|"};
    char longest[3200];
    size_t i;

    machine_start(NULL);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        EXPECT(ask(0, XS_READ, 0, wrong[i]) == -EINVAL);
    EXPECT(!ask(0, XS_WRITE, 0, "/a@b-c_D9|1"));
    memset(longest, 'x', sizeof(longest));
    longest[0] = '/';
    strcpy(longest + 3072, "|1");
    EXPECT(!ask(0, XS_WRITE, 0, longest));
    longest[3072] = 'x';
    strcpy(longest + 3073, "|1");
    EXPECT(ask(0, XS_WRITE, 0, longest) == -EINVAL);
    memset(longest, 'x', sizeof(longest));
    strcpy(longest + 2048, "|1");
    EXPECT(!ask(0, XS_WRITE, 0, longest));
    longest[2048] = 'x';
    strcpy(longest + 2049, "|1");
    EXPECT(ask(0, XS_WRITE, 0, longest) == -EINVAL);
    EXPECT(!ask(0, XS_WRITE, 0, "relative|2") && reads(0, 0, "/local/domain/0/relative", "2"));
    machine_stop();
}

static void lists(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/l/b|") && !ask(0, XS_MKDIR, 0, "/l/a|"));
    EXPECT(!ask(0, XS_MKDIR, 0, "/l/ab|") && !ask(0, XS_MKDIR, 0, "/l/a|"));
    EXPECT(!ask(0, XS_DIRECTORY, 0, "/l|") && machine_reply.header.len == 7);
    EXPECT(!memcmp(machine_reply.body, "a\0ab\0b", 7));
    EXPECT(!ask(0, XS_DIRECTORY, 0, "/l/a|") && machine_reply.header.len == 0);
    EXPECT(ask(0, XS_DIRECTORY, 0, "/none|") == -ENOENT);
    EXPECT(ask(0, XS_MKDIR, 0, "/l") == -EINVAL);
    EXPECT(!ask(0, XS_RM, 0, "/l/ab|") && !ask(0, XS_RM, 0, "/l/ab|"));
    EXPECT(ask(0, XS_RM, 0, "/none/ab|") == -ENOENT);
    EXPECT(ask(0, XS_RM, 0, "/|") == -EINVAL);
    EXPECT(!ask(0, XS_DIRECTORY, 0, "/l|") && !memcmp(machine_reply.body, "a\0b", 4));
    EXPECT(!ask(0, XS_RM, 0, "/l|") && ask(0, XS_READ, 0, "/l/a|") == -ENOENT);
    machine_stop();
}

/* Reads a list in pieces; returns the number of names, or -1. */
static int pieces(const char *path)
{
    size_t offset = 0, at;
    char body[64], generation[32] = "";
    int names = 0;

    for (;;) {
        snprintf(body, sizeof(body), "%s|%zu|", path, offset);
        if (ask(0, XS_DIRECTORY_PART, 0, body))
            return -1;
        if (*generation && strcmp(generation, machine_reply.body))
            return -1;
        strcpy(generation, machine_reply.body);
        for (at = strlen(generation) + 1; at < machine_reply.header.len;) {
            if (!machine_reply.body[at])
                return at + 1 == machine_reply.header.len ? names : -1;
            offset += strlen(machine_reply.body + at) + 1;
            at += strlen(machine_reply.body + at) + 1;
            names++;
        }
    }
}

static void long_lists(void)
{
    char body[64];
    int i;

    machine_start(NULL);
    for (i = 0; i < 2000; i++) {
        snprintf(body, sizeof(body), "/long/child-%d|", i);
        EXPECT(!ask(0, XS_MKDIR, 0, body));
    }
    EXPECT(ask(0, XS_DIRECTORY, 0, "/long|") == -E2BIG);
    EXPECT(pieces("/long") == 2000);
    EXPECT(!ask(0, XS_MKDIR, 0, "/short|") && pieces("/short") == 0);
    EXPECT(ask(0, XS_DIRECTORY_PART, 0, "/long|") == -EINVAL);
    EXPECT(ask(0, XS_DIRECTORY_PART, 0, "/long|-1|") == -EINVAL);
    EXPECT(ask(0, XS_DIRECTORY_PART, 0, "/long|1x|") == -EINVAL);
    EXPECT(ask(0, XS_DIRECTORY_PART, 0, "/none|0|") == -ENOENT);
    machine_stop();
}

static void permissions(void)
{
    /* letter for everybody else; may domain 2 read, may it write */
    static const struct {
        const char *list;
        bool read, write;
    } table[] = {
        {"n1|", false, false},      {"r1|", true, false},       {"w1|", false, true},
        {"b1|", true, true},        {"n1|r2|", true, false},    {"n1|w2|", false, true},
        {"n1|b2|", true, true},     {"b1|n2|", false, false},   {"b1|r2|", true, false},
        {"n1|b3|", false, false},   {"n2|", true, true},        {"n2|n2|", true, true},
        {"n1|r2|w2|", true, false}, {"n1|b3|r2|", true, false},
    };
    char body[64];
    size_t i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_WRITE, 0, "/p|v"));
    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        snprintf(body, sizeof(body), "/p|%s", table[i].list);
        EXPECT(!ask(0, XS_SET_PERMS, 0, body));
        EXPECT(!ask(0, XS_GET_PERMS, 0, "/p|"));
        EXPECT(machine_reply.header.len == strlen(table[i].list));
        EXPECT(ask(2, XS_READ, 0, "/p|") == (table[i].read ? 0 : -EACCES));
        EXPECT(ask(2, XS_DIRECTORY, 0, "/p|") == (table[i].read ? 0 : -EACCES));
        EXPECT(ask(2, XS_GET_PERMS, 0, "/p|") == (table[i].read ? 0 : -EACCES));
        EXPECT(ask(2, XS_WRITE, 0, "/p|v") == (table[i].write ? 0 : -EACCES));
        EXPECT(ask(2, XS_MKDIR, 0, "/p/q|") == (table[i].write ? 0 : -EACCES));
        EXPECT(ask(0, XS_READ, 0, "/p|") == 0 && ask(0, XS_WRITE, 0, "/p|v") == 0);
        EXPECT(!ask(0, XS_RM, 0, "/p/q|"));
        EXPECT(ask(2, XS_READ, 0, "/p/none/none|") == (table[i].read ? -ENOENT : -EACCES));
    }
    machine_stop();
}

static void owners(void)
{
    machine_start(NULL);
    EXPECT(ask(1, XS_WRITE, 0, "data|x") == -EACCES);
    EXPECT(!ask(0, XS_MKDIR, 0, "/local/domain/1|"));
    EXPECT(!ask(0, XS_SET_PERMS, 0, "/local/domain/1|n1|r2|"));
    EXPECT(!ask(1, XS_WRITE, 0, "data/deep|x"));
    EXPECT(!ask(0, XS_GET_PERMS, 0, "/local/domain/1/data/deep|"));
    EXPECT(!memcmp(machine_reply.body, "n1\0r2", 6));
    EXPECT(reads(2, 0, "/local/domain/1/data/deep", "x"));
    /* what domain 0 makes below belongs to whom the folder belongs to */
    EXPECT(!ask(0, XS_WRITE, 0, "/local/domain/1/device|x"));
    EXPECT(!ask(0, XS_GET_PERMS, 0, "/local/domain/1/device|"));
    EXPECT(!memcmp(machine_reply.body, "n1\0r2", 6));
    /* what a guest makes belongs to it */
    EXPECT(!ask(0, XS_MKDIR, 0, "/shared|") && !ask(0, XS_SET_PERMS, 0, "/shared|b1|"));
    EXPECT(!ask(2, XS_WRITE, 0, "/shared/two|x"));
    EXPECT(!ask(0, XS_GET_PERMS, 0, "/shared/two|") && !strcmp(machine_reply.body, "b2"));
    EXPECT(ask(2, XS_SET_PERMS, 0, "/shared|n2|") == -EACCES);
    EXPECT(ask(2, XS_SET_PERMS, 0, "/shared/two|n3|") == -EPERM);
    EXPECT(!ask(2, XS_SET_PERMS, 0, "/shared/two|n2|r3|"));
    EXPECT(ask(2, XS_SET_PERMS, 0, "/shared/two|n2|r3|r4|r5|r6|r7|") == -ENOSPC);
    EXPECT(ask(0, XS_SET_PERMS, 0, "/shared|") == -EINVAL);
    EXPECT(ask(0, XS_SET_PERMS, 0, "/shared|x1|") == -EINVAL);
    EXPECT(ask(0, XS_SET_PERMS, 0, "/shared|n|") == -EINVAL);
    EXPECT(ask(0, XS_SET_PERMS, 0, "/shared|n99999|") == -EINVAL);
    EXPECT(ask(0, XS_SET_PERMS, 0, "/shared|n1") == -EINVAL);
    EXPECT(ask(0, XS_SET_PERMS, 0, "/none|n1|") == -ENOENT);
    /* a stub may do what its target may */
    EXPECT(ask(3, XS_READ, 0, "/local/domain/1/data|") == -EACCES);
    EXPECT(!ask(0, XS_SET_TARGET, 0, "3|1|"));
    EXPECT(!ask(3, XS_READ, 0, "/local/domain/1/data|"));
    EXPECT(ask(0, XS_SET_TARGET, 0, "9|1|") == -ENOENT &&
           ask(0, XS_SET_TARGET, 0, "3|") == -EINVAL);
    machine_stop();
}

static void domains(void)
{
    static const uint32_t only_control[] = {XS_INTRODUCE, XS_RELEASE, XS_RESUME, XS_SET_TARGET,
                                            XS_CONTROL};
    size_t i;

    machine_start(NULL);
    for (i = 0; i < sizeof(only_control) / sizeof(only_control[0]); i++)
        EXPECT(ask(1, only_control[i], 0, "1|1|1|") == -EACCES);
    EXPECT(!ask(2, XS_GET_DOMAIN_PATH, 0, "7|") && !strcmp(machine_reply.body, "/local/domain/7"));
    EXPECT(ask(2, XS_GET_DOMAIN_PATH, 0, "x|") == -EINVAL);
    EXPECT(!ask(0, XS_IS_DOMAIN_INTRODUCED, 0, "2|") && !strcmp(machine_reply.body, "T"));
    EXPECT(!ask(0, XS_IS_DOMAIN_INTRODUCED, 0, "7|") && !strcmp(machine_reply.body, "F"));
    EXPECT(ask(0, XS_INTRODUCE, 0, "7|1|107|") == -ENOENT);
    EXPECT(ask(0, XS_INTRODUCE, 0, "0|1|100|") == -EINVAL);
    EXPECT(ask(0, XS_INTRODUCE, 0, "7|0|107|") == -EINVAL);
    EXPECT(ask(0, XS_INTRODUCE, 0, "7|1|") == -EINVAL);
    fake_domain_make(7);
    EXPECT(ask(0, XS_INTRODUCE, 0, "7|1|999|") == -EINVAL); /* no such port */
    EXPECT(!ask(0, XS_IS_DOMAIN_INTRODUCED, 0, "7|") && !strcmp(machine_reply.body, "F"));
    EXPECT(!ask(0, XS_INTRODUCE, 0, "7|1|107|"));
    EXPECT(fake_machine->pages[7].ring.server_features == 3);
    guest_init(&machine_guests[7], 7);
    EXPECT(!ask(7, XS_GET_DOMAIN_PATH, 0, "7|"));
    /* Its number was given again before anybody looked: the new one must stay. */
    fake_machine->domains[7].bound = 0;
    fake_domain_make(7);
    EXPECT(!ask(0, XS_INTRODUCE, 0, "7|1|107|") && life_check(&machine_store));
    guest_init(&machine_guests[7], 7);
    EXPECT(!ask(7, XS_GET_DOMAIN_PATH, 0, "7|"));
    EXPECT(!ask(0, XS_RESUME, 0, "7|") && ask(0, XS_RESUME, 0, "8|") == -ENOENT);
    EXPECT(!ask(0, XS_RELEASE, 0, "7|") && ask(0, XS_RELEASE, 0, "7|") == -ENOENT);
    EXPECT(ask(0, XS_RELEASE, 0, "0|") == -EINVAL && !fake_machine->domains[7].bound);
    EXPECT(ask(1, XS_WATCH_EVENT, 0, "a|b|") == -ENOSYS && ask(1, XS_ERROR, 0, "x|") == -ENOSYS);
    EXPECT(ask(1, 20, 0, "x|") == -ENOSYS && ask(1, 1000, 0, "x|") == -ENOSYS);
    EXPECT(ask(1, XS_INVALID, 0, "") == -ENOSYS);
    machine_stop();
}

/* What a domain had is nobody's when it is gone: neither nodes nor permissions. */
static void inheritance(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_WRITE, 0, "/local/domain/1/x|1"));
    EXPECT(!ask(0, XS_SET_PERMS, 0, "/local/domain/1/x|n1|"));
    EXPECT(!ask(0, XS_WRITE, 0, "/backend|1") && !ask(0, XS_SET_PERMS, 0, "/backend|n0|b1|r2|"));
    EXPECT(!ask(0, XS_RELEASE, 0, "1|"));
    EXPECT(ask(0, XS_READ, 0, "/local/domain/1/x|") == -ENOENT);
    EXPECT(!ask(0, XS_GET_PERMS, 0, "/backend|") && machine_reply.header.len == 6);
    EXPECT(!memcmp(machine_reply.body, "n0\0r2", 6));
    machine_introduce(1);
    EXPECT(ask(1, XS_READ, 0, "/backend|") == -EACCES);
    EXPECT(!ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
    machine_stop();
}

static void quotas(void)
{
    static char body[5000];
    int i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/q|") && !ask(0, XS_SET_PERMS, 0, "/q|b0|"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|nodes|20|"));
    EXPECT(ask(0, XS_CONTROL, 0, "quota|set|nodes|0|") == -EINVAL);
    EXPECT(ask(0, XS_CONTROL, 0, "quota|set|nodes|1x|") == -EINVAL);
    EXPECT(ask(0, XS_CONTROL, 0, "quota|set|none|1|") == -ENOENT);
    for (i = 0; i < 20; i++) {
        snprintf(body, sizeof(body), "/q/%d|", i);
        EXPECT(!ask(1, XS_WRITE, 0, body));
    }
    EXPECT(ask(1, XS_WRITE, 0, "/q/x|") == -ENOSPC && ask(1, XS_READ, 0, "/q/x|") == -ENOENT);
    EXPECT(!ask(1, XS_RM, 0, "/q/0|") && ask(1, XS_WRITE, 0, "/q/x/y|1") == -ENOSPC);
    EXPECT(ask(1, XS_READ, 0, "/q/x|") == -ENOENT && !ask(1, XS_WRITE, 0, "/q/x|"));
    EXPECT(!ask(2, XS_WRITE, 0, "/q/two|"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|1|") && strstr(machine_reply.body, "nodes 20\n"));
    memset(body, 'v', sizeof(body));
    memcpy(body, "/q/two\0", 7);
    EXPECT(!ask_bytes(2, XS_WRITE, 0, body, 7 + 2048));
    EXPECT(ask_bytes(2, XS_WRITE, 0, body, 7 + 2049) == -ENOSPC);
    EXPECT(!ask_bytes(0, XS_WRITE, 0, body, 4096));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|watches|2|"));
    EXPECT(!ask(1, XS_WATCH, 0, "a|1|") && !ask(1, XS_WATCH, 0, "a|2|"));
    EXPECT(ask(1, XS_WATCH, 0, "a|3|") == -E2BIG && !ask(1, XS_UNWATCH, 0, "a|1|"));
    EXPECT(!ask(1, XS_WATCH, 0, "a|3|"));
    for (i = 0; i < 10; i++)
        EXPECT(begin(1));
    EXPECT(ask(1, XS_TRANSACTION_START, 0, "|") == -ENOSPC && begin(2));
    EXPECT(!ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
    machine_stop();
}

static void control(void)
{
    machine_start(NULL);
    EXPECT(!ask(0, XS_CONTROL, 0, "help|") && strstr(machine_reply.body, "quota"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|") && strstr(machine_reply.body, "watches"));
    EXPECT(ask(0, XS_CONTROL, 0, "none|") == -EINVAL && ask(0, XS_CONTROL, 0, "") == -EINVAL);
    EXPECT(ask(0, XS_CONTROL, 0, "log|on|") == -EINVAL && !ask(0, XS_CONTROL, 0, "log|off|"));
    EXPECT(ask(0, XS_CONTROL, 0, "quota|9|") == -ENOENT);
    EXPECT(ask(0, XS_CONTROL, 0, "quota|x|") == -EINVAL);
    EXPECT(ask(0, XS_CONTROL, 0, "a|b|c|d|e|f|") == -EINVAL);
    machine_stop();
}

int main(void)
{
    RUN(values);
    RUN(paths);
    RUN(lists);
    RUN(long_lists);
    RUN(permissions);
    RUN(owners);
    RUN(domains);
    RUN(inheritance);
    RUN(quotas);
    RUN(control);
    return UNIT_RESULT;
}
