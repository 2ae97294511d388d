/* SPDX-License-Identifier: MIT */
/*
 * device.h: libpvguest's grants, store client, block and network front ends.
 *
 * For guests, not for the control domain; all but grants on vCPU 0 only. A back end is believed in
 * nothing but the contents of a disk or a packet: one that breaks the protocol gets -XEN_EIO.
 * Buffers lie in the map of RAM.
 */
#ifndef PV_DEVICE_H
#define PV_DEVICE_H

#include "event.h"
#include "ring.h"
#include "../xen/grant_table.h"
#include "../xen/io/blkif.h"
#include "../xen/io/netif.h"
#include "../xen/io/xenbus.h"
#include "../xen/io/xs_wire.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lends a page of ours; the reference, or -XEN_ENOSPC. */
int pv_grant(domid_t peer, const void *page, bool readonly);
/* Takes it back; false while the peer still has it mapped: the page must not be used again. */
bool pv_grant_end(grant_ref_t ref);

/*
 * The store. Paths are absolute, or relative to the domain's own folder. Results in text are
 * always ended by a 0; a value that does not fit is -XEN_E2BIG. tx: 0, or of pv_store_begin().
 */
int pv_store_read(uint32_t tx, const char *path, char *value, size_t bytes);
int pv_store_read_number(uint32_t tx, const char *path, uint64_t *value);
int pv_store_write(uint32_t tx, const char *path, const char *value);
int pv_store_remove(uint32_t tx, const char *path);
/* Names of children, each ended by a 0: bytes used. */
int pv_store_list(uint32_t tx, const char *path, char *names, size_t bytes);
int pv_store_begin(uint32_t *tx);
/* -XEN_EAGAIN: somebody else was faster; begin again. */
int pv_store_end(uint32_t tx, bool commit);
/* Counts up with each event of any watch: whoever waits for a change reads the value again. */
int pv_store_watch(const char *path, const char *token);
int pv_store_unwatch(const char *path, const char *token);
unsigned int pv_store_changes(void);
/* Sleeps until the store has sent something, or the deadline has come; true when it has. */
bool pv_store_wait(uint64_t deadline);

/* The folder of the n-th device of a kind ("vbd", "vif"), or -XEN_ENODEV. */
int pv_bus_find(const char *kind, unsigned int index, char *path, size_t bytes);
/* One node in a device's folder. */
int pv_bus_read(const char *folder, const char *name, char *value, size_t bytes);
int pv_bus_read_number(const char *folder, const char *name, uint64_t *value);
__attribute__((format(printf, 3, 4))) int pv_bus_write(const char *folder, const char *name,
                                                       const char *format, ...);
/* Waits until the peer is in one of the states (bits 1 << XenbusState*); that state, or an error:
 * -XEN_ETIME after `seconds`. */
int pv_bus_wait(const char *backend, unsigned int states, unsigned int seconds);

/* A disk. */
struct pv_block {
    char folder[64], backend[128];
    domid_t peer;
    struct pv_ring ring;
    void *page;
    grant_ref_t page_ref;
    evtchn_port_t port;
    uint64_t sectors;       /* of 512 bytes */
    unsigned int sector;    /* bytes the disk itself reads and writes at once */
    bool readonly, flushes; /* flushes: pv_block_flush does something */
    uint64_t next;
};
int pv_block_open(struct pv_block *disk, unsigned int index);
/* Sectors of 512 bytes to or from memory aligned to 512. 0, or -XEN_EIO and others. */
int pv_block_read(struct pv_block *disk, uint64_t sector, void *to, unsigned int sectors);
int pv_block_write(struct pv_block *disk, uint64_t sector, const void *from, unsigned int sectors);
int pv_block_flush(struct pv_block *disk);
/* -XEN_EBUSY: the back end keeps a page mapped, which is lost. */
int pv_block_close(struct pv_block *disk);

/* A network interface. */
#define PV_NET_BUFFERS 256
#define PV_NET_BYTES   1514 /* of a packet, without its checksum */
struct pv_net {
    char folder[64], backend[128];
    domid_t peer;
    uint8_t mac[6];
    struct pv_ring tx, rx;
    void *tx_page, *rx_page;
    grant_ref_t tx_page_ref, rx_page_ref;
    evtchn_port_t port;
    unsigned char *tx_buffers, *rx_buffers; /* a page each, lent for the interface's life */
    grant_ref_t tx_refs[PV_NET_BUFFERS], rx_refs[PV_NET_BUFFERS];
    uint16_t tx_free[PV_NET_BUFFERS];
    bool tx_busy[PV_NET_BUFFERS], rx_busy[PV_NET_BUFFERS];
    unsigned int tx_idle, lent;
    bool skipping; /* the rest of a packet too long for us */
};
int pv_net_open(struct pv_net *net, unsigned int index);
/* 0, -XEN_EAGAIN when the ring is full, -XEN_E2BIG. */
int pv_net_send(struct pv_net *net, const void *packet, unsigned int bytes);
/* Bytes of the next packet, 0 when there is none. */
int pv_net_receive(struct pv_net *net, void *packet, unsigned int bytes);
/* True when a packet is there; else the back end was asked for an event. For pv_wait(). */
bool pv_net_ready(struct pv_net *net);
/* -XEN_EBUSY: the back end keeps pages mapped, which are lost. */
int pv_net_close(struct pv_net *net);

#ifdef __cplusplus
}
#endif

#endif
