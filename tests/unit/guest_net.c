/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpvguest's network front end against a back end of the test: packets of every length both ways,
 * rings that fill, packets of several slots, and responses that name what was never lent.
 */
#include "guest_machine.h"
#include "unit.h"

static struct pv_ring tx, rx;
static bool attached, holding;
static struct pv_net net;
static unsigned char sent[2000];
static unsigned int sent_bytes, sent_count;
static void (*lie)(struct netif_tx_response *response);

static void serve(void)
{
    struct netif_tx_request request;

    while (!holding && pv_back_get(&tx, &request, sizeof(request)) == PV_RING_GOT) {
        struct netif_tx_response response = {.id = request.id, .status = NETIF_RSP_OKAY};
        unsigned char *page = machine_granted(request.gref, false);

        EXPECT(page != NULL && machine_granted(request.gref, true) == NULL);
        EXPECT(request.flags == 0 && request.offset + request.size <= 4096);
        memcpy(sent, page + request.offset, request.size);
        sent_bytes = request.size;
        sent_count++;
        if (lie != NULL) {
            lie(&response);
        }
        pv_back_put(&tx, &response, sizeof(response));
        pv_back_push(&tx);
    }
}

static bool peer(void)
{
    const char *state = store_get("device/vif/0/state");
    bool worked = store_work();

    if (!attached && state != NULL && strcmp(state, "4") == 0) {
        EXPECT(strcmp(store_get("device/vif/0/request-rx-copy"), "1") == 0);
        pv_ring_attach(&tx,
                       machine_granted((uint32_t)atoi(store_get("device/vif/0/tx-ring-ref")), true),
                       4096, sizeof(union netif_tx_sring_entry));
        pv_ring_attach(&rx,
                       machine_granted((uint32_t)atoi(store_get("device/vif/0/rx-ring-ref")), true),
                       4096, sizeof(union netif_rx_sring_entry));
        store_set("back/state", "4");
        attached = true;
    }
    if (state != NULL && (strcmp(state, "5") == 0 || strcmp(state, "6") == 0) &&
        strcmp(store_get("back/state"), "6") != 0) {
        store_set("back/state", "6");
        attached = false;
    }
    return worked;
}

static void begin(void)
{
    machine_start();
    machine_peer = peer;
    attached = holding = false;
    lie = NULL;
    sent_count = 0;
    store_set("device/vif/0/backend", "back");
    store_set("device/vif/0/backend-id", "0");
    store_set("device/vif/0/mac", "00:16:3e:0A:bC:ff");
    store_set("back/state", "2");
    EXPECT(pv_net_open(&net, 0) == 0);
    EXPECT(memcmp(net.mac, "\0\x16\x3e\x0a\xbc\xff", 6) == 0);
}

static void end(void)
{
    EXPECT(pv_net_close(&net) == 0);
    EXPECT(machine_grants() == 0 && machine_ports() == 0);
    EXPECT(pv_net_send(&net, sent, 60) < 0);
    EXPECT(pv_net_receive(&net, sent, 60) <= 0);
}

/* The back end delivers into the next posted page; false when the guest has posted none. */
static bool deliver(const void *data, unsigned int bytes, uint16_t flags, int id_error, int offset)
{
    struct netif_rx_response response = {.status = (int16_t)bytes, .flags = flags};
    struct netif_rx_request request;
    unsigned char *page;

    if (pv_back_get(&rx, &request, sizeof(request)) != PV_RING_GOT) {
        return false;
    }
    page = machine_granted(request.gref, true);
    EXPECT(page != NULL);
    if (bytes <= 2000) {
        memcpy(page + (offset & 2047), data, bytes);
    }
    response.id = (uint16_t)(request.id + id_error);
    response.offset = (uint16_t)offset;
    pv_back_put(&rx, &response, sizeof(response));
    pv_back_push(&rx);
    return true;
}

static void packets_of_every_length(void)
{
    unsigned char packet[PV_NET_BYTES + 1], got[PV_NET_BYTES];

    begin();
    for (unsigned int bytes = 1; bytes <= PV_NET_BYTES; bytes++) {
        memset(packet, (int)bytes, bytes);
        EXPECT(pv_net_send(&net, packet, bytes) == 0);
        serve();
        EXPECT(sent_count == bytes && sent_bytes == bytes && memcmp(sent, packet, bytes) == 0);
        EXPECT(!pv_net_ready(&net));
        EXPECT(deliver(packet, bytes, 0, 0, (int)bytes % 64) && pv_net_ready(&net));
        EXPECT(pv_net_receive(&net, got, sizeof(got)) == (int)bytes);
        EXPECT(memcmp(got, packet, bytes) == 0);
        EXPECT(pv_net_receive(&net, got, sizeof(got)) == 0);
    }
    EXPECT(pv_net_send(&net, packet, PV_NET_BYTES + 1) == -XEN_E2BIG);
    end();
}

