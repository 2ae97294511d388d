/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain other than the control domain may have at most. The numbers can be looked at and
 * set while the daemon runs (control message "quota"), and are kept over a restart.
 */
#ifndef HVSTORED_QUOTA_H
#define HVSTORED_QUOTA_H

#include <stdint.h>

enum quota {
    QUOTA_NODES,             /* nodes that it owns */
    QUOTA_WATCHES,           /* watches */
    QUOTA_TRANSACTIONS,      /* transactions at a time */
    QUOTA_NODE_SIZE,         /* bytes of a value */
    QUOTA_PERMISSIONS,       /* entries of a list of permissions */
    QUOTA_PATH_LENGTH,       /* bytes of an absolute path */
    QUOTA_TRANSACTION_PATHS, /* paths that a transaction looks at */
    QUOTA_TRANSACTION_BYTES, /* of the changes of a transaction */
    QUOTA_QUEUE_BYTES,       /* of events that wait for it, before they are summed up */
    QUOTA_TRANSACTION_AGE,   /* commits of others that a transaction may outlive */
    QUOTA_COUNT
};

struct quotas {
    uint32_t limit[QUOTA_COUNT];
};

struct quota_info {
    const char *name;
    uint32_t normal, least, most;
    const char *about;
};

extern const struct quota_info quota_infos[QUOTA_COUNT];

void quotas_init(struct quotas *quotas);

/* 0, -ENOENT for a name that is none, -EINVAL for a number that can't be. */
int quota_set(struct quotas *quotas, const char *name, const char *number)
    __attribute__((warn_unused_result));

#endif
