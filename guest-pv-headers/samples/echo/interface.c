/* SPDX-License-Identifier: MIT */
/*
 * interface.c: packets between lwIP and the front end, and lwIP's clock.
 *
 * A packet that finds the ring full is dropped: TCP sends it again.
 */
#include "interface.h"

#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

static struct pv_net card;

u32_t sys_now(void)
{
    return (u32_t)(pv_time() / 1000000);
}

static err_t output(struct netif *netif, struct pbuf *packet)
{
    static unsigned char bytes[PV_NET_BYTES];

    (void)netif;
    if (pbuf_copy_partial(packet, bytes, sizeof(bytes), 0) != packet->tot_len) {
        return ERR_BUF;
    }
    return pv_net_send(&card, bytes, packet->tot_len) < 0 ? ERR_IF : ERR_OK;
}

static err_t begin(struct netif *netif)
{
    netif->name[0] = 'p';
    netif->name[1] = 'v';
    netif->output = etharp_output;
    netif->linkoutput = output;
    netif->mtu = 1500;
    netif->hwaddr_len = sizeof(card.mac);
    for (unsigned int i = 0; i < sizeof(card.mac); i++) {
        netif->hwaddr[i] = card.mac[i];
    }
    netif->flags =
        NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

int interface_open(struct netif *netif, const ip4_addr_t *address, const ip4_addr_t *mask,
                   const ip4_addr_t *gateway)
{
    int result = pv_net_open(&card, 0);

    if (result < 0) {
        return result;
    }
    lwip_init();
    netif_add(netif, address, mask, gateway, NULL, begin, ethernet_input);
    netif_set_default(netif);
    netif_set_up(netif);
    return 0;
}

static bool packet_there(void *arg)
{
    (void)arg;
    return pv_net_ready(&card);
}

void interface_poll(struct netif *netif)
{
    static unsigned char bytes[PV_NET_BYTES];
    u32_t wait = sys_timeouts_sleeptime();
    int length;

    pv_wait(packet_there, NULL, pv_time() + (wait < 100 ? wait : 100) * 1000000ul + 1);
    while ((length = pv_net_receive(&card, bytes, sizeof(bytes))) > 0) {
        struct pbuf *packet = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_POOL);

        if (packet != NULL && (pbuf_take(packet, bytes, (u16_t)length) != ERR_OK ||
                               netif->input(packet, netif) != ERR_OK)) {
            pbuf_free(packet);
        }
    }
    sys_check_timeouts();
}

int interface_close(struct netif *netif)
{
    netif_set_down(netif);
    return pv_net_close(&card);
}
