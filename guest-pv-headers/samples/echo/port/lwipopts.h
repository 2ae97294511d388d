/* SPDX-License-Identifier: MIT */
/*
 * lwipopts.h: lwIP without an operating system: IPv4, TCP, and one thread that asks it to work.
 *
 * Memory is lwIP's own, static; sizes are for one busy server.
 */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS                     1
#define SYS_LIGHTWEIGHT_PROT       0
#define LWIP_NETCONN               0
#define LWIP_SOCKET                0
#define LWIP_IPV4                  1
#define LWIP_IPV6                  0
#define LWIP_TCP                   1
#define LWIP_UDP                   0
#define LWIP_DHCP                  0
#define LWIP_DNS                   0
#define LWIP_STATS                 0
#define LWIP_NETIF_HOSTNAME        0
#define MEM_LIBC_MALLOC            0
#define MEM_ALIGNMENT              8
#define MEM_SIZE                   (256 * 1024)
#define MEMP_NUM_TCP_PCB           32
#define MEMP_NUM_TCP_SEG           256
#define PBUF_POOL_SIZE             256
#define TCP_MSS                    1460
#define TCP_WND                    (16 * TCP_MSS)
#define TCP_SND_BUF                (16 * TCP_MSS)
#define TCP_SND_QUEUELEN           128
#define LWIP_CHECKSUM_ON_COPY      1
#define LWIP_TIMERS                1
#define LWIP_NETIF_LINK_CALLBACK   0
#define LWIP_NETIF_STATUS_CALLBACK 0

#endif
