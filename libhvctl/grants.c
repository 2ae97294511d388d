/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Grants for programs: other domains' frames through /dev/xen/gntdev, own ones shown to others
 * through /dev/xen/gntalloc.  The kernel keeps the books; both devices free what is left when the
 * handle is closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xen/grant_table.h> /* the next ones need its types */

#include <xen/gntalloc.h>
#include <xen/gntdev.h>

#include "alloc.h"
#include "internal.h"
#include "machine.h"

#define MOST 16384 /* frames of one mapping */

/* The kernel asks for the offset when own frames are given back. */
struct own {
    struct own *next;
    void *address;
    uint64_t offset;
    size_t count;
};

struct hvctl_grants {
    int map, own; /* file descriptors, -1: not open */
    struct own *owned;
};

static int grants_open(struct hvctl *h, bool own, int *fd)
{
    const char *device = own ? "/dev/xen/gntalloc" : "/dev/xen/gntdev";

    if (!h->grants) {
        h->grants = alloc_zeroed(1, sizeof(*h->grants));
        if (!h->grants) {
            return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
        }
        h->grants->map = h->grants->own = -1;
    }
    *fd = own ? h->grants->own : h->grants->map;
    if (*fd < 0) {
        *fd = open(device, O_RDWR | O_CLOEXEC);
    }
    if (*fd < 0) {
        return hvctl_fail_errno(h, errno, "%s can't be opened", device);
    }
    *(own ? &h->grants->own : &h->grants->map) = *fd;
    return 0;
}

void grants_close(struct hvctl *h)
{
    struct own *own, *next;

    if (!h->grants) {
        return;
    }
    for (own = h->grants->owned; own; own = next) {
        next = own->next;
        munmap(own->address, own->count * PAGE_SIZE);
        free(own);
    }
    if (h->grants->map >= 0) {
        close(h->grants->map);
    }
    if (h->grants->own >= 0) {
        close(h->grants->own);
    }
    free(h->grants);
    h->grants = NULL;
}

static int check_count(struct hvctl *h, size_t count)
{
    if (!count || count > MOST) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "1 to %d frames can be mapped at once, not %zu",
                          MOST, count);
    }
    return 0;
}

int hvctl_grant_map(struct hvctl *h, uint32_t domid, const uint32_t *references, size_t count,
                    bool writable, void **address)
{
    struct ioctl_gntdev_map_grant_ref *map;
    int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    int fd = -1, error = check_count(h, count);
    void *at;

    if (!error) {
        error = grants_open(h, false, &fd);
    }
    if (error) {
        return error;
    }
    map = alloc_zeroed(1, sizeof(*map) + count * sizeof(map->refs[0]));
    if (!map) {
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    map->count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        struct ioctl_gntdev_grant_ref one = {.domid = domid, .ref = references[i]};

        memcpy((char *)map + offsetof(struct ioctl_gntdev_map_grant_ref, refs) + i * sizeof(one),
               &one, sizeof(one));
    }
    if (ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, map) < 0) {
        error = hvctl_fail_errno(h, errno, "grants of domain %u can't be mapped", domid);
        free(map);
        return error;
    }
    at = mmap(NULL, count * PAGE_SIZE, protection, MAP_SHARED, fd, (off_t)map->index);
    if (at == MAP_FAILED) {
        struct ioctl_gntdev_unmap_grant_ref unmap = {.index = map->index, .count = map->count};

        error = hvctl_fail_errno(h, errno, "grants of domain %u can't be mapped", domid);
        ioctl(fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &unmap);
    } else {
        *address = at;
    }
    free(map);
    return error;
}

int hvctl_grant_unmap(struct hvctl *h, void *address, size_t count)
{
    struct ioctl_gntdev_get_offset_for_vaddr where = {.vaddr = (uintptr_t)address};
    struct ioctl_gntdev_unmap_grant_ref unmap;
    int fd, error = grants_open(h, false, &fd);

    if (error) {
        return error;
    }
    if (ioctl(fd, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, &where) < 0 || where.count != count) {
        return hvctl_fail(h, HVCTL_INVALID, EINVAL, "there is no such mapping of %zu frames",
                          count);
    }
    munmap(address, count * PAGE_SIZE);
    unmap = (struct ioctl_gntdev_unmap_grant_ref){.index = where.offset, .count = where.count};
    if (ioctl(fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &unmap) < 0) {
        return hvctl_fail_errno(h, errno, "the grants can't be unmapped");
    }
    return 0;
}

static void give_back(int fd, uint64_t offset, size_t count)
{
    struct ioctl_gntalloc_dealloc_gref give = {.index = offset, .count = (uint32_t)count};

    ioctl(fd, IOCTL_GNTALLOC_DEALLOC_GREF, &give);
}

/* The kernel's record with its list of references behind it. */
static int allocate(struct hvctl *h, int fd, struct ioctl_gntalloc_alloc_gref *gref,
                    uint32_t *references, struct own *own)
{
    if (ioctl(fd, IOCTL_GNTALLOC_ALLOC_GREF, gref) < 0) {
        return hvctl_fail_errno(h, errno, "%zu frames can't be granted", own->count);
    }
    own->offset = gref->index;
    own->address = mmap(NULL, own->count * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                        (off_t)gref->index);
    if (own->address == MAP_FAILED) {
        int error = errno;

        give_back(fd, own->offset, own->count);
        return hvctl_fail_errno(h, error, "own granted frames can't be mapped");
    }
    memcpy(references, (char *)gref + offsetof(struct ioctl_gntalloc_alloc_gref, gref_ids),
           own->count * sizeof(*references));
    return 0;
}

int hvctl_grant_alloc(struct hvctl *h, uint32_t domid, size_t count, bool writable,
                      uint32_t *references, void **address)
{
    struct ioctl_gntalloc_alloc_gref *gref = NULL;
    struct own *own = NULL;
    int fd = -1, error = check_count(h, count);

    if (!error) {
        error = grants_open(h, true, &fd);
    }
    if (error) {
        return error;
    }
    gref = alloc_zeroed(1, sizeof(*gref) + count * sizeof(gref->gref_ids[0]));
    own = alloc_zeroed(1, sizeof(*own));
    if (!gref || !own) {
        error = hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    } else {
        gref->domid = (uint16_t)domid;
        gref->flags = writable ? GNTALLOC_FLAG_WRITABLE : 0;
        gref->count = (uint32_t)count;
        own->count = count;
        error = allocate(h, fd, gref, references, own);
    }
    free(gref);
    if (error) {
        free(own);
        return error;
    }
    own->next = h->grants->owned;
    h->grants->owned = own;
    *address = own->address;
    return 0;
}

int hvctl_grant_free(struct hvctl *h, void *address, size_t count)
{
    struct own **at = h->grants ? &h->grants->owned : NULL, *own;

    while (at && *at && (*at)->address != address) {
        at = &(*at)->next;
    }
    if (!at || !*at || (*at)->count != count) {
        return hvctl_fail(h, HVCTL_INVALID, EINVAL, "there are no such granted frames");
    }
    own = *at;
    *at = own->next;
    munmap(address, count * PAGE_SIZE);
    give_back(h->grants->own, own->offset, count);
    free(own);
    return 0;
}
