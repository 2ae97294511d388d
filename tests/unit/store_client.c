/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhvctl's store client on a daemon of the test's own: lists longer than a message, error
 * replies, answers that make no sense, and a daemon that dies before, after and in the middle of
 * every request, also in those that come after its death.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "store_fake.h"
#include "unit.h"

#define SECOND UINT64_C(1000000000)

static struct hvctl *h;

static void begin(void)
{
    fake_start();
    h = hvctl_open();
}

static void end(void)
{
    hvctl_close(h);
    fake_stop(true);
}

static bool has(const char *path, const char *value)
{
    const char *there = fake_node(path);

    return value ? there && !strcmp(there, value) : !there;
}

static bool reads(const char *path, const char *value)
{
    char *got = NULL;
    size_t size = 0;
    bool same =
        !hvctl_store_read(h, 0, path, &got, &size) && size == strlen(value) && !strcmp(got, value);

    free(got);
    return same;
}

static void long_lists_come_in_parts(void)
{
    char path[64], **names;
    size_t count = 0;

    begin();
    fake_set("/long", "");
    for (unsigned int i = 0; i < 1200; i++) {
        snprintf(path, sizeof(path), "/long/child-%u", i);
        fake_set(path, "");
    }
    for (size_t part = 1; part <= 4000; part = part * 7 + 1) {
        fake.part = part < 57 ? 57 : part;
        EXPECT(!hvctl_store_list(h, 0, "/long", &names, &count));
        EXPECT(count == 1200 && !strcmp(names[0], "child-0") && !strcmp(names[1199], "child-1199"));
        free(names);
    }
    fake.grow = true; /* one that changes on the way is read anew */
    EXPECT(!hvctl_store_list(h, 0, "/long", &names, &count));
    EXPECT(count == 1201 && !strcmp(names[1200], "another"));
    free(names);
    fake_set("/none", "");
    EXPECT(!hvctl_store_list(h, 0, "/none", &names, &count) && count == 0);
    free(names);
    end();
}

static void errors_have_their_statuses(void)
{
    static const struct {
        const char *name;
        int error, status;
    } errors[] = {
        {"ENOENT", ENOENT, HVCTL_NOT_FOUND},
        {"EACCES", EACCES, HVCTL_DENIED},
        {"EINVAL", EINVAL, HVCTL_INVALID},
        {"ENOSPC", ENOSPC, HVCTL_NO_MEMORY},
        {"EEXIST", EEXIST, HVCTL_EXISTS},
        {"EAGAIN", EAGAIN, HVCTL_CONFLICT},
        {"E2BIG", E2BIG, HVCTL_IO},
        {"ENOSYS", ENOSYS, HVCTL_UNSUPPORTED},
        {"EBUSY", EBUSY, HVCTL_BUSY},
        {"ESOMETHING", EIO, HVCTL_IO},
        {"", EIO, HVCTL_IO},
    };

    begin();
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        fake.error = errors[i].name;
        EXPECT(hvctl_store_write(h, 0, "/a", "1", 1) == -errors[i].status);
        EXPECT(hvctl_errno(h) == errors[i].error && strstr(hvctl_message(h), "/a"));
    }
    EXPECT(!hvctl_store_remove(h, 0, "/never-there") && !strstr(hvctl_message(h), "never"));
    EXPECT(hvctl_store_unwatch(h, "/never", "set") == -HVCTL_NOT_FOUND);
    EXPECT(fake.starts == 0);
    end();
}

static void what_is_too_long_is_not_sent(void)
{
    static char value[XENSTORE_PAYLOAD_MAX + 1];

    begin();
    EXPECT(hvctl_store_write(h, 0, "/a", value, sizeof(value)) == -HVCTL_INVALID);
    EXPECT(hvctl_errno(h) == E2BIG && fake.requests == 0);
    EXPECT(hvctl_store_write(h, 0, "/a", value, XENSTORE_PAYLOAD_MAX - 2) == -HVCTL_INVALID);
    EXPECT(!hvctl_store_write(h, 0, "/a", value, XENSTORE_PAYLOAD_MAX - 3) && fake.requests == 1);
    end();
}

/* The connection is given up, and the question asked again on another one. */
static void nonsense_ends_the_connection(void)
{
    static const enum nonsense all[] = {ANOTHER_REQUEST, ANOTHER_TYPE, TOO_LONG,
                                        EVENT_WITHOUT_TOKEN};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        begin();
        fake_set("/a", "right");
        fake.nonsense = all[i];
        EXPECT(reads("/a", "right") && fake.requests == 2);
        end();
    }
}

