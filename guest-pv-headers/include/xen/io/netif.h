/* SPDX-License-Identifier: MIT */
/*
 * netif.h: network interfaces, seen from the front end: tx leaves the guest, rx enters it.
 *
 * A packet is one or more slots. On tx the first request has the whole packet's size, the others
 * that of their fragment; all but the last have more_data. extra_info says that the next slot is a
 * netif_extra_info. On rx the front end posts empty frames, and each response says what was put
 * into one. Sizes are bytes.
 */
#ifndef __XEN_PUBLIC_IO_NETIF_H__
#define __XEN_PUBLIC_IO_NETIF_H__

#include "ring.h"
#include "../grant_table.h"

#define XEN_NETIF_NR_SLOTS_MIN 18     /* slots a packet may take with every back end */
#define XEN_NETIF_MAX_TX_SIZE  0xFFFF /* bytes of a packet */

/* netif_tx_request.flags */
#define _NETTXF_csum_blank     (0) /* the checksum is still to be filled in */
#define NETTXF_csum_blank      (1U << _NETTXF_csum_blank)
#define _NETTXF_data_validated (1) /* it need not be checked */
#define NETTXF_data_validated  (1U << _NETTXF_data_validated)
#define _NETTXF_more_data      (2)
#define NETTXF_more_data       (1U << _NETTXF_more_data)
#define _NETTXF_extra_info     (3)
#define NETTXF_extra_info      (1U << _NETTXF_extra_info)

/* netif_rx_response.flags */
#define _NETRXF_data_validated (0)
#define NETRXF_data_validated  (1U << _NETRXF_data_validated)
#define _NETRXF_csum_blank     (1)
#define NETRXF_csum_blank      (1U << _NETRXF_csum_blank)
#define _NETRXF_more_data      (2)
#define NETRXF_more_data       (1U << _NETRXF_more_data)
#define _NETRXF_extra_info     (3)
#define NETRXF_extra_info      (1U << _NETRXF_extra_info)
#define _NETRXF_gso_prefix     (4) /* older form of segmentation offload */
#define NETRXF_gso_prefix      (1U << _NETRXF_gso_prefix)

/* Status of a response; on rx a number above 0 is bytes. */
#define NETIF_RSP_DROPPED -2
#define NETIF_RSP_ERROR   -1
#define NETIF_RSP_OKAY    0
#define NETIF_RSP_NULL    1 /* answers the slot of an extra_info */

/* netif_extra_info */
#define XEN_NETIF_EXTRA_TYPE_NONE      (0)
#define XEN_NETIF_EXTRA_TYPE_GSO       (1) /* segmentation offload */
#define XEN_NETIF_EXTRA_TYPE_MCAST_ADD (2)
#define XEN_NETIF_EXTRA_TYPE_MCAST_DEL (3)
#define XEN_NETIF_EXTRA_TYPE_HASH      (4)
#define XEN_NETIF_EXTRA_TYPE_MAX       (5)
#define _XEN_NETIF_EXTRA_FLAG_MORE     (0) /* another one follows */
#define XEN_NETIF_EXTRA_FLAG_MORE      (1U << _XEN_NETIF_EXTRA_FLAG_MORE)
#define XEN_NETIF_GSO_TYPE_NONE        (0)
#define XEN_NETIF_GSO_TYPE_TCPV4       (1)
#define XEN_NETIF_GSO_TYPE_TCPV6       (2)

/* Hashes that spread rx over queues: what is hashed, and how. */
#define _XEN_NETIF_CTRL_HASH_TYPE_IPV4         0
#define XEN_NETIF_CTRL_HASH_TYPE_IPV4          (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV4)
#define _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP     1
#define XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP      (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP)
#define _XEN_NETIF_CTRL_HASH_TYPE_IPV6         2
#define XEN_NETIF_CTRL_HASH_TYPE_IPV6          (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV6)
#define _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP     3
#define XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP      (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP)
#define XEN_NETIF_CTRL_HASH_ALGORITHM_NONE     0
#define XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ 1

