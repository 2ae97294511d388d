/* SPDX-License-Identifier: MIT */
/*
 * net.c: a network front end: one queue, packets of one page, copied in and out.
 *
 * The pages of both directions are lent once, when the interface opens; the back end copies, so a
 * packet is taken out of its page before it is looked at. A packet of more than one page is
 * dropped: nothing that makes such packets is offered to the back end.
 */
#include "internal.h"

static unsigned char *buffer(unsigned char *buffers, unsigned int id)
{
    return buffers + (unsigned long)id * PV_PAGE_BYTES;
}

/* Posts an empty page for a packet to come. */
static void post(struct pv_net *net, uint16_t id)
{
    struct netif_rx_request request = {.id = id, .gref = net->rx_refs[id]};

    if (pv_front_put(&net->rx, &request, sizeof(request))) {
        net->rx_busy[id] = true;
    }
}

static void push(struct pv_net *net, struct pv_ring *ring)
{
    if (pv_front_push(ring)) {
        pv_event_send(net->port);
    }
}

/* Takes back the pages of packets that have been sent. */
static void reap(struct pv_net *net)
{
    struct netif_tx_response response;

    while (pv_front_get(&net->tx, &response, sizeof(response)) == PV_RING_GOT) {
        if (response.id >= PV_NET_BUFFERS || !net->tx_busy[response.id]) {
            net->tx.broken = 1;
            return;
        }
        net->tx_busy[response.id] = false;
        net->tx_free[net->tx_idle++] = response.id;
    }
}

int pv_net_send(struct pv_net *net, const void *packet, unsigned int bytes)
{
    struct netif_tx_request request = {.size = (uint16_t)bytes};

    if (bytes > PV_NET_BYTES) {
        return -XEN_E2BIG;
    }
    reap(net);
    if (net->tx.broken) {
        return -XEN_EIO;
    }
    if (net->tx_idle == 0 || pv_front_room(&net->tx) == 0) {
        return -XEN_EAGAIN;
    }
    request.id = net->tx_free[--net->tx_idle];
    request.gref = net->tx_refs[request.id];
    net->tx_busy[request.id] = true;
    memcpy(buffer(net->tx_buffers, request.id), packet, bytes);
    pv_front_put(&net->tx, &request, sizeof(request));
    push(net, &net->tx);
    return 0;
}

int pv_net_receive(struct pv_net *net, void *packet, unsigned int bytes)
{
    struct netif_rx_response response;
    int got = PV_RING_EMPTY, length = 0;

    while (length == 0 &&
           (got = pv_front_get(&net->rx, &response, sizeof(response))) == PV_RING_GOT) {
        bool skip = net->skipping || (response.flags & (NETRXF_more_data | NETRXF_extra_info));

        if (response.id >= PV_NET_BUFFERS || !net->rx_busy[response.id] ||
            response.status > (int)PV_PAGE_BYTES ||
            response.offset >
                PV_PAGE_BYTES - (unsigned int)(response.status < 0 ? 0 : response.status)) {
            net->rx.broken = 1;
            return -XEN_EIO;
        }
        net->skipping = (response.flags & NETRXF_more_data) != 0;
        if (!skip && response.status > 0 && (unsigned int)response.status <= bytes) {
            length = response.status;
            memcpy(packet, buffer(net->rx_buffers, response.id) + response.offset, (size_t)length);
        }
        net->rx_busy[response.id] = false;
        post(net, response.id);
        push(net, &net->rx);
    }
    return got == PV_RING_BROKEN ? -XEN_EIO : length;
}

bool pv_net_ready(struct pv_net *net)
{
    return net->rx.broken || pv_front_ask(&net->rx);
}

static int parse_mac(const char *text, uint8_t mac[6])
{
    for (unsigned int i = 0; i < 12; i++, text++) {
        char c = *text;
        unsigned int digit = c >= '0' && c <= '9'   ? (unsigned int)(c - '0')
                             : c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10
                             : c >= 'A' && c <= 'F' ? (unsigned int)(c - 'A') + 10
                                                    : 16;

        if (digit > 15) {
            return -XEN_EINVAL;
        }
        mac[i / 2] = (uint8_t)(mac[i / 2] << 4 | digit);
        if (i % 2 == 1 && i < 11 && *++text != ':') {
            return -XEN_EINVAL;
        }
    }
    return 0;
}