static void no_daemon_is_said_at_once(void)
{
    begin();
    fake_stop(true);
    EXPECT(hvctl_store_write(h, 0, "/a", "1", 1) && strstr(hvctl_message(h), "hvstored"));
    fake_start();
    EXPECT(!hvctl_store_write(h, 0, "/a", "1", 1));
    end();
}

/* Every request that can be asked twice, with a daemon that dies in it, and once more after. */
static void requests_outlive_the_daemon(void)
{
    char **names;
    size_t count;

    for (unsigned int death = 0; death < DEATHS; death++) {
        for (unsigned int further = 0; further < 2; further++) {
            for (unsigned int which = 0; which < 7; which++) {
                const char *permissions[] = {"n0"};

                begin();
                fake_set("/a", "old");
                fake_set("/b", "old");
                EXPECT(reads("/a", "old") && !hvctl_store_watch(h, "/w", "kept"));
                fake.die_at = 1;
                fake.death = (enum death)death;
                fake.deaths_left = further;
                switch (which) {
                case 0:
                    EXPECT(reads("/a", "old"));
                    break;
                case 1:
                    EXPECT(!hvctl_store_write(h, 0, "/a", "new", 3) && has("/a", "new"));
                    break;
                case 2:
                    EXPECT(!hvctl_store_remove(h, 0, "/b") && has("/b", NULL));
                    break;
                case 3:
                    EXPECT(!hvctl_store_mkdir(h, 0, "/c") && has("/c", ""));
                    break;
                case 4:
                    EXPECT(!hvctl_store_chmod(h, 0, "/a", permissions, 1));
                    break;
                case 5:
                    EXPECT(!hvctl_store_watch(h, "/x", "new") && fake.watches_set >= 3);
                    break;
                default:
                    EXPECT(!hvctl_store_unwatch(h, "/w", "kept"));
                    EXPECT(!hvctl_store_list(h, 0, "/a", &names, &count) && count == 0);
                    free(names);
                    break;
                }
                EXPECT(fake.starts == 1 + further);
                end();
            }
        }
    }
}

static bool next_is(const char *wanted)
{
    char *path = NULL, *token;
    bool same = !hvctl_store_wait(h, 5 * SECOND, &path, &token) && !strcmp(path, wanted) &&
                !strcmp(token, wanted + 1);

    free(path);
    return same;
}

static void watches_outlive_the_daemon(void)
{
    for (unsigned int further = 0; further < 3; further++) {
        struct pollfd ready = {.events = POLLIN};
        char *path, *token;

        begin();
        EXPECT(!hvctl_store_watch(h, "/w", "w") && !hvctl_store_watch(h, "/v", "v"));
        EXPECT(next_is("/w") && next_is("/v"));
        EXPECT(hvctl_store_wait(h, 1, &path, &token) == -HVCTL_TIMEOUT);
        fake.die_at = 1;
        fake.deaths_left = further;
        ready.fd = hvctl_store_fd(h);
        EXPECT(reads("/a", "") == false && hvctl_errno(h) == ENOENT);
        /* Each fires once, since nobody knows what was missed. */
        EXPECT(poll(&ready, 1, 5000) == 1);
        EXPECT(next_is("/v") && next_is("/w"));
        fake_fire("/w");
        EXPECT(next_is("/w"));
        EXPECT(!hvctl_store_unwatch(h, "/w", "w"));
        fake_fire("/w");
        EXPECT(hvctl_store_wait(h, SECOND / 100, &path, &token) == -HVCTL_TIMEOUT);
        end();
    }
}

/* The daemon dies while nothing is asked, and again while the watches are set anew. */
static void a_wait_outlives_the_daemon(void)
{
    for (unsigned int further = 0; further < 4; further++) {
        begin();
        EXPECT(!hvctl_store_watch(h, "/w", "w") && next_is("/w"));
        fake_stop(further == 3);
        fake_start();
        fake.deaths_left = 0;
        fake.die_at = further;
        EXPECT(next_is("/w") && fake.starts == (further == 1));
        end();
    }
}

