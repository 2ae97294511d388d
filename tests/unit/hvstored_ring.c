/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests' rings: every way in which bytes can come in pieces, counters that wrap, and guests that
 * write nonsense into their page. Nobody else notices, and nothing loops.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dom0-tools/hvstored/connection.h"
#include "dom0-tools/hvstored/domain.h"
#include "dom0-tools/hvstored/server.h"
#include "hvstored_machine.h"
#include "unit.h"

static struct xenstore_domain_interface *page_of(uint16_t domid)
{
    return &fake_machine->pages[domid].ring;
}

/* A round of the daemon's alone; bounded, or it is a failure. */
static bool settles(void)
{
    struct connection *connection;
    int rounds = 0;

    for (connection = machine_store.connections; connection; connection = connection->next)
        connection->ready = true;
    while (server_round(&machine_store)) {
        if (++rounds > 1000)
            return false;
    }
    return true;
}

static void others_work(void)
{
    EXPECT(!ask(2, XS_GET_DOMAIN_PATH, 0, "2|") && !ask(0, XS_WRITE, 0, "/ok|1"));
}

/* One byte more each time, with the daemon looking after each. */
static void in_pieces(void)
{
    static char request[16 + 4096];
    struct xsd_sockmsg header = {XS_WRITE, 77, 0, 4096};
    struct xenstore_domain_interface *page;
    struct guest_message reply;
    size_t i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/p|") && !ask(0, XS_SET_PERMS, 0, "/p|b0|"));
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|node-size|4096|"));
    page = page_of(1);
    memset(request, 'v', sizeof(request));
    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), "/p\0", 3);
    for (i = 0; i < sizeof(request); i++) {
        page->req[MASK_XENSTORE_IDX(page->req_prod)] = request[i];
        page->req_prod++;
        EXPECT(settles());
        EXPECT(guest_take(&machine_guests[1], &reply) == (i == sizeof(request) - 1));
    }
    EXPECT(reply.header.req_id == 77 && reply.header.type == XS_WRITE);
    EXPECT(!ask(1, XS_READ, 0, "/p|") && machine_reply.header.len == 4093);
    machine_stop();
}

/* Linux adds a body to its header without a word when the header was not taken before. */
static void header_is_taken(void)
{
    struct xsd_sockmsg header = {XS_READ, 78, 0, 2};
    struct xenstore_domain_interface *page;

    machine_start(NULL);
    page = page_of(1);
    for (size_t i = 0; i < sizeof(header); i++)
        page->req[MASK_XENSTORE_IDX(page->req_prod + i)] = ((char *)&header)[i];
    page->req_prod += sizeof(header) - 1;
    EXPECT(settles() && page->req_cons == page->req_prod);
    page->req_prod++;
    EXPECT(settles() && page->req_cons == page->req_prod);
    machine_stop();
}

static void counters_wrap(void)
{
    struct xenstore_domain_interface *page;
    int i;

    machine_start(NULL);
    fake_domain_make(8);
    page = page_of(8);
    page->req_cons = page->req_prod = 0xfffffff0u;
    page->rsp_cons = page->rsp_prod = 0xfffff800u;
    EXPECT(!ask(0, XS_INTRODUCE, 0, "8|1|108|"));
    guest_init(&machine_guests[8], 8);
    for (i = 0; i < 200; i++)
        EXPECT(!ask(8, XS_GET_DOMAIN_PATH, 0, "8|"));
    EXPECT(page->req_cons < 0x10000 && page->rsp_prod < 0x10000);
    machine_stop();
}

static void expect_broken(uint16_t domid, uint32_t reason)
{
    struct xenstore_domain_interface *page = page_of(domid);

    EXPECT(settles() && page->error == reason);
    others_work();
    EXPECT(ask(domid, XS_GET_DOMAIN_PATH, 0, "1|") == -ETIMEDOUT);
    /* A new start heals it. */
    page->connection = XENSTORE_RECONNECT;
    EXPECT(settles() && page->connection == XENSTORE_CONNECTED && !page->error);
    EXPECT(!page->req_cons && !page->req_prod && !page->rsp_cons && !page->rsp_prod);
    guest_init(&machine_guests[domid], domid);
    EXPECT(!ask(domid, XS_GET_DOMAIN_PATH, 0, "1|"));
    EXPECT(!ask(domid, XS_WATCH, 0, "w|t|")); /* the old ones are gone */
}

static void hostile(void)
{
    static const uint32_t wrong[] = {1025, 4096, 0x7fffffff, 0x80000000, 0xffffffff};
    struct xsd_sockmsg header = {XS_READ, 1, 0, 4097};
    struct xenstore_domain_interface *page;
    size_t i;

    machine_start(NULL);
    page = page_of(1);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        EXPECT(!ask(1, XS_RESET_WATCHES, 0, "|") && !ask(1, XS_WATCH, 0, "w|t|"));
        page->req_prod = page->req_cons + wrong[i];
        expect_broken(1, XENSTORE_ERROR_RINGIDX);
        EXPECT(!ask(1, XS_RESET_WATCHES, 0, "|") && !ask(1, XS_WATCH, 0, "/ok|t|"));
        page->rsp_cons = page->rsp_prod - wrong[i];
        EXPECT(!ask(0, XS_SET_PERMS, 0, "/ok|r0|"));
        EXPECT(!ask(0, XS_WRITE, 0, "/ok|2"));
        expect_broken(1, XENSTORE_ERROR_RINGIDX);
    }
    for (i = 0; i < 2; i++) {
        header.len = i ? 0xffffffffu : 4097;
        EXPECT(!ask(1, XS_RESET_WATCHES, 0, "|"));
        guest_post(&machine_guests[1], header.type, 1, 0, "", 0);
        memcpy(page->req + MASK_XENSTORE_IDX(page->req_prod - 4), &header.len, 4);
        expect_broken(1, XENSTORE_ERROR_PROTO);
    }
    machine_stop();
}

