/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's devices: rubbish in the nodes by which front and back end find each other; then rings
 * that are connected as they should be, filled with requests that should not be, while the grants
 * that the back ends use change under them.
 */
#include "hostile.h"

#include <xen/grant_table.h>

#define DISK "device/vbd/51712"
#define CARD "device/vif/0"

static struct pv_block disk;
static struct pv_net card;
static grant_entry_v1_t *table;

static const char *const names[] = {
    "state",
    "state",
    "ring-ref",
    "ring-ref0",
    "ring-ref1",
    "ring-page-order",
    "event-channel",
    "event-channel-tx",
    "tx-ring-ref",
    "rx-ring-ref",
    "request-rx-copy",
    "multi-queue-num-queues",
    "protocol",
    "feature-persistent",
    "feature-sg",
    "feature-ctrl-ring",
    "ctrl-ring-ref",
    "event-channel-ctrl",
    "mac",
    "backend",
    "backend-id",
    "virtual-device",
    "queue-0/tx-ring-ref",
    "queue-0/rx-ring-ref",
    "queue-0/event-channel",
};

static const char *const values[] = {
    "",           "0",          "1",
    "-1",         "16",         "1000000",
    "4294967295", "4294967296", "18446744073709551616",
    "0x10",       "no number",  "%s%n%s%n",
    "x86_64-abi", "x86_32-abi", "/local/domain/0/backend/vbd/0/0",
    "../../../0",
};

/* Not one of these may be written. */
static const char *const foreign[] = {
    "/local/domain/0/backend/vbd",
    "/local/domain/0/name",
    "/libhvctl",
    "/vm/x",
    "/tool/x",
    "name",
    "device/vbd",
    "device/x",
    "console/tty",
    "@releaseDomain",
};

static void write_node(const char *folder)
{
    static char page[PV_PAGE_BYTES] __attribute__((aligned(4096)));
    static int lent;
    const char *name = names[any_below(sizeof(names) / sizeof(names[0]))];

    if (!lent) {
        lent = pv_grant(0, page, false);
    }
    switch (any_below(4)) {
    case 0:
        pv_bus_write(folder, "state", "%u", any_below(9));
        break;
    case 1:
        pv_bus_write(folder, name, "%u", any_below(2) ? (uint32_t)lent : edge());
        break;
    case 2:
        scribble(page, sizeof(page));
        break;
    default:
        pv_bus_write(folder, name, "%s", values[any_below(sizeof(values) / sizeof(values[0]))]);
        break;
    }
}

void attack_nodes(void)
{
    char path[64];

    while (going() && !broken) {
        write_node(any_below(2) ? DISK : CARD);
        if (any_below(50) == 0) {
            pv_format(path, sizeof(path), "%s/%s", any_below(2) ? DISK : CARD,
                      names[any_below(sizeof(names) / sizeof(names[0]))]);
            pv_store_remove(0, path);
        }
        if (any_below(10) == 0 &&
            pv_store_write(0, foreign[any_below(sizeof(foreign) / sizeof(foreign[0]))], "x") >= 0) {
            broken = "FAILED: it may write what is not its own";
        }
    }
}

/* Our grant table once more, where libpvguest does not look. */
static bool map_table(void)
{
    static xen_pfn_t frames[4];
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 4};
    unsigned long at = PV_VIRT_BASE + (1ul << 29);

    set_xen_guest_handle(setup.frame_list, frames);
    if (HYPERVISOR_grant_table_op(GNTTABOP_setup_table, &setup, 1) < 0 || setup.status) {
        return false;
    }
    for (unsigned int i = 0; i < 4; i++) {
        if (pv_map(at + i * PV_PAGE_BYTES, pv_pte(frames[i], PV_PTE_RW)) < 0) {
            return false;
        }
    }
    table = (grant_entry_v1_t *)at;
    return true;
}

/* An entry as nobody should have it, now and for the back end that looks at this moment. */
static void spoil_grant(void)
{
    volatile grant_entry_v1_t *entry = &table[any_below(4) ? any_below(600) : any_below(2048)];

    switch (any_below(5)) {
    case 0:
        entry->flags = (uint16_t)any();
        break;
    case 1:
        entry->frame = any_below(2) ? edge() : any_below(1u << 18);
        break;
    case 2:
        entry->domid = (domid_t)edge();
        break;
    case 3:
        entry->flags = 0;
        break;
    default:
        entry->frame = (uint32_t)pv_mfn_of(table == NULL ? (void *)&disk : card.tx_buffers);
        entry->domid = 0;
        entry->flags = GTF_permit_access;
        break;
    }
}

