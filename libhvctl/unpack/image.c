/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Boot images: Linux's x86 boot protocol (a setup header with the payload's
 * place), compressed and plain ELF files.  Every field is read once, through
 * a bounds check; nothing points outside the span it came from.
 */
#include "image.h"

#include "codec.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

/* Fields of the setup header, by offset in the file (boot protocol 2.08). */
enum {
    SETUP_SECTS = 0x1f1,
    SYSSIZE = 0x1f4,
    BOOT_FLAG = 0x1fe,
    HEADER = 0x202,
    VERSION = 0x206,
    PAYLOAD_OFFSET = 0x248,
    PAYLOAD_LENGTH = 0x24c,
    SETUP_HEADER_END = 0x250,
};

static uint32_t get32(struct span in, size_t at)
{
    uint32_t value;

    memcpy(&value, in.data + at, sizeof(value));
    return le32toh(value);
}

static uint16_t get16(struct span in, size_t at)
{
    return (uint16_t)(in.data[at] | in.data[at + 1] << 8);
}

static int elf_check(struct span in, struct why *why)
{
    Elf64_Ehdr header;
    size_t loads = 0;

    if (in.size < sizeof(header))
        return why_set(why, -EINVAL, "its ELF header is truncated");
    memcpy(&header, in.data, sizeof(header));
    if (memcmp(header.e_ident, ELFMAG, SELFMAG))
        return why_set(why, -EINVAL, "what it holds is no ELF file");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != EM_X86_64)
        return why_set(why, -EINVAL, "its ELF file is not for 64-bit x86");
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
        return why_set(why, -EINVAL, "its ELF file is no executable");
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0)
        return why_set(why, -EINVAL, "its ELF file has no program headers");
    if (header.e_phoff > in.size ||
        (in.size - header.e_phoff) / sizeof(Elf64_Phdr) < header.e_phnum)
        return why_set(why, -EINVAL, "its ELF file is truncated");
    for (size_t i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;

        memcpy(&segment, in.data + header.e_phoff + i * sizeof(segment), sizeof(segment));
        if (segment.p_offset > in.size || segment.p_filesz > in.size - segment.p_offset)
            return why_set(why, -EINVAL, "its ELF file is truncated");
        loads += segment.p_type == PT_LOAD;
    }
    if (!loads)
        return why_set(why, -EINVAL, "its ELF file has nothing to load");
    return 0;
}

static bool is_bzimage(struct span in)
{
    return in.size >= SETUP_HEADER_END && get16(in, BOOT_FLAG) == 0xaa55 &&
           !memcmp(in.data + HEADER, "HdrS", 4);
}

/* The packed kernel within a bzImage. */
static int bzimage_payload(struct span in, struct span *payload, struct why *why)
{
    size_t sectors = in.data[SETUP_SECTS] ? in.data[SETUP_SECTS] : 4;
    uint64_t setup = (uint64_t)(sectors + 1) * 512;
    uint64_t offset = setup + get32(in, PAYLOAD_OFFSET);
    uint64_t length = get32(in, PAYLOAD_LENGTH);

    if (get16(in, VERSION) < 0x208)
        return why_set(why, -ENOTSUP, "its boot protocol is older than 2.08 (Linux 2.6.24)");
    if (setup + (uint64_t)get32(in, SYSSIZE) * 16 > in.size || offset + length > in.size)
        return why_set(why, -EINVAL, "it is a truncated bzImage");
    /* Behind every payload stands the size that it unpacks to, in 4 bytes. */
    if (length <= 4)
        return why_set(why, -EINVAL, "it is a bzImage without a payload");
    *payload = (struct span){in.data + offset, (size_t)length};
    return 0;
}

static bool is_elf(struct span in)
{
    return in.size >= SELFMAG && !memcmp(in.data, ELFMAG, SELFMAG);
}

/* What the packed bytes of a bzImage are, and the size that stands behind them. */
static int identify_payload(struct image *image, struct why *why)
{
    image->codec = codec_find(image->packed);
    if (!image->codec)
        return why_set(why, -ENOTSUP, "it is a bzImage with an unknown compression");
    image->size = get32(image->packed, image->packed.size - 4);
    /* gzip's own trailer is that size; behind the others it was appended. */
    if (image->codec->decode != gzip_decode)
        image->packed.size -= 4;
    return 0;
}

int image_identify(struct span in, struct image *image, struct why *why)
{
    int error = 0;

    *image = (struct image){.packed = in, .format = "plain ELF"};
    if (is_elf(in)) {
        image->size = in.size;
        return 0;
    }
    if (is_bzimage(in)) {
        error = bzimage_payload(in, &image->packed, why);
        if (!error)
            error = identify_payload(image, why);
    } else {
        image->codec = codec_find(in);
        if (!image->codec)
            error = why_set(why, -EINVAL, "it is no kernel: neither a bzImage nor an ELF file");
    }
    if (error)
        return error;
    image->format = image->codec->name;
    if (!image->codec->decode)
        return why_set(why, -ENOTSUP, "its compression, %s, is not supported", image->format);
    return 0;
}

int image_decode(const struct image *image, struct buffer *out, struct why *why)
{
    size_t used;
    int error = image->codec->decode(image->packed, out, &used, why);

    if (error)
        return error;
    if (image->size && out->size != image->size)
        return why_set(why, -EINVAL, "its payload does not unpack to the size that it states");
    if (used != image->packed.size)
        return why_set(why, -EINVAL, "there is other data behind its %s data", image->format);
    return 0;
}

int image_head(const struct image *image, struct buffer *out, struct why *why)
{
    size_t used;
    int error;

    if (image->codec) {
        error = image->codec->decode(image->packed, out, &used, why);
        return error == -EFBIG && out->size == out->limit ? 0 : error;
    }
    used = image->packed.size < out->limit ? image->packed.size : out->limit;
    error = buffer_reserve(out, used, why);
    if (error)
        return error;
    memcpy(out->data, image->packed.data, used);
    out->size = used;
    return 0;
}

int image_unpack(struct span in, struct buffer *memory, struct span *kernel, const char **format,
                 struct why *why)
{
    struct image image;
    int error = image_identify(in, &image, why);

    if (error)
        return error;
    *format = image.format;
    *kernel = in;
    if (image.codec) {
        error = image_decode(&image, memory, why);
        *kernel = (struct span){memory->data, memory->size};
    }
    return error ? error : elf_check(*kernel, why);
}
