/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mortise-unpack's inside: every format gives back the kernel that went in;
 * whatever is cut short, too large or no kernel is refused with a sentence.
 * The images are made here, with the libraries' own packers.
 */
#include "../../libhvctl/unpack/image.h"
#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define KERNEL_SIZE 3000
#define SETUP_SIZE  1024 /* boot sector and one sector of setup */

static uint8_t kernel[KERNEL_SIZE];

typedef size_t pack_t(const uint8_t *data, size_t size, uint8_t *out, size_t room);

static size_t pack_gzip(const uint8_t *data, size_t size, uint8_t *out, size_t room)
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

static size_t pack_xz(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    size_t at = 0;

    lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, data, size, out, &at, room);
    return at;
}

static size_t pack_lzma(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    lzma_stream lzma = LZMA_STREAM_INIT;
    lzma_options_lzma options;

    EXPECT(!lzma_lzma_preset(&options, 0));
    EXPECT(lzma_alone_encoder(&lzma, &options) == LZMA_OK);
    lzma.next_in = data;
    lzma.avail_in = size;
    lzma.next_out = out;
    lzma.avail_out = room;
    EXPECT(lzma_code(&lzma, LZMA_FINISH) == LZMA_STREAM_END);
    room -= lzma.avail_out;
    lzma_end(&lzma);
    return room;
}

static size_t pack_zstd(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    return ZSTD_compress(out, room, data, size, 1);
}

static size_t pack_lz4(const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    uint32_t head[2] = {0x184c2102, 0};

    head[1] = (uint32_t)LZ4_compress_default((const char *)data, (char *)out + sizeof(head),
                                             (int)size, (int)(room - sizeof(head)));
    memcpy(out, head, sizeof(head));
    return sizeof(head) + head[1];
}

static pack_t *const packers[] = {pack_gzip, pack_xz, pack_lzma, pack_zstd, pack_lz4};
#define PACKERS (sizeof(packers) / sizeof(packers[0]))

static void put32(uint8_t *at, size_t value)
{
    uint32_t word = (uint32_t)value;

    memcpy(at, &word, sizeof(word));
}

/* A bzImage around a payload; gzip's own trailer is the size, others get it appended. */
static size_t make_bzimage(uint8_t *out, size_t room, pack_t *pack)
{
    size_t length = pack(kernel, KERNEL_SIZE, out + SETUP_SIZE, room - SETUP_SIZE - 64);
    size_t total;

    memset(out, 0, SETUP_SIZE);
    if (pack != pack_gzip) {
        put32(out + SETUP_SIZE + length, KERNEL_SIZE);
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

static void make_kernel(void)
{
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_EXEC,
                         .e_machine = EM_X86_64,
                         .e_phoff = sizeof(header),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = 1};
    Elf64_Phdr segment = {.p_type = PT_LOAD, .p_offset = 256, .p_filesz = KERNEL_SIZE - 256};

    for (size_t i = 0; i < KERNEL_SIZE; i++)
        kernel[i] = (uint8_t)(i * i >> 5);
    memcpy(kernel, &header, sizeof(header));
    memcpy(kernel + sizeof(header), &segment, sizeof(segment));
}

/* Unpacks a copy that ends where its memory ends, so that the sanitizer sees a read beyond. */
static int unpack(const uint8_t *data, size_t size, size_t limit, bool *same)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct buffer memory = {.limit = limit};
    struct span result = {0};
    struct why why = {""};
    const char *format;
    int error;

    memcpy(copy, data, size);
    error = image_unpack((struct span){copy, size}, &memory, &result, &format, &why);
    *same = !error && result.size == KERNEL_SIZE && !memcmp(result.data, kernel, KERNEL_SIZE);
    EXPECT(!error == !why.text[0]);
    buffer_free(&memory);
    free(copy);
    return error;
}

static uint8_t image[65536];

