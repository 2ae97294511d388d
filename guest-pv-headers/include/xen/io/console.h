/* SPDX-License-Identifier: MIT */
/*
 * console.h: a guest's text console, one shared page.
 *
 * Bytes to the guest go through in, bytes from it through out. The producer of a direction stores
 * bytes, write barrier, producer counter, then notifies; the consumer the other way round.
 * Counters run freely.
 */
#ifndef __XEN_PUBLIC_IO_CONSOLE_H__
#define __XEN_PUBLIC_IO_CONSOLE_H__

#include "../abi/int.h"

typedef uint32_t XENCONS_RING_IDX;

#define MASK_XENCONS_IDX(idx, ring) ((idx) & (sizeof(ring) - 1))

struct xencons_interface {
    char in[1024];
    char out[2048];
    XENCONS_RING_IDX in_cons, in_prod;   /* guest's, daemon's */
    XENCONS_RING_IDX out_cons, out_prod; /* daemon's, guest's */
};

#endif
