/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpvguest's block and network front ends against a back end that answers anything: the bytes
 * become responses, counters of the rings, nodes of the store, and events at no time. No call
 * touches memory that is not its own or runs for ever, a packet fits where it is put, and a closed
 * device leaves no port behind.
 *
 * sources: tests/unit/guest_machine.c tests/unit/guest_machine_store.c \
 * guest-pv-headers/libpvguest/block.c guest-pv-headers/libpvguest/bus.c \
 * guest-pv-headers/libpvguest/format.c guest-pv-headers/libpvguest/grant.c \
 * guest-pv-headers/libpvguest/net.c guest-pv-headers/libpvguest/store.c
 * libraries: -DPV_HYPERCALL_EXTERN -U__XEN__ -U__XEN_TOOLS__
 */
#include "tests/unit/guest_machine.h"

#define STEPS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *bytes;
static size_t left;

static void must(bool condition)
{
    if (!condition) {
        abort();
    }
}

static uint8_t next(void)
{
    left -= left > 0;
    return left > 0 ? *bytes++ : 0;
}

static uint32_t number(void)
{
    uint32_t value = next();

    return value < 0x80 ? value : value << 24 | (uint32_t)next() << 8 | next();
}

/* A ring's page of the device under test, by the node that names its grant. */
static struct pv_ring_counters *page_of(const char *node)
{
    const char *ref = store_get(node);

    return ref == NULL ? NULL : machine_granted((uint32_t)atoi(ref), true);
}

/* Responses with any contents, and a counter that goes on as it should, or not. */
static void scribble(const char *node)
{
    struct pv_ring_counters *shared = page_of(node);
    uint8_t how = next(), at = next(), *slots;

    if (shared == NULL) {
        return;
    }
    slots = (uint8_t *)shared + PV_RING_HEADER;
    for (unsigned int i = 0; i < (how >> 4); i++) {
        slots[(at * 16u + i) % (4096 - PV_RING_HEADER)] = next();
    }
    if (how & 1) {
        shared->rsp_prod = how & 2 ? number() : shared->rsp_prod + 1;
    }
    if (how & 4) {
        shared->req_event = number();
    }
}

static void say(const char *path)
{
    char text[24];
    unsigned int length = next() % sizeof(text), i;

    for (i = 0; i < length; i++) {
        text[i] = (char)next();
    }
    text[length % sizeof(text)] = 0;
    store_set(path, text);
}

/* What the other side does while the guest sleeps; it ends with the bytes. */
static bool peer(void)
{
    static const char *const nodes[] = {"back/sectors", "back/state", "back/info",
                                        "back/sector-size", "back/feature-flush-cache"};
    bool worked = store_work();

    if (left == 0) {
        return worked;
    }
    switch (next() % 8) {
    case 0:
    case 1:
        scribble("device/vbd/5/ring-ref");
        break;
    case 2:
        scribble("device/vif/0/tx-ring-ref");
        break;
    case 3:
        scribble("device/vif/0/rx-ring-ref");
        break;
    case 4:
        say(nodes[next() % 5]);
        break;
    case 5:
        store_set("back/state", "4");
        break;
    default:
        break;
    }
    return true;
}

static void use_disk(struct pv_block *disk)
{
    unsigned char *buffer = pv_pages_alloc(4);

    for (unsigned int i = 0; i < STEPS && left > 0; i++) {
        uint8_t what = next();
        uint64_t sector = number();
        unsigned int count = what >> 4;

        if (what & 1) {
            (void)pv_block_read(disk, sector, buffer + (what & 2) * 256, count);
        } else if (what & 2) {
            (void)pv_block_write(disk, sector, buffer, count);
        } else {
            (void)pv_block_flush(disk);
        }
    }
}

static void use_net(struct pv_net *net)
{
    unsigned char packet[PV_NET_BYTES] = {0};

    for (unsigned int i = 0; i < STEPS && left > 0; i++) {
        unsigned int room = number() % (sizeof(packet) + 1);
        unsigned char *to = malloc(room ? room : 1);
        int got;

        (void)pv_net_send(net, packet, room);
        got = pv_net_receive(net, to, room);
        must(got <= (int)room && net->tx_idle <= PV_NET_BUFFERS);
        free(to);
        (void)peer();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pv_block disk;
    static struct pv_net net;
    unsigned int before;

    bytes = data;
    left = size;
    machine_start();
    machine_pages_forget();
    before = machine_ports();
    machine_peer = peer;
    machine_patience = 4;
    store_set("device/vbd/5/backend", "back");
    store_set("device/vbd/5/backend-id", "0");
    store_set("device/vif/0/backend", "back");
    store_set("device/vif/0/backend-id", "0");
    store_set("device/vif/0/mac", "00:16:3e:0A:bC:ff");
    store_set("back/state", "2");
    store_set("back/sectors", "1000");
    if (size > 0 && data[0] & 1) {
        if (pv_block_open(&disk, 0) == 0) {
            use_disk(&disk);
            (void)pv_block_close(&disk);
        }
    } else if (pv_net_open(&net, 0) == 0) {
        use_net(&net);
        (void)pv_net_close(&net);
    }
    must(machine_ports() == before);
    return 0;
}
