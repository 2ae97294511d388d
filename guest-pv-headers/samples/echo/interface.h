/* SPDX-License-Identifier: MIT */
/*
 * interface.h: libpvguest's network card as an interface of lwIP.
 *
 * For any program on lwIP: open once, then poll in a loop.
 */
#ifndef ECHO_INTERFACE_H
#define ECHO_INTERFACE_H

#include <pv/device.h>
#include "lwip/netif.h"

/* Opens the first card with an address; 0 or an error of pv_net_open(). */
int interface_open(struct netif *netif, const ip4_addr_t *address, const ip4_addr_t *mask,
                   const ip4_addr_t *gateway);

/* Sleeps until a packet or a timer of lwIP's, at most 100 ms, and does all that is to be done. */
void interface_poll(struct netif *netif);

/* Closes the card; what pv_net_close() says. */
int interface_close(struct netif *netif);

#endif
