/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks: a block device or a raw file of the control domain, for the kernel's own block back end.
 *
 * Invariant: a disk that one guest may write is no other guest's.  It is checked in the
 * transaction that makes the device, so that two that attach at once meet there.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device.h"

#define ATTACH_MS 10000 /* for the kernel's back end to open the disk */

unsigned int disk_number(const char *target)
{
    unsigned int disk = 0, part = 0;
    const char *at = target;
    char *end;

    if (strncmp(at, "xvd", 3) != 0 || !islower((unsigned char)at[3])) {
        return UINT_MAX;
    }
    for (at += 3; islower((unsigned char)*at); at++) {
        disk = disk * 26 + (unsigned int)(*at - 'a') + 1;
        if (disk > 1u << 20) {
            return UINT_MAX;
        }
    }
    disk--;
    if (*at) {
        part =
            *at == '0' || !isdigit((unsigned char)*at) ? 256 : (unsigned int)strtoul(at, &end, 10);
        if (part > 255 || *end) {
            return UINT_MAX;
        }
    }
    return disk < 16 && part < 16 ? 202u << 8 | disk << 4 | part : 1u << 28 | disk << 8 | part;
}

/* What tells one disk from another, whatever it is called. */
struct identity {
    bool block;
    dev_t device; /* the disk itself, or the file system that the file is on */
    ino_t file;
};

static bool identify(const char *path, struct identity *identity)
{
    struct stat status;

    if (stat(path, &status) < 0) {
        return false;
    }
    identity->block = S_ISBLK(status.st_mode);
    identity->device = identity->block ? status.st_rdev : status.st_dev;
    identity->file = identity->block ? 0 : status.st_ino;
    return true;
}

/* What device_add() hands to the check. */
struct disk_check {
    const struct hvctl_disk *disk;
    struct identity identity;
};

/* One disk that there is against the new one. */
static int check_against(struct hvctl *h, uint32_t transaction, uint32_t domid, unsigned int id,
                         const struct disk_check *check)
{
    struct identity other;
    char *path, *mode;
    bool same, writable;
    int result = store_get(h, transaction, &path, DEVICE_BACKEND "/params", DEVICE_DISK, domid, id);

    if (result) {
        return result == -HVCTL_NOT_FOUND ? 0 : result;
    }
    same = identify(path, &other) && other.block == check->identity.block &&
           other.device == check->identity.device && other.file == check->identity.file;
    free(path);
    if (!same) {
        return 0;
    }
    result = store_get(h, transaction, &mode, DEVICE_BACKEND "/mode", DEVICE_DISK, domid, id);
    if (result) {
        return result == -HVCTL_NOT_FOUND ? 0 : result;
    }
    writable = strchr(mode, 'w') != NULL;
    free(mode);
    if (!writable && check->disk->readonly) {
        return 0;
    }
    return hvctl_fail(h, HVCTL_BUSY, EBUSY,
                      "disk %s is in use by domain %u%s; two guests may share a disk only when "
                      "both only read it",
                      check->disk->source, domid, writable ? ", which may write it" : "");
}

static int check_unused(struct hvctl *h, uint32_t transaction, const struct device_new *device)
{
    const struct disk_check *check = device->opaque;
    char **domains;
    size_t count;
    int result =
        hvctl_store_list(h, transaction, "/local/domain/0/backend/" DEVICE_DISK, &domains, &count);

    if (result) {
        return result == -HVCTL_NOT_FOUND ? 0 : result;
    }
    for (size_t i = 0; i < count && !result; i++) {
        uint32_t domid = (uint32_t)strtoul(domains[i], NULL, 10);
        unsigned int *ids;
        size_t id_count;

        result = device_ids(h, transaction, DEVICE_DISK, domid, &ids, &id_count);
        if (result) {
            break;
        }
        for (size_t k = 0; k < id_count && !result; k++) {
            result = check_against(h, transaction, domid, ids[k], check);
        }
        free(ids);
    }
    free(domains);
    return result;
}

/* Is it a file or a block device, and one that can be opened so?  fd is open then. */
static int open_source(struct hvctl *h, const struct hvctl_disk *disk, int *fd, struct stat *status)
{
    int exclusive;

    if (stat(disk->source, status) < 0) {
        return hvctl_fail_errno(h, errno, "disk %s", disk->source);
    }
    if (!S_ISBLK(status->st_mode) && !S_ISREG(status->st_mode)) {
        return hvctl_fail(h, HVCTL_INVALID, S_ISDIR(status->st_mode) ? EISDIR : EINVAL,
                          "disk %s is %s; it must be a file or a block device", disk->source,
                          S_ISDIR(status->st_mode) ? "a directory" : "of another kind");
    }
    if (S_ISREG(status->st_mode) && disk->type == HVCTL_DISK_BLOCK) {
        return hvctl_fail(h, HVCTL_INVALID, ENOTBLK, "disk %s is a file, not a block device",
                          disk->source);
    }
    if (S_ISREG(status->st_mode) && status->st_size < 512) {
        return hvctl_fail(h, HVCTL_INVALID, EINVAL, "disk %s is empty", disk->source);
    }
    /* Exclusively, so that one that is mounted here is not written by a guest, too. */
    exclusive = S_ISBLK(status->st_mode) ? O_EXCL : 0;
    *fd = open(disk->source, (disk->readonly ? O_RDONLY : O_RDWR | exclusive) | O_CLOEXEC);
    if (*fd < 0 && errno == EBUSY) {
        return hvctl_fail(h, HVCTL_BUSY, EBUSY, "disk %s is in use in the control domain",
                          disk->source);
    }
    return *fd < 0 ? hvctl_fail_errno(h, errno, "disk %s can't be opened", disk->source) : 0;
}

