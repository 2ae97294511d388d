/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ioperm and iopl in the control domain: a port is reachable from user space
 * exactly after the kernel allowed it, on each CPU, and in no other process.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

#define RTC_INDEX 0x70
#define RTC_DATA  0x71
#define DELAY     0x80 /* the POST port: writing it has no effect */

static sigjmp_buf out;

static void on_segv(int number)
{
    siglongjmp(out, number);
}

/* Whether a port may be read. */
static int reachable(unsigned short port)
{
    if (sigsetjmp(out, 1))
        return 0;
    (void)inb(port);
    return 1;
}

static void expect(int condition, const char *what)
{
    if (condition)
        return;
    printf("ports: failed: %s\n", what);
    exit(1);
}

int main(void)
{
    int status;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    signal(SIGSEGV, on_segv);
    expect(!reachable(DELAY), "a port is reachable without permission");
    expect(ioperm(DELAY, 1, 1) == 0, "ioperm");
    expect(reachable(DELAY), "a port is not reachable after ioperm");
    expect(!reachable(RTC_DATA), "another port is reachable after ioperm");
    for (int cpu = 0; cpu < cpus; cpu++) {
        cpu_set_t set;

        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        expect(sched_setaffinity(0, sizeof(set), &set) == 0, "sched_setaffinity");
        expect(reachable(DELAY), "a port is not reachable on another CPU");
        expect(!reachable(RTC_DATA), "another port is reachable on another CPU");
    }
    expect(ioperm(DELAY, 1, 0) == 0, "ioperm");
    expect(!reachable(DELAY), "a port is reachable after ioperm took it back");

    if (fork() == 0) {
        expect(iopl(3) == 0, "iopl");
        expect(reachable(DELAY) && reachable(RTC_INDEX), "a port is not reachable after iopl");
        _exit(0);
    }
    wait(&status);
    expect(status == 0, "the child with iopl");
    expect(!reachable(DELAY), "a port is reachable after a child's iopl");
    puts("ports: ioperm and iopl allow what they should, and no more");
    return 0;
}
