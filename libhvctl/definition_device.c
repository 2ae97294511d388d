/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a definition says of a guest's devices: disks, network cards, its console.  Elements that
 * may not be there were refused before.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "definition.h"

#define BRIDGE_SCRIPT "/etc/xen/scripts/vif-bridge"

/* An attribute that must be one of the words in wanted (divided by |), or absent. */
static int check_value(const struct definition_reader *r, const xmlNode *node, const char *name,
                       const char *wanted, const char *hint)
{
    char *value = definition_attribute(node, name);
    size_t length = value ? strlen(value) : 0;
    bool found = !value;
    int result = 0;

    for (const char *at = wanted; !found && at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL) {
        found = strcspn(at, "|") == length && !strncmp(at, value, length);
    }
    if (!found) {
        result = definition_error(r, node, "<%s>: %s=\"%s\" is not supported; %s", node->name, name,
                                  definition_shown(value), hint);
    }
    free(value);
    return result;
}

static int check_child(const struct definition_reader *r, const xmlNode *node, const char *child,
                       const char *name, const char *wanted, const char *hint)
{
    const xmlNode *found = definition_child(node, child);

    return found ? check_value(r, found, name, wanted, hint) : 0;
}

/* An attribute that must be there, of a child that must be there. */
static int read_needed(const struct definition_reader *r, const xmlNode *node, const char *child,
                       const char *name, char **value)
{
    const xmlNode *found = definition_child(node, child);

    if (!found) {
        return definition_error(r, node, "<%s> has no <%s %s='...'/>", node->name, child, name);
    }
    if (!xmlHasProp(found, BAD_CAST name)) {
        return definition_error(r, found, "<%s> has no %s=", child, name);
    }
    *value = definition_attribute(found, name);
    return *value ? 0 : definition_no_memory(r);
}

static int check_path(const struct definition_reader *r, const xmlNode *node, const char *name,
                      const char *path)
{
    return *path == '/' && path[1] && strlen(path) <= DEFINITION_PATH_MAX
               ? 0
               : definition_error(r, node, "<%s>: %s=\"%s\" is no absolute path", node->name, name,
                                  definition_shown(path));
}

/* An attribute that does not belong to an element of this type. */
static int refuse_attribute(const struct definition_reader *r, const xmlNode *node,
                            const char *child, const char *name, const char *type)
{
    const xmlNode *found = definition_child(node, child);

    return found && xmlHasProp(found, BAD_CAST name)
               ? definition_error(r, found, "<%s>: %s= does not go with type=\"%s\"", child, name,
                                  type)
               : 0;
}

static int disk_type(const struct definition_reader *r, const xmlNode *node,
                     struct hvctl_disk *disk)
{
    char *type = definition_attribute(node, "type");
    int result = check_value(r, node, "device", "disk",
                             "only \"disk\" is; a CD image is a disk with <readonly/>");

    disk->type = type && !strcmp(type, "block") ? HVCTL_DISK_BLOCK : HVCTL_DISK_FILE;
    if (!result && (!type || (strcmp(type, "file") && strcmp(type, "block")))) {
        result = definition_error(r, node,
                                  "<disk>: type=\"%s\" is not supported, only \"file\" and"
                                  " \"block\"",
                                  definition_shown(type ? type : ""));
    }
    free(type);
    if (!result) {
        result = check_child(r, node, "driver", "name", "phy|file",
                             "disks are served by the kernel: use \"phy\" or leave it out");
    }
    return result ? result
                  : check_child(r, node, "driver", "type", "raw",
                                "convert the image with qemu-img convert -O raw");
}

int definition_read_disk(const struct definition_reader *r, xmlNode *node, struct hvctl_disk *disk)
{
    bool block;
    int result = disk_type(r, node, disk);

    block = disk->type == HVCTL_DISK_BLOCK;
    if (!result) {
        result =
            refuse_attribute(r, node, "source", block ? "file" : "dev", block ? "block" : "file");
    }
    if (!result) {
        result = read_needed(r, node, "source", block ? "dev" : "file", &disk->source);
    }
    if (!result) {
        result =
            check_path(r, definition_child(node, "source"), block ? "dev" : "file", disk->source);
    }
    if (!result) {
        result = read_needed(r, node, "target", "dev", &disk->target);
    }
    if (!result && !value_disk_target(disk->target)) {
        result = definition_error(r, definition_child(node, "target"),
                                  "<target>: dev=\"%s\" is no disk of a PV guest; they are called "
                                  "xvda, xvdb, ..., partitions xvda1 to xvda15",
                                  definition_shown(disk->target));
    }
    if (!result) {
        result = check_child(r, node, "target", "bus", "xen", "a PV guest has \"xen\" alone");
    }
    disk->readonly = definition_child(node, "readonly");
    return result;
}

static int read_link(const struct definition_reader *r, const xmlNode *node, const char *child,
                     const char *name, char **value)
{
    int result = read_needed(r, node, child, name, value);

    if (!result && !value_interface(*value)) {
        result = definition_error(r, definition_child(node, child),
                                  "<%s>: %s=\"%s\" can't be the "
                                  "name of a network interface",
                                  child, name, definition_shown(*value));
    }
    return result;
}

static int read_mac(const struct definition_reader *r, const xmlNode *node, struct hvctl_nic *nic)
{
    const xmlNode *mac = definition_child(node, "mac");
    char *text = NULL;
    int result;

    if (!mac) {
        return 0;
    }
    result = read_needed(r, node, "mac", "address", &text);
    if (!result && !value_mac(text, nic->mac)) {
        result =
            definition_error(r, mac, "<mac>: \"%s\" is no MAC address", definition_shown(text));
    } else if (!result && nic->mac[0] & 1) {
        result = definition_error(r, mac,
                                  "<mac>: \"%s\" is a multicast address; the first byte "
                                  "must be even",
                                  definition_shown(text));
    }
    nic->mac_given = true;
    free(text);
    return result;
}

