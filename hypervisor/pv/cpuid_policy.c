/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the whitelist. Each mask lists what a guest in ring 3 can use as it is, or what the
 * hypervisor does for it.
 */
#include "pv/cpuid_policy.h"
#include "cpu/regs.h"
#include "lib/bits.h"
#include "lib/string.h"

#define B(n) (1U << (n))

/* leaf 1 */
#define F1C_SHOWN                                                                                  \
    (B(0) /* SSE3 */ | B(1) /* PCLMULQDQ */ | B(9) /* SSSE3 */ | B(12) /* FMA */ |                 \
     B(13) /* CMPXCHG16B */ | B(19) /* SSE4.1 */ | B(20) /* SSE4.2 */ | B(22) /* MOVBE */ |        \
     B(23) /* POPCNT */ | B(25) /* AES */ | B(26) /* XSAVE */ | B(28) /* AVX */ |                  \
     B(29) /* F16C */ | B(30) /* RDRAND */)
#define F1C_XSAVE      B(26)
#define F1C_OSXSAVE    B(27)
#define F1C_NEEDS_AVX  (B(12) | B(28) | B(29))
#define F1C_HYPERVISOR B(31)
#define FD_COMMON                                                                                  \
    (B(0) /* FPU */ | B(2) /* DE */ | B(4) /* TSC */ | B(5) /* MSR */ | B(6) /* PAE */ |           \
     B(7) /* MCE */ | B(8) /* CX8 */ | B(9) /* APIC */ | B(14) /* MCA */ | B(15) /* CMOV */ |      \
     B(16) /* PAT */ | B(23) /* MMX */ | B(24) /* FXSR */)
#define FD_MTRR   B(12)
#define F1D_SHOWN (FD_COMMON | FD_MTRR | B(19) /* CLFLUSH */ | B(25) /* SSE */ | B(26) /* SSE2 */)
#define F1D_SEP   B(11)
/* leaf 7 */
#define F7B_SHOWN                                                                                  \
    (B(3) /* BMI1 */ | B(5) /* AVX2 */ | B(6) /* FDP_EXCPTN */ | B(8) /* BMI2 */ |                 \
     B(9) /* ERMS */ | B(13) /* no FCS, FDS */ | B(18) /* RDSEED */ | B(19) /* ADX */ |            \
     B(23) /* CLFLUSHOPT */ | B(24) /* CLWB */ | B(29) /* SHA */)
#define F7C_SHOWN      (B(8) /* GFNI */ | B(9) /* VAES */ | B(10) /* VPCLMULQDQ */)
#define F7D_SHOWN      (B(4) /* FSRM */ | B(10) /* MD_CLEAR */)
#define F71A_SHOWN     (B(4) /* AVX_VNNI */ | B(10) | B(11) | B(12) /* fast short REP */)
#define F7B_NEEDS_AVX  B(5)
#define F7C_NEEDS_AVX  (B(9) | B(10))
#define F71A_NEEDS_AVX B(4)
/* leaf 0xd.1 */
#define FD1A_SHOWN (B(0) /* XSAVEOPT */ | B(1) /* XSAVEC */ | B(2) /* XGETBV with ecx 1 */)
/* extended leaves */
#define E1C_SHOWN                                                                                  \
    (B(0) /* LAHF */ | B(5) /* LZCNT */ | B(6) /* SSE4A */ | B(7) /* MISALIGNSSE */ |              \
     B(8) /* PREFETCHW */ | B(11) /* XOP */ | B(16) /* FMA4 */ | B(21) /* TBM */)
#define E1C_NEEDS_AVX (B(11) | B(16))
#define E1D_SHOWN                                                                                  \
    (FD_COMMON | FD_MTRR | B(11) /* SYSCALL */ | B(20) /* NX */ | B(22) /* MMXEXT */ |             \
     B(29) /* long mode */)
#define E7D_ITSC    B(8)
#define E8B_SHOWN   B(0) /* CLZERO */
#define E21A_LFENCE B(2) /* LFENCE waits for all before it */
#define E21A_SHOWN  (E21A_LFENCE | B(6) /* null selectors clear the base */)

#define EXT(n) ((n)-0x80000000U)

static bool has_avx(const struct cpuid_policy *p)
{
    return p->xcr0 & XCR0_AVX;
}

static void basic_leaves(struct cpuid_policy *p, const struct cpu_features *f, bool control,
                         cpuid_reader read)
{
    struct cpuid_leaf r = read(0, 0);
    unsigned int i;

    p->basic[0] = r;
    p->basic[0].a = MIN(r.a, POLICY_BASIC - 1U);

    r = read(1, 0);
    p->basic[1].a = r.a;
    p->basic[1].b = r.b & 0xff00; /* the size of a cache line; no APIC number, no siblings */
    p->basic[1].c = (r.c & F1C_SHOWN) | F1C_HYPERVISOR;
    p->basic[1].d = r.d & (F1D_SHOWN | (f->intel ? F1D_SEP : 0));
    if (!control)
        p->basic[1].d &= ~FD_MTRR;
    if (p->xcr0)
        p->basic[1].c |=
            F1C_OSXSAVE; /* a PV kernel takes its absence for a hypervisor without XSAVE */
    else
        p->basic[1].c &= ~F1C_XSAVE;
    if (!has_avx(p))
        p->basic[1].c &= ~F1C_NEEDS_AVX;

    if (f->max_leaf >= 2)
        p->basic[2] = read(2, 0);
    for (i = 0; f->max_leaf >= 4 && i < POLICY_CACHES; i++) {
        p->cache[i] = read(4, i);
        if (!(p->cache[i].a & 0x1f))
            break;
        p->cache[i].a &= 0x3fff; /* how many CPUs share it stays hidden */
    }
}