/* xen_netif_ctrl_request.type; data as noted */
#define XEN_NETIF_CTRL_TYPE_INVALID               0
#define XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS        1
#define XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS        2 /* flags */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_KEY          3 /* grant, bytes */
#define XEN_NETIF_CTRL_TYPE_GET_HASH_MAPPING_SIZE 4
#define XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE 5 /* entries */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING      6 /* grant, entries, first */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM    7 /* algorithm */
#define XEN_NETIF_CTRL_TYPE_GET_GREF_MAPPING_SIZE 8 /* queue */
#define XEN_NETIF_CTRL_TYPE_ADD_GREF_MAPPING      9 /* queue, grant of a list, entries */
#define XEN_NETIF_CTRL_TYPE_DEL_GREF_MAPPING      10

/* xen_netif_ctrl_response.status */
#define XEN_NETIF_CTRL_STATUS_SUCCESS           0
#define XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED     1
#define XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER 2
#define XEN_NETIF_CTRL_STATUS_BUFFER_OVERFLOW   3

#define _XEN_NETIF_CTRLF_GREF_readonly 0
#define XEN_NETIF_CTRLF_GREF_readonly  (1U << _XEN_NETIF_CTRLF_GREF_readonly)

typedef struct netif_tx_request {
    grant_ref_t gref;
    uint16_t offset; /* into the frame */
    uint16_t flags;  /* NETTXF_* */
    uint16_t id;     /* repeated in the response */
    uint16_t size;
} netif_tx_request_t;

/* Lies in a slot of tx or rx. */
typedef struct netif_extra_info {
    uint8_t type;  /* XEN_NETIF_EXTRA_TYPE_* */
    uint8_t flags; /* XEN_NETIF_EXTRA_FLAG_* */
    union {
        struct {
            uint16_t size; /* of a segment's payload */
            uint8_t type;  /* XEN_NETIF_GSO_TYPE_* */
            uint8_t pad;
            uint16_t features;
        } gso;
        struct {
            uint8_t addr[6];
        } mcast;
        struct {
            uint8_t type;      /* bit number of XEN_NETIF_CTRL_HASH_TYPE_* */
            uint8_t algorithm; /* XEN_NETIF_CTRL_HASH_ALGORITHM_* */
            uint8_t value[4];
        } hash;
        uint16_t pad[3];
    } u;
} netif_extra_info_t;

typedef struct netif_tx_response {
    uint16_t id;
    int16_t status; /* NETIF_RSP_* */
} netif_tx_response_t;

typedef struct netif_rx_request {
    uint16_t id; /* repeated in the response */
    uint16_t pad;
    grant_ref_t gref; /* writable */
} netif_rx_request_t;

typedef struct netif_rx_response {
    uint16_t id;
    uint16_t offset; /* into the frame */
    uint16_t flags;  /* NETRXF_* */
    int16_t status;  /* bytes, or NETIF_RSP_* */
} netif_rx_response_t;

DEFINE_RING_TYPES(netif_tx, struct netif_tx_request, struct netif_tx_response);
DEFINE_RING_TYPES(netif_rx, struct netif_rx_request, struct netif_rx_response);

/* The control ring, one an interface. */
struct xen_netif_ctrl_request {
    uint16_t id;
    uint16_t type; /* XEN_NETIF_CTRL_TYPE_* */
    uint32_t data[3];
};

struct xen_netif_ctrl_response {
    uint16_t id;
    uint16_t type;
    uint32_t status; /* XEN_NETIF_CTRL_STATUS_* */
    uint32_t data;
};

DEFINE_RING_TYPES(xen_netif_ctrl, struct xen_netif_ctrl_request, struct xen_netif_ctrl_response);

/* A grant the back end keeps mapped between packets. */
struct xen_netif_gref {
    grant_ref_t ref;
    uint16_t flags;  /* XEN_NETIF_CTRLF_GREF_* */
    uint16_t status; /* by the back end */
};

#endif
