/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gzip through zlib.  zlib counts input in 32 bits, so long inputs are fed in
 * pieces; its own CRC and length check decide whether the stream is whole.
 */
#include "codec.h"

#include <errno.h>
#include <zlib.h>

#define PIECE ((size_t)1 << 24) /* bytes passed to zlib at a time */

int gzip_decode(struct span in, struct buffer *out, size_t *used, struct why *why)
{
    z_stream z = {0};
    size_t fed = 0;
    int status = Z_OK, error = 0;

    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
        return why_set(why, -ENOMEM, "no memory for the gzip decoder");
    while (status != Z_STREAM_END) {
        size_t input = in.size - fed < PIECE ? in.size - fed : PIECE;
        size_t room;

        error = buffer_reserve(out, PIECE, why);
        if (error)
            break;
        room = buffer_room(out) < PIECE ? buffer_room(out) : PIECE;
        z.next_in = (Bytef *)in.data + fed;
        z.avail_in = (uInt)input;
        z.next_out = out->data + out->size;
        z.avail_out = (uInt)room;
        status = inflate(&z, Z_NO_FLUSH);
        fed += input - z.avail_in;
        out->size += room - z.avail_out;
        if (status != Z_OK && status != Z_STREAM_END) {
            error = why_set(why, -EINVAL, "its gzip data is %s",
                            status == Z_BUF_ERROR ? "truncated" : "damaged");
            break;
        }
    }
    inflateEnd(&z);
    *used = fed;
    return error;
}
