/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop: events of rings, sockets, signals; rounds of requests; what is done now and then.
 */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "domain.h"
#include "life.h"
#include "log.h"
#include "state.h"
#include "transaction.h"

#define EVENTS       64
#define RETRY_MS     1000 /* after something that could not be done */
#define EXPIRE_EVERY 4096 /* rounds */

static int watch_fd(struct server *server, int fd, void *tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};

    return epoll_ctl(server->poll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

int server_open(struct server *server, struct store *store, int listener, bool domains)
{
    sigset_t set;
    int error;

    *server = (struct server){store, -1, -1, listener, -1, domains, domains};
    server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        return -errno;
    server->poll = epoll_create1(EPOLL_CLOEXEC);
    server->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (server->poll < 0 || server->signals < 0)
        return -errno;
    error = watch_fd(server, server->signals, &server->signals);
    if (!error)
        error = watch_fd(server, listener, &server->listener);
    if (!error && domains)
        error = watch_fd(server, hypervisor_fd(), &server->domains);
    return error;
}

void server_close(struct server *server)
{
    close(server->listener);
    if (server->spare >= 0)
        close(server->spare);
    if (server->signals >= 0)
        close(server->signals);
    if (server->poll >= 0)
        close(server->poll);
}

static int accept_one(struct server *server)
{
    return accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/*
 * Without a free descriptor a connection would wait for ever, and wake the loop for ever: the spare
 * one takes it, and it is closed.
 */
static bool turn_away(struct server *server)
{
    int fd;

    if ((errno != EMFILE && errno != ENFILE) || server->spare < 0)
        return false;
    close(server->spare);
    fd = accept_one(server);
    if (fd >= 0)
        close(fd);
    server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

static void accept_all(struct server *server)
{
    int fd;

    do {
        while ((fd = accept_one(server)) >= 0)
            client_new(server->store, fd, server->poll);
    } while (turn_away(server));
}

static void take_events(struct server *server)
{
    struct domain *domain;
    int port, n;

    for (n = 0; n < EVENTS; n++) {
        port = hypervisor_next_event();
        if (port < 0)
            break;
        if (port == EVENT_DOMAINS)
            server->check = true;
        domain = port ? domain_of_port(server->store, port) : NULL;
        if (domain)
            domain->connection->ready = true;
    }
}

/* False: it is time to end. */
static bool take_signals(struct server *server)
{
    struct signalfd_siginfo info;
    int error;

    while (read(server->signals, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo != SIGHUP)
            return false;
        error = trace_name() ? trace_open(trace_name()) : 0;
        if (error)
            log_error("the trace can't be opened again: %s", strerror(-error));
    }
    return true;
}

bool server_round(struct store *store)
{
    struct connection *connection = store->connections;
    bool more = false;

    while (connection) {
        store->cursor = connection->next;
        if (connection->ready) {
            connection->ready = false;
            if (connection->domain) {
                if (domain_step(connection->domain))
                    connection->ready = true;
            } else {
                client_step(connection->client); /* its socket tells of further requests */
            }
        }
        connection = store->cursor;
    }
    /* Also those that were passed already when somebody had news for them. */
    for (connection = store->connections; connection && !more; connection = connection->next)
        more = connection->ready;
    return more;
}

static void try_again(struct store *store)
{
    struct connection *connection;

    store->retry = false;
    for (connection = store->connections; connection; connection = connection->next)
        connection->ready = true;
}

static bool dispatch(struct server *server, struct epoll_event *events, int n)
{
    bool go_on = true;

    while (n--) {
        if (events[n].data.ptr == &server->signals)
            go_on = take_signals(server);
        else if (events[n].data.ptr == &server->listener)
            accept_all(server);
        else if (events[n].data.ptr == &server->domains)
            take_events(server);
        else
            ((struct client *)events[n].data.ptr)->connection->ready = true;
    }
    return go_on;
}

int server_run(struct server *server)
{
    struct epoll_event events[EVENTS];
    uint32_t rounds = 0;
    bool more = true;
    int n, wait;

    for (;;) {
        wait = more ? 0 : server->check || server->store->retry ? RETRY_MS : -1;
        n = epoll_wait(server->poll, events, EVENTS, wait);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0 && !dispatch(server, events, n))
            return 0;
        if (!more && server->store->retry)
            try_again(server->store);
        if (server->check)
            server->check = !life_check(server->store);
        more = server_round(server->store);
        state_maintain(server->store);
        if (++rounds % EXPIRE_EVERY == 0)
            transaction_expire(server->store);
    }
}
