/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zstd through libzstd.  The kernel is packed with a window of 128 MiB at
 * most, which is also the library's own limit.
 */
#include "codec.h"

#include <errno.h>
#include <zstd.h>

#define STEP ((size_t)1 << 24) /* bytes of output asked for at a time */

int zstd_decode(struct span in, struct buffer *out, size_t *used, struct why *why)
{
    ZSTD_DCtx *zstd = ZSTD_createDCtx();
    ZSTD_inBuffer input = {in.data, in.size, 0};
    size_t status = 1;
    int error = 0;

    if (!zstd)
        return why_set(why, -ENOMEM, "no memory for the zstd decoder");
    while (status) {
        ZSTD_outBuffer output;
        size_t before = input.pos;

        error = buffer_reserve(out, STEP, why);
        if (error)
            break;
        output = (ZSTD_outBuffer){out->data, out->capacity, out->size};
        status = ZSTD_decompressStream(zstd, &output, &input);
        if (ZSTD_isError(status)) {
            error =
                why_set(why, -EINVAL, "its zstd data is damaged (%s)", ZSTD_getErrorName(status));
            break;
        }
        if (status && input.pos == before && output.pos == out->size) {
            error = why_set(why, -EINVAL, "its zstd data is truncated");
            break;
        }
        out->size = output.pos;
    }
    ZSTD_freeDCtx(zstd);
    *used = input.pos;
    return error;
}
