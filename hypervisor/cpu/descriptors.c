/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the descriptor tables. One IDT serves all CPUs; each CPU has a page with its part of the GDT
 * and its TSS.
 *
 * The guest's own GDT pages come before that page at addresses of the vCPU's region, so the
 * selectors are the same everywhere; the limit ends behind our last descriptor.
 */
#include "cpu/descriptors.h"
#include "cpu/asm.h"
#include "lib/string.h"

struct gate {
    uint16_t offset0, selector;
    uint16_t type;
    uint16_t offset1;
    uint32_t offset2, reserved;
};

#define GATE_INTERRUPT 0x8e00
#define GATE_DPL3      0x6000
#define STUB_LSTAR     0
#define STUB_CSTAR     64

struct descriptor_page *descriptor_pages[MAX_CPUS];
static struct gate idt[256] __aligned(PAGE_SIZE);

extern uint8_t entry_stubs[], stub_template[], stub_template_end[];
extern uint8_t syscall_entry[], syscall32_entry[], sysenter_entry[];

enum { IST_DB = 1, IST_NMI, IST_MCE, IST_DF };

static unsigned int vector_ist(unsigned int vector)
{
    switch (vector) {
    case TRAP_DB:
        return IST_DB;
    case TRAP_NMI:
        return IST_NMI;
    case TRAP_MC:
        return IST_MCE;
    case TRAP_DF:
        return IST_DF;
    default:
        return 0;
    }
}

void idt_init(void)
{
    unsigned int v;

    for (v = 0; v < 256; v++) {
        uint64_t to = (uintptr_t)entry_stubs + 16 * v;
        bool guest = v == TRAP_BP || v == TRAP_OF || v == VECTOR_GUEST_INT80;

        idt[v] = (struct gate){
            .offset0 = (uint16_t)to,
            .selector = SEL_HV_CS,
            .type = (uint16_t)(GATE_INTERRUPT | (guest ? GATE_DPL3 : 0) | vector_ist(v)),
            .offset1 = (uint16_t)(to >> 16),
            .offset2 = (uint32_t)(to >> 32),
        };
    }
}

static void stub_write(uint8_t *stub, uint64_t run, struct cpu *cpu, const uint8_t *target)
{
    uint64_t to = (uintptr_t)target;
    int32_t rel;

    memcpy(stub, stub_template, (size_t)(stub_template_end - stub_template));
    rel = (int32_t)((uintptr_t)&cpu->guest_rsp - (run + 7));
    memcpy(stub + 3, &rel, 4);
    rel = (int32_t)((uintptr_t)cpu + FRAME_ES - (run + 14));
    memcpy(stub + 10, &rel, 4);
    memcpy(stub + 20, &to, 8); /* the jump takes the eight bytes right behind it */
}

static void system_descriptor(uint64_t *d, uint64_t base, uint32_t limit, unsigned int type)
{
    d[0] = (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56 | (limit & 0xffff) |
           (uint64_t)type << 40 | 1UL << 47;
    d[1] = base >> 32;
}

void descriptors_prepare(struct descriptor_page *page, struct cpu *cpu, uint8_t *stub,
                         uint64_t stub_run)
{
    uint64_t stack = (uintptr_t)cpu & ~(uint64_t)(STACK_SIZE - 1);
    uint64_t *gdt = page->gdt;

    memset(page, 0, sizeof(*page));
    gdt[(SEL_HV_CS - GDT_RESERVED_FIRST) / 8] = 0x00af9b000000ffff;
    gdt[(SEL_HV_DS - GDT_RESERVED_FIRST) / 8] = 0x00cf93000000ffff;
    gdt[(SEL_GUEST_CS32 - GDT_RESERVED_FIRST) / 8] = 0x00cffb000000ffff;
    gdt[(SEL_GUEST_DS - GDT_RESERVED_FIRST) / 8] = 0x00cff3000000ffff;
    gdt[(SEL_GUEST_CS64 - GDT_RESERVED_FIRST) / 8] = 0x00affb000000ffff;
    system_descriptor(&gdt[(SEL_TSS - GDT_RESERVED_FIRST) / 8], (uintptr_t)&page->tss,
                      sizeof(page->tss) - 1, 9);
    page->tss.rsp[0] = (uintptr_t)cpu + FRAME_ES;
    page->tss.ist[IST_DB - 1] = stack + STACK_DB;
    page->tss.ist[IST_NMI - 1] = stack + STACK_NMI;
    page->tss.ist[IST_MCE - 1] = stack + STACK_MCE;
    page->tss.ist[IST_DF - 1] = stack + STACK_DF;
    page->tss.io_map = sizeof(page->tss); /* no bitmap: every port access of a guest traps */

    stub_write(stub + STUB_LSTAR, stub_run + STUB_LSTAR, cpu, syscall_entry);
    stub_write(stub + STUB_CSTAR, stub_run + STUB_CSTAR, cpu, syscall32_entry);
}

static void gdt_load(const struct descriptor_page *page)
{
    struct descriptor_ptr p = {GDT_LIMIT, (uintptr_t)page->gdt - GDT_RESERVED_FIRST};

    __asm__ volatile("lgdt %0" ::"m"(p));
}

void descriptors_use_own(void)
{
    gdt_load(descriptor_pages[cpu_id()]);
}

void ldt_load(uint64_t va, unsigned int entries)
{
    uint64_t *d = &descriptor_pages[cpu_id()]->gdt[(SEL_LDT - GDT_RESERVED_FIRST) / 8];
    uint16_t sel = 0;

    if (entries) {
        system_descriptor(d, va, entries * 8 - 1, 2);
        sel = SEL_LDT;
    }
    __asm__ volatile("lldt %0" ::"r"(sel));
}

void descriptors_load(struct descriptor_page *page, uint64_t stub_run)
{
    struct descriptor_ptr p = {sizeof(idt) - 1, (uintptr_t)idt};

    gdt_load(page);
    __asm__ volatile("pushq %0\n"
                     "leaq 1f(%%rip), %%rax\n"
                     "pushq %%rax\n"
                     "lretq\n"
                     "1: mov %1, %%ss\n" ::"i"(SEL_HV_CS),
                     "r"(0)
                     : "rax", "memory");
    __asm__ volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs" ::"r"(0));
    __asm__ volatile("lidt %0" ::"m"(p));
    __asm__ volatile("ltr %0" ::"r"((uint16_t)SEL_TSS));
    __asm__ volatile("lldt %0" ::"r"((uint16_t)0));

    wrmsr(MSR_STAR, (uint64_t)SEL_GUEST_CS32 << 48 | (uint64_t)SEL_HV_CS << 32);
    wrmsr(MSR_LSTAR, stub_run + STUB_LSTAR);
    wrmsr(MSR_CSTAR, stub_run + STUB_CSTAR);
    wrmsr(MSR_SFMASK, RFLAGS_VM | RFLAGS_RF | RFLAGS_NT | RFLAGS_DF | RFLAGS_IF | RFLAGS_TF |
                          RFLAGS_AC | RFLAGS_IOPL | 0xff);
    wrmsr(MSR_SYSENTER_CS, SEL_HV_CS);
    wrmsr(MSR_SYSENTER_ESP, page->tss.rsp[0]);
    wrmsr(MSR_SYSENTER_EIP, (uintptr_t)sysenter_entry);
}
