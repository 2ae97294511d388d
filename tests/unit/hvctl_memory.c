/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command hvctl itself with its n-th allocation failing, whoever makes it (the command, the
 * library, libxml2, the C library): it ends with a sentence about memory, or as without. libxml2
 * 2.9.14 crashes without memory at some places of its RELAX NG, before anything is done; a crash
 * anywhere else fails. The quick run tries every 17th.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#define CRASH_LIBXML2 99 /* tests/system/programs/failing.c */
#define NO_MEMORY     7  /* exits.def */

static char definition[] = "/tmp/hvctl-memory-XXXXXX";
static char hvctl[500], preload[500], libraries[500];
static char said[4096];

static void set_up(void)
{
    static const char text[] = "<domain type='xen'><name>web</name><memory unit='MiB'>64</memory>"
                               "<vcpu current='1'>2</vcpu><os><kernel>/vmlinuz</kernel></os>"
                               "<devices><disk type='file' device='disk'><source file='/d.img'/>"
                               "<target dev='xvda' bus='xen'/></disk><console type='pty'/>"
                               "</devices></domain>\n";
    const char *build = getenv("MORTISE_BUILD");
    int fd = mkstemp(definition);

    EXPECT(fd >= 0 && write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
    close(fd);
    build = build ? build : ".";
    snprintf(hvctl, sizeof(hvctl), "%s/dom0-tools/hvctl/.libs/hvctl", build);
    if (access(hvctl, X_OK)) /* linked without a shared library */
        snprintf(hvctl, sizeof(hvctl), "%s/dom0-tools/hvctl/hvctl", build);
    snprintf(preload, sizeof(preload), "%s/tests/system/programs/failing.so", build);
    snprintf(libraries, sizeof(libraries), "%s/libhvctl/.libs", build);
    EXPECT(!access(hvctl, X_OK) && !access(preload, R_OK));
}

/* Its exit status; what it said on either output is in `said`. */
static int run(const char *verb, const char *argument, unsigned long n, unsigned long *calls)
{
    char number[24], counted[24] = "";
    const char *count = "/proc/self/fd/9";
    int ends[2], counts[2], status = 0;
    size_t used = 0;
    ssize_t size;
    pid_t child;

    if (pipe(ends) || pipe(counts))
        return -1;
    snprintf(number, sizeof(number), "%lu", n);
    child = fork();
    if (!child) {
        setenv("LD_LIBRARY_PATH", libraries, 1);
        setenv("LD_PRELOAD", preload, 1);
        setenv("FAIL_AT", number, 1);
        setenv("FAIL_COUNT", count, 1);
        dup2(counts[1], 9);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        execl(hvctl, "hvctl", verb, argument, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    close(counts[1]);
    while ((size = read(ends[0], said + used, sizeof(said) - 1 - used)) > 0)
        used += (size_t)size;
    said[used] = '\0';
    size = read(counts[0], counted, sizeof(counted) - 1);
    *calls = size > 0 ? strtoul(counted, NULL, 10) : ~0UL;
    close(ends[0]);
    close(counts[0]);
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void sweep(const char *verb, const char *argument, unsigned long step)
{
    unsigned long n, calls = ~0UL, refused = 0, crashes = 0, tried = 0;
    int usual = run(verb, argument, 0, &calls), status;

    EXPECT(calls > 1 && calls != ~0UL);
    for (n = 1; n <= calls && !unit_broken; n += step) {
        unsigned long now;

        status = run(verb, argument, n, &now);
        tried++;
        refused += status != usual;
        crashes += status == CRASH_LIBXML2;
        EXPECT(status == usual || status == CRASH_LIBXML2 ||
               ((status == NO_MEMORY || status == 1) && strstr(said, "memory")));
        if (unit_broken)
            printf("# hvctl %s, allocation %lu: status %d: %s\n", verb, n, status, said);
    }
    printf("# hvctl %s: %lu of %lu allocations failed, %lu ends by it, %lu of them crashes of "
           "libxml2\n",
           verb, tried, calls, refused, crashes);
    EXPECT(refused);
}

static void each_allocation(void)
{
    const char *full = getenv("MORTISE_FULL");

    set_up();
    sweep("validate", definition, full && *full == '1' ? 1 : 17);
    sweep("list", NULL, 1);
    sweep("help", NULL, 1);
    unlink(definition);
}

int main(void)
{
    RUN(each_allocation);
    return UNIT_RESULT;
}
