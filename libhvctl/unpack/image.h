/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a boot image to the plain ELF kernel in it.  Accepts a bzImage, a
 * compressed ELF and a plain ELF; refuses everything else with a sentence.
 * Whether the kernel can run as a control domain is the hypervisor's to say.
 */
#ifndef UNPACK_IMAGE_H
#define UNPACK_IMAGE_H

#include "codec.h"

struct image {
    const struct codec *codec; /* NULL: it is not packed */
    struct span packed;        /* the packed bytes, or the plain kernel */
    uint64_t size;             /* of the plain kernel, as the image states it; 0: it does not */
    const char *format;        /* in words */
};

/**
 * image_identify() - tell what kind of boot image it is
 * @in:    the image
 * @image: receives it; it points into @in
 * @why:   the sentence, when it fails
 *
 * Return: 0; -EINVAL for an image that is truncated or no kernel; -ENOTSUP for a format that is
 * known but not supported.
 */
int image_identify(struct span in, struct image *image, struct why *why)
    __attribute__((warn_unused_result));

/**
 * image_decode() - unpack all of a packed image
 * @image: what image_identify() said; its codec is not NULL
 * @out:   receives the plain kernel
 * @why:   the sentence, when it fails
 *
 * Return: 0; -EINVAL for damaged or truncated data, or another size than the image states;
 * -EFBIG at @out's limit; -ENOMEM.
 */
int image_decode(const struct image *image, struct buffer *out, struct why *why)
    __attribute__((warn_unused_result));

/**
 * image_head() - unpack the beginning
 * @image: what image_identify() said
 * @out:   receives as much as its limit allows; a plain kernel is copied
 * @why:   the sentence, when it fails
 *
 * Return: 0; -EINVAL; -ENOMEM.
 */
int image_head(const struct image *image, struct buffer *out, struct why *why)
    __attribute__((warn_unused_result));

/**
 * image_unpack() - find the ELF kernel in a boot image
 * @in:     the image
 * @memory: holds the unpacked kernel where @in was compressed; its limit bounds
 *          what a compressed image may grow to.  The caller frees it.
 * @kernel: receives the ELF, within @in or @memory
 * @format: receives in words what @in was
 * @why:    the sentence, when it fails
 *
 * Return: 0; -EINVAL for an image that is damaged, truncated or no kernel;
 * -ENOTSUP for a format that is known but not supported; -EFBIG; -ENOMEM.
 */
int image_unpack(struct span in, struct buffer *memory, struct span *kernel, const char **format,
                 struct why *why) __attribute__((warn_unused_result));

#endif
