/* SPDX-License-Identifier: MIT */
/*
 * cpuid.h: the hypervisor's own CPUID leaves, from 0x40000000 in steps of 0x100.
 *
 * +0: eax last leaf, ebx ecx edx signature. +1: eax major << 16 | minor. +2: eax hypercall pages,
 * ebx first MSR, ecx features. +3: time: subleaf 0 eax flags, ebx mode, ecx kHz, edx incarnation;
 * 1 eax ebx offset, ecx multiplier, edx shift; 2 eax host kHz. +4: hardware-assisted guests. +5:
 * PV guests, ebx address bits.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_CPUID_H__
#define __XEN_PUBLIC_ARCH_X86_CPUID_H__

#define XEN_CPUID_FIRST_LEAF     0x40000000
#define XEN_CPUID_LEAF(i)        (XEN_CPUID_FIRST_LEAF + (i))
#define XEN_CPUID_MAX_NUM_LEAVES 5 /* counted from FIRST_LEAF */

/* "XenVMMXenVMM", four letters a register, the first lowest. */
#define XEN_CPUID_SIGNATURE_EBX 0x566e6558
#define XEN_CPUID_SIGNATURE_ECX 0x65584d4d
#define XEN_CPUID_SIGNATURE_EDX 0x4d4d566e

/* Leaf +2, ecx. */
#define _XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD 0
#define XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD  (1u << 0)

/* Leaf +4, eax. */
#define XEN_HVM_CPUID_APIC_ACCESS_VIRT (1u << 0)
#define XEN_HVM_CPUID_X2APIC_VIRT      (1u << 1)
#define XEN_HVM_CPUID_IOMMU_MAPPINGS   (1u << 2) /* foreign mappings are fit for DMA */
#define XEN_HVM_CPUID_VCPU_ID_PRESENT  (1u << 3) /* in ebx */
#define XEN_HVM_CPUID_DOMID_PRESENT    (1u << 4) /* in ecx */
#define XEN_HVM_CPUID_EXT_DEST_ID      (1u << 5) /* 15-bit destinations in MSI and I/O APIC */
#define XEN_HVM_CPUID_UPCALL_VECTOR    (1u << 6) /* per-vCPU upcalls carry PIRQs too */

/* Leaf +5, ebx: bits of the widest machine address. */
#define XEN_CPUID_MACHINE_ADDRESS_WIDTH_MASK (0xffu << 0)

#endif
