/* SPDX-License-Identifier: MIT */
/*
 * e820.h: where a hardware-assisted guest's firmware finds its memory map, and the hole below 4
 * GiB.
 *
 * PV guests ask XENMEM_memory_map instead; the constants serve toolstacks.
 */
#ifndef __XEN_PUBLIC_HVM_E820_H__
#define __XEN_PUBLIC_HVM_E820_H__

#include "../xen.h"

#define HVM_E820_PAGE      0x00090000 /* physical address */
#define HVM_E820_NR_OFFSET 0x000001E8 /* bytes into it: number of records */
#define HVM_E820_OFFSET    0x000002D0 /* bytes into it: the records */

#define HVM_BELOW_4G_RAM_END     0xF0000000
#define HVM_BELOW_4G_MMIO_START  HVM_BELOW_4G_RAM_END
#define HVM_BELOW_4G_MMIO_LENGTH ((xen_mk_ullong(1) << 32) - HVM_BELOW_4G_MMIO_START)

#endif
