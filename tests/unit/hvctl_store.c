/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's XenStore and devices: nodes in a list, one transaction at a time, which a test can
 * make fail or conflict.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "hvctl_machine.h"

#define NODES 512

struct node {
    char path[128], value[2100], permissions[32];
};

static struct node nodes[NODES], before[NODES];
static unsigned int count, count_before;
static bool within;

static int failing(struct hvctl *h)
{
    if (++host.store_calls == host.fail_store) {
        return hvctl_fail(h, HVCTL_IO, EIO, "XenStore: it broke, as the test wants");
    }
    return 0;
}

static struct node *find(const char *path)
{
    for (unsigned int i = 0; i < count; i++) {
        if (!strcmp(nodes[i].path, path)) {
            return &nodes[i];
        }
    }
    return NULL;
}

/* Makes a node and those above it. */
static struct node *make(const char *path)
{
    struct node *node = find(path);
    char above[128];

    if (node) {
        return node;
    }
    snprintf(above, sizeof(above), "%s", path);
    *strrchr(above, '/') = 0;
    if (above[0]) {
        make(above);
    }
    if (count == NODES) {
        abort();
    }
    node = &nodes[count++];
    memset(node, 0, sizeof(*node));
    snprintf(node->path, sizeof(node->path), "%s", path);
    return node;
}

void host_store_reset(void)
{
    count = 0;
    within = false;
}

unsigned int host_nodes(void)
{
    return count;
}

const char *host_node(const char *format, ...)
{
    char path[128];
    va_list arguments;
    const struct node *node;

    va_start(arguments, format);
    vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    node = find(path);
    return node ? node->value : NULL;
}

const char *host_permissions(const char *path)
{
    const struct node *node = find(path);

    return node ? node->permissions : NULL;
}

int hvctl_store_read(struct hvctl *h, uint32_t t, const char *path, char **value, size_t *size)
{
    const struct node *node = find(path);
    int error = failing(h);

    (void)t;
    if (!error && !node) {
        error = hvctl_fail(h, HVCTL_NOT_FOUND, ENOENT, "XenStore: there is no %s", path);
    }
    if (!error) {
        *value = strdup(node->value);
        if (size) {
            *size = strlen(node->value);
        }
    }
    return error;
}

int hvctl_store_write(struct hvctl *h, uint32_t t, const char *path, const void *value, size_t size)
{
    int error = failing(h);

    (void)t;
    if (!error) {
        struct node *node = make(path);

        memcpy(node->value, value, size);
        node->value[size] = 0;
    }
    return error;
}

int hvctl_store_mkdir(struct hvctl *h, uint32_t t, const char *path)
{
    int error = failing(h);

    (void)t;
    if (!error) {
        make(path);
    }
    return error;
}

int hvctl_store_remove(struct hvctl *h, uint32_t t, const char *path)
{
    size_t length = strlen(path);
    int error = failing(h);
    unsigned int kept = 0;

    (void)t;
    for (unsigned int i = 0; i < count && !error; i++) {
        if (strncmp(nodes[i].path, path, length) ||
            (nodes[i].path[length] && nodes[i].path[length] != '/')) {
            nodes[kept++] = nodes[i];
        }
    }
    count = error ? count : kept;
    return error;
}

int hvctl_store_list(struct hvctl *h, uint32_t t, const char *path, char ***names, size_t *number)
{
    size_t length = strlen(path);
    char *text;
    int error = failing(h);

    (void)t;
    if (error) {
        return error;
    }
    *names = calloc(NODES, sizeof(**names) + 32);
    text = (char *)(*names + NODES);
    *number = 0;
    for (unsigned int i = 0; i < count; i++) {
        const char *rest = nodes[i].path + length + 1;

        if (!strncmp(nodes[i].path, path, length) && nodes[i].path[length] == '/' &&
            !strchr(rest, '/')) {
            (*names)[(*number)++] = strcpy(text, rest);
            text += 32;
        }
    }
    return 0;
}

int hvctl_store_chmod(struct hvctl *h, uint32_t t, const char *path, const char *const *permissions,
                      size_t number)
{
    struct node *node = find(path);
    int error = failing(h);

    (void)t;
    if (!error && node) {
        snprintf(node->permissions, sizeof(node->permissions), "%s%s%s", permissions[0],
                 number > 1 ? " " : "", number > 1 ? permissions[1] : "");
    }
    return error;
}

int hvctl_store_begin(struct hvctl *h, uint32_t *t)
{
    int error = failing(h);

    if (!error) {
        if (within) {
            host.wrong = "it began a transaction within another";
        }
        memcpy(before, nodes, sizeof(nodes));
        count_before = count;
        within = true;
        *t = 7;
    }
    return error;
}

