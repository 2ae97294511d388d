/* SPDX-License-Identifier: MIT */
/*
 * xen-compat.h: which revision of the ABI the includer speaks.
 *
 * A guest defines __XEN_INTERFACE_VERSION__ before its first include; one that says nothing gets
 * the oldest spelling (0), as kernels of that age expect. The hypervisor (__XEN__) and the control
 * tools (__XEN_TOOLS__) always speak the newest. The number is 0xMMMMmmss: major, minor, step.
 */
#ifndef __XEN_PUBLIC_XEN_COMPAT_H__
#define __XEN_PUBLIC_XEN_COMPAT_H__

#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00

#if defined(__XEN__) || defined(__XEN_TOOLS__)
#undef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__
#elif !defined(__XEN_INTERFACE_VERSION__)
#define __XEN_INTERFACE_VERSION__ 0x00000000
#endif

#if __XEN_INTERFACE_VERSION__ > __XEN_LATEST_INTERFACE_VERSION__
#error "__XEN_INTERFACE_VERSION__ is newer than these headers"
#endif

/* Older name of the dimension that ends a structure of variable length. */
#define COMPAT_FLEX_ARRAY_DIM XEN_FLEX_ARRAY_DIM

#endif
