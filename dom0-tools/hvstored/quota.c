/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of quotas. A guest with a few devices has some 60 nodes, 10 watches and one
 * transaction at a time.
 */
#include "quota.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct quota_info quota_infos[QUOTA_COUNT] = {
    [QUOTA_NODES] = {"nodes", 1000, 1, 1000000, "nodes that a domain owns"},
    [QUOTA_WATCHES] = {"watches", 128, 1, 100000, "watches of a domain"},
    [QUOTA_TRANSACTIONS] = {"transactions", 10, 1, 1000, "open transactions of a domain"},
    [QUOTA_NODE_SIZE] = {"node-size", 2048, 1, 4096, "bytes of a value"},
    [QUOTA_PERMISSIONS] = {"permissions", 5, 1, 1000, "entries of a node's permissions"},
    [QUOTA_PATH_LENGTH] = {"path-length", 2048, 64, 3072, "bytes of an absolute path"},
    [QUOTA_TRANSACTION_PATHS] = {"transaction-paths", 1024, 16, 1000000,
                                 "paths that a transaction looks at"},
    [QUOTA_TRANSACTION_BYTES] = {"transaction-bytes", 65536, 4096, 16777216,
                                 "bytes of a transaction's changes"},
    [QUOTA_QUEUE_BYTES] = {"queue-bytes", 65536, 4096, 16777216,
                           "bytes of events waiting, before they are summed up"},
    [QUOTA_TRANSACTION_AGE] = {"transaction-age", 100000, 100, 1000000000,
                               "commits of others that a transaction may outlive"},
};

void quotas_init(struct quotas *quotas)
{
    int i;

    for (i = 0; i < QUOTA_COUNT; i++)
        quotas->limit[i] = quota_infos[i].normal;
}

int quota_set(struct quotas *quotas, const char *name, const char *number)
{
    char *end;
    unsigned long value;
    int i;

    for (i = 0; i < QUOTA_COUNT && strcmp(quota_infos[i].name, name); i++)
        ;
    if (i == QUOTA_COUNT)
        return -ENOENT;
    if (*number < '0' || *number > '9')
        return -EINVAL;
    errno = 0;
    value = strtoul(number, &end, 10);
    if (errno || *end || value < quota_infos[i].least || value > quota_infos[i].most)
        return -EINVAL;
    quotas->limit[i] = (uint32_t)value;
    return 0;
}
