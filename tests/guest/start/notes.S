/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One note more than the harness's: where the initial p2m shall stand.
 */
#include <xen/elfnote.h>

    .section .note.Xen, "a", @note
    .balign 4
    .long   4, 8, XEN_ELFNOTE_INIT_P2M
    .asciz  "Xen"
    .quad   0x8000000000
    .section .note.GNU-stack, "", @progbits