static void a_transaction_ends_with_its_daemon(void)
{
    uint32_t transaction;

    begin();
    fake_set("/a", "old");
    EXPECT(!hvctl_store_begin(h, &transaction));
    EXPECT(!hvctl_store_write(h, transaction, "/a", "new", 3));
    fake.die_at = 1;
    EXPECT(reads("/a", "old"));
    EXPECT(hvctl_store_write(h, transaction, "/a", "new", 3) == -HVCTL_CONFLICT);
    EXPECT(hvctl_store_end(h, transaction, true) == -HVCTL_CONFLICT && has("/a", "old"));
    EXPECT(!hvctl_store_begin(h, &transaction));
    EXPECT(!hvctl_store_write(h, transaction, "/a", "new", 3));
    EXPECT(!hvctl_store_end(h, transaction, false) && has("/a", "old"));
    end();
}

static int add(const char *disk)
{
    const struct device_node backend[] = {{"params", disk}, {"mode", "w"}, {NULL, NULL}};
    const struct device_node front[] = {{"virtual-device", "51712"}, {NULL, NULL}};
    const struct device_new device = {
        .kind = DEVICE_DISK, .domid = 5, .id = 51712, .backend = backend, .front = front};

    return device_add(h, &device);
}

#define DISK "/local/domain/0/backend/vbd/5/51712"

static bool disk_is(const char *disk)
{
    return has(DISK "/params", disk) && has(DISK "/state", disk ? "1" : NULL) &&
           has("/local/domain/5/device/vbd/51712/state", disk ? "1" : NULL);
}

/* Whichever request it is, and also when it was done and only the answer was lost. */
static void a_device_is_added_once(void)
{
    for (unsigned int death = 0; death < DEATHS; death++) {
        for (unsigned int at = 1, last = 0; !last; at++) {
            for (unsigned int further = 0; further < 2; further++) {
                begin();
                fake.die_at = at;
                fake.death = (enum death)death;
                fake.deaths_left = further;
                EXPECT(!add("mine") && disk_is("mine"));
                last = fake.starts == 0;
                EXPECT(add("mine") == -HVCTL_EXISTS && add("another") == -HVCTL_EXISTS);
                EXPECT(disk_is("mine"));
                end();
            }
        }
    }
}

/* What somebody else added while we were at it is not ours. */
static void the_device_of_another_stays(void)
{
    begin();
    EXPECT(!add("another"));
    for (unsigned int death = 0; death < DEATHS; death++) {
        for (unsigned int at = 1; at <= 3; at++) {
            fake.die_at = at;
            fake.death = (enum death)death;
            EXPECT(add("mine") == -HVCTL_EXISTS && disk_is("another"));
            fake.die_at = 0;
        }
    }
    fake_set(DISK "/state", "1");
    end();
    begin();
    fake.conflicts = 3;
    EXPECT(!add("mine") && disk_is("mine") && fake.conflicts == 0);
    end();
    begin();
    fake.conflicts = 1000;
    EXPECT(add("mine") == -HVCTL_BUSY && disk_is(NULL));
    end();
}

/* Paths and reasons may be a guest's words. */
static void sentences_command_no_terminal(void)
{
    begin();
    EXPECT(hvctl_fail(h, HVCTL_IO, EIO, "refused: %s", "a\033[2J\177b\n") == -HVCTL_IO);
    EXPECT(!strcmp(hvctl_message(h), "refused: a?[2J?b\n"));
    EXPECT(hvctl_fail_errno(h, EIO, "\033]0;x\a") == -HVCTL_IO);
    EXPECT(!strpbrk(hvctl_message(h), "\033\a"));
    EXPECT(hvctl_context(h, -HVCTL_IO, "of \b") == -HVCTL_IO);
    EXPECT(!strpbrk(hvctl_message(h), "\033\a\b") && strstr(hvctl_message(h), "]0;x"));
    end();
}

int main(void)
{
    RUN(long_lists_come_in_parts);
    RUN(errors_have_their_statuses);
    RUN(what_is_too_long_is_not_sent);
    RUN(sentences_command_no_terminal);
    RUN(nonsense_ends_the_connection);
    RUN(no_daemon_is_said_at_once);
    RUN(requests_outlive_the_daemon);
    RUN(watches_outlive_the_daemon);
    RUN(a_wait_outlives_the_daemon);
    RUN(a_transaction_ends_with_its_daemon);
    RUN(a_device_is_added_once);
    RUN(the_device_of_another_stays);
    return UNIT_RESULT;
}
