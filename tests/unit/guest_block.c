/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpvguest's block front end against a back end of the test: every alignment and length, the end
 * of the disk, and a back end that lies in each way it can. Afterwards no grant and no port is
 * left.
 */
#include "guest_machine.h"
#include "unit.h"

#define SECTORS 1000

static unsigned char model[SECTORS * 512];
static struct pv_ring ring;
static bool attached;
static void (*lie)(struct blkif_response *response, const struct blkif_request *request);
static bool silent, flushed;

/* One request of the front end, served as blkback does. */
static void serve(const struct blkif_request *request)
{
    struct blkif_response response = {.id = request->id, .operation = request->operation};
    uint64_t at = request->sector_number;

    flushed = flushed || request->operation == BLKIF_OP_FLUSH_DISKCACHE;
    for (unsigned int i = 0; i < request->nr_segments; i++) {
        const struct blkif_request_segment *segment = &request->seg[i];
        unsigned int count = segment->last_sect - segment->first_sect + 1u;
        unsigned char *page = machine_granted(segment->gref, request->operation == BLKIF_OP_READ);

        EXPECT(page != NULL && segment->last_sect < 8 && segment->first_sect <= segment->last_sect);
        EXPECT(at + count <= SECTORS);
        if (page != NULL && request->operation == BLKIF_OP_READ) {
            memcpy(page + segment->first_sect * 512, model + at * 512, count * 512);
        } else if (page != NULL) {
            memcpy(model + at * 512, page + segment->first_sect * 512, count * 512);
        }
        at += count;
    }
    if (lie != NULL) {
        lie(&response, request);
    }
    pv_back_put(&ring, &response, sizeof(response));
    pv_back_push(&ring);
}

static bool peer(void)
{
    const char *state = store_get("device/vbd/5/state");
    struct blkif_request request;
    bool worked = store_work();

    if (!attached && state != NULL && strcmp(state, "3") == 0) {
        uint32_t ref = (uint32_t)atoi(store_get("device/vbd/5/ring-ref"));

        EXPECT(strcmp(store_get("device/vbd/5/protocol"), "x86_64-abi") == 0);
        pv_ring_attach(&ring, machine_granted(ref, true), 4096, sizeof(union blkif_sring_entry));
        store_set("back/sectors", "1000");
        store_set("back/info", "0");
        store_set("back/feature-flush-cache", "1");
        store_set("back/state", "4");
        attached = true;
    }
    if (state != NULL && (strcmp(state, "5") == 0 || strcmp(state, "6") == 0) &&
        strcmp(store_get("back/state"), "6") != 0) {
        store_set("back/state", "6");
        attached = false;
    }
    while (attached && !silent && pv_back_get(&ring, &request, sizeof(request)) == PV_RING_GOT) {
        serve(&request);
        worked = true;
    }
    return worked;
}

static struct pv_block disk;

static void begin(void)
{
    machine_start();
    machine_peer = peer;
    attached = silent = flushed = false;
    lie = NULL;
    store_set("device/vbd/5/backend", "back");
    store_set("device/vbd/5/backend-id", "0");
    store_set("back/state", "2");
    for (unsigned int i = 0; i < sizeof(model); i++) {
        model[i] = (unsigned char)(i / 512 + i);
    }
    EXPECT(pv_block_open(&disk, 0) == 0);
    EXPECT(disk.sectors == SECTORS && disk.flushes && !disk.readonly);
}

static void end(void)
{
    EXPECT(pv_block_close(&disk) == 0);
    EXPECT(machine_grants() == 0 && machine_ports() == 0);
    EXPECT(pv_block_read(&disk, 0, pv_page_alloc(), 1) < 0);
}

static void every_place_and_length(void)
{
    unsigned char *buffer, copy[100 * 512];

    begin();
    buffer = pv_pages_alloc(32);
    for (unsigned int i = 0; i < 600; i++) {
        unsigned int count = (unsigned int)rand() % 101, offset = (unsigned int)rand() % 8 * 512;
        uint64_t at = (uint64_t)rand() % (SECTORS - count + 1);

        for (unsigned int b = 0; b < count * 512; b++) {
            buffer[offset + b] = (unsigned char)rand();
        }
        if (i % 2) {
            EXPECT(pv_block_write(&disk, at, buffer + offset, count) == 0);
        } else {
            memcpy(copy, model + at * 512, count * 512);
            EXPECT(pv_block_read(&disk, at, buffer + offset, count) == 0);
            EXPECT(memcmp(copy, buffer + offset, count * 512) == 0);
        }
        EXPECT(memcmp(model + at * 512, buffer + offset, count * 512) == 0);
        EXPECT(machine_grants() == 1); /* the ring */
    }
    EXPECT(pv_block_flush(&disk) == 0 && flushed);
    end();
}

