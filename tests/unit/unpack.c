/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mortise-unpack's inside: every format gives back the kernel that went in;
 * whatever is cut short, too large or no kernel is refused with a sentence.
 * The images are made here, with the libraries' own packers.
 */
#include "../../libhvctl/unpack/image.h"
#include "packers.h"
#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_SIZE 3000

static pack_t *const packers[] = {pack_gzip, pack_xz, pack_lzma, pack_zstd, pack_lz4};
#define PACKERS (sizeof(packers) / sizeof(packers[0]))

static uint8_t kernel[KERNEL_SIZE];

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
        EXPECT(unpack(image, make_bzimage(kernel, KERNEL_SIZE, image, sizeof(image), packers[i]),
                      1 << 20, &same) == 0);
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
        size_t size = make_bzimage(kernel, KERNEL_SIZE, image, sizeof(image), packers[i]);

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
        size_t size = make_bzimage(kernel, KERNEL_SIZE, image, sizeof(image), packers[i]);

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