static void every_format_of_bzimage(void)
{
    bool same;

    for (size_t i = 0; i < PACKERS; i++) {
        EXPECT(unpack(image, make_bzimage(image, sizeof(image), packers[i]), 1 << 20, &same) == 0);
        EXPECT(same);
    }
}

static void plain_and_packed_elf(void)
{
    bool same;

    EXPECT(unpack(kernel, KERNEL_SIZE, 1 << 20, &same) == 0 && same);
    for (size_t i = 0; i < PACKERS; i++) {
        size_t size = packers[i](kernel, KERNEL_SIZE, image, sizeof(image));

        EXPECT(unpack(image, size, 1 << 20, &same) == 0 && same);
    }
}

static void truncated_at_each_byte(void)
{
    bool same;

    for (size_t i = 0; i < PACKERS; i++) {
        size_t size = make_bzimage(image, sizeof(image), packers[i]);

        for (size_t cut = 0; cut < size; cut++)
            EXPECT(unpack(image, cut, 1 << 16, &same) == -EINVAL);
        size = packers[i](kernel, KERNEL_SIZE, image, sizeof(image));
        for (size_t cut = 0; cut < size; cut++)
            EXPECT(unpack(image, cut, 1 << 16, &same) == -EINVAL);
    }
    for (size_t cut = 0; cut < KERNEL_SIZE; cut++)
        EXPECT(unpack(kernel, cut, 1 << 16, &same) == -EINVAL);
}

static void damaged_at_each_byte(void)
{
    bool same;

    /* Formats without a checksum may give another kernel back; nothing may crash. */
    for (size_t i = 0; i < PACKERS; i++) {
        size_t size = make_bzimage(image, sizeof(image), packers[i]);

        for (size_t at = 0; at < size; at++) {
            image[at] ^= 0xff;
            (void)unpack(image, size, 1 << 16, &same);
            image[at] ^= 0xff;
        }
    }
}

static void bombs_end_at_the_limit(void)
{
    size_t size = 16 << 20;
    uint8_t *zeros = calloc(1, size), *bomb = malloc(size);
    bool same;

    for (size_t i = 0; i < PACKERS; i++) {
        size_t packed = packers[i](zeros, size, bomb, size);

        EXPECT(unpack(bomb, packed, 1 << 20, &same) == -EFBIG);
    }
    free(zeros);
    free(bomb);
}

static void no_kernels(void)
{
    static const char text[] = "This is a letter, and no kernel at all.";
    uint8_t other[KERNEL_SIZE];
    bool same;

    EXPECT(unpack((const uint8_t *)text, sizeof(text), 1 << 20, &same) == -EINVAL);
    EXPECT(unpack(image, pack_gzip((const uint8_t *)text, sizeof(text), image, sizeof(image)),
                  1 << 20, &same) == -EINVAL);
    memcpy(other, kernel, sizeof(other));
    other[EI_CLASS] = ELFCLASS32;
    EXPECT(unpack(other, sizeof(other), 1 << 20, &same) == -EINVAL);
    memcpy(other, kernel, sizeof(other));
    ((Elf64_Ehdr *)(void *)other)->e_type = ET_REL;
    EXPECT(unpack(other, sizeof(other), 1 << 20, &same) == -EINVAL);
    EXPECT(unpack((const uint8_t *)"BZh91AY", 7, 1 << 20, &same) == -ENOTSUP);
}

static void other_data_behind(void)
{
    bool same;

    for (size_t i = 0; i < PACKERS; i++) {
        size_t size = packers[i](kernel, KERNEL_SIZE, image, sizeof(image));

        memcpy(image + size, "behind", 6);
        EXPECT(unpack(image, size + 6, 1 << 20, &same) == -EINVAL);
    }
}

int main(void)
{
    make_kernel();
    RUN(every_format_of_bzimage);
    RUN(plain_and_packed_elf);
    RUN(truncated_at_each_byte);
    RUN(damaged_at_each_byte);
    RUN(bombs_end_at_the_limit);
    RUN(no_kernels);
    RUN(other_data_behind);
    return UNIT_RESULT;
}
