/* SPDX-License-Identifier: MIT */
/*
 * fbif.h: a frame buffer in the guest's memory, shown by the back end.
 *
 * One shared page: xenfb_page at its start, events to the guest (in) at 1024, events from the
 * guest (out) at 2048. The guest sends updates once the back end's "request-update" is 1.
 */
#ifndef __XEN_PUBLIC_IO_FBIF_H__
#define __XEN_PUBLIC_IO_FBIF_H__

#include "../abi/int.h"

/* First byte of an event. */
#define XENFB_TYPE_REFRESH_PERIOD 1 /* in */
#define XENFB_TYPE_UPDATE         2 /* out */
#define XENFB_TYPE_RESIZE         3 /* out; feature-resize */

#define XENFB_OUT_EVENT_SIZE 40 /* bytes, all below */
#define XENFB_IN_EVENT_SIZE  40
#define XENFB_IN_RING_SIZE   1024
#define XENFB_IN_RING_OFFS   1024
#define XENFB_IN_RING_LEN    (XENFB_IN_RING_SIZE / XENFB_IN_EVENT_SIZE)
#define XENFB_OUT_RING_SIZE  2048
#define XENFB_OUT_RING_OFFS  (XENFB_IN_RING_OFFS + XENFB_IN_RING_SIZE)
#define XENFB_OUT_RING_LEN   (XENFB_OUT_RING_SIZE / XENFB_OUT_EVENT_SIZE)

#define XENFB_NO_REFRESH 0 /* period: the screen is not looked at */

/* A rectangle has changed; pixels. */
struct xenfb_update {
    uint8_t type;
    int32_t x;
    int32_t y;
    int32_t width;
    int32_t height;
};

struct xenfb_resize {
    uint8_t type;
    int32_t width;
    int32_t height;
    int32_t stride; /* bytes a line */
    int32_t depth;  /* bits a pixel */
    int32_t offset; /* bytes into the buffer */
};

union xenfb_out_event {
    uint8_t type;
    struct xenfb_update update;
    struct xenfb_resize resize;
    char pad[XENFB_OUT_EVENT_SIZE];
};

struct xenfb_refresh_period {
    uint8_t type;
    uint32_t period; /* ms, or XENFB_NO_REFRESH */
};

union xenfb_in_event {
    uint8_t type;
    struct xenfb_refresh_period refresh_period;
    char pad[XENFB_IN_EVENT_SIZE];
};

/* The rings in a page, and a slot by counter. */
#define XENFB_IN_RING(page)  ((union xenfb_in_event *)((char *)(page) + XENFB_IN_RING_OFFS))
#define XENFB_OUT_RING(page) ((union xenfb_out_event *)((char *)(page) + XENFB_OUT_RING_OFFS))

#define XENFB_IN_RING_REF(page, idx)  (XENFB_IN_RING((page))[(idx) % XENFB_IN_RING_LEN])
#define XENFB_OUT_RING_REF(page, idx) (XENFB_OUT_RING((page))[(idx) % XENFB_OUT_RING_LEN])

struct xenfb_page {
    uint32_t in_cons, in_prod;   /* guest's, back end's */
    uint32_t out_cons, out_prod; /* back end's, guest's */
    int32_t width;               /* pixels */
    int32_t height;              /* pixels */
    uint32_t line_length;        /* bytes */
    uint32_t mem_length;         /* bytes of the buffer */
    uint8_t depth;               /* bits a pixel */
    unsigned long pd[256];       /* frames that list the buffer's frames */
};

#endif
