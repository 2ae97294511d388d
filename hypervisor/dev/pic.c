/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the 8259s' way into silence. They are set up once, so that a spurious interrupt, which no
 * mask stops, would come on a device vector and be counted there, not as an exception.
 */
#include "cpu/asm.h"
#include "cpu/regs.h"
#include "dev/pic.h"
#include "lib/types.h"

#define PIC1 0x20
#define PIC2 0xa0

void __init pic_disable(void)
{
    outb(PIC1, 0x11); /* initialise, with a fourth word */
    outb(PIC2, 0x11);
    outb(PIC1 + 1, VECTOR_DEVICE_FIRST);
    outb(PIC2 + 1, VECTOR_DEVICE_FIRST + 8);
    outb(PIC1 + 1, 4); /* the second one hangs on line 2 */
    outb(PIC2 + 1, 2);
    outb(PIC1 + 1, 1); /* 8086 mode */
    outb(PIC2 + 1, 1);
    outb(PIC1 + 1, 0xff);
    outb(PIC2 + 1, 0xff);
}
