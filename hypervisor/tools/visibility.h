/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Included before every file of the hypervisor by the build.  Declares that
 * all symbols, external ones too, are within the one static image, so that
 * the compiler addresses them relative to RIP and never through a GOT.
 */
#pragma GCC visibility push(hidden)