static void wrong_arguments(void)
{
    unsigned char *page;

    begin();
    page = pv_page_alloc();
    EXPECT(pv_block_read(&disk, SECTORS, page, 1) == -XEN_EINVAL);
    EXPECT(pv_block_read(&disk, SECTORS - 1, page, 2) == -XEN_EINVAL);
    EXPECT(pv_block_read(&disk, ~0ul, page, 1) == -XEN_EINVAL);
    EXPECT(pv_block_read(&disk, 0, page + 1, 1) == -XEN_EINVAL);
    EXPECT(pv_block_read(&disk, SECTORS, page, 0) == 0);
    disk.readonly = true;
    EXPECT(pv_block_write(&disk, 0, page, 1) == -XEN_EROFS);
    end();
}

static void lie_id(struct blkif_response *response, const struct blkif_request *request)
{
    (void)request;
    response->id += 1;
}

static void lie_error(struct blkif_response *response, const struct blkif_request *request)
{
    response->status = request->operation == BLKIF_OP_READ ? BLKIF_RSP_ERROR : BLKIF_RSP_EOPNOTSUPP;
}

static void keep_mapped(struct blkif_response *response, const struct blkif_request *request)
{
    (void)response;
    machine_grant_use(request->seg[0].gref, true);
}

static void an_error_is_no_end(void)
{
    unsigned char *page;

    begin();
    page = pv_page_alloc();
    lie = lie_error;
    EXPECT(pv_block_read(&disk, 0, page, 8) == -XEN_EIO);
    EXPECT(pv_block_flush(&disk) == -XEN_EOPNOTSUPP);
    lie = NULL;
    EXPECT(pv_block_read(&disk, 0, page, 8) == 0 && memcmp(page, model, 4096) == 0);
    end();
}

static void a_wrong_id_is(void)
{
    unsigned char *page;

    begin();
    page = pv_page_alloc();
    lie = lie_id;
    EXPECT(pv_block_read(&disk, 0, page, 1) == -XEN_EIO);
    lie = NULL;
    EXPECT(pv_block_read(&disk, 0, page, 1) == -XEN_EIO);
    end();
}

static void so_is_silence(void)
{
    unsigned char *page;

    begin();
    page = pv_page_alloc();
    silent = true;
    EXPECT(pv_block_read(&disk, 0, page, 1) == -XEN_ETIME);
    EXPECT(pv_block_read(&disk, 0, page, 1) == -XEN_EIO);
    EXPECT(ring.shared->req_prod == 1); /* nothing was sent after */
    end();
}

static void so_is_a_page_kept(void)
{
    unsigned char *page;

    begin();
    page = pv_page_alloc();
    lie = keep_mapped;
    EXPECT(pv_block_read(&disk, 0, page, 1) == -XEN_EIO);
    lie = NULL;
    EXPECT(pv_block_read(&disk, 0, page, 1) == -XEN_EIO);
    EXPECT(pv_block_close(&disk) == 0 && machine_grants() == 1); /* that page's */
}

static void a_ring_kept_is_told(void)
{
    begin();
    machine_grant_use(disk.page_ref, true);
    EXPECT(pv_block_close(&disk) == -XEN_EBUSY);
}

static void no_back_end(void)
{
    machine_start();
    machine_peer = store_work;
    EXPECT(pv_block_open(&disk, 0) == -XEN_ENODEV);
    store_set("device/vbd/5/backend", "back");
    store_set("device/vbd/5/backend-id", "0");
    EXPECT(pv_block_open(&disk, 0) == -XEN_ETIME);
    EXPECT(pv_block_open(&disk, 1) == -XEN_ENODEV);
    store_set("back/state", "2"); /* says so, and never connects */
    EXPECT(pv_block_open(&disk, 0) == -XEN_ETIME);
    EXPECT(machine_grants() == 0 && machine_ports() == 0);
}

int main(void)
{
    RUN_ALONE(every_place_and_length);
    RUN_ALONE(wrong_arguments);
    RUN_ALONE(an_error_is_no_end);
    RUN_ALONE(a_wrong_id_is);
    RUN_ALONE(so_is_silence);
    RUN_ALONE(so_is_a_page_kept);
    RUN_ALONE(a_ring_kept_is_told);
    RUN_ALONE(no_back_end);
    return UNIT_RESULT;
}
