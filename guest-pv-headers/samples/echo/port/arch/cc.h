/* SPDX-License-Identifier: MIT */
/*
 * cc.h: what lwIP must know of the compiler and of where text goes.
 *
 * The compiler's own headers are there, the C library's are not.
 */
#ifndef ECHO_ARCH_CC_H
#define ECHO_ARCH_CC_H

#include <pv/guest.h>

#define LWIP_NO_INTTYPES_H    1
#define LWIP_NO_UNISTD_H      1
#define LWIP_NO_CTYPE_H       1
#define LWIP_PROVIDE_ERRNO    1
#define X8_F                  "02x"
#define U16_F                 "u"
#define S16_F                 "d"
#define X16_F                 "x"
#define U32_F                 "u"
#define S32_F                 "d"
#define X32_F                 "x"
#define SZT_F                 "lu"
#define LWIP_PLATFORM_DIAG(x) ((void)pv_printf x)
#define LWIP_PLATFORM_ASSERT(x)                                                                    \
    do {                                                                                           \
        pv_printf("lwIP: FAILED: %s\n", x);                                                        \
        pv_shutdown(SHUTDOWN_crash);                                                               \
    } while (0)
#ifndef SSIZE_MAX
#define SSIZE_MAX __LONG_MAX__
#endif
typedef long ssize_t;
#define LWIP_RAND() ((u32_t)__builtin_ia32_rdtsc())

#endif
