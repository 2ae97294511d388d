/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The compression formats that Linux kernels come in.  A codec is a name, the
 * first bytes that tell it apart, and one function; all of them stand in one
 * table.  Decoders trust nothing: every length is checked by the library or
 * here, and the output buffer's limit ends a decompression bomb.
 */
#ifndef UNPACK_CODEC_H
#define UNPACK_CODEC_H

#include "buffer.h"

/**
 * Decode one whole stream.
 * @in:   the compressed bytes
 * @out:  receives the plain bytes, appended
 * @used: receives how many bytes of @in the stream took
 * @why:  the sentence, when it fails
 *
 * Return: 0; -EINVAL for damaged or truncated data; -EFBIG at @out's limit;
 * -ENOMEM.
 */
typedef int codec_decode_t(struct span in, struct buffer *out, size_t *used, struct why *why);

struct codec {
    const char *name;
    uint8_t magic[6];
    uint8_t magic_size;
    codec_decode_t *decode; /* NULL: known by its magic, but not supported */
};

codec_decode_t gzip_decode, xz_decode, lzma_decode, zstd_decode, lz4_decode;

/**
 * codec_find() - tell a format by its first bytes
 * @in: the data
 *
 * Return: the codec, or NULL where no format begins like that.
 */
const struct codec *codec_find(struct span in);

#endif
