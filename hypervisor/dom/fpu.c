/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the saving and loading of floating-point and vector registers.
 *
 * All components that the hypervisor offers are saved and loaded, whatever the guest has in its own
 * XCR0: a component it turned off keeps its contents in the registers, and they must not reach the
 * next vCPU. Areas are in the standard form.
 */
#include "dom/fpu.h"
#include "cpu/asm.h"
#include "cpu/control.h"
#include "cpu/features.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/heap.h"

#define AREA_ALIGN         64
#define FCW_INITIAL        0x37f
#define MXCSR_INITIAL      0x1f80
#define MXCSR_MASK_DEFAULT 0xffbf

struct fxsave {
    uint16_t fcw, fsw;
    uint8_t ftw, reserved;
    uint16_t fop;
    uint64_t fip, fdp;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t st[128], xmm[256], rest[96];
};
_Static_assert(sizeof(struct fxsave) == 512, "the manual's size");

struct xsave_header {
    uint64_t xstate_bv, xcomp_bv, reserved[6];
};

static struct xsave_header *header(const struct fpu *f)
{
    return (struct xsave_header *)((uint8_t *)f->area + sizeof(struct fxsave));
}

static void set_initial(struct fpu *f)
{
    struct fxsave *fx = f->area;

    memset(f->area, 0, cpu_features.xsave_size);
    fx->fcw = FCW_INITIAL;
    fx->mxcsr = MXCSR_INITIAL;
}

int fpu_create(struct fpu *f)
{
    f->memory = heap_alloc(cpu_features.xsave_size + AREA_ALIGN);
    if (!f->memory)
        return -ENOMEM;
    f->area = (void *)ROUND_UP((uintptr_t)f->memory, AREA_ALIGN);
    f->xcr0 = XCR0_X87;
    set_initial(f);
    return 0;
}

void fpu_destroy(struct fpu *f)
{
    heap_free(f->memory);
    f->memory = f->area = NULL;
}

void fpu_save(struct fpu *f)
{
    uint32_t lo = (uint32_t)cpu_features.xcr0, hi = (uint32_t)(cpu_features.xcr0 >> 32);
    uint8_t *area = f->area;

    clts();
    cpu_write_xcr0(cpu_features.xcr0);
    if (cpu_features.xsaveopt)
        __asm__ volatile("xsaveopt64 (%0)" ::"r"(area), "a"(lo), "d"(hi) : "memory");
    else if (cpu_features.xsave)
        __asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(lo), "d"(hi) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
}

/* Such CPUs load the error pointers only when an exception is pending: what the last vCPU left
 * there is overwritten first. */
static void forget_pointers(void)
{
    static const uint32_t zero;

    __asm__ volatile("fnclex\n"
                     "emms\n"
                     "fildl %0" ::"m"(zero));
}

void fpu_load(const struct fpu *f)
{
    uint32_t lo = (uint32_t)cpu_features.xcr0, hi = (uint32_t)(cpu_features.xcr0 >> 32);
    const uint8_t *area = f->area;

    clts();
    if (cpu_features.fxsave_skips_pointers)
        forget_pointers();
    cpu_write_xcr0(cpu_features.xcr0);
    if (cpu_features.xsave)
        __asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"(lo), "d"(hi) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
    cpu_write_xcr0(f->xcr0);
}

/*
 * Not on the stack: that is aligned to 8 bytes only, and FXSAVE faults on what is not to 16. Two
 * CPUs at once write the same mask.
 */
static uint32_t mxcsr_mask(void)
{
    static struct fxsave fx __aligned(16);

    clts();
    __asm__ volatile("fxsave64 %0" : "=m"(fx));
    return fx.mxcsr_mask ? fx.mxcsr_mask : MXCSR_MASK_DEFAULT;
}

void fpu_set_legacy(struct fpu *f, const void *fxsave)
{
    static uint32_t mask;
    struct fxsave *fx = f->area;

    if (!mask) {
        uint64_t flags = irq_save();
        uint64_t cr0 = read_cr0();

        mask = mxcsr_mask();
        write_cr0(cr0);
        irq_restore(flags);
    }
    set_initial(f);
    memcpy(fx, fxsave, sizeof(*fx));
    fx->mxcsr &= mask;
    fx->mxcsr_mask = mask;
    memset(fx->rest, 0, sizeof(fx->rest));
    if (cpu_features.xsave)
        header(f)->xstate_bv = XCR0_X87 | XCR0_SSE;
}

void fpu_get_legacy(const struct fpu *f, void *fxsave)
{
    struct fxsave *out = fxsave;

    memcpy(out, f->area, sizeof(*out));
    if (!cpu_features.xsave)
        return;
    if (!(header(f)->xstate_bv & XCR0_X87)) {
        memset(out, 0, offsetof(struct fxsave, mxcsr));
        memset(out->st, 0, sizeof(out->st));
        out->fcw = FCW_INITIAL;
    }
    if (!(header(f)->xstate_bv & XCR0_SSE))
        memset(out->xmm, 0, sizeof(out->xmm));
}

int fpu_xsetbv(struct fpu *f, uint32_t reg, uint64_t value)
{
    if (reg || !cpu_features.xsave || !xcr0_legal(value, cpu_features.xcr0))
        return -EINVAL;
    f->xcr0 = value;
    cpu_write_xcr0(value);
    return 0;
}
