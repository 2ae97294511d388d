/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the building of the control domain from the boot loader's modules.
 */
#ifndef DOM0_BUILD_H
#define DOM0_BUILD_H

#include "lib/types.h"

struct dom0_image {
    const char *name, *text;       /* file name, and the kernel's command line */
    const char *initrd_name;       /* file name */
    uint64_t kernel, kernel_bytes; /* machine address of the ELF file */
    uint64_t initrd, initrd_bytes; /* 0 bytes: none; starts at a page */
};

struct dom0_wish {
    uint64_t memory, memory_min, memory_max; /* bytes; 0: as the default has it */
    unsigned int max_vcpus;                  /* 0: one a CPU */
};

/*
 * Builds it, ready to run but paused. One sentence and the end of the boot when that can't be done.
 * Boot CPU, identity map still there.
 */
void dom0_build(const struct dom0_image *image, const struct dom0_wish *wish);

#endif
