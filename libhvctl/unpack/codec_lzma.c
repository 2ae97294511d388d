/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xz and bare LZMA through liblzma, which checks block CRCs itself.
 * A header may ask for any dictionary; MEMORY bounds what it gets.
 */
#include "codec.h"

#include <errno.h>
#include <lzma.h>

#define MEMORY ((uint64_t)256 << 20) /* bytes the decoder itself may take */
#define STEP   ((size_t)1 << 24)     /* bytes of output asked for at a time */

static int run(lzma_stream *lzma, const char *name, struct span in, struct buffer *out,
               size_t *used, struct why *why)
{
    lzma_ret status = LZMA_OK;
    int error = 0;

    lzma->next_in = in.data;
    lzma->avail_in = in.size;
    while (status != LZMA_STREAM_END) {
        error = buffer_reserve(out, STEP, why);
        if (error)
            break;
        lzma->next_out = out->data + out->size;
        lzma->avail_out = buffer_room(out);
        status = lzma_code(lzma, LZMA_FINISH);
        out->size = out->capacity - lzma->avail_out;
        if (status == LZMA_OK || status == LZMA_STREAM_END)
            continue;
        if (status == LZMA_BUF_ERROR)
            error = why_set(why, -EINVAL, "its %s data is truncated", name);
        else if (status == LZMA_MEMLIMIT_ERROR || status == LZMA_MEM_ERROR)
            error = why_set(why, -ENOMEM, "its %s data needs too much memory to unpack", name);
        else
            error = why_set(why, -EINVAL, "its %s data is damaged", name);
        break;
    }
    *used = in.size - lzma->avail_in;
    lzma_end(lzma);
    return error;
}

int xz_decode(struct span in, struct buffer *out, size_t *used, struct why *why)
{
    lzma_stream lzma = LZMA_STREAM_INIT;

    if (lzma_stream_decoder(&lzma, MEMORY, 0) != LZMA_OK)
        return why_set(why, -ENOMEM, "no memory for the xz decoder");
    return run(&lzma, "xz", in, out, used, why);
}

int lzma_decode(struct span in, struct buffer *out, size_t *used, struct why *why)
{
    lzma_stream lzma = LZMA_STREAM_INIT;

    if (lzma_alone_decoder(&lzma, MEMORY) != LZMA_OK)
        return why_set(why, -ENOMEM, "no memory for the lzma decoder");
    return run(&lzma, "lzma", in, out, used, why);
}
