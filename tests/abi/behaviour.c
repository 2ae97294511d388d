/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * behaviour.c: what macros that are no constants do.
 *
 * Compiled once against each set of headers; both programs must print the same. Rings run through
 * random traffic with a fixed seed, between a front and a back end which, now and then,
 * misbehaves.
 */
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define xen_mb()  __sync_synchronize()
#define xen_rmb() __sync_synchronize()
#define xen_wmb() __sync_synchronize()

#define __XEN_INTERFACE_VERSION__ 0x00040e00
#include <xen/xen.h>
#include <xen/arch-x86/xen-mca.h>
#include <xen/grant_table.h>
#include <xen/io/blkif.h>
#include <xen/io/console.h>
#include <xen/io/fbif.h>
#include <xen/io/kbdif.h>
#include <xen/io/netif.h>
#include <xen/io/xs_wire.h>
#include <xen/memory.h>
#include <xen/trace.h>
#include <xen/vcpu.h>

static uint32_t seed = 12345;

static unsigned int below(unsigned int limit)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % limit;
}

static void show_ring_sizes(void)
{
    static const unsigned int bytes[] = {128, 512, 4096, 8192, 65536};
    static union {
        struct blkif_sring ring;
        char room[65536];
    } page;
    struct netif_tx_sring *tx = (struct netif_tx_sring *)&page;
    struct netif_rx_sring *rx = (struct netif_rx_sring *)&page;
    struct xen_netif_ctrl_sring *ctrl = (struct xen_netif_ctrl_sring *)&page;

    printf("constant %u %u %u %u\n", (unsigned int)__CONST_RING_SIZE(blkif, 4096),
           (unsigned int)__CONST_RING_SIZE(netif_tx, 4096),
           (unsigned int)__CONST_RING_SIZE(netif_rx, 4096),
           (unsigned int)__CONST_RING_SIZE(xen_netif_ctrl, 65536));
    for (unsigned int i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
        printf("%u bytes: %u %u %u %u\n", bytes[i], (unsigned int)__RING_SIZE(&page.ring, bytes[i]),
               (unsigned int)__RING_SIZE(tx, bytes[i]), (unsigned int)__RING_SIZE(rx, bytes[i]),
               (unsigned int)__RING_SIZE(ctrl, bytes[i]));
    for (unsigned int i = 0; i < 40; i++) {
        unsigned int n = below(1u << (1 + i % 23));

        printf("__RD32(%u) = %u\n", n, (unsigned int)__RD32(n));
    }
}

/* One step of the front end: post some requests, take some responses. */
static void front_step(blkif_front_ring_t *front, unsigned int number)
{
    unsigned int room = RING_FREE_REQUESTS(front), want = below(room + 1), notify = 7, more = 7;

    for (unsigned int i = 0; i < want && !RING_FULL(front); i++) {
        blkif_request_t *req = RING_GET_REQUEST(front, front->req_prod_pvt);

        req->id = number * 1000 + i;
        req->operation = (uint8_t)below(4);
        front->req_prod_pvt++;
    }
    if (below(2))
        RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(front, notify);
    else
        RING_PUSH_REQUESTS(front);
    printf("front: %u free, notify %u", room, notify);
    while (RING_HAS_UNCONSUMED_RESPONSES(front) && below(4)) {
        blkif_response_t rsp;

        RING_COPY_RESPONSE(front, front->rsp_cons, &rsp);
        front->rsp_cons++;
        printf(" %d.%llu", rsp.status, (unsigned long long)rsp.id);
    }
    RING_FINAL_CHECK_FOR_RESPONSES(front, more);
    printf(", more %u, overflow %d\n", more,
           RING_RESPONSE_PROD_OVERFLOW(front, front->sring->rsp_prod));
}

static void back_step(blkif_back_ring_t *back)
{
    unsigned int notify = 7, more = 7, waiting = RING_HAS_UNCONSUMED_REQUESTS(back);

    while (RING_HAS_UNCONSUMED_REQUESTS(back) && below(5)) {
        blkif_request_t req;
        blkif_response_t *rsp;

        if (RING_REQUEST_CONS_OVERFLOW(back, back->req_cons))
            break;
        RING_COPY_REQUEST(back, back->req_cons, &req);
        back->req_cons++;
        rsp = RING_GET_RESPONSE(back, back->rsp_prod_pvt);
        rsp->id = req.id;
        rsp->status = (int16_t)req.operation;
        back->rsp_prod_pvt++;
    }
    if (below(2))
        RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(back, notify);
    else
        RING_PUSH_RESPONSES(back);
    RING_FINAL_CHECK_FOR_REQUESTS(back, more);
    printf("back: %u waited, notify %u, more %u, overflow %d\n", waiting, notify, more,
           RING_REQUEST_PROD_OVERFLOW(back, back->sring->req_prod));
}

static void show_ring(unsigned int start)
{
    static union {
        struct blkif_sring ring;
        char room[4096];
    } page;
    blkif_front_ring_t front;
    blkif_back_ring_t back;

    memset(&page, 0x5a, sizeof(page));
    XEN_FRONT_RING_INIT(&front, &page.ring, sizeof(page));
    BACK_RING_INIT(&back, &page.ring, sizeof(page));
    for (unsigned int i = 0; i < 64; i++)
        printf("%02x", (unsigned char)page.room[i]);
    printf("\nsizes %u %u\n", RING_SIZE(&front), RING_SIZE(&back));
    page.ring.req_prod = page.ring.rsp_prod = start;
    page.ring.req_event = page.ring.rsp_event = start + 1;
    FRONT_RING_ATTACH(&front, &page.ring, start, sizeof(page));
    BACK_RING_ATTACH(&back, &page.ring, start, sizeof(page));
    for (unsigned int i = 0; i < 300; i++) {
        RING_IDX honest = page.ring.req_prod;

        if (below(3))
            front_step(&front, i);
        if (below(3))
            back_step(&back);
        if (below(20) == 0) {
            honest = page.ring.req_prod;
            page.ring.req_prod += below(1000);
            printf("lie: %u\n", (unsigned int)XEN_RING_NR_UNCONSUMED_REQUESTS(&back));
            page.ring.req_prod = honest;
        }
    }
}

static void show_traps(void)
{
    trap_info_t t = {0};

    TI_SET_DPL(&t, 3);
    printf("trap %d %d", TI_GET_DPL(&t), TI_GET_IF(&t));
    TI_SET_IF(&t, 8);
    printf(" %d %d %d\n", TI_GET_DPL(&t), TI_GET_IF(&t), t.flags);
}

static void show_machine_checks(void)
{
    static mc_info_t info;
    struct mcinfo_common *rec = x86_mcinfo_first(&info), *match;

    for (unsigned int i = 0; i < 3; i++) {
        rec->type = (uint16_t)(i == 1 ? MC_TYPE_BANK : MC_TYPE_EXTENDED);
        rec->size = (uint16_t)(16 + 8 * i);
        rec = x86_mcinfo_next(rec);
    }
    info.mi_nentries = 3;
    x86_mcinfo_lookup(match, &info, MC_TYPE_BANK);
    printf("bank at %td\n", (char *)match - (char *)&info);
    x86_mcinfo_lookup(match, &info, MC_TYPE_GLOBAL);
    printf("global %d of %u\n", match != NULL, (unsigned int)x86_mcinfo_nentries(&info));
}

static void show_pages(void)
{
    static char page[4096];

    printf("offsets");
    for (int i = 0; i < 60; i += 7)
        printf(" %td %td %td %td", (char *)&XENFB_IN_RING_REF(page, i) - page,
               (char *)&XENFB_OUT_RING_REF(page, i) - page,
               (char *)&XENKBD_IN_RING_REF(page, i) - page,
               (char *)&XENKBD_OUT_RING_REF(page, i) - page);
    printf("\nmasks %zu %zu %d\n",
           (size_t)MASK_XENCONS_IDX(5000, ((struct xencons_interface *)page)->in),
           (size_t)MASK_XENCONS_IDX(5000, ((struct xencons_interface *)page)->out),
           MASK_XENSTORE_IDX(5000));
}

static void show_rest(void)
{
    static const char *const messages[] = GNTTABOP_error_msgs;
    xen_uuid_t id = XEN_DEFINE_UUID(0x01234567, 0x89ab, 0xcdef, 0xfedc, 1, 2, 3, 4, 5, 6);
    XEN_GUEST_HANDLE(uint64_t) handle;
    XEN_GUEST_HANDLE(const_void) other;
    uint64_t number = 5;

    set_xen_guest_handle(handle, &number);
    set_xen_guest_handle_raw(other, &number);
    printf("handles %d %d, %zu messages\n", handle.p == &number, other.p == &number,
           sizeof(messages) / sizeof(messages[0]));
    for (unsigned int i = 0; i < 16; i++)
        printf("%02x", id.a[i]);
    printf("\ntrace %#lx\n", (unsigned long)TRC_SCHED_CLASS_EVT(CSCHED2, 21));
}

/* The lists that an includer expands as it likes. */
static const char *const errors =
#define XEN_ERRNO(name, value) #name " " #value "\n"
#include <xen/errno.h>
    "";

static const struct {
    const char *name;
    unsigned int value;
} features[] = {
#define XEN_CPUFEATURE(name, value) {#name, value},
#include <xen/arch-x86/cpufeatureset.h>
};

int main(void)
{
    show_ring_sizes();
    show_ring(0);
    show_ring(0xfffffff0);
    show_traps();
    show_machine_checks();
    show_pages();
    show_rest();
    fputs(errors, stdout);
    for (unsigned int i = 0; i < sizeof(features) / sizeof(features[0]); i++)
        printf("%s %u\n", features[i].name, features[i].value);
    return 0;
}
