/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the making of a pCPU: a stack of 32 KiB with struct cpu at its upper end, a page of
 * descriptors, a page of SYSCALL stubs.
 */
#include "boot/cpu.h"
#include "cpu/asm.h"
#include "cpu/control.h"
#include "cpu/descriptors.h"
#include "cpu/features.h"
#include "cpu/mapping.h"
#include "dom/idle.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/boot_memory.h"
#include "mm/heap.h"
#include "mm/tlb.h"

#define TRAMPOLINE                                                                                 \
    0x8000UL /* machine address: a page that no firmware uses while an operating system runs */

struct cpu *cpu_blocks[MAX_CPUS];
unsigned int cpu_count = 1;

extern uint8_t boot_cpu_stack[], trampoline_start[], trampoline_end[];
extern uint64_t trampoline_cr3, trampoline_stack, trampoline_entry, *const boot_l4_at;

static struct descriptor_page boot_descriptors __aligned(PAGE_SIZE);
extern uint8_t boot_cpu_stub[]; /* in the text: written before the strict map makes it read-only */
static uint64_t stub_address[MAX_CPUS];

static struct cpu *block_in(void *stack)
{
    return (struct cpu *)((char *)stack + STACK_SIZE - CPU_BLOCK_SIZE);
}

void boot_cpu_early(void)
{
    struct cpu *c = block_in(boot_cpu_stack);

    memset(c, 0, sizeof(*c));
    c->on_line = 1;
    cpu_blocks[0] = c;
    descriptor_pages[0] = &boot_descriptors;
    stub_address[0] = (uintptr_t)boot_cpu_stub;
    idt_init();
    descriptors_prepare(&boot_descriptors, c, boot_cpu_stub, (uintptr_t)boot_cpu_stub);
    descriptors_load(&boot_descriptors, (uintptr_t)boot_cpu_stub);
}

void trampoline_reserve(void)
{
    boot_memory_reserve(TRAMPOLINE, TRAMPOLINE + PAGE_SIZE);
}

void trampoline_release(void)
{
    boot_memory_release(TRAMPOLINE, TRAMPOLINE + PAGE_SIZE);
}

/* The first C of a further CPU: on its own stack, the boot tables loaded. */
static void cpu_start_c(void)
{
    struct cpu *c = this_cpu();

    write_cr3(image_paddr(idle_l4).a);
    c->loaded_cr3 = image_paddr(idle_l4).a;
    descriptors_load(descriptor_pages[c->id], stub_address[c->id]);
    features_check_cpu();
    cpu_init_registers();
    idle_start();
    smp_cpu_online();
}

/* A stub page is written through the heap's mapping and then made executable instead. */
static bool stub_make(unsigned int id, struct descriptor_page *page, struct cpu *c)
{
    uint8_t *stub = heap_alloc_pages(1);

    if (!stub)
        return false;
    descriptors_prepare(page, c, stub, (uintptr_t)stub);
    heap_make_executable(stub);
    stub_address[id] = (uintptr_t)stub;
    return true;
}

static void trampoline_fill(struct cpu *c)
{
    uint8_t *page = boot_identity(paddr(TRAMPOLINE));
    unsigned int i;

    memcpy(page, trampoline_start, (size_t)(trampoline_end - trampoline_start));
    for (i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
        boot_l4_at[i] = idle_l4[i];
    *(uint64_t *)(page + ((uint8_t *)&trampoline_cr3 - trampoline_start)) = (uintptr_t)boot_l4_at;
    *(uint64_t *)(page + ((uint8_t *)&trampoline_stack - trampoline_start)) = (uintptr_t)c;
    *(uint64_t *)(page + ((uint8_t *)&trampoline_entry - trampoline_start)) =
        (uintptr_t)cpu_start_c;
}

int cpu_prepare(unsigned int id, uint32_t apic_id)
{
    void *stack = heap_alloc_pages_aligned(STACK_PAGES);
    struct descriptor_page *page = heap_alloc_pages(1);
    struct cpu *c;

    if (!stack || !page || idle_create(id))
        return -ENOMEM;
    heap_unmap_guard((char *)stack + STACK_GUARD_PAGE * PAGE_SIZE);
    c = block_in(stack);
    c->id = id;
    c->apic_id = apic_id;
    descriptor_pages[id] = page;
    if (!stub_make(id, page, c))
        return -ENOMEM;
    cpu_blocks[id] = c;
    trampoline_fill(c);
    return TRAMPOLINE >> PAGE_SHIFT;
}
