/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other direction of libhvctl/unpack: each format made by its library's own packer, and the
 * bzImage around it.
 */
#include "packers.h"

#include <lz4.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define SETUP_SIZE 1024 /* boot sector and one sector of setup */

static void must(int condition)
{
    if (!condition) {
        abort();
    }
}

size_t pack_gzip(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    z_stream z = {.next_in = (uint8_t *)data,
                  .avail_in = (uInt)size,
                  .next_out = out,
                  .avail_out = (uInt)room};

    deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return room - z.avail_out;
}

size_t pack_xz(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    size_t at = 0;

    lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, data, size, out, &at, room);
    return at;
}

size_t pack_lzma(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    lzma_stream lzma = LZMA_STREAM_INIT;
    lzma_options_lzma options;

    must(!lzma_lzma_preset(&options, 0));
    must(lzma_alone_encoder(&lzma, &options) == LZMA_OK);
    lzma.next_in = data;
    lzma.avail_in = size;
    lzma.next_out = out;
    lzma.avail_out = room;
    must(lzma_code(&lzma, LZMA_FINISH) == LZMA_STREAM_END);
    room -= lzma.avail_out;
    lzma_end(&lzma);
    return room;
}

size_t pack_zstd(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    return ZSTD_compress(out, room, data, size, 1);
}

size_t pack_lz4(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    uint32_t head[2] = {0x184c2102, 0};

    head[1] = (uint32_t)LZ4_compress_default((const char *)data, (char *)out + sizeof(head),
                                             (int)size, (int)(room - sizeof(head)));
    memcpy(out, head, sizeof(head));
    return sizeof(head) + head[1];
}

static void put32(uint8_t *at, size_t value)
{
    uint32_t word = (uint32_t)value;

    memcpy(at, &word, sizeof(word));
}

/* A bzImage around a payload; gzip's own trailer is the size, others get it appended. */
size_t make_bzimage(const uint8_t *kernel, size_t size, uint8_t *out, size_t room, pack_t *pack)
{
    size_t length = pack(kernel, size, out + SETUP_SIZE, room - SETUP_SIZE - 64);
    size_t total;

    memset(out, 0, SETUP_SIZE);
    if (pack != pack_gzip) {
        put32(out + SETUP_SIZE + length, size);
        length += 4;
    }
    total = SETUP_SIZE + ((length + 15) & ~(size_t)15);
    memset(out + SETUP_SIZE + length, 0, total - SETUP_SIZE - length);
    out[0x1f1] = 1;
    put32(out + 0x1f4, (total - SETUP_SIZE) / 16);
    out[0x1fe] = 0x55;
    out[0x1ff] = 0xaa;
    memcpy(out + 0x202, "HdrS\x0f\x02", 6);
    put32(out + 0x24c, length);
    return total;
}