/* A guest whose ring breaks just when its change is made: the others hear of the change. */
static void broken_while_served(void)
{
    struct connection *connection;
    struct guest_message message;

    machine_start(NULL);
    EXPECT(!ask(0, XS_MKDIR, 0, "/b|") && !ask(0, XS_SET_PERMS, 0, "/b|b0|"));
    EXPECT(!ask(3, XS_WATCH, 0, "/b|t|"));
    forget_events(3);
    page_of(1)->rsp_cons += 5000;
    guest_post(&machine_guests[1], XS_WRITE, 7, 0, "/b\0x", 4);
    for (connection = machine_store.connections; connection; connection = connection->next)
        connection->ready = connection->domid == 1;
    while (server_round(&machine_store))
        ;
    EXPECT(page_of(1)->error == XENSTORE_ERROR_RINGIDX);
    EXPECT(guest_take(&machine_guests[3], &message) && message.header.type == XS_WATCH_EVENT);
    machine_stop();
}

/* The daemon's own counters are not taken from the page. */
static void tampered(void)
{
    struct xenstore_domain_interface *page;
    uint32_t cons, prod;

    machine_start(NULL);
    page = page_of(1);
    EXPECT(!ask(1, XS_GET_DOMAIN_PATH, 0, "1|"));
    cons = page->req_cons;
    prod = page->rsp_prod;
    machine_guests[1].page = NULL; /* it looks away */
    page->req_cons = 12345;
    page->rsp_prod = 54321;
    EXPECT(settles());
    others_work();
    page->req_cons = cons;
    page->rsp_prod = prod;
    machine_guests[1].page = page;
    EXPECT(!ask(1, XS_GET_DOMAIN_PATH, 0, "1|"));
    machine_stop();
}

/* Who reads no answers is served no requests; who floods delays others by one request. */
static void fair(void)
{
    struct guest *flooder = &machine_guests[1], keep;
    struct connection *connection;
    struct guest_message reply;
    uint32_t served, i;

    machine_start(NULL);
    keep = *flooder;
    flooder->page = NULL;
    keep.page = page_of(1);
    for (i = 0; i < 40; i++)
        guest_post(&keep, XS_GET_DOMAIN_PATH, i, 0, "1234", 5);
    EXPECT(settles());
    served = keep.page->req_cons / 21;
    EXPECT(served >= 25 && served < 40); /* 1024 bytes of answers, and one that waits */
    for (connection = machine_store.connections; connection->domid != 1;)
        connection = connection->next;
    EXPECT(connection->out && !connection->out->next);
    /* With all the ring full of requests, another's is served in the first round. */
    for (i = 0; i < 10; i++)
        guest_take(&keep, &reply);
    guest_post(&machine_guests[2], XS_GET_DOMAIN_PATH, 9, 0, "2", 2);
    for (connection = machine_store.connections; connection; connection = connection->next)
        connection->ready = true;
    server_round(&machine_store);
    EXPECT(guest_take(&machine_guests[2], &reply) && reply.header.req_id == 9);
    machine_stop();
}

/* Replies larger than the ring, with events behind them, stay in order. */
static void large(void)
{
    static char body[4200], wanted[4001];
    int i;

    machine_start(NULL);
    EXPECT(!ask(0, XS_CONTROL, 0, "quota|set|node-size|4096|"));
    memset(wanted, 'w', 4000);
    snprintf(body, sizeof(body), "/big|%s", wanted);
    EXPECT(!ask(0, XS_WRITE, 0, body) && !ask(0, XS_SET_PERMS, 0, "/big|b0|"));
    for (i = 0; i < 20; i++)
        EXPECT(reads(1, 0, "/big", wanted));
    EXPECT(!ask(1, XS_WATCH, 0, "/big|t|"));
    forget_events(1);
    for (i = 0; i < 20; i++) {
        EXPECT(!ask(1, XS_WRITE, 0, body) && !strcmp(event_of(1), "/big t"));
        EXPECT(reads(1, 0, "/big", wanted));
    }
    machine_stop();
}

/* A guest that breaks its ring and asks for a new start again and again fills no disk. */
static void the_log_does_not_grow(void)
{
    int before = dup(STDERR_FILENO), lines = 0, i, c;
    FILE *log = tmpfile();

    machine_start(NULL);
    dup2(fileno(log), STDERR_FILENO);
    for (i = 0; i < 1000; i++) {
        page_of(1)->req_prod += 5000;
        EXPECT(settles() && page_of(1)->error == XENSTORE_ERROR_RINGIDX);
        page_of(1)->connection = XENSTORE_RECONNECT;
        EXPECT(settles() && page_of(1)->error == XENSTORE_ERROR_NONE);
    }
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(log);
    while ((c = fgetc(log)) != EOF)
        lines += c == '\n';
    fclose(log);
    EXPECT(lines > 0 && lines < 120);
    machine_stop();
}

int main(void)
{
    RUN(the_log_does_not_grow);
    RUN(in_pieces);
    RUN(header_is_taken);
    RUN(counters_wrap);
    RUN(hostile);
    RUN(broken_while_served);
    RUN(tampered);
    RUN(fair);
    RUN(large);
    return UNIT_RESULT;
}
