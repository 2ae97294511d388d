/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's core in a test's process. Requests go through the rings, as guests' do.
 */
#include <errno.h> /* before xs_wire.h */

#include "hvstored_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dom0-tools/hvstored/connection.h"
#include "dom0-tools/hvstored/domain.h"
#include "dom0-tools/hvstored/life.h"
#include "dom0-tools/hvstored/server.h"
#include "dom0-tools/hvstored/state.h"

#define EVENTS_KEPT 4096

struct store machine_store;
struct guest machine_guests[FAKE_DOMAINS];
struct guest_message machine_reply;
static char folder[64];
static uint32_t last_request, asked_type, asked_tx;
static struct {
    char *text[EVENTS_KEPT];
    int first, count;
} events[FAKE_DOMAINS];

const char *machine_folder(void)
{
    strcpy(folder, "/tmp/hvstored-test-XXXXXX");
    if (!mkdtemp(folder))
        abort();
    return folder;
}

const char *machine_where(void)
{
    return folder;
}

static void must(bool good, const char *what)
{
    if (!good) {
        printf("FAIL machine: %s\n", what);
        exit(1);
    }
}

static void start(void)
{
    const char *what;
    int found = 0;

    store_init(&machine_store);
    must(!hypervisor_open(&what), "hypervisor_open");
    if (*folder) {
        found = journal_open(&machine_store.journal, folder, state_load, &machine_store);
        must(found >= 0, "journal_open");
    }
    must(found || !state_first(&machine_store), "state_first");
    state_resume(&machine_store);
    must(domain_find(&machine_store, 0) || !life_control(&machine_store), "life_control");
    life_check(&machine_store);
}

void machine_start(const char *where)
{
    uint16_t i;

    if (where && where != folder)
        snprintf(folder, sizeof(folder), "%s", where);
    if (!where)
        *folder = '\0';
    fake_make(where);
    start();
    for (i = 0; i < FAKE_DOMAINS; i++)
        guest_init(&machine_guests[i], i);
    for (i = 1; i < 4; i++)
        machine_introduce(i);
}

void machine_take_over(const char *where)
{
    uint16_t i;

    if (where != folder)
        snprintf(folder, sizeof(folder), "%s", where);
    fake_free();
    setenv("HVSTORED_FAKE", where, 1);
    start();
    for (i = 0; i < FAKE_DOMAINS; i++)
        machine_guests[i].page = &fake_machine->pages[i].ring;
}

void machine_restart(void)
{
    uint16_t i;

    /* What a daemon leaves when it is killed is what store_free does not touch. */
    store_free(&machine_store);
    for (i = 0; i < FAKE_DOMAINS; i++)
        fake_machine->domains[i].bound = 0;
    start();
    machine_settle();
}

void machine_stop(void)
{
    char command[128];
    uint16_t i;

    for (i = 0; i < FAKE_DOMAINS; i++)
        forget_events(i);
    store_free(&machine_store);
    fake_free();
    if (*folder) {
        snprintf(command, sizeof(command), "rm -rf %s", folder);
        must(!system(command), "rm");
        *folder = '\0';
    }
}

static void keep_event(uint16_t domid, const struct guest_message *message)
{
    const char *path = message->body, *token = path + strlen(path) + 1;
    char text[8400];
    int at = (events[domid].first + events[domid].count) % EVENTS_KEPT;

    must(events[domid].count < EVENTS_KEPT, "too many events");
    snprintf(text, sizeof(text), "%s %s", path, token);
    events[domid].text[at] = strdup(text);
    events[domid].count++;
}

/* Moves bytes both ways until nothing moves; the answer to a request lands in machine_reply. */
static bool pump(uint16_t waiting, uint32_t req_id)
{
    static struct guest_message message;
    struct connection *connection;
    bool moved = true, answered = false;
    uint32_t cons;
    uint16_t i;

    while (moved) {
        for (connection = machine_store.connections; connection; connection = connection->next)
            connection->ready = true;
        moved = server_round(&machine_store);
        for (i = 0; i < FAKE_DOMAINS; i++) {
            if (!machine_guests[i].page)
                continue;
            moved |= guest_push(&machine_guests[i]);
            cons = machine_guests[i].page->rsp_cons;
            while (guest_take(&machine_guests[i], &message)) {
                moved = true;
                if (message.header.type == XS_WATCH_EVENT) {
                    keep_event(i, &message);
                } else if (i == waiting && message.header.req_id == req_id) {
                    must(!answered, "two answers to one request");
                    machine_reply = message;
                    answered = true;
                }
            }
            moved |= cons != machine_guests[i].page->rsp_cons;
        }
    }
    return answered;
}

void machine_settle(void)
{
    pump(FAKE_DOMAINS, 0);
    state_maintain(&machine_store);
}

void machine_introduce(uint16_t domid)
{
    char body[64];

    fake_domain_make(domid);
    guest_init(&machine_guests[domid], domid);
    snprintf(body, sizeof(body), "%u|4711|%u|", domid, 100 + domid);
    must(!ask(0, XS_INTRODUCE, 0, body), "INTRODUCE");
}

int ask_bytes(uint16_t domid, uint32_t type, uint32_t tx_id, const void *body, size_t len)
{
    guest_post(&machine_guests[domid], type, ++last_request, tx_id, body, len);
    asked_type = type;
    asked_tx = tx_id;
    return ask_again(domid);
}

int ask_again(uint16_t domid)
{
    size_t i;

    if (!pump(domid, last_request))
        return -ETIMEDOUT;
    if (machine_reply.header.type != XS_ERROR)
        return machine_reply.header.type == asked_type && machine_reply.header.tx_id == asked_tx
                   ? 0
                   : -EBADMSG;
    for (i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (!strcmp(xsd_errors[i].errstring, machine_reply.body))
            return -xsd_errors[i].errnum;
    }
    return -EBADMSG;
}

int ask(uint16_t domid, uint32_t type, uint32_t tx_id, const char *body)
{
    size_t len = strlen(body), i;
    char *copy = strdup(body);
    int error;

    for (i = 0; i < len; i++) {
        if (copy[i] == '|')
            copy[i] = '\0';
    }
    error = ask_bytes(domid, type, tx_id, copy, len);
    free(copy);
    return error;
}

bool reads(uint16_t domid, uint32_t tx_id, const char *path, const char *value)
{
    char body[4096];

    snprintf(body, sizeof(body), "%s|", path);
    return !ask(domid, XS_READ, tx_id, body) && !strcmp(machine_reply.body, value) &&
           machine_reply.header.len == strlen(value);
}

uint32_t begin(uint16_t domid)
{
    return ask(domid, XS_TRANSACTION_START, 0, "|") ? 0 : (uint32_t)atoi(machine_reply.body);
}

int end(uint16_t domid, uint32_t tx_id)
{
    return ask(domid, XS_TRANSACTION_END, tx_id, "T|");
}

const char *event_of(uint16_t domid)
{
    static char text[8400];
    int at = events[domid].first;

    if (!events[domid].count)
        return "";
    events[domid].count--;
    events[domid].first = (at + 1) % EVENTS_KEPT;
    strcpy(text, events[domid].text[at]);
    free(events[domid].text[at]);
    return text;
}

void forget_events(uint16_t domid)
{
    while (*event_of(domid))
        ;
}
