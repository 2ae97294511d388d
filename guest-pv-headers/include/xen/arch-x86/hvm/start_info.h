/* SPDX-License-Identifier: MIT */
/*
 * arch-x86/hvm/start_info.h: how a kernel is entered through XEN_ELFNOTE_PHYS32_ENTRY.
 *
 * ebx holds the physical address of hvm_start_info; paging is off. Mortise starts no such guest,
 * but loaders and QEMU use the same record for direct kernel boot.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__
#define __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__

#include "../../abi/int.h"

#define XEN_HVM_START_MAGIC_VALUE 0x336ec578 /* "xEn3" with bit 7 of E set */

/* hvm_memmap_table_entry.type, numbered as E820 numbers them */
#define XEN_HVM_MEMMAP_TYPE_RAM      1
#define XEN_HVM_MEMMAP_TYPE_RESERVED 2
#define XEN_HVM_MEMMAP_TYPE_ACPI     3
#define XEN_HVM_MEMMAP_TYPE_NVS      4
#define XEN_HVM_MEMMAP_TYPE_UNUSABLE 5
#define XEN_HVM_MEMMAP_TYPE_DISABLED 6
#define XEN_HVM_MEMMAP_TYPE_PMEM     7

/* All addresses are physical, 0 for none; all sizes are bytes. */
struct hvm_start_info {
    uint32_t magic;
    uint32_t version; /* from 1 on the last four exist */
    uint32_t flags;   /* SIF_* */
    uint32_t nr_modules;
    uint64_t modlist_paddr; /* nr_modules of hvm_modlist_entry */
    uint64_t cmdline_paddr;
    uint64_t rsdp_paddr;
    uint64_t memmap_paddr; /* memmap_entries of hvm_memmap_table_entry */
    uint32_t memmap_entries;
    uint32_t reserved; /* 0 */
};

struct hvm_modlist_entry {
    uint64_t paddr;
    uint64_t size;
    uint64_t cmdline_paddr;
    uint64_t reserved; /* 0 */
};

struct hvm_memmap_table_entry {
    uint64_t addr;
    uint64_t size;
    uint32_t type;     /* XEN_HVM_MEMMAP_TYPE_* */
    uint32_t reserved; /* 0 */
};

#endif