/* Opens the disk; fd keeps it, device is its number. */
static int open_disk(struct hvctl *h, const struct hvctl_disk *disk, int *fd, dev_t *device)
{
    struct stat status;
    int result = open_source(h, disk, fd, &status);

    if (result || S_ISBLK(status.st_mode)) {
        *device = status.st_rdev;
        return result;
    }
    close(*fd);
    return loop_attach(h, disk->source, disk->readonly, fd, device);
}

/* The device in XenStore, and the wait for the back end to have the disk open itself. */
static int add_disk(struct hvctl *h, uint32_t domid, const struct hvctl_disk *disk, unsigned int id,
                    dev_t number)
{
    char physical[32], virtual[16], path[128];
    struct disk_check check = {.disk = disk};
    const struct device_node backend[] = {{"params", disk->source},
                                          {"dev", disk->target},
                                          {"type", "phy"},
                                          {"mode", disk->readonly ? "r" : "w"},
                                          {"device-type", "disk"},
                                          {"removable", "0"},
                                          {"bootable", "1"},
                                          {"physical-device", physical},
                                          {NULL, NULL}};
    const struct device_node front[] = {
        {"virtual-device", virtual}, {"device-type", "disk"}, {NULL, NULL}};
    const struct device_new device = {.kind = DEVICE_DISK,
                                      .domid = domid,
                                      .id = id,
                                      .backend = backend,
                                      .front = front,
                                      .check = check_unused,
                                      .opaque = &check};
    int result;

    if (!identify(disk->source, &check.identity)) {
        return hvctl_fail_errno(h, errno, "disk %s", disk->source);
    }
    snprintf(physical, sizeof(physical), "%x:%x", major(number), minor(number));
    snprintf(virtual, sizeof(virtual), "%u", id);
    result = device_add(h, &device);
    if (result) {
        return result;
    }
    snprintf(path, sizeof(path),
             "/sys/bus/xen-backend/devices/" DEVICE_DISK "-%u-%u/physical_device", domid, id);
    result = device_await_file(h, path, true, ATTACH_MS);
    if (result) {
        hvctl_context(h, result, "disk %s: the back end does not open it (is xen-blkback loaded?)",
                      disk->source);
    }
    return result;
}

static int check_target(struct hvctl *h, const struct hvctl_disk *disk, unsigned int *id)
{
    *id = disk->target ? disk_number(disk->target) : UINT_MAX;
    if (*id != UINT_MAX) {
        return 0;
    }
    return hvctl_fail(h, HVCTL_INVALID, EINVAL,
                      "\"%s\" is no name for a guest's disk; it is xvda, xvdb, ...",
                      disk->target ? disk->target : "");
}

int disk_check(struct hvctl *h, const struct hvctl_disk *disk)
{
    struct disk_check check = {.disk = disk};
    const struct device_new device = {.kind = DEVICE_DISK, .opaque = &check};
    struct stat status;
    unsigned int id;
    int fd, result = check_target(h, disk, &id);

    result = result ? result : open_source(h, disk, &fd, &status);
    if (result) {
        return result;
    }
    close(fd);
    if (!identify(disk->source, &check.identity)) {
        return hvctl_fail_errno(h, errno, "disk %s", disk->source);
    }
    return check_unused(h, HVCTL_NO_TRANSACTION, &device);
}

int hvctl_disk_attach(struct hvctl *h, uint32_t domid, const struct hvctl_disk *disk)
{
    struct hvctl_domain domain;
    unsigned int id;
    dev_t number;
    int fd, result = check_target(h, disk, &id);

    result = result ? result : hvctl_info(h, domid, &domain);
    result = result ? result : open_disk(h, disk, &fd, &number);
    if (result) {
        return result;
    }
    result = add_disk(h, domid, disk, id, number);
    close(fd);
    if (result == -HVCTL_EXISTS) {
        return hvctl_fail(h, HVCTL_EXISTS, EEXIST, "domain %u has a disk %s already", domid,
                          disk->target);
    }
    if (result && result != -HVCTL_TIMEOUT) {
        return result; /* the transaction did not happen */
    }
    result = result ? result : device_connect(h, DEVICE_DISK, domid, id);
    if (result) {
        device_undo(h, DEVICE_DISK, domid, id);
    }
    return result;
}

static int read_disk(struct hvctl *h, uint32_t domid, unsigned int id, struct hvctl_device *device)
{
    char mode[8];
    int result =
        device_text(h, DEVICE_DISK, domid, id, "dev", device->target, sizeof(device->target));

    result = result ? result
                    : device_text(h, DEVICE_DISK, domid, id, "params", device->source,
                                  sizeof(device->source));
    result = result ? result : device_text(h, DEVICE_DISK, domid, id, "mode", mode, sizeof(mode));
    snprintf(device->address, sizeof(device->address), "%s", strchr(mode, 'w') ? "rw" : "ro");
    return result;
}

int hvctl_disks(struct hvctl *h, uint32_t domid, struct hvctl_device **disks, size_t *count)
{
    return device_list(h, DEVICE_DISK, domid, read_disk, disks, count);
}

int hvctl_disk_detach(struct hvctl *h, uint32_t domid, const char *target, bool force)
{
    return device_detach(h, DEVICE_DISK, domid, read_disk, target, force);
}