static void spoil_counters(struct pv_ring *ring)
{
    uint32_t at = pv_read32(&ring->shared->rsp_prod);

    switch (any_below(4)) {
    case 0:
        pv_write32(&ring->shared->req_prod, edge());
        break;
    case 1:
        pv_write32(&ring->shared->req_prod, at + any_below(ring->entries * 2));
        break;
    case 2:
        pv_write32(&ring->shared->rsp_prod, edge());
        break;
    default:
        pv_write32(&ring->shared->rsp_event, edge());
        break;
    }
}

/* Requests that look like requests, in places that the back end may read at any time. */
static void fill_disk(void)
{
    struct blkif_request request = {.operation = (uint8_t)any_below(9),
                                    .nr_segments = (uint8_t)any_below(14),
                                    .handle = (blkif_vdev_t)any(),
                                    .id = any(),
                                    .sector_number = any_below(2) ? any_below(64) : edge()};

    if (any_below(8) == 0) {
        scribble(&request, sizeof(request));
    }
    for (unsigned int i = 0; i < BLKIF_MAX_SEGMENTS_PER_REQUEST; i++) {
        request.seg[i].gref = any_below(4) ? any_below(600) : edge();
        request.seg[i].first_sect = (uint8_t)any_below(9);
        request.seg[i].last_sect = (uint8_t)any_below(9);
    }
    pv_front_put(&disk.ring, &request, sizeof(request));
}

static void fill_card(void)
{
    struct netif_tx_request tx = {.gref = any_below(4) ? any_below(600) : edge(),
                                  .offset = (uint16_t)(any_below(2) ? any_below(4096) : any()),
                                  .flags = (uint16_t)any_below(32),
                                  .id = (uint16_t)any(),
                                  .size = (uint16_t)(any_below(2) ? any_below(1600) : any())};
    struct netif_rx_request rx = {.id = (uint16_t)any(), .gref = any_below(600)};

    if (any_below(8) == 0) {
        scribble(&tx, sizeof(tx));
    }
    pv_front_put(&card.tx, &tx, sizeof(tx));
    pv_front_put(&card.rx, &rx, sizeof(rx));
}

/* One life of a ring: some requests in good form first, then worse and worse. */
static void abuse(struct pv_ring *ring, evtchn_port_t port, void (*fill)(void))
{
    for (unsigned int i = 0; i < 300 && going(); i++) {
        fill();
        ring->seen = pv_read32(&ring->shared->rsp_prod); /* as if each answer was read */
        ring->broken = 0;
        pv_front_push(ring);
        if (any_below(3) == 0) {
            spoil_grant();
        }
        if (any_below(i > 200 ? 4 : 1000) == 0) {
            spoil_counters(ring);
        }
        if (i > 250 && any_below(8) == 0) {
            scribble(ring->shared, PV_PAGE_BYTES);
        }
        for (unsigned int k = any_below(4); k > 0; k--) {
            pv_event_send(port);
        }
    }
}

/* The way back to a device that can be opened; what does not come back stays as it is. */
static bool again(const char *folder, const char *backend)
{
    pv_bus_write(folder, "state", "%d", XenbusStateClosed);
    pv_bus_wait(backend, 1u << XenbusStateClosed | 1u << XenbusStateUnknown, 2);
    pv_bus_write(folder, "state", "%d", XenbusStateInitialising);
    return pv_bus_wait(backend, 1u << XenbusStateInitWait, 2) > 0;
}

void attack_rings(void)
{
    unsigned int opened = 0;
    char backend[128];

    if (!map_table()) {
        broken = "FAILED: no grant table";
        return;
    }
    while (going()) {
        if (pv_bus_read(DISK, "backend", backend, sizeof(backend)) > 0 && again(DISK, backend) &&
            pv_block_open(&disk, 0) == 0) {
            opened++;
            abuse(&disk.ring, disk.port, fill_disk);
            pv_event_close(disk.port);
        }
        if (pv_bus_read(CARD, "backend", backend, sizeof(backend)) > 0 && again(CARD, backend) &&
            pv_net_open(&card, 0) == 0) {
            opened++;
            abuse(&card.rx, card.port, fill_card);
            abuse(&card.tx, card.port, fill_card);
            pv_event_close(card.port);
        }
    }
    if (opened < 2) {
        broken = "FAILED: no device could be opened";
    }
}
