/* SPDX-License-Identifier: MIT */
/*
 * base.h: what every other header of the ABI stands on.
 *
 * Fixed-width integers, suffixes that vanish in assembly, the dimension of trailing arrays, and
 * guest handles. A handle is a pointer wrapped in a structure of its own type: a guest's pointer
 * can then never be dereferenced by mistake on the hypervisor's side.
 */
#ifndef XEN_ABI_BASE_H
#define XEN_ABI_BASE_H

#ifndef __x86_64__
#error "only the 64-bit x86 ABI is described here"
#endif

#include "../xen-compat.h"

#ifndef __ASSEMBLY__

#include "int.h"

/* Keeps ISO-pedantic compilers quiet about unnamed members and trailing arrays. */
#ifdef __GNUC__
#define XEN_ABI_EXT __extension__
#else
#define XEN_ABI_EXT
#endif

/* A record that ends in an array whose length another field gives: T name[XEN_FLEX_ARRAY_DIM]; */
#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
#define XEN_FLEX_ARRAY_DIM
#elif defined(__GNUC__)
#define XEN_FLEX_ARRAY_DIM 0
#else
#define XEN_FLEX_ARRAY_DIM 1
#endif

/* Integer suffixes for constants that assembly uses too. */
#define __xen_mk_uint(x)  x##U
#define __xen_mk_ulong(x) x##UL
#ifndef __xen_mk_ullong
#define __xen_mk_ullong(x) x##ULL
#endif
#define xen_mk_uint(x)   __xen_mk_uint(x)
#define xen_mk_ulong(x)  __xen_mk_ulong(x)
#define xen_mk_ullong(x) __xen_mk_ullong(x)

/* Handles became structures at 0x00030201; before, they were bare pointers. */
#if __XEN_INTERFACE_VERSION__ >= 0x00030201
#define ___DEFINE_XEN_GUEST_HANDLE(name, type)                                                     \
    typedef struct {                                                                               \
        type *p;                                                                                   \
    } __guest_handle_##name
#else
#define ___DEFINE_XEN_GUEST_HANDLE(name, type) typedef type *__guest_handle_##name
#endif

/* Declares the handle of a type under a name, and the handle of the same type made const. */
#define __DEFINE_XEN_GUEST_HANDLE(name, type)                                                      \
    ___DEFINE_XEN_GUEST_HANDLE(name, type);                                                        \
    ___DEFINE_XEN_GUEST_HANDLE(const_##name, const type)
#define DEFINE_XEN_GUEST_HANDLE(name) __DEFINE_XEN_GUEST_HANDLE(name, name)

/* The handle type itself: as a member of a structure, and as an argument in a register. */
#define __XEN_GUEST_HANDLE(name)     __guest_handle_##name
#define XEN_GUEST_HANDLE(name)       __XEN_GUEST_HANDLE(name)
#define XEN_GUEST_HANDLE_PARAM(name) XEN_GUEST_HANDLE(name)

/* Stores a pointer in a handle. */
#define set_xen_guest_handle_raw(hnd, val)                                                         \
    do {                                                                                           \
        (hnd).p = val;                                                                             \
    } while (0)
#define set_xen_guest_handle(hnd, val) set_xen_guest_handle_raw(hnd, val)

typedef unsigned long xen_pfn_t; /* a frame number, of whichever space the field says */
typedef unsigned long xen_ulong_t;
#define PRI_xen_pfn   "lx"
#define PRIu_xen_pfn  "lu"
#define PRI_xen_ulong "lx"

#else /* __ASSEMBLY__ */

#define xen_mk_uint(x)   x
#define xen_mk_ulong(x)  x
#define xen_mk_ullong(x) x

#endif

/* Control calls use the same types in 32-bit tools, so their 64-bit members have an alias. */
#if defined(__XEN__) || defined(__XEN_TOOLS__)
#ifndef int64_aligned_t
#define int64_aligned_t int64_t
#endif
#ifndef uint64_aligned_t
#define uint64_aligned_t uint64_t
#endif
#ifndef XEN_GUEST_HANDLE_64
#define XEN_GUEST_HANDLE_64(name) XEN_GUEST_HANDLE(name)
#endif
#endif

#endif
