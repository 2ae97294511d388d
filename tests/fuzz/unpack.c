/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a boot image.
 * sources: libhvctl/alloc.c libhvctl/unpack/image.c libhvctl/unpack/buffer.c \
 *   libhvctl/unpack/codec.c \
 *   libhvctl/unpack/codec_gzip.c libhvctl/unpack/codec_lz4.c libhvctl/unpack/codec_lzma.c \
 *   libhvctl/unpack/codec_zstd.c
 * libraries: -lz -llzma -lzstd -llz4
 */
#include "libhvctl/unpack/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer memory = {.limit = 1 << 20};
    struct span kernel;
    struct why why = {""};
    const char *format;

    /* Refused without a sentence is a fault, too. */
    if (image_unpack((struct span){data, size}, &memory, &kernel, &format, &why) && !why.text[0])
        __builtin_trap();
    buffer_free(&memory);
    return 0;
}
