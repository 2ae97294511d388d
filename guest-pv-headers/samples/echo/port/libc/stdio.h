/* SPDX-License-Identifier: MIT */
/*
 * stdio.h: included by lwIP's arch.h, which needs nothing of it here.
 *
 * Text goes through LWIP_PLATFORM_DIAG of arch/cc.h.
 */
#ifndef ECHO_STDIO_H
#define ECHO_STDIO_H

#endif
