/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvstored: the XenStore daemon of the control domain.
 * Exit status: 0 ended by a signal, 1 could not start (one sentence on stderr), 2 wrong usage,
 * 3 another daemon has the state's folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "domain.h"
#include "life.h"
#include "log.h"
#include "server.h"
#include "state.h"

#define EXIT_USAGE 2
#define EXIT_BUSY  3

static const char usage[] =
    "Usage: hvstored [OPTION]...\n"
    "Serves XenStore to the domains of this host and to programs of the control domain.\n"
    "  -f, --foreground    stay in the foreground, and log to stderr\n"
    "  -s, --state DIR     keep the state in DIR (default /run/hvstored)\n"
    "  -S, --socket PATH   clients connect here (default /run/xenstored/socket)\n"
    "  -p, --pidfile FILE  write the process number to FILE\n"
    "  -t, --trace FILE    write a line for each message to FILE\n"
    "  -n, --no-domains    serve the socket only, without a hypervisor\n"
    "  -h, --help          this text\n"
    "  -V, --version       print the version\n";

struct options {
    const char *state, *socket, *pidfile, *trace;
    bool foreground, domains;
};

/* Below 0: go on; otherwise the exit status. */
static int parse(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"foreground", no_argument, NULL, 'f'},
        {"state", required_argument, NULL, 's'},
        {"socket", required_argument, NULL, 'S'},
        {"pidfile", required_argument, NULL, 'p'},
        {"trace", required_argument, NULL, 't'},
        {"no-domains", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "fs:S:p:t:nhV", names, NULL)) != -1) {
        switch (c) {
        case 'f':
            options->foreground = true;
            break;
        case 's':
            options->state = optarg;
            break;
        case 'S':
            options->socket = optarg;
            break;
        case 'p':
            options->pidfile = optarg;
            break;
        case 't':
            options->trace = optarg;
            break;
        case 'n':
            options->domains = false;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        case 'V':
            puts("hvstored " PACKAGE_VERSION);
            return 0;
        default:
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "hvstored: %s: no arguments are taken, see --help\n", argv[optind]);
        return EXIT_USAGE;
    }
    return -1;
}

/* Makes the folder that a file is to lie in, one level. */
static void make_folder(const char *file)
{
    char *copy = mem_string(file), *slash = copy ? strrchr(copy, '/') : NULL;

    if (slash && slash != copy) {
        *slash = '\0';
        mkdir(copy, 0755);
    }
    free(copy);
}

static int write_pid(const char *name)
{
    FILE *file = fopen(name, "we");

    if (!file)
        return -errno;
    fprintf(file, "%ld\n", (long)getpid());
    return fclose(file) ? -errno : 0;
}

/* A state of another boot of the control domain says nothing about this one's domains. */
static bool of_this_boot(const struct store *store)
{
    const struct domain *control = domain_find(store, 0);
    struct domain_status status;

    return !control || hypervisor_status(0, &status) ||
           !memcmp(status.handle, control->handle, sizeof(status.handle));
}

/* Opens the state, the old one or a first one. Returns the exit status. */
static int open_state(struct store *store, const struct options *options)
{
    int found = journal_open(&store->journal, options->state, state_load, store);

    if (found == -EBUSY) {
        log_error("%s: another hvstored has it", options->state);
        return EXIT_BUSY;
    }
    if (found == 1 && options->domains && !of_this_boot(store)) {
        log_info("%s is of an earlier boot and not used", options->state);
        unlinkat(store->journal.folder, "state", 0);
        store_free(store);
        found = store_init(store);
        if (!found)
            found = journal_open(&store->journal, options->state, state_load, store);
    }
    if (found == 0)
        found = state_first(store);
    if (found < 0) {
        log_error("%s: %s", options->state,
                  found == -EBADMSG ? "its file \"state\" is damaged; remove it to start afresh, "
                                      "and restart the guests"
                                    : strerror(-found));
        return 1;
    }
    return 0;
}

static int start_domains(struct store *store)
{
    int error = state_resume(store);

    if (error) {
        log_error("the rings can't be taken up again: %s", strerror(-error));
        return 1;
    }
    error = domain_find(store, 0) ? 0 : life_control(store);
    if (error)
        log_error("the control domain's own ring: %s", strerror(-error));
    return error ? 1 : 0;
}

/* Each client is an open file. */
static void more_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        log_warning("the limit of open files stays %llu", (unsigned long long)limit.rlim_cur);
}

/* Runs the daemon; ready: a descriptor that is told when it serves, or -1. */
static int run(const struct options *options, int ready)
{
    struct server server;
    struct store store;
    const char *what;
    int status, listener, error;

    error = store_init(&store);
    if (error) {
        log_error("%s", strerror(-error));
        return 1;
    }
    error = options->domains ? hypervisor_open(&what) : 0;
    if (error) {
        log_error("%s: %s; is this the control domain, with its modules loaded?", what,
                  strerror(-error));
        return 1;
    }
    more_files();
    status = open_state(&store, options);
    if (!status && options->domains)
        status = start_domains(&store);
    if (status)
        return status;
    make_folder(options->socket);
    listener = client_listen(options->socket);
    error = listener < 0 ? listener : server_open(&server, &store, listener, options->domains);
    if (error) {
        log_error("%s: %s", options->socket, strerror(-error));
        return 1;
    }
    error = options->trace ? trace_open(options->trace) : 0;
    if (error) {
        log_error("%s: %s", options->trace, strerror(-error));
        return 1;
    }
    error = options->pidfile ? write_pid(options->pidfile) : 0;
    if (error) {
        log_error("%s: %s", options->pidfile, strerror(-error));
        return 1;
    }
    if (ready >= 0) {
        log_open(false);
        if (dup2(1, 2) < 0 || write(ready, "", 1) != 1)
            log_error("who started the daemon is gone");
        close(ready);
    }
    error = server_run(&server);
    if (error)
        log_error("waiting for events failed: %s", strerror(-error));
    server_close(&server);
    store_free(&store);
    hypervisor_close();
    trace_close();
    if (options->pidfile)
        unlink(options->pidfile);
    return error ? 1 : 0;
}

/* The parent ends when the daemon serves, or with its exit status. */
static int run_behind(const struct options *options)
{
    int ends[2], status, null;
    pid_t child;
    char byte;

    if (pipe2(ends, O_CLOEXEC) || (child = fork()) < 0) {
        perror("hvstored: it can't be started in the background");
        return 1;
    }
    if (child) {
        close(ends[1]);
        if (read(ends[0], &byte, 1) == 1)
            return 0;
        if (waitpid(child, &status, 0) == child && WIFEXITED(status))
            return WEXITSTATUS(status) ? WEXITSTATUS(status) : 1;
        return 1;
    }
    close(ends[0]);
    setsid();
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (chdir("/") || null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
        return 1;
    return run(options, ends[1]);
}

int main(int argc, char **argv)
{
    struct options options = {
        .state = "/run/hvstored", .socket = "/run/xenstored/socket", .domains = true};
    int status = parse(argc, argv, &options);

    if (status >= 0)
        return status;
    log_open(true);
    return options.foreground ? run(&options, -1) : run_behind(&options);
}
