/* SPDX-License-Identifier: MIT */
/*
 * protocols.h: the store's node "protocol" of a device.
 *
 * A front end writes which layout of the ring's records it uses, since a 32-bit guest may face a
 * 64-bit back end.
 */
#ifndef __XEN_PROTOCOLS_H__
#define __XEN_PROTOCOLS_H__

#define XEN_IO_PROTO_ABI_X86_32 "x86_32-abi"
#define XEN_IO_PROTO_ABI_X86_64 "x86_64-abi"
#define XEN_IO_PROTO_ABI_ARM    "arm-abi"
#define XEN_IO_PROTO_ABI_NATIVE XEN_IO_PROTO_ABI_X86_64

#endif
