/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step: the daemon killed at every instruction. A process serves requests while this one
 * traces it, one instruction at a time. Whenever an instruction has changed anything that
 * outlives the process (the journal, a slot, a guest's page), a copy is taken of all that; on the
 * copy another daemon starts, which must bring every guest exactly the answers and events that
 * it would have had, once and in order.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dom0-tools/hvstored/connection.h"
#include "dom0-tools/hvstored/log.h"
#include "dom0-tools/hvstored/server.h"
#include "dom0-tools/hvstored/slot.h"
#include "dom0-tools/hvstored/state.h"
#include "hvstored_machine.h"
#include "steps.h"

#define GUESTS 4 /* 0 to 3 */

static const char *folder;
static char copy[80], heard[GUESTS][16384];

/* All that outlives the daemon, as it was when it was looked at last. */
static struct {
    struct fake_machine machine;
    struct slot slots[GUESTS];
    struct stat state;
} last;
static struct slot *slots[GUESTS];

static void die(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

static bool changed(void)
{
    struct stat now;
    char path[300];
    bool different;
    int i;

    snprintf(path, sizeof(path), "%s/state", folder);
    if (stat(path, &now))
        die(path);
    different = now.st_size != last.state.st_size || now.st_ino != last.state.st_ino ||
                memcmp(fake_machine, &last.machine, GUESTS * sizeof(fake_machine->pages[0]));
    for (i = 0; i < GUESTS; i++)
        different |= slots[i] && memcmp(slots[i], &last.slots[i], sizeof(last.slots[i]));
    if (!different)
        return false;
    last.state = now;
    last.machine = *fake_machine;
    for (i = 0; i < GUESTS; i++) {
        if (slots[i])
            last.slots[i] = *slots[i];
    }
    return true;
}

static void map_slots(void)
{
    char path[300];
    int i, fd;

    for (i = 0; i < GUESTS; i++) {
        if (slots[i])
            munmap(slots[i], sizeof(*slots[i]));
        snprintf(path, sizeof(path), "%s/ring-%d", folder, i);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        slots[i] = fd < 0 ? NULL : mmap(NULL, sizeof(*slots[i]), PROT_READ, MAP_SHARED, fd, 0);
        close(fd);
    }
}

/* Everything that comes to a guest, as text. */
static void hear(int i)
{
    static struct guest_message message;
    size_t at = strlen(heard[i]), j;
    char *body = message.body;

    while (guest_take(&machine_guests[i], &message)) {
        for (j = 0; j + 1 < message.header.len; j++) {
            if (!body[j])
                body[j] = ' ';
        }
        if (message.header.len > 60)
            snprintf(body, 60, "(%u bytes)", message.header.len);
        at += (size_t)snprintf(heard[i] + at, sizeof(heard[i]) - at, "%s#%u %s;",
                               message_name(message.header.type), message.header.req_id, body);
    }
    if (machine_guests[i].broken)
        strcat(heard[i], "BROKEN");
}

static bool guests_move(void)
{
    bool moved = false;
    uint32_t before;
    int i;

    for (i = 0; i < GUESTS; i++) {
        before = machine_guests[i].page->rsp_cons;
        moved |= guest_push(&machine_guests[i]);
        hear(i);
        moved |= before != machine_guests[i].page->rsp_cons;
    }
    return moved;
}

static void serve(void)
{
    struct connection *connection;

    for (connection = machine_store.connections; connection; connection = connection->next)
        connection->ready = true;
    while (server_round(&machine_store))
        ;
    state_maintain(&machine_store);
}

/* The daemon that is traced: it stops when it has started, and whenever nothing is left to do. */
static void traced(const struct scenario *scenario)
{
    int i;

    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
        die("ptrace");
    machine_take_over(folder);
    if (scenario->compacts)
        machine_store.journal.compact_at = 0;
    raise(SIGSTOP);
    for (i = 0; i < 100; i++) {
        serve();
        raise(SIGSTOP);
    }
    _exit(0);
}

/* In a process of its own: a daemon starts on the copy; what the guests hear is right? */
static int recovered(const struct scenario *scenario)
{
    int rounds = 0, i;

    machine_take_over(copy);
    do {
        serve();
        if (++rounds > 1000) {
            printf("%s: it does not come to an end\n", scenario->name);
            return 1;
        }
    } while (guests_move());
    for (i = 0; i < GUESTS; i++) {
        if (scenario_expects(scenario, i, heard[i]))
            continue;
        printf("%s: guest %d heard\n  %s\nand not\n  %s\n", scenario->name, i, heard[i],
               scenario->hears[i] ? scenario->hears[i] : "");
        return 1;
    }
    return scenario->check && !scenario->check(heard) ? 1 : 0;
}

static bool recovers(const struct scenario *scenario)
{
    char command[2000];
    int status;
    pid_t child;

    snprintf(command, sizeof(command), "rm -rf %s; mkdir %s; cp %s/machine %s/state %s/ring-* %s",
             copy, copy, folder, folder, folder, copy);
    if (system(command))
        die("cp");
    fflush(stdout);
    child = fork();
    if (!child)
        exit(recovered(scenario));
    waitpid(child, &status, 0);
    return status == 0;
}

/* Runs a process to its next stop; steps: an instruction at a time, with a look after each. */
static bool run(const struct scenario *scenario, pid_t child, bool steps, unsigned *instructions,
                unsigned *looks)
{
    int status;

    for (;;) {
        if (ptrace(steps ? PTRACE_SINGLESTEP : PTRACE_CONT, child, NULL, NULL))
            die("ptrace");
        waitpid(child, &status, 0);
        if (!WIFSTOPPED(status)) {
            printf("%s: the daemon ended, status %#x\n", scenario->name, status);
            return false;
        }
        if (WSTOPSIG(status) == SIGSTOP)
            return true;
        if (WSTOPSIG(status) != SIGTRAP) {
            printf("%s: the daemon got signal %d\n", scenario->name, WSTOPSIG(status));
            return false;
        }
        ++*instructions;
        if (!changed())
            continue;
        ++*looks;
        if (!recovers(scenario))
            return false;
    }
}

static bool test(const struct scenario *scenario)
{
    unsigned instructions = 0, looks = 0;
    char command[300];
    bool good = true;
    int status;
    pid_t child;

    machine_start(machine_folder());
    memset(heard, 0, sizeof(heard));
    scenario->prepare();
    machine_settle();
    folder = machine_where();
    snprintf(copy, sizeof(copy), "%s-copy", folder);
    store_free(&machine_store); /* the traced process has the folder from here on */
    store_init(&machine_store);
    scenario->post();
    map_slots();
    fflush(stdout);
    child = fork();
    if (!child)
        traced(scenario);
    waitpid(child, &status, 0);
    good = WIFSTOPPED(status);
    map_slots();
    changed();
    do
        good = good && run(scenario, child, true, &instructions, &looks);
    while (good && guests_move());
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    good = good && recovers(scenario) && looks > scenario->least;
    printf("%s %s: %u instructions, killed at %u\n", good ? "ok" : "FAIL", scenario->name,
           instructions, looks);
    snprintf(command, sizeof(command), "rm -rf %s", copy);
    if (system(command))
        good = false;
    machine_stop();
    return good;
}

int main(void)
{
    const struct scenario *scenario;
    bool good = true;

    for (scenario = scenarios; scenario->name; scenario++)
        good &= test(scenario);
    return !good;
}
