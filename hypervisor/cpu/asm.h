/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the single instructions that C has no word for. Nothing here has a policy.
 */
#ifndef CPU_ASM_H
#define CPU_ASM_H

#include "cpu/cpuid.h"
#include "cpu/regs.h"
#include "lib/types.h"

#define READ_CR(n)                                                                                 \
    static inline uint64_t read_cr##n(void)                                                        \
    {                                                                                              \
        uint64_t v;                                                                                \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(v));                                          \
        return v;                                                                                  \
    }
#define WRITE_CR(n)                                                                                \
    static inline void write_cr##n(uint64_t v)                                                     \
    {                                                                                              \
        __asm__ volatile("mov %0, %%cr" #n ::"r"(v) : "memory");                                   \
    }
READ_CR(0)
READ_CR(2)
READ_CR(3)
READ_CR(4)
WRITE_CR(0)
WRITE_CR(2)
WRITE_CR(3)
WRITE_CR(4)

#define DEBUG_REG(n)                                                                               \
    static inline uint64_t read_dr##n(void)                                                        \
    {                                                                                              \
        uint64_t v;                                                                                \
        __asm__ volatile("mov %%dr" #n ", %0" : "=r"(v));                                          \
        return v;                                                                                  \
    }                                                                                              \
    static inline void write_dr##n(uint64_t v)                                                     \
    {                                                                                              \
        __asm__ volatile("mov %0, %%dr" #n ::"r"(v));                                              \
    }
DEBUG_REG(0)
DEBUG_REG(1)
DEBUG_REG(2)
DEBUG_REG(3)
DEBUG_REG(6)
DEBUG_REG(7)

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo, hi;

    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return (uint64_t)hi << 32 | lo;
}

static inline void wrmsr(uint32_t msr, uint64_t v)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}

/*
 * As rdmsr and wrmsr; false instead of a fault when the CPU has no such register or refuses the
 * value.
 */
bool rdmsr_safe(uint32_t msr, uint64_t *v) __must_check;
bool wrmsr_safe(uint32_t msr, uint64_t v) __must_check;

static inline uint64_t rdtsc(void)
{
    uint32_t lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

static inline struct cpuid_leaf cpuid(uint32_t leaf, uint32_t sub)
{
    struct cpuid_leaf r;

    __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
    return r;
}

#define PORT_IO(suffix, type, reg)                                                                 \
    static inline type in##suffix(uint16_t port)                                                   \
    {                                                                                              \
        type v;                                                                                    \
        __asm__ volatile("in %1, %0" : "=a"(v) : "Nd"(port));                                      \
        return v;                                                                                  \
    }                                                                                              \
    static inline void out##suffix(uint16_t port, type v)                                          \
    {                                                                                              \
        __asm__ volatile("out %0, %1" ::"a"(v), "Nd"(port));                                       \
    }
PORT_IO(b, uint8_t, al)
PORT_IO(w, uint16_t, ax)
PORT_IO(l, uint32_t, eax)

static inline void irq_disable(void)
{
    __asm__ volatile("cli" ::: "memory");
}

static inline void irq_enable(void)
{
    __asm__ volatile("sti" ::: "memory");
}

/* Disables interrupts; returns RFLAGS as they were, for irq_restore. */
static inline uint64_t irq_save(void)
{
    uint64_t flags;

    __asm__ volatile("pushfq; popq %0; cli" : "=r"(flags)::"memory");
    return flags;
}

static inline void irq_restore(uint64_t flags)
{
    if (flags & RFLAGS_IF)
        irq_enable();
}

static inline bool irq_enabled(void)
{
    uint64_t flags;

    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    return flags & RFLAGS_IF;
}

static inline void cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}

/* Waits for an interrupt; interrupts go on exactly when the wait begins, so that none is missed. */
static inline void irq_enable_and_halt(void)
{
    __asm__ volatile("sti; hlt" ::: "memory");
}

static inline void invlpg(uint64_t va)
{
    __asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}

static inline void wbinvd(void)
{
    __asm__ volatile("wbinvd" ::: "memory");
}

static inline void clts(void)
{
    __asm__ volatile("clts");
}

#define MSR_APIC_BASE             0x1b
#define MSR_SPEC_CTRL             0x48
#define MSR_PRED_CMD              0x49
#define MSR_UCODE_REV             0x8b
#define MSR_ARCH_CAPABILITIES     0x10a
#define MSR_MISC_FEATURES_ENABLES 0x140
#define MSR_SYSENTER_CS           0x174
#define MSR_SYSENTER_ESP          0x175
#define MSR_SYSENTER_EIP          0x176
#define MSR_PLATFORM_INFO         0xce
#define MSR_PAT                   0x277
#define MSR_X2APIC                0x800
#define MSR_EFER                  0xc0000080
#define MSR_STAR                  0xc0000081
#define MSR_LSTAR                 0xc0000082
#define MSR_CSTAR                 0xc0000083
#define MSR_SFMASK                0xc0000084
#define MSR_FS_BASE               0xc0000100
#define MSR_GS_BASE               0xc0000101
#define MSR_KERNEL_GS_BASE        0xc0000102
#define MSR_TSC_AUX               0xc0000103
#define MSR_DE_CFG                0xc0011029

#define EFER_SCE 0x1
#define EFER_LME 0x100
#define EFER_LMA 0x400
#define EFER_NX  0x800

#endif
