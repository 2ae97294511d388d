/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The switch of vector registers, with this machine's own CPU: each way that it has (FXSAVE, XSAVE,
 * XSAVEOPT) must bring back what a vCPU had, and a new vCPU must find nothing of another's. QEMU
 * can't show XSAVE without XSAVEOPT (docs/testing.md), so it is shown here.
 */
#include <cpuid.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/control.h"
#include "cpu/features.h"
#include "dom/fpu.h"
#include "mm/heap.h"
#include "unit.h"

struct cpu_features cpu_features;
static bool avx;

void *heap_alloc(size_t bytes)
{
    return calloc(1, bytes);
}

void heap_free(void *p)
{
    free(p);
}

void cpu_write_xcr0(uint64_t xcr0)
{
    (void)xcr0; /* the host's own stays */
}

static struct cpuid_leaf host_cpuid(uint32_t leaf, uint32_t sub)
{
    struct cpuid_leaf r;

    __cpuid_count(leaf, sub, r.a, r.b, r.c, r.d);
    return r;
}

/* Two registers that compilers leave alone in such small functions: SSE's part, and AVX's. */
static void registers_set(uint64_t value)
{
    uint64_t v[4] = {value, ~value, value + 1, value * 3};

    if (avx)
        __asm__ volatile("vmovdqu %0, %%ymm13\n vmovdqu %0, %%ymm14" ::"m"(v) : "xmm13", "xmm14");
    else
        __asm__ volatile("movdqu %0, %%xmm13\n movdqu %0, %%xmm14" ::"m"(v) : "xmm13", "xmm14");
}

static bool registers_are(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    uint64_t v[2][4] = {{0, 0, c, d}, {0, 0, c, d}};
    const uint64_t wanted[4] = {a, b, c, d};

    if (avx)
        __asm__ volatile("vmovdqu %%ymm13, %0\n vmovdqu %%ymm14, %1" : "=m"(v[0]), "=m"(v[1]));
    else
        __asm__ volatile("movdqu %%xmm13, %0\n movdqu %%xmm14, %1" : "+m"(v[0]), "+m"(v[1]));
    return !memcmp(v[0], wanted, sizeof(wanted)) && !memcmp(v[1], wanted, sizeof(wanted));
}

static bool registers_hold(uint64_t value)
{
    return registers_are(value, ~value, value + 1, value * 3);
}

static void switch_between_two(void)
{
    struct fpu one, two, fresh;
    bool first, second, third, again;

    EXPECT(!fpu_create(&one) && !fpu_create(&two) && !fpu_create(&fresh));
    registers_set(0x1111222233334444);
    fpu_save(&one);
    registers_set(0x5555666677778888);
    fpu_save(&two);
    fpu_load(&one);
    first = registers_hold(0x1111222233334444);
    fpu_load(&fresh);
    third = registers_are(0, 0, 0, 0);
    fpu_load(&two);
    second = registers_hold(0x5555666677778888);
    fpu_save(&two); /* nothing changed since: XSAVEOPT may write nothing */
    fpu_load(&one);
    fpu_load(&two);
    again = registers_hold(0x5555666677778888);
    EXPECT(first && second && third && again);
    fpu_destroy(&one);
    fpu_destroy(&two);
    fpu_destroy(&fresh);
}

static void use(bool xsave, bool xsaveopt)
{
    features_parse(&cpu_features, host_cpuid);
    if (!xsave) {
        cpu_features.xsave = false;
        cpu_features.xcr0 = XCR0_X87 | XCR0_SSE;
        cpu_features.xsave_size = 512;
    }
    cpu_features.xsaveopt = xsaveopt;
    avx = cpu_features.xcr0 & XCR0_AVX;
}

static void with_fxsave(void)
{
    use(false, false);
    switch_between_two();
}

static void with_xsave(void)
{
    use(true, false);
    switch_between_two();
}

static void with_xsaveopt(void)
{
    use(true, true);
    switch_between_two();
}

int main(void)
{
    struct cpu_features host;

    features_parse(&host, host_cpuid);
    RUN(with_fxsave);
    if (host.xsave && host_cpuid(1, 0).c & 1U << 27) /* and this machine's kernel has it on */
        RUN(with_xsave);
    if (host.xsaveopt && host_cpuid(1, 0).c & 1U << 27)
        RUN(with_xsaveopt);
    return UNIT_RESULT;
}
