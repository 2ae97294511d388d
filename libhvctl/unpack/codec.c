/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of formats.  The first match wins; no magic is a prefix of
 * another one.
 */
#include "codec.h"

#include <string.h>

static const struct codec codecs[] = {
    {"gzip", {0x1f, 0x8b, 0x08}, 3, gzip_decode},
    {"xz", {0xfd, '7', 'z', 'X', 'Z', 0x00}, 6, xz_decode},
    {"zstd", {0x28, 0xb5, 0x2f, 0xfd}, 4, zstd_decode},
    {"lz4 (legacy frame)", {0x02, 0x21, 0x4c, 0x18}, 4, lz4_decode},
    {"lzma", {0x5d, 0x00, 0x00}, 3, lzma_decode},
    {"bzip2", {'B', 'Z', 'h'}, 3, NULL},
    {"lzo", {0x89, 'L', 'Z', 'O'}, 4, NULL},
    {"lz4 (new frame)", {0x04, 0x22, 0x4d, 0x18}, 4, NULL},
};

const struct codec *codec_find(struct span in)
{
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
        const struct codec *codec = &codecs[i];

        if (in.size >= codec->magic_size && !memcmp(in.data, codec->magic, codec->magic_size))
            return codec;
    }
    return NULL;
}
