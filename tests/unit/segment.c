/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segment descriptors as the emulator reads them, and the code of the hypercall page.
 */
#include <string.h>

#include "pv/hypercall_page.h"
#include "pv/segment.h"
#include "unit.h"

static struct segment s;

static void code_and_data(void)
{
    EXPECT(segment_decode(0x00cffb000000ffff, &s)); /* flat 32-bit code */
    EXPECT(s.code && s.size32 && !s.long_mode && s.readable && !s.writable && !s.base &&
           s.limit == 0xffffffff);
    EXPECT(segment_decode(0x00affb000000ffff, &s) && s.code && s.long_mode && !s.size32);
    EXPECT(segment_decode(0x00cff3000000ffff, &s) && !s.code && s.writable && s.readable &&
           !s.expand_down);
    EXPECT(segment_decode(0x1240f2567890000f, &s) && s.base == 0x12567890 && s.limit == 0xf);
    EXPECT(!segment_decode(0, &s));
    EXPECT(!segment_decode(0x00cf73000000ffff, &s)); /* not present */
    EXPECT(!segment_decode(0x00008b000000ffff, &s)); /* a TSS */
}

static void limits(void)
{
    EXPECT(segment_decode(0x0040f2000000000f, &s)); /* sixteen bytes */
    EXPECT(segment_covers(&s, 0, 16) && segment_covers(&s, 15, 1) && !segment_covers(&s, 15, 2));
    EXPECT(!segment_covers(&s, 0xfffffffe, 4) && !segment_covers(&s, 0, 0) &&
           !segment_covers(&s, ~0UL, 2));
    EXPECT(segment_decode(0x0040f6000000000f, &s) && s.expand_down); /* all but the first sixteen */
    EXPECT(!segment_covers(&s, 0, 1) && !segment_covers(&s, 15, 1) && segment_covers(&s, 16, 4));
    EXPECT(segment_covers(&s, 0xfffffffc, 4) && !segment_covers(&s, 0xfffffffd, 4));
    EXPECT(segment_decode(0x0000f6000000000f, &s) &&
           !segment_covers(&s, 0xffff, 2)); /* a 16-bit one ends at 64 KiB */
}

static void hypercall_page(void)
{
    static uint8_t page[4096 + 1];
    unsigned int i;

    page[4096] = 0x5a;
    hypercall_page_fill(page);
    EXPECT(page[4096] == 0x5a);
    for (i = 0; i < 128; i++) {
        const uint8_t *at = page + 32 * i;
        bool iret = i == 23;

        EXPECT(at[0] == 0x51 && at[1] == 0x41 && at[2] == 0x53 && at[iret ? 4 : 3] == 0xb8);
        EXPECT(at[iret ? 5 : 4] == i && !memcmp(at + (iret ? 9 : 8), "\x0f\x05", 2));
        EXPECT(iret ? at[3] == 0x50 && at[11] == 0xcc : at[13] == 0xc3);
    }
}

int main(void)
{
    RUN(code_and_data);
    RUN(limits);
    RUN(hypercall_page);
    return UNIT_RESULT;
}
