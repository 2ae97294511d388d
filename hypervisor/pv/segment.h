/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the look at a guest's segments: what a selector stands for in the tables of the current
 * vCPU.
 */
#ifndef PV_SEGMENT_H
#define PV_SEGMENT_H

#include "pv/pv.h"

struct segment {
    uint64_t base;
    uint32_t limit; /* the last byte's offset */
    bool code, writable, expand_down, readable;
    bool long_mode, size32; /* L and D of a code segment */
};

/* Reads a code or data descriptor; false when there is no present one. The vCPU's own tables must
 * be loaded. */
bool segment_read(const struct vcpu *v, uint16_t sel, struct segment *s) __must_check;

/* What a descriptor says; false for system descriptors and those not present. Pure. */
bool segment_decode(uint64_t descriptor, struct segment *s);

/* Whether bytes [offset, offset + n) lie inside. Pure. */
bool segment_covers(const struct segment *s, uint64_t offset, uint64_t n);

#endif