int hvctl_store_end(struct hvctl *h, uint32_t t, bool commit)
{
    int error = failing(h);

    if (t != 7 || !within) {
        host.wrong = "it ended a transaction that it had not begun";
    }
    within = false;
    if (!error && commit && host.conflicts) {
        host.conflicts--;
        error = hvctl_fail(h, HVCTL_CONFLICT, EAGAIN, "XenStore: a conflict");
    }
    if (error || !commit) {
        memcpy(nodes, before, sizeof(nodes));
        count = count_before;
    }
    return error;
}

void store_close(struct hvctl *h)
{
    (void)h;
    if (within) {
        host.wrong = "it left a transaction open";
    }
}

int store_introduce(struct hvctl *h, uint32_t domid, uint64_t mfn, uint32_t port)
{
    int error = failing(h);

    if (!error && (host.owner[mfn] != domid + 1 || !port)) {
        host.wrong = "it introduced a frame that is not the domain's";
    }
    if (!error) {
        host.domain[domid].introduced = true;
    }
    return error;
}

int store_release(struct hvctl *h, uint32_t domid)
{
    (void)h;
    if (!host.domain[domid].introduced) {
        return hvctl_fail(h, HVCTL_NOT_FOUND, ENOENT, "XenStore: it knows no such domain");
    }
    if (host.domain[domid].exists) {
        host.wrong = "it told of a guest's end before that, so that its memory stays mapped";
    }
    host.domain[domid].introduced = false;
    return 0;
}

int devices_remove_all(struct hvctl *h, uint32_t domid)
{
    (void)h;
    if (!host.domain[domid].exists && !host.orphans) {
        host.wrong = "it removed devices of a domain that is gone";
    }
    if (host.fail_devices) {
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "the devices can't be listed");
    }
    host.domain[domid].devices = false;
    return 0;
}

/* What is looked at before anything is made: there must be nothing of the guest yet. */
static int check_device(struct hvctl *h)
{
    if (host.no_device) {
        return hvctl_fail(h, HVCTL_NOT_FOUND, ENOENT, "it is not there");
    }
    for (unsigned int i = 1; i < HOST_DOMAINS; i++) {
        if (host.domain[i].exists && !host.domain[i].introduced) {
            host.wrong = "it looked at devices when the guest was built already";
        }
    }
    return failing(h);
}

int disk_check(struct hvctl *h, const struct hvctl_disk *disk)
{
    (void)disk;
    return check_device(h);
}

int nic_check(struct hvctl *h, const struct hvctl_nic *nic)
{
    (void)nic;
    return check_device(h);
}

unsigned int disk_number(const char *target)
{
    return (unsigned int)target[3];
}

int hvctl_disk_attach(struct hvctl *h, uint32_t domid, const struct hvctl_disk *disk)
{
    int error = failing(h);

    (void)disk;
    host.domain[domid].devices |= !error;
    return error;
}

int nic_choose_mac(struct hvctl *h, struct hvctl_nic *nic)
{
    int error = failing(h);

    nic->mac_given |= !error;
    return error;
}

int hvctl_nic_attach(struct hvctl *h, uint32_t domid, const struct hvctl_nic *nic)
{
    int error = failing(h);

    if (!nic->mac_given) {
        host.wrong = "a card is attached before its address is chosen";
    }
    host.domain[domid].devices |= !error;
    return error;
}

int hvctl_definition_format(struct hvctl *h, const struct hvctl_definition *definition, char **text)
{
    (void)h;
    if (definition->nic_count && !definition->nics[0].mac_given) {
        host.wrong = "a definition is kept without the address of its card";
    }
    *text = calloc(1, 5000); /* more than one node holds */
    memset(*text, 'x', 4999);
    memcpy(*text, definition->name, strlen(definition->name));
    return 0;
}

int hvctl_definition_parse(struct hvctl *h, const char *name, const char *text, size_t size,
                           struct hvctl_definition **definition)
{
    (void)h;
    (void)name;
    if (size != 4999 || text[4998] != 'x') {
        host.wrong = "it did not put a definition together again";
    }
    *definition = malloc(sizeof(**definition));
    **definition = *host.definition;
    (*definition)->name = strdup(host.definition->name);
    return 0;
}

void hvctl_definition_free(struct hvctl_definition *definition)
{
    free(definition->name);
    free(definition);
}

static unsigned int events;

int hvctl_store_watch(struct hvctl *h, const char *path, const char *token)
{
    (void)h;
    (void)token;
    events = 1; /* each watch fires once when it is set */
    if (strcmp(path, "@releaseDomain")) {
        host.wrong = "it watches something else than the ends of domains";
    }
    return 0;
}

int hvctl_store_unwatch(struct hvctl *h, const char *path, const char *token)
{
    (void)h;
    (void)path;
    (void)token;
    return 0;
}

int hvctl_store_wait(struct hvctl *h, uint64_t wait_ns, char **path, char **token)
{
    (void)wait_ns;
    if (!events) {
        return hvctl_fail(h, HVCTL_TIMEOUT, ETIMEDOUT, "XenStore: no watch fired");
    }
    events--;
    *path = strdup("@releaseDomain");
    *token = *path;
    return 0;
}
