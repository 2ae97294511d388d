/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns GDT, TSS, IDT and the system-call registers of each pCPU.
 */
#ifndef CPU_DESCRIPTORS_H
#define CPU_DESCRIPTORS_H

#include "cpu/percpu.h"
#include "lib/types.h"

struct descriptor_ptr {
    uint16_t limit;
    uint64_t base;
} __packed;

/* A pCPU's page of descriptors: the GDT's fifteenth page, with the TSS behind the limit. */
struct descriptor_page {
    uint64_t gdt[16]; /* selectors from GDT_RESERVED_FIRST on */
    uint64_t pad[16];
    struct {
        uint32_t reserved0;
        uint64_t rsp[3];
        uint64_t reserved1;
        uint64_t ist[7];
        uint64_t reserved2;
        uint16_t reserved3, io_map;
    } __packed tss;
};

/*
 * Fills the page of a CPU whose block is `cpu`, and its SYSCALL stubs (written at `stub`, run at
 * `stub_run`).
 */
void descriptors_prepare(struct descriptor_page *page, struct cpu *cpu, uint8_t *stub,
                         uint64_t stub_run);

/*
 * Loads GDT (at its own address, in no domain's tables), TSS, IDT and system-call registers on this
 * CPU.
 */
void descriptors_load(struct descriptor_page *page, uint64_t stub_run);

/* Loads the pCPU's own GDT: before tables are left in which the guest's GDT is mapped. */
void descriptors_use_own(void);

extern struct descriptor_page *descriptor_pages[MAX_CPUS];

/* A vector that a guest may not see: fills the IDT once, on the boot CPU. */
void idt_init(void);

/* Points LDTR at `entries` descriptors at va, or at nothing for 0 entries. */
void ldt_load(uint64_t va, unsigned int entries);

#endif
