/* SPDX-License-Identifier: MIT */
/*
 * hvm/start_info.h: the architecture's header of that name.
 *
 * Kernels include it by either path.
 */
#ifndef XEN_HVM_START_INFO_H
#define XEN_HVM_START_INFO_H

#include "../arch-x86/hvm/start_info.h"

#endif
