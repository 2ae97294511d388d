/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures what a guest's user space gets: processes, pipes, files, connections.  One figure a
 * call, printed as "bench: WHAT COUNT NANOSECONDS", by the clock of the kernel that it runs on.
 * Without arguments, as a test of the control domain, it prints the processor's time stamp.
 */
#include "bench.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void die(const char *what)
{
    printf("bench: failed: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

#define SLEEP_NS  7000000 /* no multiple of a slice */
#define SECOND_NS 1000000000L

uint64_t bench_wake(unsigned int count)
{
    uint64_t *late = calloc(count, sizeof(*late));
    uint64_t median;

    if (!late)
        die("calloc");
    for (unsigned int i = 0; i < count; i++) {
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += SLEEP_NS;
        until.tv_sec += until.tv_nsec / SECOND_NS;
        until.tv_nsec %= SECOND_NS;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        late[i] = now_ns() - ((uint64_t)until.tv_sec * SECOND_NS + (uint64_t)until.tv_nsec);
    }
    qsort(late, count, sizeof(*late), compare);
    median = late[count / 2];
    free(late);
    return median * count;
}

static int time_stamp(void)
{
    printf("bench: stamp 1 %" PRIu64 "\n", (uint64_t)__builtin_ia32_rdtsc());
    return 0;
}

static int report(const char *what, unsigned int count, uint64_t ns)
{
    printf("bench: %s %u %" PRIu64 "\n", what, count, ns);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    unsigned int count = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
    const char *where = argc > 3 ? argv[3] : "";

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 1)
        return time_stamp();
    if (!strcmp(what, "nothing"))
        return 0;
    if (!strcmp(what, "serve"))
        bench_serve();
    if (!strcmp(what, "fork"))
        return report(what, count, bench_fork(count));
    if (!strcmp(what, "exec"))
        return report(what, count, bench_exec(count, argv[0]));
    if (!strcmp(what, "switch"))
        return report(what, count, bench_switch(count));
    if (!strcmp(what, "pipe"))
        return report(what, count, bench_pipe(count));
    if (!strcmp(what, "build"))
        return report(what, count, bench_build(count));
    if (!strcmp(what, "write"))
        return report(what, count, bench_write(where, count));
    if (!strcmp(what, "read"))
        return report(what, count, bench_read(where, count));
    if (!strcmp(what, "send"))
        return report(what, count, bench_send(where, count));
    if (!strcmp(what, "receive"))
        return report(what, count, bench_receive(where, count));
    if (!strcmp(what, "wake"))
        return report(what, count, bench_wake(count));
    printf(
        "usage: bench fork|exec|switch|wake COUNT | pipe MIB | build UNITS | write|read MIB FILE | "
        "send|receive MIB ADDRESS | serve\n");
    return 2;
}
