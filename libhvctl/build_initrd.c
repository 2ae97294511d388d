/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The initrd, read from its file straight into the guest's frames, a piece at a time so that a
 * large one can be cancelled and takes little address space.
 */
#include <errno.h>
#include <unistd.h>

#include "build.h"

#define PIECE_PAGES 8192 /* 32 MiB */

static int read_piece(struct build *b, uint8_t *to, uint64_t offset, uint64_t bytes)
{
    while (bytes) {
        ssize_t got = pread(b->initrd, to, bytes, (off_t)offset);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return hvctl_fail_errno(b->h, errno, "the initrd %s can't be read",
                                    b->definition->initrd);
        }
        if (got == 0) {
            return hvctl_fail(b->h, HVCTL_IO, 0, "the initrd %s became shorter while it was read",
                              b->definition->initrd);
        }
        to += got;
        offset += (uint64_t)got;
        bytes -= (uint64_t)got;
    }
    return 0;
}

int build_initrd(struct build *b)
{
    uint64_t done = 0;
    int error = 0;

    while (done < b->initrd_bytes && !error) {
        uint64_t bytes = b->initrd_bytes - done, pages;
        void *to;

        if (bytes > PIECE_PAGES * PAGE_SIZE) {
            bytes = PIECE_PAGES * PAGE_SIZE;
        }
        pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
        error = hvctl_progress(b->h, "loading the initrd", done, b->initrd_bytes);
        if (!error) {
            error = build_map(b, b->layout.initrd_pfn + done / PAGE_SIZE, pages, &to);
        }
        if (!error) {
            error = read_piece(b, to, done, bytes);
            machine_unmap(to, pages);
        }
        done += bytes;
    }
    return error;
}
