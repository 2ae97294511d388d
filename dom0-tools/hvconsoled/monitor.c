/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that does what guests' definitions say about their ends.
 */
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hvctl.h"

#define PAUSE 2 /* seconds between two starts */

static pid_t process, daemon_pid; /* the monitor, and whose it is */
static time_t started;

static void interrupt(int number)
{
    (void)number; /* so that the loop's waiting ends */
}

void monitor_keep(void)
{
    struct timespec now;

    if (process > 0 && waitpid(process, NULL, WNOHANG) == process) {
        process = 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (process) {
        return;
    }
    if (!started) {
        sigaction(SIGCHLD, &(struct sigaction){.sa_handler = interrupt}, NULL);
        sigaction(SIGALRM, &(struct sigaction){.sa_handler = interrupt}, NULL);
    } else if (now.tv_sec - started < PAUSE) {
        alarm(PAUSE); /* the loop waits for events, which may take long */
        return;
    }
    started = now.tv_sec;
    daemon_pid = getpid();
    process = fork();
    if (!process) {
        char argument[32];

        snprintf(argument, sizeof(argument), "--monitor=%d", (int)daemon_pid);
        execl("/proc/self/exe", "hvconsoled", argument, (char *)NULL);
        _exit(127);
    }
    if (process < 0) {
        fprintf(stderr, "hvconsoled: the monitor of guests' ends can't be started: %s\n",
                strerror(errno));
        process = 0;
    }
}

static const char *action_name(enum hvctl_action action)
{
    switch (action) {
    case HVCTL_ACTION_DESTROY:
        return "destroyed";
    case HVCTL_ACTION_RESTART:
        return "started again";
    case HVCTL_ACTION_PRESERVE:
        return "kept as it is";
    case HVCTL_ACTION_RENAME_RESTART:
        return "kept under another name and started again";
    }
    return "left alone";
}

static void told(void *opaque, const struct hvctl_end *end)
{
    static const char *const reasons[] = {"power off", "reboot", "suspend", "crash"};
    const char *reason = end->shutdown_reason < sizeof(reasons) / sizeof(*reasons)
                             ? reasons[end->shutdown_reason]
                             : "another reason";

    (void)opaque;
    fprintf(stderr, "hvconsoled: %s (%u) ended, %s: ", end->name, end->domid, reason);
    if (end->failure) {
        fprintf(stderr, "it could not be %s: %s\n", action_name(end->action), end->failure);
    } else if (end->new_domid != HVCTL_NO_DOMAIN) {
        fprintf(stderr, "%s, as guest %u\n", action_name(end->action), end->new_domid);
    } else {
        fprintf(stderr, "%s\n", action_name(end->action));
    }
}

/* Asked each second, never in the middle of work. */
static bool stop(void *opaque)
{
    (void)opaque;
    return getppid() != daemon_pid;
}

int monitor_main(const char *lock, pid_t daemon)
{
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct hvctl *h;
    int result;

    daemon_pid = daemon ? daemon : getppid();
    prctl(PR_SET_NAME, "hvconsoled-mon");
    if (fd < 0 || flock(fd, LOCK_EX)) {
        fprintf(stderr, "hvconsoled: %s can't be locked: %s\n", lock, strerror(errno));
        return 1;
    }
    if (getppid() != daemon_pid) {
        return 0;
    }
    h = hvctl_open();
    if (!h) {
        return 1;
    }
    result = hvctl_monitor_run(h, told, stop, NULL);
    if (result) {
        fprintf(stderr, "hvconsoled: %s\n", hvctl_message(h));
    }
    hvctl_close(h);
    return result != 0;
}
