/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring to the store, without libpvguest's client: first every quota is used up by requests in
 * good form, then comes rubbish.  Now and then the guest asks for a new connection; then the store
 * must serve it as if nothing had been.
 */
#include "hostile.h"

#define WAIT 10000000000ul

static struct xenstore_domain_interface *ring;

static void kick(void)
{
    pv_event_send(pv_start_info->store_evtchn);
}

static bool await(bool (*ready)(void))
{
    uint64_t deadline = pv_time() + WAIT;

    while (!ready()) {
        if (pv_time() > deadline) {
            return false;
        }
        pv_sleep(200000);
    }
    return true;
}

static bool is_connected(void)
{
    return pv_read32(&ring->connection) == XENSTORE_CONNECTED && pv_read32(&ring->req_prod) == 0;
}

static bool can_read(void)
{
    return pv_read32(&ring->rsp_prod) != ring->rsp_cons;
}

static bool can_write(void)
{
    return ring->req_prod - pv_read32(&ring->req_cons) < XENSTORE_RING_SIZE;
}

static bool reconnect(void)
{
    pv_write32(&ring->req_prod, 1); /* the store's answer sets it to 0 */
    pv_mb();                        /* before the wish; the store reads the wish first */
    pv_write32(&ring->connection, XENSTORE_RECONNECT);
    kick();
    if (!await(is_connected)) {
        broken = "FAILED: no new connection";
    }
    return !broken;
}

static bool put(const void *from, size_t bytes)
{
    while (bytes > 0) {
        int moved = pv_bytes_put(ring->req, XENSTORE_RING_SIZE, &ring->req_cons, &ring->req_prod,
                                 from, (unsigned int)bytes);

        kick();
        if (moved < 0 || (moved == 0 && !await(can_write))) {
            return false;
        }
        from = (const char *)from + moved;
        bytes -= (size_t)moved;
    }
    return true;
}

static bool get(char *to, size_t bytes)
{
    while (bytes > 0) {
        int moved = pv_bytes_get(ring->rsp, XENSTORE_RING_SIZE, &ring->rsp_cons, &ring->rsp_prod,
                                 to, (unsigned int)bytes);

        kick();
        if (moved < 0 || (moved == 0 && !await(can_read))) {
            return false;
        }
        to += moved;
        bytes -= (size_t)moved;
    }
    return true;
}

/* The type of the answer; its body is in reply. -1: there is none. */
static char reply[XENSTORE_PAYLOAD_MAX + 1];

static int ask(uint32_t type, uint32_t tx, const void *body, size_t bytes)
{
    struct xsd_sockmsg head = {.type = type, .req_id = 9, .tx_id = tx, .len = (uint32_t)bytes};

    if (!put(&head, sizeof(head)) || !put(body, bytes)) {
        return -1;
    }
    do {
        if (!get((char *)&head, sizeof(head)) || head.len > XENSTORE_PAYLOAD_MAX ||
            !get(reply, head.len)) {
            return -1;
        }
        reply[head.len] = 0;
    } while (head.type == XS_WATCH_EVENT);
    return (int)head.type;
}

/* Asks for more and more until it is refused; how often it was not, at most most. */
static unsigned int use_up(uint32_t type, const char *format, unsigned int most)
{
    char body[64];

    for (unsigned int i = 0; i < most; i++) {
        int bytes = pv_format(body, sizeof(body), format, i) + 1;
        int answer;

        for (int at = 0; at < bytes; at++) {
            body[at] = body[at] == '|' ? 0 : body[at];
        }
        answer = ask(type, 0, body, (size_t)bytes);
        if (answer == XS_ERROR) {
            return i;
        }
        if (answer < 0) {
            broken = "FAILED: no answer";
            return i;
        }
    }
    broken = "FAILED: no quota";
    return most;
}

static void use_up_quotas(void)
{
    static char large[4000];
    char text[128];
    unsigned int nodes = use_up(XS_MKDIR, "data/node-%u", 5000);
    unsigned int watches = use_up(XS_WATCH, "data|watch-%u", 5000);
    unsigned int transactions = use_up(XS_TRANSACTION_START, "", 5000);
    int bytes;

    for (size_t i = 0; i < sizeof(large); i++) {
        large[i] = i < 5 ? "data"[i] : 'd';
    }
    if (!broken && ask(XS_WRITE, 0, large, sizeof(large)) != XS_ERROR) {
        broken = "FAILED: a value without limit";
    }
    if (!broken && ask(XS_WRITE, 0, "/local/domain/0/name\0me", 23) != XS_ERROR) {
        broken = "FAILED: it may write everywhere";
    }
    if (!broken && (!reconnect() || ask(XS_RM, 0, "data/node-0", 12) < 0)) {
        broken = "FAILED: no connection behind the quotas";
    }
    bytes = pv_format(text, sizeof(text), "data/quotas|%u nodes, %u watches, %u transactions",
                      nodes, watches, transactions);
    text[11] = 0;
    ask(XS_WRITE, 0, text, (size_t)bytes);
}

static void rubbish(void)
{
    struct xsd_sockmsg head = {.type = any_below(30), .req_id = any(), .tx_id = any_below(3)};

    switch (any_below(9)) {
    case 0: /* a header of nothing known */
        head.type = edge();
        head.len = any_below(64);
        pv_bytes_put(ring->req, XENSTORE_RING_SIZE, &ring->req_cons, &ring->req_prod, &head,
                     sizeof(head));
        break;
    case 1: /* a length that can't be, or a part of a request whose rest never comes */
        head.len = edge();
        pv_bytes_put(ring->req, XENSTORE_RING_SIZE, &ring->req_cons, &ring->req_prod, &head,
                     1 + any_below(sizeof(head)));
        break;
    case 2:
        pv_write32(&ring->req_prod, edge());
        break;
    case 3:
        pv_write32(&ring->rsp_cons, edge());
        break;
    case 4:
        pv_write32(any_below(2) ? &ring->req_cons : &ring->rsp_prod, edge());
        break;
    case 5:
        scribble(ring->req, sizeof(ring->req));
        pv_write32(&ring->req_prod, pv_read32(&ring->req_cons) + any_below(1025));
        break;
    case 6:
        pv_write32(any_below(2) ? &ring->error : &ring->server_features, edge());
        break;
    case 7:
        scribble(ring, sizeof(*ring));
        break;
    default: /* many requests whose answers nobody takes */
        head = (struct xsd_sockmsg){.type = XS_DIRECTORY, .len = 5};
        for (unsigned int i = 0; i < 40; i++) {
            pv_bytes_put(ring->req, XENSTORE_RING_SIZE, &ring->req_cons, &ring->req_prod, &head,
                         sizeof(head));
            pv_bytes_put(ring->req, XENSTORE_RING_SIZE, &ring->req_cons, &ring->req_prod, "data",
                         5);
            kick();
        }
        break;
    }
}

void attack_store(void)
{
    ring = pv_page_of_mfn(pv_start_info->store_mfn);
    use_up_quotas();
    while (going() && !broken) {
        rubbish();
        for (unsigned int i = any_below(4); i > 0; i--) {
            kick();
        }
        if (any_below(20) == 0 && reconnect() && ask(XS_READ, 0, "domid", 6) != XS_READ) {
            broken = "FAILED: a new connection does not work";
        }
    }
    if (!broken) {
        reconnect();
    }
}
