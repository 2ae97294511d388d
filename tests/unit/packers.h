/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packed images for tests.
 */
#ifndef TESTS_UNIT_PACKERS_H
#define TESTS_UNIT_PACKERS_H

#include <stddef.h>
#include <stdint.h>

/** Packs size bytes into room bytes; returns how many they became. */
typedef size_t pack_t(const uint8_t *data, size_t size, uint8_t *out, size_t room);

pack_t pack_gzip, pack_xz, pack_lzma, pack_zstd, pack_lz4;

/** A bzImage around a payload; gzip's own trailer is the size, others get it appended. */
size_t make_bzimage(const uint8_t *kernel, size_t size, uint8_t *out, size_t room, pack_t *pack);

#endif
