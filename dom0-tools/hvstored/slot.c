/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files "ring-N" of the state's folder. All of a file is allocated when it is made, so that no
 * later store into it can fail.
 */
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int open_file(int folder, uint16_t domid, int flags)
{
    char name[32];

    snprintf(name, sizeof(name), "ring-%u", domid);
    return openat(folder, name, flags | O_RDWR | O_CLOEXEC, 0600);
}

static struct slot *map(int file, int flags)
{
    struct slot *slot = mmap(NULL, sizeof(*slot), PROT_READ | PROT_WRITE, flags, file, 0);

    return slot == MAP_FAILED ? NULL : slot;
}

struct slot *slot_open(int folder, uint16_t domid, const struct position *position)
{
    struct slot *slot = NULL;
    int file, error;

    if (folder < 0) {
        slot = map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
    } else {
        file = open_file(folder, domid, position ? O_CREAT : 0);
        if (file < 0)
            return NULL;
        error = position ? posix_fallocate(file, 0, sizeof(*slot)) : 0;
        if (!error && !position && lseek(file, 0, SEEK_END) != sizeof(*slot))
            error = EBADMSG;
        if (!error)
            slot = map(file, MAP_SHARED);
        if (!slot)
            error = error ? error : errno;
        close(file);
        errno = error == EFBIG || error == EDQUOT ? ENOSPC : error;
    }
    if (slot && position)
        slot_set(slot, position);
    return slot;
}

void slot_close(struct slot *slot)
{
    munmap(slot, sizeof(*slot));
}

void slot_remove(int folder, uint16_t domid)
{
    char name[32];

    snprintf(name, sizeof(name), "ring-%u", domid);
    if (folder >= 0)
        unlinkat(folder, name, 0);
}

/* The only other reader is the next daemon: the order of instructions is all that matters. */
void slot_set(struct slot *slot, const struct position *position)
{
    uint32_t other = !slot->current;

    slot->copy[other] = *position;
    __atomic_store_n(&slot->current, other, __ATOMIC_RELEASE);
}

struct position slot_get(const struct slot *slot)
{
    return slot->copy[slot->current & 1];
}
