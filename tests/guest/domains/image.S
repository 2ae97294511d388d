/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The child's image as bytes of the control kernel: child/ is linked and copied flat by the
 * Makefile, and included here. Nothing else is in this file.
 */
    .section .rodata, "a", @progbits
    .globl child_image, child_image_end
    .balign 8
child_image:
    .incbin "child.bin"
child_image_end:
    .section .note.GNU-stack, "", @progbits
