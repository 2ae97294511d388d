/* SPDX-License-Identifier: MIT */
/*
 * features.h: bits of XENVER_get_features and names of the features note.
 *
 * Bit n of submap n / 32. In an ELF note the name stands without XENFEAT_, and a '!' before it
 * says that the kernel can't do without.
 */
#ifndef __XEN_PUBLIC_FEATURES_H__
#define __XEN_PUBLIC_FEATURES_H__

#define XENFEAT_writable_page_tables       0 /* a guest may write its tables itself */
#define XENFEAT_writable_descriptor_tables 1 /* likewise descriptor tables */
#define XENFEAT_auto_translated_physmap    2 /* the guest sees only PFNs */
#define XENFEAT_supervisor_mode_kernel     3 /* the kernel runs in ring 0 */
#define XENFEAT_pae_pgdir_above_4gb        4 /* roots above 4 GiB (32-bit) */
#define XENFEAT_mmu_pt_update_preserve_ad  5 /* MMU_PT_UPDATE_PRESERVE_AD exists */
#define XENFEAT_highmem_assist             6 /* MMUEXT clear and copy (32-bit) */
#define XENFEAT_gnttab_map_avail_bits      7 /* GNTMAP_guest_avail_mask is honoured */
#define XENFEAT_hvm_callback_vector        8 /* 8..10: hardware-assisted guests */
#define XENFEAT_hvm_safe_pvclock           9
#define XENFEAT_hvm_pirqs                  10
#define XENFEAT_dom0                       11 /* the caller is, or can be, the control domain */
#define XENFEAT_memory_op_vnode_supported  13 /* XENMEMF_vnode works */
#define XENFEAT_ARM_SMCCC_supported        14
#define XENFEAT_linux_rsdp_unrestricted    15 /* the RSDP may lie anywhere */
#define XENFEAT_not_direct_mapped          16 /* PFN and MFN differ */
#define XENFEAT_direct_mapped              17 /* PFN and MFN are equal */

#define XENFEAT_NR_SUBMAPS 1

#endif