/* Lends the i-th page of each direction. */
static int lend(struct pv_net *net, unsigned int i)
{
    int tx = pv_grant(net->peer, buffer(net->tx_buffers, i), true);
    int rx = tx < 0 ? tx : pv_grant(net->peer, buffer(net->rx_buffers, i), false);

    if (rx < 0) {
        if (tx >= 0) {
            pv_grant_end((grant_ref_t)tx);
        }
        return rx;
    }
    net->tx_refs[i] = (grant_ref_t)tx;
    net->rx_refs[i] = (grant_ref_t)rx;
    net->tx_free[net->tx_idle++] = (uint16_t)i;
    net->lent++;
    return 0;
}

/* Both rings, their pages, and the pages of all packets. */
static int allocate(struct pv_net *net)
{
    int result = pvguest_ring_alloc(net->peer, &net->tx_page, &net->tx_page_ref);

    if (result >= 0) {
        result = pvguest_ring_alloc(net->peer, &net->rx_page, &net->rx_page_ref);
    }
    net->tx_buffers = pv_pages_alloc(PV_NET_BUFFERS);
    net->rx_buffers = pv_pages_alloc(PV_NET_BUFFERS);
    if (result >= 0 && (net->tx_buffers == NULL || net->rx_buffers == NULL)) {
        result = -XEN_ENOMEM;
    }
    for (unsigned int i = 0; i < PV_NET_BUFFERS && result >= 0; i++) {
        result = lend(net, i);
    }
    if (result < 0) {
        return result;
    }
    pv_front_init(&net->tx, net->tx_page, PV_PAGE_BYTES, sizeof(union netif_tx_sring_entry));
    pv_front_init(&net->rx, net->rx_page, PV_PAGE_BYTES, sizeof(union netif_rx_sring_entry));
    return 0;
}

/* What the back end must know before it connects. */
static void announce(struct pv_net *net)
{
    pv_bus_write(net->folder, "tx-ring-ref", "%u", net->tx_page_ref);
    pv_bus_write(net->folder, "rx-ring-ref", "%u", net->rx_page_ref);
    pv_bus_write(net->folder, "event-channel", "%u", net->port);
    pv_bus_write(net->folder, "request-rx-copy", "1");
    pv_bus_write(net->folder, "feature-rx-notify", "1");
    pv_bus_write(net->folder, "feature-no-csum-offload", "1"); /* packets come with checksums */
    pv_bus_write(net->folder, "state", "%d", XenbusStateConnected);
}

int pv_net_open(struct pv_net *net, unsigned int index)
{
    char mac[24];
    int result;

    memset(net, 0, sizeof(*net));
    result = pvguest_bus_attach("vif", index, net->folder, net->backend, &net->peer);
    if (result >= 0) {
        result = pv_bus_read(net->folder, "mac", mac, sizeof(mac));
    }
    if (result >= 0) {
        result = parse_mac(mac, net->mac);
    }
    if (result >= 0) {
        result = allocate(net);
    }
    if (result >= 0) {
        result = pv_event_alloc(net->peer, NULL, NULL);
    }
    if (result < 0) {
        pv_net_close(net);
        return result;
    }
    net->port = (evtchn_port_t)result;
    for (uint16_t i = 0; i < net->rx.entries && i < PV_NET_BUFFERS; i++) {
        post(net, i);
    }
    pv_front_push(&net->rx);
    announce(net);
    result = pv_bus_wait(net->backend, 1u << XenbusStateConnected, 30);
    if (result < 0) {
        pv_net_close(net);
        return result;
    }
    pv_event_send(net->port);
    return 0;
}

/* Gives the pages of one direction back to memory, those that the back end has let go. */
static bool pages_free(unsigned char *pages, const grant_ref_t *refs, unsigned int lent)
{
    bool all = true;

    for (unsigned int i = 0; pages != NULL && i < PV_NET_BUFFERS; i++) {
        if (i >= lent || pv_grant_end(refs[i])) {
            pv_page_free(buffer(pages, i));
        } else {
            all = false;
        }
    }
    return all;
}

int pv_net_close(struct pv_net *net)
{
    bool all = true;

    pvguest_bus_detach(net->folder, net->backend);
    if (net->port != 0) {
        pv_event_close(net->port);
    }
    all &= pvguest_ring_free(net->tx_page, net->tx_page_ref);
    all &= pvguest_ring_free(net->rx_page, net->rx_page_ref);
    all &= pages_free(net->tx_buffers, net->tx_refs, net->lent);
    all &= pages_free(net->rx_buffers, net->rx_refs, net->lent);
    memset(net, 0, sizeof(*net));
    net->tx.broken = net->rx.broken = 1;
    return all ? 0 : -XEN_EBUSY;
}