static void full_rings(void)
{
    unsigned char packet[60] = {1}, got[PV_NET_BYTES];
    unsigned int accepted = 0, delivered = 0, received = 0;

    begin();
    holding = true;
    while (pv_net_send(&net, packet, sizeof(packet)) == 0) {
        EXPECT(++accepted <= PV_NET_BUFFERS);
    }
    EXPECT(accepted == net.tx.entries && pv_net_send(&net, packet, 60) == -XEN_EAGAIN);
    holding = false;
    serve();
    EXPECT(sent_count == accepted && pv_net_send(&net, packet, 60) == 0);
    while (deliver(packet, 60, 0, 0, 0)) {
        delivered++;
    }
    EXPECT(delivered == net.rx.entries);
    while (pv_net_receive(&net, got, sizeof(got)) == 60) {
        received++;
    }
    EXPECT(received == delivered && deliver(packet, 60, 0, 0, 0));
    end();
}

static void what_is_too_long_is_dropped(void)
{
    unsigned char packet[2000] = {0}, got[PV_NET_BYTES];

    begin();
    deliver(packet, 1500, NETRXF_more_data, 0, 0);
    deliver(packet, 1500, NETRXF_more_data, 0, 0);
    deliver(packet, 700, 0, 0, 0);
    deliver(packet, 61, 0, 0, 0);
    EXPECT(pv_net_receive(&net, got, sizeof(got)) == 61);
    deliver(packet, 1600, 0, 0, 0); /* longer than the caller's buffer */
    deliver(packet, (unsigned int)NETIF_RSP_ERROR, 0, 0, 0);
    deliver(packet, 62, 0, 0, 0);
    EXPECT(pv_net_receive(&net, got, sizeof(got)) == 62);
    end();
}

static void broken_by(unsigned int bytes, int id_error, int offset)
{
    unsigned char packet[2000] = {0}, got[PV_NET_BYTES];

    begin();
    deliver(packet, bytes, 0, id_error, offset);
    EXPECT(pv_net_receive(&net, got, sizeof(got)) == -XEN_EIO);
    deliver(packet, 60, 0, 0, 0);
    EXPECT(pv_net_receive(&net, got, sizeof(got)) == -XEN_EIO && pv_net_ready(&net));
    EXPECT(pv_net_close(&net) == 0);
}

static void pages_never_lent(void)
{
    broken_by(60, PV_NET_BUFFERS, 0);
}

static void bytes_behind_the_page(void)
{
    broken_by(4097, 0, 0);
}

static void an_offset_behind_the_page(void)
{
    broken_by(60, 0, 4060);
}

static void lie_id(struct netif_tx_response *response)
{
    response->id = (uint16_t)(response->id + 1);
}

static void the_same_page_twice(void)
{
    unsigned char packet[60] = {1};

    begin();
    lie = lie_id;
    EXPECT(pv_net_send(&net, packet, 60) == 0);
    serve();
    EXPECT(pv_net_send(&net, packet, 60) == -XEN_EIO);
    EXPECT(pv_net_close(&net) == 0);
}

static void a_page_kept_is_told(void)
{
    begin();
    machine_grant_use(net.rx_refs[9], true);
    EXPECT(pv_net_close(&net) == -XEN_EBUSY);
    EXPECT(machine_grants() == 1);
}

static void no_card(void)
{
    machine_start();
    EXPECT(pv_net_open(&net, 0) == -XEN_ENODEV);
    store_set("device/vif/0/backend", "back");
    store_set("device/vif/0/backend-id", "0");
    store_set("back/state", "2");
    EXPECT(pv_net_open(&net, 0) == -XEN_ENOENT); /* no address */
    store_set("device/vif/0/mac", "00:16:3e:0a:bc:fg");
    EXPECT(pv_net_open(&net, 0) == -XEN_EINVAL);
    store_set("device/vif/0/mac", "00:16:3e:0a:bc:ff");
    EXPECT(pv_net_open(&net, 0) == -XEN_ETIME); /* it never connects */
    EXPECT(machine_grants() == 0 && machine_ports() == 0);
}

int main(void)
{
    RUN_ALONE(packets_of_every_length);
    RUN_ALONE(full_rings);
    RUN_ALONE(what_is_too_long_is_dropped);
    RUN_ALONE(pages_never_lent);
    RUN_ALONE(bytes_behind_the_page);
    RUN_ALONE(an_offset_behind_the_page);
    RUN_ALONE(the_same_page_twice);
    RUN_ALONE(a_page_kept_is_told);
    RUN_ALONE(no_card);
    return UNIT_RESULT;
}
