/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the code in the hypercall page: 32 bytes a call, so that a guest calls page + 32 * number.
 * Pure.
 *
 * SYSCALL loses rcx and r11, so an entry saves them. The entry of IRET never returns: it completes
 * the frame whose flags word the guest has pushed, and expects rax, r11 and rcx as they were.
 */
#include <xen/xen.h>

#include "lib/string.h"
#include "pv/hypercall_page.h"

#define ENTRY_BYTES 32
#define ENTRIES     (PAGE_SIZE / ENTRY_BYTES)

static const uint8_t call_code[] = {
    0x51,                /* push %rcx */
    0x41, 0x53,          /* push %r11 */
    0xb8, 0,    0, 0, 0, /* mov $number, %eax */
    0x0f, 0x05,          /* syscall */
    0x41, 0x5b,          /* pop %r11 */
    0x59,                /* pop %rcx */
    0xc3,                /* ret */
};
#define CALL_NUMBER 4

static const uint8_t iret_code[] = {
    0x51,                /* push %rcx */
    0x41, 0x53,          /* push %r11 */
    0x50,                /* push %rax */
    0xb8, 0,    0, 0, 0, /* mov $number, %eax */
    0x0f, 0x05,          /* syscall */
};
#define IRET_NUMBER 5

void hypercall_page_fill(void *page)
{
    uint8_t *at = page;
    uint32_t i;

    memset(page, 0xcc, PAGE_SIZE); /* int3 where nobody should come */
    for (i = 0; i < ENTRIES; i++, at += ENTRY_BYTES) {
        if (i == __HYPERVISOR_iret) {
            memcpy(at, iret_code, sizeof(iret_code));
            memcpy(at + IRET_NUMBER, &i, sizeof(i));
        } else {
            memcpy(at, call_code, sizeof(call_code));
            memcpy(at + CALL_NUMBER, &i, sizeof(i));
        }
    }
}
