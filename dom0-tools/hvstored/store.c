/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store as a whole: how it begins and ends.
 */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "client.h"
#include "connection.h"
#include "domain.h"

const char *const special_names[SPECIAL_COUNT] = {
    [SPECIAL_INTRODUCE] = "@introduceDomain",
    [SPECIAL_RELEASE] = "@releaseDomain",
};

int store_init(struct store *store)
{
    struct timespec now;
    bool good;
    int i;

    *store = (struct store){0};
    /* Never again a number that an earlier daemon gave: there are fewer changes than ns. */
    clock_gettime(CLOCK_REALTIME, &now);
    store->generation = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    store->root = tree_new();
    good = store->root && owners_add(&store->owners, 0, 1);
    for (i = 0; i < SPECIAL_COUNT; i++) {
        store->special[i] = perms_new(0, PERM_NONE);
        good &= store->special[i] != NULL;
    }
    quotas_init(&store->quotas);
    journal_none(&store->journal);
    if (good)
        return 0;
    store_free(store);
    return -ENOMEM;
}

void store_free(struct store *store)
{
    int i;

    while (store->domains)
        domain_free(store, store->domains);
    while (store->connections) {
        if (store->connections->client)
            client_free(store->connections->client);
        else
            connection_free(store->connections);
    }
    for (i = 0; i < SPECIAL_COUNT; i++)
        perms_put(store->special[i]);
    tree_put(store->root);
    owners_free(&store->owners);
    free(store->answer);
    journal_close(&store->journal);
}