int definition_read_nic(const struct definition_reader *r, xmlNode *node, struct hvctl_nic *nic)
{
    int result;

    if (!xmlHasProp(node, BAD_CAST "type")) {
        return definition_error(r, node, "<interface> has no type=");
    }
    result =
        check_value(r, node, "type", "bridge", "only \"bridge\" is: <interface type='bridge'>");
    if (!result) {
        result = read_link(r, node, "source", "bridge", &nic->bridge);
    }
    if (!result) {
        result = read_mac(r, node, nic);
    }
    if (!result && definition_child(node, "target")) {
        result = read_link(r, node, "target", "dev", &nic->target);
    }
    if (!result) {
        result =
            check_child(r, node, "model", "type", "netfront", "a PV guest has \"netfront\" alone");
    }
    return result ? result
                  : check_child(r, node, "script", "path", "vif-bridge|" BRIDGE_SCRIPT,
                                "no scripts are run; a card is put on its bridge as vif-bridge "
                                "does it");
}

static int read_console(const struct definition_reader *r, const xmlNode *node,
                        struct hvctl_definition *d)
{
    char *type = definition_attribute(node, "type");
    bool file = type && !strcmp(type, "file");
    const char *child = file ? "source" : "log", *name = file ? "path" : "file";
    const xmlNode *other = definition_child(node, file ? "log" : "source");
    int result = 0;

    free(type);
    if (!xmlHasProp(node, BAD_CAST "type")) {
        return definition_error(r, node, "<console> has no type=");
    }
    result = check_value(r, node, "type", "pty|file", "only \"pty\" and \"file\" are");
    if (!result && other) {
        result = definition_error(r, other, "<%s> does not go with type=\"%s\" of <console>",
                                  other->name, file ? "file" : "pty");
    }
    if (!result) {
        result = check_child(r, node, "target", "type", "xen", "a PV guest has \"xen\" alone");
    }
    if (!result) {
        result = check_child(r, node, "target", "port", "0", "a guest has one console, 0");
    }
    if (!result && (file || definition_child(node, child))) {
        result = read_needed(r, node, child, name, &d->console_log);
        if (!result) {
            result = check_path(r, definition_child(node, child), name, d->console_log);
        }
        if (!result) {
            result = check_child(r, node, child, "append", "on", "logs are always appended to");
        }
    }
    return result;
}

/* One more element in an array of them. */
static void *grow(void **array, size_t *count, size_t size)
{
    char *grown = alloc_again(*array, (*count + 1) * size);

    if (!grown) {
        return NULL;
    }
    *array = grown;
    return memset(grown + (*count)++ * size, 0, size);
}

/* What the same whole disk has as its name: xvda and xvda1 exclude each other. */
static bool disks_clash(const char *a, const char *b)
{
    size_t letters = strcspn(a, "0123456789"), others = strcspn(b, "0123456789");

    return letters == others && !strncmp(a, b, letters) &&
           (!a[letters] || !b[letters] || !strcmp(a, b));
}

static int add_disk(const struct definition_reader *r, xmlNode *node, struct hvctl_definition *d)
{
    struct hvctl_disk *disk = grow((void **)&d->disks, &d->disk_count, sizeof(*disk));
    int result = disk ? definition_read_disk(r, node, disk) : definition_no_memory(r);

    for (size_t at = 0; !result && at + 1 < d->disk_count; at++) {
        if (disks_clash(disk->target, d->disks[at].target)) {
            result = definition_error(r, definition_child(node, "target"),
                                      "<target>: %s and %s are the same disk", disk->target,
                                      d->disks[at].target);
        }
    }
    return result;
}

static int add_nic(const struct definition_reader *r, xmlNode *node, struct hvctl_definition *d)
{
    struct hvctl_nic *nic = grow((void **)&d->nics, &d->nic_count, sizeof(*nic));
    int result = nic ? definition_read_nic(r, node, nic) : definition_no_memory(r);

    for (size_t at = 0; !result && at + 1 < d->nic_count; at++) {
        const struct hvctl_nic *before = &d->nics[at];

        if (nic->mac_given && before->mac_given && !memcmp(nic->mac, before->mac, 6)) {
            result = definition_error(r, node, "two cards have the same MAC address");
        } else if (nic->target && before->target && !strcmp(nic->target, before->target)) {
            result =
                definition_error(r, node, "two cards have the same target dev=\"%s\"", nic->target);
        }
    }
    return result;
}

int definition_read_devices(const struct definition_reader *r, xmlNode *devices,
                            struct hvctl_definition *d)
{
    int result = 0;

    for (xmlNode *node = definition_element(devices->children); !result && node;
         node = definition_element(node->next)) {
        if (!xmlStrcmp(node->name, BAD_CAST "disk")) {
            result = add_disk(r, node, d);
        } else if (!xmlStrcmp(node->name, BAD_CAST "interface")) {
            result = add_nic(r, node, d);
        } else if (!xmlStrcmp(node->name, BAD_CAST "console")) {
            result = read_console(r, node, d);
        } else {
            result = !xmlHasProp(node, BAD_CAST "model")
                         ? definition_error(r, node, "<memballoon> has no model=")
                         : check_value(r, node, "model", "xen", "a PV guest has \"xen\"");
        }
    }
    return result;
}
