/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the map of the hypervisor's address space: L4 slots 256 to 271, all that the ABI gives it.
 *
 *   slot  address             size      what                                       writable  global
 *   256   0xffff800000000000  512 GiB   M2P, for guest kernels to read             no        no
 *   257   0xffff808000000000  512 GiB   the domain's own: windows, GDT and LDT     yes       no
 *   258   0xffff810000000000  512 GiB   frame table, M2P (writable), heap, devices yes       yes
 *   259   0xffff818000000000  512 GiB   the hypervisor's image                     data only yes
 *   260..271                            empty
 *
 * Slot 257 differs from domain to domain and is written when an L4 is promoted; slot 256 is absent
 * from tables that a guest's user mode runs on. The others are filled at boot and never change.
 * There is no direct map: nothing of a guest is reachable here but through slot 257 and the closed
 * list of permanent mappings in the heap area (mm/permanent.h).
 *
 * Included by assembly and by the linker script too: constants only.
 */
#ifndef CPU_LAYOUT_H
#define CPU_LAYOUT_H

#define HV_SLOT_FIRST 256
#define HV_SLOT_LAST  271

#define SLOT_M2P_RO 256
#define SLOT_DOMAIN 257
#define SLOT_DATA   258
#define SLOT_IMAGE  259

#define HV_VIRT_START 0xffff800000000000
#define HV_VIRT_END   0xffff880000000000

#define M2P_RO_START 0xffff800000000000 /* 8 bytes a frame; the ABI's machphys table */
#define M2P_RO_END   0xffff804000000000 /* room for 16 TiB of RAM (2^32 frames, 32 GiB of table) */

#define DOMAIN_START      0xffff808000000000 /* one region of 2 MiB a vCPU */
#define VCPU_REGION_SHIFT 21
#define VCPU_REGION_PAGES 512
/* pages inside a vCPU's region */
#define REGION_GDT    0  /* 16 pages: 14 of the guest, one of the pCPU, one empty */
#define REGION_LDT    16 /* 16 pages: the guest's LDT, mapped on demand */
#define REGION_WINDOW 32 /* windows on frames */
#define WINDOWS       32

#define FRAME_TABLE_START 0xffff810000000000 /* 24 bytes a frame: 96 GiB for 2^32 frames */
#define M2P_RW_START      0xffff812000000000
#define HEAP_START        0xffff814000000000 /* memory by the page, and permanent mappings */
#define HEAP_PAGES        0x10000            /* 256 MiB */
#define HEAP_TABLES_START 0xffff816000000000 /* the L1 tables of the heap area, one page each */
#define DEVICE_START      0xffff816000200000 /* memory-mapped devices */
#define DEVICE_PAGES      512

#define IMAGE_START 0xffff818000000000
#define IMAGE_PHYS  0x200000 /* where the boot loader puts the first byte */
#define IMAGE_MAX   0x400000

#define STACK_SHIFT 15 /* one stack of 32 KiB a pCPU, aligned to its size */
#define STACK_SIZE  (1 << STACK_SHIFT)
/*
 * Inside a stack, from its lowest page: the exception stacks (their tops), a page that is never
 * mapped, the main stack.
 */
#define STACK_DB         0x1000
#define STACK_NMI        0x2000
#define STACK_MCE        0x3000
#define STACK_DF         0x4000
#define STACK_GUARD_PAGE 4
#define STACK_PAGES      8

#define MAX_CPUS 64

/* Segment selectors: the ABI's, in the GDT's fifteenth page, then ours. */
#define SEL_HV_CS          0xe008
#define SEL_HV_DS          0xe010
#define SEL_GUEST_CS32     0xe023
#define SEL_GUEST_DS       0xe02b
#define SEL_GUEST_CS64     0xe033
#define SEL_TSS            0xe040
#define SEL_LDT            0xe050
#define GDT_RESERVED_PAGE  14
#define GDT_RESERVED_FIRST 0xe000
#define GDT_LIMIT          0xe05f /* what lies behind (the TSS) is out of a selector's reach */

#endif
