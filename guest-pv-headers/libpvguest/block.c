/* SPDX-License-Identifier: MIT */
/*
 * block.c: a block front end that has one request under way.
 *
 * Each transfer lends its pages for the time of the request. A back end that keeps one mapped has
 * broken the protocol: the disk fails from then on, since the page can't be trusted any more.
 */
#include "internal.h"

#define SECTOR        512u
#define PAGE_SECTORS  8u
#define LIMIT_SECONDS 60

static bool answered(void *arg)
{
    return pv_front_ask(&((struct pv_block *)arg)->ring);
}

/* Sends one request and waits for its answer. */
static int exchange(struct pv_block *disk, struct blkif_request *request)
{
    uint64_t deadline = pv_time() + LIMIT_SECONDS * 1000000000ul;
    struct blkif_response response;
    int got;

    request->id = ++disk->next;
    if (!pv_front_put(&disk->ring, request, sizeof(*request))) {
        return -XEN_EIO;
    }
    if (pv_front_push(&disk->ring)) {
        pv_event_send(disk->port);
    }
    do {
        if (!pv_wait(answered, disk, deadline)) {
            disk->ring.broken = 1; /* its pages may be written at any time from now on */
            return -XEN_ETIME;
        }
        got = pv_front_get(&disk->ring, &response, sizeof(response));
    } while (got == PV_RING_EMPTY);
    if (got == PV_RING_BROKEN || response.id != request->id) {
        disk->ring.broken = 1;
        return -XEN_EIO;
    }
    if (response.status == BLKIF_RSP_EOPNOTSUPP) {
        return -XEN_EOPNOTSUPP;
    }
    return response.status == BLKIF_RSP_OKAY ? 0 : -XEN_EIO;
}

/* One request of up to 11 pages; the number of sectors it takes. */
static unsigned int fill(struct pv_block *disk, struct blkif_request *request, bool write, char *at,
                         unsigned int sectors, int *error)
{
    unsigned int taken = 0;

    while (taken < sectors && request->nr_segments < BLKIF_MAX_SEGMENTS_PER_REQUEST) {
        struct blkif_request_segment *segment = &request->seg[request->nr_segments];
        unsigned long offset = (unsigned long)at & (PV_PAGE_BYTES - 1);
        unsigned int first = (unsigned int)offset / SECTOR, count = PAGE_SECTORS - first;
        int ref = pv_grant(disk->peer, at - offset, write);

        if (ref < 0) {
            *error = ref;
            break;
        }
        count = count < sectors - taken ? count : sectors - taken;
        segment->gref = (grant_ref_t)ref;
        segment->first_sect = (uint8_t)first;
        segment->last_sect = (uint8_t)(first + count - 1);
        request->nr_segments++;
        taken += count;
        at += count * SECTOR;
    }
    return taken;
}

static int transfer(struct pv_block *disk, bool write, uint64_t sector, char *at,
                    unsigned int sectors)
{
    if (((unsigned long)at & (SECTOR - 1)) != 0 || sector > disk->sectors ||
        sectors > disk->sectors - sector) {
        return -XEN_EINVAL;
    }
    while (sectors > 0) {
        struct blkif_request request = {.operation = write ? BLKIF_OP_WRITE : BLKIF_OP_READ,
                                        .sector_number = sector};
        int error = 0;
        unsigned int taken = fill(disk, &request, write, at, sectors, &error);

        if (error == 0) {
            error = exchange(disk, &request);
        }
        for (unsigned int i = 0; i < request.nr_segments; i++) {
            if (!pv_grant_end(request.seg[i].gref)) {
                disk->ring.broken = 1;
                error = -XEN_EIO;
            }
        }
        if (error < 0) {
            return error;
        }
        sector += taken;
        sectors -= taken;
        at += taken * SECTOR;
    }
    return 0;
}

int pv_block_read(struct pv_block *disk, uint64_t sector, void *to, unsigned int sectors)
{
    return transfer(disk, false, sector, to, sectors);
}

int pv_block_write(struct pv_block *disk, uint64_t sector, const void *from, unsigned int sectors)
{
    return disk->readonly ? -XEN_EROFS : transfer(disk, true, sector, (char *)from, sectors);
}

int pv_block_flush(struct pv_block *disk)
{
    struct blkif_request request = {.operation = BLKIF_OP_FLUSH_DISKCACHE};

    return disk->flushes ? exchange(disk, &request) : 0;
}

/* What the back end says of the disk once it is connected. */
static int describe(struct pv_block *disk)
{
    uint64_t number = 0;
    int result = pv_bus_read_number(disk->backend, "sectors", &disk->sectors);

    if (result < 0) {
        return result;
    }
    disk->sector = SECTOR;
    if (pv_bus_read_number(disk->backend, "sector-size", &number) == 0) {
        disk->sector = (unsigned int)number;
    }
    number = 0;
    pv_bus_read_number(disk->backend, "info", &number);
    disk->readonly = (number & VDISK_READONLY) != 0;
    number = 0;
    pv_bus_read_number(disk->backend, "feature-flush-cache", &number);
    disk->flushes = number == 1;
    return 0;
}

int pv_block_open(struct pv_block *disk, unsigned int index)
{
    int result;

    memset(disk, 0, sizeof(*disk));
    result = pvguest_bus_attach("vbd", index, disk->folder, disk->backend, &disk->peer);
    if (result < 0) {
        return result;
    }
    result = pvguest_ring_alloc(disk->peer, &disk->page, &disk->page_ref);
    if (result < 0) {
        return result;
    }
    pv_front_init(&disk->ring, disk->page, PV_PAGE_BYTES, sizeof(union blkif_sring_entry));
    result = pv_event_alloc(disk->peer, NULL, NULL);
    if (result < 0) {
        pv_block_close(disk);
        return result;
    }
    disk->port = (evtchn_port_t)result;
    pv_bus_write(disk->folder, "ring-ref", "%u", disk->page_ref);
    pv_bus_write(disk->folder, "event-channel", "%u", disk->port);
    pv_bus_write(disk->folder, "protocol", "x86_64-abi");
    result = pv_bus_write(disk->folder, "state", "%d", XenbusStateInitialised);
    if (result >= 0) {
        result = pv_bus_wait(disk->backend, 1u << XenbusStateConnected, 30);
    }
    if (result >= 0) {
        result = describe(disk);
    }
    if (result >= 0) {
        result = pv_bus_write(disk->folder, "state", "%d", XenbusStateConnected);
    }
    if (result < 0) {
        pv_block_close(disk);
    }
    return result < 0 ? result : 0;
}

int pv_block_close(struct pv_block *disk)
{
    bool all;

    pvguest_bus_detach(disk->folder, disk->backend);
    if (disk->port != 0) {
        pv_event_close(disk->port);
    }
    all = pvguest_ring_free(disk->page, disk->page_ref);
    memset(disk, 0, sizeof(*disk));
    disk->ring.broken = 1;
    return all ? 0 : -XEN_EBUSY;
}
