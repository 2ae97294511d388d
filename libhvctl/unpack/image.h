/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a boot image to the plain ELF kernel in it.  Accepts a bzImage, a
 * compressed ELF and a plain ELF; refuses everything else with a sentence.
 * Whether the kernel can run as a control domain is the hypervisor's to say.
 */
#ifndef UNPACK_IMAGE_H
#define UNPACK_IMAGE_H

#include "buffer.h"

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
