/* SPDX-License-Identifier: MIT */
/*
 * elfnote.h: notes by which a kernel tells its loader what it needs.
 *
 * They lie in a PT_NOTE segment under the name "Xen". A number has 4 or 8 bytes, a string ends
 * with a 0. Those from 0x1000001 on are found in dumps, not in kernels.
 */
#ifndef __XEN_PUBLIC_ELFNOTE_H__
#define __XEN_PUBLIC_ELFNOTE_H__

#define XEN_ELFNOTE_INFO               0  /* string: name=value */
#define XEN_ELFNOTE_ENTRY              1  /* number: virtual address of the first instruction */
#define XEN_ELFNOTE_HYPERCALL_PAGE     2  /* number: virtual address of a page to be filled in */
#define XEN_ELFNOTE_VIRT_BASE          3  /* number: virtual address of PFN 0, else 0 */
#define XEN_ELFNOTE_PADDR_OFFSET       4  /* number: to be taken off p_paddr, else 0 */
#define XEN_ELFNOTE_XEN_VERSION        5  /* string: "xen-3.0" */
#define XEN_ELFNOTE_GUEST_OS           6  /* string */
#define XEN_ELFNOTE_GUEST_VERSION      7  /* string */
#define XEN_ELFNOTE_LOADER             8  /* string: "generic" */
#define XEN_ELFNOTE_PAE_MODE           9  /* string: "yes", "no", "bimodal" (32-bit) */
#define XEN_ELFNOTE_FEATURES           10 /* string: names joined by '|', '!' for needed */
#define XEN_ELFNOTE_BSD_SYMTAB         11 /* string: "yes" to load the symbol table */
#define XEN_ELFNOTE_HV_START_LOW       12 /* number: lowest start of the hypervisor's range */
#define XEN_ELFNOTE_L1_MFN_VALID       13 /* pairs: mask and value of absent entries with an MFN */
#define XEN_ELFNOTE_SUSPEND_CANCEL     14 /* number: 1 when a suspend may be called off */
#define XEN_ELFNOTE_INIT_P2M           15 /* number: where the p2m is to be mapped */
#define XEN_ELFNOTE_MOD_START_PFN      16 /* number: 1 when the initrd need not be mapped */
#define XEN_ELFNOTE_SUPPORTED_FEATURES 17 /* number: bits of XENFEAT_* */
#define XEN_ELFNOTE_PHYS32_ENTRY       18 /* number: 32-bit entry without paging */
#define XEN_ELFNOTE_MAX                XEN_ELFNOTE_PHYS32_ENTRY

#define XEN_ELFNOTE_CRASH_INFO              0x1000001 /* one a crash: the system */
#define XEN_ELFNOTE_CRASH_REGS              0x1000002 /* one a pCPU: registers */
#define XEN_ELFNOTE_DUMPCORE_NONE           0x2000000 /* marks a dump of a domain */
#define XEN_ELFNOTE_DUMPCORE_HEADER         0x2000001
#define XEN_ELFNOTE_DUMPCORE_XEN_VERSION    0x2000002
#define XEN_ELFNOTE_DUMPCORE_FORMAT_VERSION 0x2000003

#endif
