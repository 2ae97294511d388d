/* SPDX-License-Identifier: MIT */
/*
 * start.h: ELF notes and the first instructions, as macros.
 *
 * PV_KERNEL, once in a kernel, makes it a PV kernel: its notes, and an entry `_start` on a stack of
 * its own that calls a C function with start_info as its argument. Link it so that PFN 0 is at
 * virt_base: pvguest.lds does. An assembly file gets the numbers alone.
 */
#ifndef PV_START_H
#define PV_START_H

#include "../xen/elfnote.h"

/* Where libpvguest's kernels see their PFN 0. */
#define PV_VIRT_BASE 0xffffffff80000000

#define PV_TEXT_(x) #x
#define PV_TEXT(x)  PV_TEXT_(x)

#ifndef __ASSEMBLY__

/* One note, at file scope: a string, or a number of 8 bytes (any constant the linker knows). */
#define PV_NOTE_(type, size, what)                                                                 \
    __asm__(".pushsection .note.Xen, \"a\", @note\n"                                               \
            ".balign 4\n"                                                                          \
            ".long 4, " size ", " PV_TEXT(type) "\n"                                               \
                                                ".asciz \"Xen\"\n"                                 \
                                                "771: " what "\n"                                  \
                                                "772: .balign 4\n"                                 \
                                                ".popsection\n")
#define PV_NOTE_STRING(type, text)  PV_NOTE_(type, "772f - 771f", ".asciz \"" text "\"")
#define PV_NOTE_NUMBER(type, value) PV_NOTE_(type, "8", ".quad " PV_TEXT(value))

/*
 * The whole kernel: name for tools, address of PFN 0, bytes of the boot stack (static, aligned to
 * its size: a power of two), and void main(struct start_info *), which does not return.
 */
#define PV_KERNEL(name, virt_base, stack_bytes, main)                                              \
    PV_NOTE_STRING(XEN_ELFNOTE_GUEST_OS, name);                                                    \
    PV_NOTE_STRING(XEN_ELFNOTE_XEN_VERSION, "xen-3.0");                                            \
    PV_NOTE_STRING(XEN_ELFNOTE_LOADER, "generic");                                                 \
    PV_NOTE_NUMBER(XEN_ELFNOTE_VIRT_BASE, virt_base);                                              \
    PV_NOTE_NUMBER(XEN_ELFNOTE_PADDR_OFFSET, 0);                                                   \
    PV_NOTE_NUMBER(XEN_ELFNOTE_ENTRY, _start);                                                     \
    PV_NOTE_NUMBER(XEN_ELFNOTE_SUPPORTED_FEATURES, PV_SUPPORTED);                                  \
    PV_ENTRY_(PV_TEXT(stack_bytes), PV_TEXT(main))

/* All registers but rsp and rsi are 0; DF is clear. The FPU is made ready for code that uses it. */
#define PV_ENTRY_(stack_bytes, main)                                                               \
    __asm__(".pushsection .bss.pv_stack, \"aw\", @nobits\n"                                        \
            ".balign " stack_bytes "\n"                                                            \
            ".globl pv_boot_stack\n"                                                               \
            "pv_boot_stack: .skip " stack_bytes "\n"                                               \
            ".popsection\n"                                                                        \
            ".pushsection .text.pv_start, \"ax\"\n"                                                \
            ".globl _start\n"                                                                      \
            "_start: leaq pv_boot_stack(%rip), %rsp\n"                                             \
            "addq $" stack_bytes ", %rsp\n"                                                        \
            "xorl %ebp, %ebp\n"                                                                    \
            "fninit\n"                                                                             \
            "pushq $0x1f80\n"                                                                      \
            "ldmxcsr (%rsp)\n"                                                                     \
            "popq %rax\n"                                                                          \
            "movq %rsi, %rdi\n"                                                                    \
            "call " main "\n"                                                                      \
            "1: ud2\n"                                                                             \
            "jmp 1b\n"                                                                             \
            ".popsection\n")

/* A bit of XENFEAT_*: dom0, that is, the kernel can be the control domain. */
#define PV_SUPPORTED 0x800

#endif

#endif
