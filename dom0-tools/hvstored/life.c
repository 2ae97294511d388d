/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains come by INTRODUCE; they go by RELEASE, or when the hypervisor says that they are dying
 * or gone. The first time that one is seen to have stopped is told as well.
 */
#include "life.h"

#include <errno.h>
#include <string.h>

#include "connection.h"
#include "log.h"
#include "state.h"

int life_prepare(struct store *store, uint16_t domid, uint64_t frame, uint32_t port,
                 struct domain **out)
{
    struct domain_status status;
    struct domain *domain;
    int error = hypervisor_status(domid, &status);

    if (error)
        return error;
    if (status.dying)
        return -ENOENT;
    domain = domain_new(store, domid);
    if (!domain)
        return -ENOMEM;
    domain->frame = frame;
    domain->remote_port = port;
    memcpy(domain->handle, status.handle, sizeof(domain->handle));
    error = domain_attach(domain);
    if (!error) {
        domain->position.in = domain->page->req_cons;
        domain->position.out = domain->position.reply = domain->page->rsp_prod;
        domain->slot = slot_open(store->journal.folder, domid, &domain->position);
        if (!domain->slot)
            error = -errno;
    }
    if (error) {
        domain_free(store, domain);
        slot_remove(store->journal.folder, domid);
        return error;
    }
    *out = domain;
    return 0;
}

void life_item(const struct domain *domain, struct bytes *items)
{
    bytes_add_u8(items, ITEM_DOMAIN);
    bytes_add_u32(items, domain->domid);
    bytes_add_u32(items, domain->connection->target);
    bytes_add_u32(items, domain->remote_port);
    bytes_add_u64(items, domain->frame);
    bytes_add_u8(items, domain->shut_down);
    bytes_add_block(items, domain->handle, sizeof(domain->handle));
}

int life_control(struct store *store)
{
    struct domain *domain;
    struct bytes items = {0};
    uint32_t port;
    int error = hypervisor_control_port(&port);

    if (error)
        return error;
    error = life_prepare(store, 0, 0, port, &domain);
    if (error)
        return error;
    life_item(domain, &items);
    error = items.failed ? -ENOMEM : state_append(store, &items);
    bytes_free(&items);
    if (error) {
        domain_free(store, domain);
        return error;
    }
    domain->introduced = true;
    domain_welcome(domain);
    return 0;
}

struct search {
    uint16_t domid;
    struct pathset owned, named;
};

static bool visit(const struct node *node, const char *path, void *context)
{
    struct search *search = context;

    if (node->perms->list[0].domid == search->domid)
        return pathset_add(&search->owned, path, 0);
    return !perms_name(node->perms, search->domid) || pathset_add(&search->named, path, 0);
}

static void forget_perms(struct change *change, const char *path, uint16_t domid)
{
    const struct node *node = tree_find(change->root, path);
    struct perms *perms, *owned;
    int error;

    if (!node)
        return;
    perms = perms_without(node->perms, domid);
    if (perms && perms->list[0].domid == domid) { /* the root, which can't be removed */
        owned = perms_with_owner(perms, 0);
        perms_put(perms);
        perms = owned;
    }
    error = perms ? change_set_perms(change, path, perms) : -ENOMEM;
    change->failed |= error != 0;
    perms_put(perms);
}

static void forget_special(struct change *change, uint16_t domid)
{
    struct perms *perms;
    uint8_t i;

    for (i = 0; i < SPECIAL_COUNT; i++) {
        if (!perms_name(change->store->special[i], domid))
            continue;
        perms = perms_without(change->store->special[i], domid);
        if (!perms) {
            change->failed = true;
            return;
        }
        bytes_add_u8(&change->items, ITEM_SPECIAL);
        bytes_add_u8(&change->items, i);
        perms_save(perms, &change->items);
        perms_put(perms);
    }
}

void life_release_items(struct change *change, const struct domain *domain)
{
    struct search search = {.domid = domain->domid};
    uint32_t i;
    int error;

    change->failed |= !tree_walk(change->root, "/", visit, &search);
    for (i = 0; i < search.owned.count; i++) {
        if (!search.owned.list[i].path[1]) {
            forget_perms(change, "/", domain->domid);
            continue;
        }
        error = change_remove(change, search.owned.list[i].path);
        change->failed |= error && error != -ENOENT; /* not there: it went with its folder */
    }
    change->quiet = true;
    for (i = 0; i < search.named.count; i++)
        forget_perms(change, search.named.list[i].path, domain->domid);
    change->quiet = false;
    forget_special(change, domain->domid);
    bytes_add_u8(&change->items, ITEM_RELEASE);
    bytes_add_u32(&change->items, domain->domid);
    change_touch(change, special_names[SPECIAL_RELEASE], 0);
    pathset_clear(&search.owned);
    pathset_clear(&search.named);
}

void life_released(struct store *store, struct domain *domain)
{
    struct connection *connection;
    uint16_t domid = domain->domid;
    int i;

    for (connection = store->connections; connection; connection = connection->next) {
        if (connection->target == domid)
            connection->target = NO_DOMAIN;
    }
    for (i = 0; i < SPECIAL_COUNT; i++)
        perms_forget(store->special[i], domid);
    domain_free(store, domain);
    slot_remove(store->journal.folder, domid);
}

static int tell_shut_down(struct store *store, struct domain *domain)
{
    struct change change;
    int error;

    change_begin(&change, store);
    bytes_add_u8(&change.items, ITEM_SHUTDOWN);
    bytes_add_u32(&change.items, domain->domid);
    bytes_add_u8(&change.items, true);
    change_touch(&change, special_names[SPECIAL_RELEASE], 0);
    error = change_commit(&change, NULL, NULL);
    if (error)
        change_drop(&change);
    else
        domain->shut_down = true;
    return error;
}

static int tell_gone(struct store *store, struct domain *domain)
{
    struct change change;
    int error;

    change_begin(&change, store);
    life_release_items(&change, domain);
    error = change_commit(&change, NULL, NULL);
    if (error)
        change_drop(&change);
    else
        life_released(store, domain);
    return error;
}

bool life_check(struct store *store)
{
    struct domain *domain, *next;
    struct domain_status status;
    bool done = true;
    int error;

    for (domain = store->domains; domain; domain = next) {
        next = domain->next;
        if (!domain->domid)
            continue;
        error = hypervisor_status(domain->domid, &status);
        if (error && error != -ENOENT) {
            done = false;
            continue;
        }
        if (error || status.dying || memcmp(status.handle, domain->handle, sizeof(domain->handle)))
            done &= !tell_gone(store, domain);
        else if (status.shut_down && !domain->shut_down)
            done &= !tell_shut_down(store, domain);
    }
    return done;
}
