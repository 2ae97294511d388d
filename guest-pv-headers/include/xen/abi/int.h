/* SPDX-License-Identifier: MIT */
/*
 * int.h: the integer types of fixed width, from the compiler or from the includer.
 *
 * A compiler that is told of a hosted environment wants the C library's <stdint.h>. A kernel that
 * is built so, but without a library's headers, has its own uint32_t and so on, declared before it
 * includes these headers.
 */
#ifndef XEN_ABI_INT_H
#define XEN_ABI_INT_H

#if defined(__has_include) && defined(__STDC_HOSTED__)
#if __STDC_HOSTED__ && !__has_include(<stdlib.h>)
#define XEN_ABI_INTS_OF_INCLUDER 1
#endif
#endif

#ifndef XEN_ABI_INTS_OF_INCLUDER
#include <stdint.h>
#endif

#endif
