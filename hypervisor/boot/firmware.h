/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the boot loader left: its information is read once, its modules are kept until the
 * control domain is built.
 */
#ifndef BOOT_FIRMWARE_H
#define BOOT_FIRMWARE_H

#include "boot/options.h"
#include "lib/types.h"

extern struct options options;

void firmware_read(
    uint32_t magic,
    uint32_t information);       /* starts the console; says what is wrong and ends the boot */
void firmware_reserve(void);     /* image and modules are not free memory */
const void *firmware_rsdp(void); /* NULL: search for it */
size_t firmware_rsdp_bytes(void);
void firmware_build_control_domain(void);
void firmware_release(void);

/* Keeps APICs and HPET from the control domain. */
void devices_deny(void);

#endif
