/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvconsoled's loop with the n-th allocation failing, for every n: the guest or reader that it was
 * for is told or waits for the next look; all others go on, and nothing is left of it. The linker
 * puts the test's calloc into the daemon (-Wl,--wrap).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "consoled_fake.h"
#include "unit.h"
#include "../../dom0-tools/hvconsoled/finder.h"
#include "../../dom0-tools/hvconsoled/server.h"

#define READERS 3

static char folder[] = "/tmp/consoled-XXXXXX";
static int findings[2];
static struct server server;
static unsigned long calls, fail_at;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    return ++calls == fail_at ? NULL : __real_calloc(count, size);
}

static void rounds(int count)
{
    while (count--)
        EXPECT(!server_step(&server));
}

static void find(enum finding_kind kind, uint32_t domid)
{
    struct finding f = {.kind = kind, .domid = domid, .port = 2, .terminal = -1};

    snprintf(f.name, sizeof(f.name), "guest%u", domid);
    EXPECT(write(findings[1], &f, sizeof(f)) == sizeof(f));
    rounds(2);
}

static void say(uint32_t domid, const char *text)
{
    for (; *text; text++)
        pages[domid].out[pages[domid].out_prod++ % RING_OUT] = *text;
    pending[domid] = true;
    rounds(3);
}

static int reader(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", folder);
    EXPECT(!connect(fd, (struct sockaddr *)&address, sizeof(address)));
    EXPECT(write(fd, "attach 1\n", 9) == 9);
    rounds(4);
    return fd;
}

/* Whether a reader hears the guest; one that was turned away is told why. */
static bool hears(int fd)
{
    char text[4096];
    ssize_t size = read(fd, text, sizeof(text) - 1);

    text[size > 0 ? size : 0] = '\0';
    EXPECT(strstr(text, "hello") || strstr(text, "no memory"));
    return strstr(text, "hello");
}

static size_t consoles(void)
{
    size_t count = 0;

    for (const struct console *c = server.consoles; c; c = c->next)
        count++;
    return count;
}

/* Three guests and three readers; how many allocations there were. */
static unsigned long pass(unsigned long n)
{
    int readers[READERS];
    unsigned int heard = 0;
    unsigned long used;

    calls = 0;
    fail_at = n;
    for (uint32_t domid = 1; domid < GUESTS; domid++)
        find(FOUND_GUEST, domid);
    EXPECT(consoles() == GUESTS - 1 || (n && consoles() == GUESTS - 2));
    for (uint32_t domid = 1; domid < GUESTS; domid++) { /* each is told of at each look */
        EXPECT(mapped[domid] || n);
        find(FOUND_GUEST, domid);
    }
    EXPECT(consoles() == GUESTS - 1);
    for (int i = 0; i < READERS; i++)
        readers[i] = reader();
    for (uint32_t domid = 1; domid < GUESTS; domid++) {
        say(domid, "hello");
        EXPECT(pages[domid].out_cons == pages[domid].out_prod);
    }
    for (int i = 0; i < READERS; i++)
        heard += hears(readers[i]);
    EXPECT(heard == READERS || (n && heard == READERS - 1));
    used = calls;
    fail_at = 0;
    for (int i = 0; i < READERS; i++)
        close(readers[i]);
    for (uint32_t domid = 1; domid < GUESTS; domid++)
        find(FOUND_END, domid);
    rounds(3);
    EXPECT(!server.consoles && !server.readers);
    for (uint32_t domid = 1; domid < GUESTS; domid++)
        EXPECT(!mapped[domid]);
    return used;
}

static void each_allocation(void)
{
    unsigned long n, all = pass(0);

    EXPECT(all == GUESTS - 1 + READERS);
    for (n = 1; n <= all && !unit_broken; n++)
        pass(n);
    printf("# %lu allocations failed, one after the other\n", all);
}

int main(void)
{
    char path[128], command[128];

    if (!mkdtemp(folder) || pipe2(findings, O_NONBLOCK) || pipe2(event_pipe, O_NONBLOCK))
        return 1;
    EXPECT(write(event_pipe[1], "", 1) == 1); /* rounds don't wait */
    snprintf(path, sizeof(path), "%s/socket", folder);
    server = (struct server){.settings = {folder, 4096, 2, 1 << 20}};
    server.findings = findings[0];
    server.listener = server_listen(path);
    RUN(each_allocation);
    close(server.listener);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) || UNIT_RESULT;
}
