/* SPDX-License-Identifier: MIT */
/*
 * xs_wire.h: the store's wire protocol, on a guest's ring and on a socket alike.
 *
 * A message is xsd_sockmsg and len bytes of body. The client picks req_id, the answer repeats it
 * and the type, or has type XS_ERROR with an error's name in its body. Watch events come unasked,
 * between answers, with req_id 0.
 */
#ifndef _XS_WIRE_H
#define _XS_WIRE_H

#include "../abi/int.h"

/* Counted from 0; number 20 is not used. */
enum xsd_sockmsg_type {
    XS_CONTROL,
    XS_DIRECTORY, /* path: names of children, each ending with 0 */
    XS_READ,      /* path: value */
    XS_GET_PERMS,
    XS_WATCH, /* path, token: events from now on */
    XS_UNWATCH,
    XS_TRANSACTION_START, /* nothing: number in decimal */
    XS_TRANSACTION_END,   /* "T" or "F" */
    XS_INTRODUCE,         /* domain, frame, port */
    XS_RELEASE,
    XS_GET_DOMAIN_PATH,
    XS_WRITE, /* path, value without a final 0 */
    XS_MKDIR,
    XS_RM,
    XS_SET_PERMS,
    XS_WATCH_EVENT, /* from the store: path, token */
    XS_ERROR,       /* from the store */
    XS_IS_DOMAIN_INTRODUCED,
    XS_RESUME,
    XS_SET_TARGET,
    XS_RESET_WATCHES = 21,
    XS_DIRECTORY_PART, /* path, offset: for lists longer than a message */
    XS_TYPE_COUNT,
    XS_INVALID = 0xffff
};
#define XS_DEBUG XS_CONTROL

/* Header of a message, in the machine's byte order. */
struct xsd_sockmsg {
    uint32_t type;   /* enum xsd_sockmsg_type */
    uint32_t req_id; /* the client's; repeated */
    uint32_t tx_id;  /* transaction, 0: none */
    uint32_t len;    /* bytes of body, at most XENSTORE_PAYLOAD_MAX */
};

/* Fields of a watch event's body. */
enum xs_watch_type { XS_WATCH_PATH = 0, XS_WATCH_TOKEN };

/* Modes of an older write. */
#define XS_WRITE_NONE        "NONE"
#define XS_WRITE_CREATE      "CREATE"
#define XS_WRITE_CREATE_EXCL "CREATE|EXCL"

#define XENSTORE_PAYLOAD_MAX  4096 /* bytes */
#define XENSTORE_ABS_PATH_MAX 3072
#define XENSTORE_REL_PATH_MAX 2048

/* One error's name, as XS_ERROR carries it. */
struct xsd_errors {
    int errnum;
    const char *errstring;
};

/* The names there are, for an includer who has errno.h. */
#ifdef EINVAL
#define XSD_ERROR(x)                                                                               \
    {                                                                                              \
        x, #x                                                                                      \
    }
#ifdef __GNUC__
__attribute__((unused))
#endif
static const struct xsd_errors xsd_errors[] = {
    XSD_ERROR(EINVAL),    XSD_ERROR(EACCES),  XSD_ERROR(EEXIST), XSD_ERROR(EISDIR),
    XSD_ERROR(ENOENT),    XSD_ERROR(ENOMEM),  XSD_ERROR(ENOSPC), XSD_ERROR(EIO),
    XSD_ERROR(ENOTEMPTY), XSD_ERROR(ENOSYS),  XSD_ERROR(EROFS),  XSD_ERROR(EBUSY),
    XSD_ERROR(EAGAIN),    XSD_ERROR(EISCONN), XSD_ERROR(E2BIG),  XSD_ERROR(EPERM),
};
#endif

/* A guest's page: two rings of bytes. Producers store bytes, write barrier, counter. */
#define XENSTORE_RING_SIZE 1024
typedef uint32_t XENSTORE_RING_IDX;
#define MASK_XENSTORE_IDX(idx) ((idx) & (XENSTORE_RING_SIZE - 1))

struct xenstore_domain_interface {
    char req[XENSTORE_RING_SIZE];         /* guest to store */
    char rsp[XENSTORE_RING_SIZE];         /* store to guest */
    XENSTORE_RING_IDX req_cons, req_prod; /* store's, guest's */
    XENSTORE_RING_IDX rsp_cons, rsp_prod; /* guest's, store's */
    uint32_t server_features;             /* XENSTORE_SERVER_FEATURE_* */
    uint32_t connection; /* the guest asks by RECONNECT, the store answers by CONNECTED */
    uint32_t error;      /* by the store: XENSTORE_ERROR_* */
};

#define XENSTORE_SERVER_FEATURE_RECONNECTION 1
#define XENSTORE_SERVER_FEATURE_ERROR        2

#define XENSTORE_CONNECTED 0
#define XENSTORE_RECONNECT 1

#define XENSTORE_ERROR_NONE    0
#define XENSTORE_ERROR_COMM    1
#define XENSTORE_ERROR_RINGIDX 2 /* a counter out of range */
#define XENSTORE_ERROR_PROTO   3 /* a message out of form */

#endif
