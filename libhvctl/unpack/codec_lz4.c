/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The legacy lz4 frame, as the kernel's build makes it: the magic, then blocks
 * of a 32-bit little-endian length and that many packed bytes, each of which
 * unpacks to at most 8 MiB.  There is no end mark: the input's end is the end,
 * and must fall on the end of a block.
 */
#include "codec.h"

#include <endian.h>
#include <errno.h>
#include <lz4.h>
#include <string.h>

#define MAGIC_SIZE 4
#define BLOCK_MAX  ((size_t)8 << 20) /* bytes that one block unpacks to, at most */

/* At the limit a block is unpacked as far as there is room, and *full is set. */
static int unpack_block(const char *from, int packed, char *to, int room, bool *full)
{
    int got = LZ4_decompress_safe(from, to, packed, room);

    *full = got < 0 && (size_t)room < BLOCK_MAX &&
            LZ4_decompress_safe_partial(from, to, packed, room, room) == room;
    return got;
}

int lz4_decode(struct span in, struct buffer *out, size_t *used, struct why *why)
{
    size_t at = MAGIC_SIZE;

    while (at < in.size) {
        uint32_t packed;
        size_t room;
        bool full;
        int error, got;

        if (in.size - at < sizeof(packed))
            return why_set(why, -EINVAL, "its lz4 data is truncated");
        memcpy(&packed, in.data + at, sizeof(packed));
        packed = le32toh(packed);
        at += sizeof(packed);
        if (packed > (uint32_t)LZ4_compressBound((int)BLOCK_MAX))
            return why_set(why, -EINVAL, "its lz4 data is damaged");
        if (packed > in.size - at)
            return why_set(why, -EINVAL, "its lz4 data is truncated");
        error = buffer_reserve(out, BLOCK_MAX, why);
        if (error)
            return error;
        room = buffer_room(out) < BLOCK_MAX ? buffer_room(out) : BLOCK_MAX;
        got = unpack_block((const char *)in.data + at, (int)packed, (char *)out->data + out->size,
                           (int)room, &full);
        if (full) {
            out->size += room;
            return why_set(why, -EFBIG, "it is larger than the limit of %zu MiB", out->limit >> 20);
        }
        if (got < 0)
            return why_set(why, -EINVAL, "its lz4 data is damaged");
        out->size += (size_t)got;
        at += packed;
    }
    *used = at;
    return 0;
}