static void feature_leaves(struct cpuid_policy *p, const struct cpu_features *f, cpuid_reader read)
{
    struct cpuid_leaf r;

    if (f->max_leaf < 7)
        return;
    r = read(7, 0);
    p->feature[0].a = MIN(r.a, POLICY_FEATURES - 1U);
    p->feature[0].b = r.b & F7B_SHOWN & ~(has_avx(p) ? 0 : F7B_NEEDS_AVX);
    p->feature[0].c = r.c & F7C_SHOWN & ~(has_avx(p) ? 0 : F7C_NEEDS_AVX);
    p->feature[0].d = r.d & F7D_SHOWN;
    if (p->feature[0].a)
        p->feature[1].a = read(7, 1).a & F71A_SHOWN & ~(has_avx(p) ? 0 : F71A_NEEDS_AVX);
}

static void xstate_leaves(struct cpuid_policy *p, cpuid_reader read)
{
    if (!p->xcr0)
        return;
    p->xstate[1].a = read(0xd, 1).a & FD1A_SHOWN;
    if (has_avx(p)) {
        p->xstate[2] = read(0xd, 2);
        p->xstate[2].c &= 2; /* its alignment in the compacted form */
        p->xstate[2].d = 0;
    }
}

static void extended_leaves(struct cpuid_policy *p, const struct cpu_features *f, bool control,
                            cpuid_reader read)
{
    struct cpuid_leaf *ext = p->ext;
    uint32_t max = MIN(f->max_ext_leaf, 0x80000000U + POLICY_EXT - 1), leaf;
    struct cpuid_leaf r;

    if (max < 0x80000000)
        return;
    ext[0] = read(0x80000000, 0);
    ext[0].a = f->lfence_serialises ? 0x80000021U : max;
    if (max >= 0x80000001) {
        r = read(0x80000001, 0);
        ext[1].a = r.a;
        ext[1].c = r.c & E1C_SHOWN & ~(has_avx(p) ? 0 : E1C_NEEDS_AVX);
        ext[1].d = r.d & E1D_SHOWN & ~(control ? 0 : FD_MTRR);
    }
    for (leaf = 0x80000002; leaf <= MIN(max, 0x80000006U); leaf++)
        ext[EXT(leaf)] = read(leaf, 0);
    if (f->invariant_tsc && control)
        ext[EXT(0x80000007)].d = E7D_ITSC;
    if (max >= 0x80000008) {
        r = read(0x80000008, 0);
        ext[EXT(0x80000008)].a = r.a & 0xffff;
        ext[EXT(0x80000008)].b = r.b & E8B_SHOWN;
    }
    if (max >= 0x80000021)
        ext[EXT(0x80000021)].a = read(0x80000021, 0).a & E21A_SHOWN;
    if (f->lfence_serialises)
        ext[EXT(0x80000021)].a |= E21A_LFENCE;
}

void cpuid_policy_default(struct cpuid_policy *p, const struct cpu_features *f, bool control,
                          cpuid_reader read)
{
    memset(p, 0, sizeof(*p));
    p->xcr0 = f->xsave ? f->xcr0 : 0;
    basic_leaves(p, f, control, read);
    feature_leaves(p, f, read);
    xstate_leaves(p, read);
    extended_leaves(p, f, control, read);
}

/* Bytes of a save area with these components; `compact`: in the compacted form. */
static uint32_t area_size(const struct cpuid_policy *p, uint64_t xcr0, bool compact)
{
    uint32_t size = 576; /* legacy area and header */

    if (!(xcr0 & XCR0_AVX))
        return size;
    if (!compact)
        return p->xstate[2].a + p->xstate[2].b;
    if (p->xstate[2].c & 2)
        size = (uint32_t)ROUND_UP(size, 64);
    return size + p->xstate[2].a;
}

static struct cpuid_leaf xstate_read(const struct cpuid_policy *p, const struct cpuid_vcpu *v,
                                     uint32_t sub)
{
    struct cpuid_leaf r = {0};

    if (!p->xcr0 || sub >= POLICY_XSTATES)
        return r;
    r = p->xstate[sub];
    if (sub == 0) {
        r.a = (uint32_t)p->xcr0;
        r.b = area_size(p, v->xcr0, false);
        r.c = area_size(p, p->xcr0, false);
        r.d = (uint32_t)(p->xcr0 >> 32);
    } else if (sub == 1 && r.a & B(1)) {
        r.b = area_size(p, v->xcr0, true);
    }
    return r;
}

struct cpuid_leaf cpuid_policy_read(const struct cpuid_policy *p, const struct cpuid_vcpu *v,
                                    uint32_t leaf, uint32_t sub)
{
    struct cpuid_leaf r = {0};

    if (leaf >= 0x80000000)
        return leaf <= p->ext[0].a && EXT(leaf) < POLICY_EXT ? p->ext[EXT(leaf)] : r;
    if (leaf > p->basic[0].a || leaf >= POLICY_BASIC)
        return r;
    switch (leaf) {
    case 1:
        r = p->basic[1];
        if (v->hide_osxsave)
            r.c &= ~F1C_OSXSAVE;
        return r;
    case 4:
        return sub < POLICY_CACHES ? p->cache[sub] : r;
    case 7:
        return sub < POLICY_FEATURES ? p->feature[sub] : r;
    case 0xd:
        return xstate_read(p, v, sub);
    default:
        return p->basic[leaf];
    }
}

uint64_t cpuid_policy_cr4(const struct cpuid_policy *p)
{
    return CR4_TSD | CR4_DE | (p->basic[1].c & F1C_XSAVE ? CR4_OSXSAVE : 0);
}
