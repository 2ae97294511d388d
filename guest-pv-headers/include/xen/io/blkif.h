/* SPDX-License-Identifier: MIT */
/*
 * blkif.h: block devices.
 *
 * A request reads or writes up to 11 segments, each some sectors of one granted frame; more go
 * through frames of segments (indirect). Sectors have 512 bytes here whatever the disk's size. The
 * back end publishes "sectors", "sector-size" and "info" (VDISK_*), and features it has; the front
 * end "ring-ref", "event-channel" and "protocol".
 */
#ifndef __XEN_PUBLIC_IO_BLKIF_H__
#define __XEN_PUBLIC_IO_BLKIF_H__

#include "ring.h"
#include "../grant_table.h"

#ifndef blkif_vdev_t
#define blkif_vdev_t uint16_t
#endif
#define blkif_sector_t uint64_t

/* blkif_request.operation */
#define BLKIF_OP_READ            0
#define BLKIF_OP_WRITE           1
#define BLKIF_OP_WRITE_BARRIER   2 /* feature-barrier: done after all before, before all after */
#define BLKIF_OP_FLUSH_DISKCACHE 3 /* feature-flush-cache */
#define BLKIF_OP_RESERVED_1      4
#define BLKIF_OP_DISCARD         5 /* feature-discard */
#define BLKIF_OP_INDIRECT        6 /* feature-max-indirect-segments */

#define BLKIF_MAX_SEGMENTS_PER_REQUEST       11
#define BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST 8

/* blkif_response.status */
#define BLKIF_RSP_EOPNOTSUPP -2
#define BLKIF_RSP_ERROR      -1
#define BLKIF_RSP_OKAY       0

#define BLKIF_DISCARD_SECURE (1 << 0) /* overwrite, not only forget */

/* The back end's "info". */
#define VDISK_CDROM     0x1
#define VDISK_REMOVABLE 0x2
#define VDISK_READONLY  0x4

struct blkif_request_segment {
    grant_ref_t gref;
    uint8_t first_sect, last_sect; /* within the frame, 0 to 7, both included */
};

typedef struct blkif_request {
    uint8_t operation;
    uint8_t nr_segments;
    blkif_vdev_t handle;          /* of the device */
    uint64_t id;                  /* the front end's, repeated in the response */
    blkif_sector_t sector_number; /* first sector on the disk */
    struct blkif_request_segment seg[BLKIF_MAX_SEGMENTS_PER_REQUEST];
} blkif_request_t;

/* The same slot when operation is BLKIF_OP_DISCARD. */
typedef struct blkif_request_discard {
    uint8_t operation;
    uint8_t flag; /* BLKIF_DISCARD_* */
    blkif_vdev_t handle;
    uint64_t id;
    blkif_sector_t sector_number;
    uint64_t nr_sectors;
} blkif_request_discard_t;

/* The same slot when operation is BLKIF_OP_INDIRECT; segments lie in the granted frames. */
typedef struct blkif_request_indirect {
    uint8_t operation;
    uint8_t indirect_op; /* BLKIF_OP_READ or _WRITE */
    uint16_t nr_segments;
    uint64_t id;
    blkif_sector_t sector_number;
    blkif_vdev_t handle;
    grant_ref_t indirect_grefs[BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST];
} blkif_request_indirect_t;

typedef struct blkif_response {
    uint64_t id;
    uint8_t operation;
    int16_t status; /* BLKIF_RSP_* */
} blkif_response_t;

DEFINE_RING_TYPES(blkif, struct blkif_request, struct blkif_response);

#endif
