/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the hostile guest share: numbers at random, and numbers that break things.
 */
#ifndef TESTS_SYSTEM_KERNELS_HOSTILE_H
#define TESTS_SYSTEM_KERNELS_HOSTILE_H

#include <pv/barrier.h>
#include <pv/device.h>
#include <pv/memory.h>

/** The same sequence for the same seed= on the command line. */
uint32_t any(void);
/** A number less than limit. */
uint32_t any_below(uint32_t limit);
/** A number at the edge of something, or any. */
uint32_t edge(void);
/** Random bytes; a volatile target, since somebody else reads it at the same time. */
void scribble(volatile void *at, size_t bytes);

/** Is there time left for attacks? */
bool going(void);
/** How often a thing was done, and whether something happened that must not. */
extern unsigned long rounds;
extern const char *broken;

/** The attacks, each until going() says no more. */
void attack_store(void);
void attack_console(void);
void attack_nodes(void);
void attack_rings(void);

#endif
