/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvconsoled's finder with the n-th call of the library finding no memory, for every n: a guest is
 * told of with all that belongs to it (its port, the log that its definition names), a bit later;
 * a console that is somebody else's is never taken.
 */
#include <fcntl.h>
#include <string.h>

#include "../../dom0-tools/hvconsoled/finder.c"
#include "unit.h"

#define LOOKS 4

static unsigned long calls, fail_at;
static bool guests;
static unsigned int terminals; /* told in XenStore */

static int no_memory(void)
{
    return ++calls == fail_at ? -HVCTL_NO_MEMORY : 0;
}

int hvctl_list(struct hvctl *h, struct hvctl_domain **list, size_t *count)
{
    int result = no_memory();

    (void)h;
    if (!result) {
        *list = calloc(3, sizeof(**list));
        (*list)[1].domid = 1;
        (*list)[2].domid = 2;
        *count = guests ? 3 : 1;
    }
    return result;
}

int hvctl_store_read(struct hvctl *h, uint32_t transaction, const char *path, char **value,
                     size_t *size)
{
    static const char *const nodes[][2] = {
        {"/local/domain/1/name", "web"},           {"/local/domain/2/name", "db"},
        {"/local/domain/1/console/port", "7"},     {"/local/domain/2/console/port", "8"},
        {"/local/domain/1/console/ring-ref", "1"}, {"/local/domain/2/console/ring-ref", "2"},
        {"/local/domain/2/console/type", "ioemu"}};
    int result = no_memory();

    (void)h, (void)transaction;
    for (size_t i = 0; !result && i < sizeof(nodes) / sizeof(nodes[0]); i++) {
        if (!strcmp(nodes[i][0], path)) {
            *value = strdup(nodes[i][1]);
            *size = strlen(*value);
            return 0;
        }
    }
    return result ? result : -HVCTL_NOT_FOUND;
}

int hvctl_store_write(struct hvctl *h, uint32_t transaction, const char *path, const void *value,
                      size_t size)
{
    int result = no_memory();

    (void)h, (void)transaction;
    EXPECT(!strcmp(path, "/local/domain/1/console/tty") && size && !memcmp(value, "/dev/", 5));
    terminals += !result;
    return result;
}

int hvctl_store_watch(struct hvctl *h, const char *path, const char *token)
{
    (void)h, (void)path, (void)token;
    return no_memory();
}

int hvctl_store_unwatch(struct hvctl *h, const char *path, const char *token)
{
    (void)h, (void)path, (void)token;
    return no_memory();
}

int hvctl_store_wait(struct hvctl *h, uint64_t timeout_ns, char **path, char **token)
{
    (void)h, (void)timeout_ns, (void)path, (void)token;
    return -HVCTL_TIMEOUT;
}

int hvctl_definition_of(struct hvctl *h, uint32_t domid, struct hvctl_definition **definition)
{
    int result = no_memory();

    (void)h, (void)domid;
    if (!result) {
        *definition = calloc(1, sizeof(**definition));
        (*definition)->console_log = strdup("/var/log/own");
    }
    return result;
}

void hvctl_definition_free(struct hvctl_definition *definition)
{
    free(definition->console_log);
    free(definition);
}

const char *hvctl_message(const struct hvctl *h)
{
    (void)h;
    return "there is no memory";
}

struct hvctl *hvctl_open(void)
{
    return NULL;
}

/* Takes what was told; how often guest 1 was. */
static unsigned int heard(int fd, enum finding_kind kind)
{
    struct finding f;
    unsigned int count = 0;

    while (read(fd, &f, sizeof(f)) == sizeof(f)) {
        EXPECT(f.domid == 1 && f.kind == kind);
        EXPECT(f.port == 7 && !strcmp(f.name, "web") && !strcmp(f.log_path, "/var/log/own"));
        if (f.terminal >= 0) {
            close(f.terminal);
        }
        count++;
    }
    return count;
}

static void pass(unsigned long n)
{
    int ends[2];
    struct finder f = {0};
    unsigned int told = 0;

    EXPECT(!pipe2(ends, O_NONBLOCK));
    f.fd = ends[1];
    calls = 0;
    fail_at = n;
    terminals = 0;
    guests = true;
    for (int i = 0; i < LOOKS; i++) {
        (void)!look(&f);
        told += heard(ends[0], FOUND_GUEST);
    }
    EXPECT(told == LOOKS || (n && told == LOOKS - 1));
    EXPECT(terminals == 1 && (!n || calls >= n));
    fail_at = 0;
    guests = false;
    EXPECT(!look(&f) && heard(ends[0], FOUND_END) == 1 && !f.known);
    close(ends[0]);
    close(ends[1]);
}

static void each_call(void)
{
    unsigned long n, all;

    pass(0);
    all = calls - 10; /* those of the last look and of the end are the same again */
    EXPECT(all > 20);
    for (n = 1; n <= all && !unit_broken; n++) {
        pass(n);
    }
    printf("# %lu calls failed, one after the other\n", n - 1);
}

int main(void)
{
    RUN(each_call);
    return UNIT_RESULT;
}
