/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Xen notes of a test kernel: what a domain builder must know to load it.
 * The initial p2m is left where the builder puts it; an image that wants
 * it elsewhere is linked with notes-p2m.S besides this file.
 */
#include <xen/elfnote.h>

.macro NOTE_STRING type, text
    .balign 4
    .long   4, 2f - 1f, \type
    .asciz  "Xen"
1:  .asciz  "\text"
2:  .balign 4
.endm

.macro NOTE_QUAD type, value
    .balign 4
    .long   4, 8, \type
    .asciz  "Xen"
    .quad   \value
.endm

    .section .note.Xen, "a", @note
    NOTE_STRING XEN_ELFNOTE_GUEST_OS, "mortise-test"
    NOTE_STRING XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
    NOTE_STRING XEN_ELFNOTE_LOADER, "generic"
    NOTE_STRING XEN_ELFNOTE_FEATURES, "!writable_page_tables|pae_pgdir_above_4gb"
    NOTE_STRING XEN_ELFNOTE_PAE_MODE, "yes"
    NOTE_QUAD   XEN_ELFNOTE_VIRT_BASE, VIRT_BASE
    NOTE_QUAD   XEN_ELFNOTE_PADDR_OFFSET, 0
    NOTE_QUAD   XEN_ELFNOTE_ENTRY, _start
    NOTE_QUAD   XEN_ELFNOTE_HYPERCALL_PAGE, hypercall_page
    NOTE_QUAD   XEN_ELFNOTE_SUPPORTED_FEATURES, 0x8801
    .section .note.GNU-stack, "", @progbits
