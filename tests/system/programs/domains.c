/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests measure of domains from outside, by the same calls on any hypervisor of this ABI:
 * how long a command that creates one takes, and the guest after it; what a domain costs; who had
 * the CPUs.  A figure is printed as one line "domains: WHAT VALUE...", times in microseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Handles as structures, as the macro that fills them wants. */
#define __XEN_TOOLS__ 1
#include <xen/domctl.h>
#include <xen/sysctl.h>

/* The kernel's interface for calls (its uapi header is not installed everywhere). */
struct privcmd_hypercall {
    uint64_t op, arg[5];
};
#define IOCTL_PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))

#define DOMAINS    64
#define RUNS       101
#define POLL_US    1000
#define PATIENCE_S 300

/* Memory that stays where it is during a call. */
struct buffer {
    struct xen_sysctl op;
    struct xen_domctl_getdomaininfo info[DOMAINS];
};

static int privcmd;
static struct buffer *buffer;

static void die(const char *what)
{
    printf("domains: %s: %s\n", what, strerror(errno));
    exit(2);
}

static uint64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void call(uint32_t command)
{
    struct privcmd_hypercall hypercall = {__HYPERVISOR_sysctl, {(uintptr_t)&buffer->op}};

    buffer->op.cmd = command;
    buffer->op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    if (ioctl(privcmd, IOCTL_PRIVCMD_HYPERCALL, &hypercall) < 0)
        die("sysctl");
}

/* All domains into the buffer; how many. */
static uint32_t look(void)
{
    buffer->op = (struct xen_sysctl){.u.getdomaininfolist = {.max_domains = DOMAINS}};
    set_xen_guest_handle(buffer->op.u.getdomaininfolist.buffer, buffer->info);
    call(XEN_SYSCTL_getdomaininfolist);
    return buffer->op.u.getdomaininfolist.num_domains;
}

/* The record of a domain, or that of the first that is not among the old ones; NULL if none. */
static const struct xen_domctl_getdomaininfo *find_new(const domid_t *old, uint32_t count)
{
    uint32_t all = look();

    for (uint32_t i = 0; i < all; i++) {
        uint32_t j = 0;

        while (j < count && old[j] != buffer->info[i].domain)
            j++;
        if (j == count)
            return &buffer->info[i];
    }
    return NULL;
}

static pid_t start(char **command)
{
    pid_t child = vfork();

    if (child < 0)
        die("vfork");
    if (!child) {
        int null = open("/dev/null", O_RDWR);

        if (null >= 0)
            dup2(null, STDOUT_FILENO);
        execvp(command[0], command);
        _exit(127);
    }
    return child;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* The median time of a command, from its start to its end. */
static int time_command(unsigned int runs, char **command)
{
    static uint64_t took[RUNS];

    for (unsigned int i = 0; i < runs; i++) {
        uint64_t begin = now_us();
        int status;

        if (waitpid(start(command), &status, 0) < 0 || status) {
            printf("domains: %s ended with status %#x\n", command[0], status);
            return 1;
        }
        took[i] = now_us() - begin;
    }
    qsort(took, runs, sizeof(took[0]), compare);
    printf("domains: median %" PRIu64 "\n", took[runs / 2]);
    return 0;
}

/*
 * A command that creates a guest: when the guest's first instruction has run, when the command was
 * over, and when the guest had asked to be switched off, which its first process does.  The guest
 * has to be kept after it.
 */
static int time_create(char **command)
{
    static domid_t old[DOMAINS];
    uint32_t count = look();
    uint64_t begin, first = 0, over = 0, end = 0;
    pid_t child;

    for (uint32_t i = 0; i < count; i++)
        old[i] = buffer->info[i].domain;
    begin = now_us();
    child = start(command);
    while (!over || !first || !end) {
        const struct xen_domctl_getdomaininfo *d = find_new(old, count);
        int status;

        if (d && !first && d->cpu_time && !(d->flags & XEN_DOMINF_paused))
            first = now_us() - begin;
        if (d && !end && d->flags & XEN_DOMINF_shutdown) {
            end = now_us() - begin;
            if (d->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask) {
                printf("domains: the guest crashed\n");
                return 1;
            }
        }
        if (!over && waitpid(child, &status, WNOHANG) > 0) {
            over = now_us() - begin;
            if (status) {
                printf("domains: %s ended with status %#x\n", command[0], status);
                return 1;
            }
        }
        if (now_us() - begin > PATIENCE_S * 1000000ULL) {
            printf("domains: no end after %d s\n", PATIENCE_S);
            return 1;
        }
        usleep(POLL_US);
    }
    printf("domains: first %" PRIu64 " over %" PRIu64 " end %" PRIu64 "\n", first, over, end);
    return 0;
}

/* Free frames, and those that domains have as their own. */
static int memory(void)
{
    uint64_t pages = 0;
    uint32_t count = look();

    for (uint32_t i = 0; i < count; i++)
        pages += buffer->info[i].tot_pages;
    buffer->op = (struct xen_sysctl){0};
    call(XEN_SYSCTL_physinfo);
    printf("domains: free %" PRIu64 " own %" PRIu64 "\n", buffer->op.u.physinfo.free_pages, pages);
    return 0;
}

/* The CPU time that each domain had in some seconds. */
static int cpu(unsigned int seconds)
{
    static struct xen_domctl_getdomaininfo before[DOMAINS];
    uint32_t count = look();
    uint64_t begin = now_us();

    memcpy(before, buffer->info, sizeof(before));
    sleep(seconds);
    if (look() != count) {
        printf("domains: they came or went meanwhile\n");
        return 1;
    }
    printf("domains: elapsed %" PRIu64 "\n", now_us() - begin);
    for (uint32_t i = 0; i < count; i++)
        printf("domains: domain %u had %" PRIu64 "\n", before[i].domain,
               (buffer->info[i].cpu_time - before[i].cpu_time) / 1000);
    return 0;
}

/* Presses keys of the hypervisor's console, whose answers are in its log. */
static int keys(const char *text)
{
    size_t count = strlen(text);
    char *copy = (char *)buffer->info;

    memcpy(copy, text, count);
    buffer->op = (struct xen_sysctl){.u.debug_keys = {.nr_keys = (uint32_t)count}};
    set_xen_guest_handle(buffer->op.u.debug_keys.keys, copy);
    call(XEN_SYSCTL_debug_keys);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int hypercall = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC);

    setvbuf(stdout, NULL, _IOLBF, 0);
    privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    if (privcmd < 0 || hypercall < 0)
        die("/dev/xen");
    buffer = mmap(NULL, (sizeof(*buffer) + 4095) & ~4095UL, PROT_READ | PROT_WRITE, MAP_SHARED,
                  hypercall, 0);
    if (buffer == MAP_FAILED)
        die("mmap");
    if (!strcmp(what, "create") && argc > 2)
        return time_create(argv + 2);
    if (!strcmp(what, "time") && argc > 3 && atoi(argv[2]) > 0 && atoi(argv[2]) <= RUNS)
        return time_command((unsigned int)atoi(argv[2]), argv + 3);
    if (!strcmp(what, "memory") && argc == 2)
        return memory();
    if (!strcmp(what, "cpu") && argc == 3)
        return cpu((unsigned int)atoi(argv[2]));
    if (!strcmp(what, "keys") && argc == 3 && strlen(argv[2]) < sizeof(buffer->info))
        return keys(argv[2]);
    printf("usage: domains create COMMAND... | time RUNS COMMAND... | memory | cpu SECONDS | "
           "keys KEYS\n");
    return 2;
}
