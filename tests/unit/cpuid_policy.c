/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is read from CPUID and what guests read from it, on fakes of two of QEMU's CPU models: one
 * without XSAVE (AMD's vendor) and one with AVX2 (Intel's). No feature that a guest's kernel would
 * have to manage may be seen.
 */
#include <string.h>

#include "cpu/features.h"
#include "pv/cpuid_policy.h"
#include "pv/policy_list.h"
#include "unit.h"

struct fake {
    uint32_t leaf, sub;
    struct cpuid_leaf r;
};

static const struct fake qemu64[] = {
    {0, 0, {0xd, 0x68747541, 0x444d4163, 0x69746e65}},
    {1, 0, {0x60fb1, 0x02000800, 0x80202001, 0x078bfbfd}},
    {0x80000000, 0, {0x8000000a, 0x68747541, 0x444d4163, 0x69746e65}},
    {0x80000001, 0, {0x60fb1, 0, 0x5, 0x2191dbfd | 1 << 17}},
    {0x80000008, 0, {0x3028, 0, 0x1000, 0}},
    {0x8000000a, 0, {1, 16, 0, 0}},
};

static const struct fake haswell[] = {
    {0, 0, {0xd, 0x756e6547, 0x6c65746e, 0x49656e69}},
    {1, 0, {0x306c4, 0x01020800, 0xfffa3203, 0x178bfbff}},
    {7, 0, {0, 0x7a9 | 1 << 20 | 1 << 0, 1 << 2 | 1 << 3 | 1 << 16, 0xac000400}},
    {4, 0, {0x1c000121, 0x1c0003f, 0x3f, 1}},
    {5, 0, {0x40, 0x40, 3, 0x1120}},
    {6, 0, {4, 0, 0, 0}},
    {0xa, 0, {0x07300404, 0, 0, 0x603}},
    {0xb, 0, {0, 1, 0x100, 1}},
    {0xd, 0, {0x207, 0x340, 0xa88, 0}},
    {0xd, 1, {0xf, 0x340, 0, 0}},
    {0xd, 2, {0x100, 0x240, 0, 0}},
    {0xd, 9, {8, 0xa80, 0, 0}},
    {0x80000000, 0, {0x80000008, 0, 0, 0}},
    {0x80000001, 0, {0, 0, 0x21, 0x2c100800}},
    {0x80000007, 0, {0, 0, 0, 0x100}},
    {0x80000008, 0, {0x3027, 0, 0, 0}},
};

static const struct fake *fakes;
static size_t fake_count;

static struct cpuid_leaf fake_read(uint32_t leaf, uint32_t sub)
{
    size_t i;

    for (i = 0; i < fake_count; i++) {
        if (fakes[i].leaf == leaf && fakes[i].sub == sub)
            return fakes[i].r;
    }
    return (struct cpuid_leaf){0};
}

static struct cpu_features f;
static struct cpuid_policy control, guest;
static struct cpuid_vcpu vcpu;

static void use(const struct fake *list, size_t n)
{
    fakes = list;
    fake_count = n;
    features_parse(&f, fake_read);
    cpuid_policy_default(&control, &f, true, fake_read);
    cpuid_policy_default(&guest, &f, false, fake_read);
    vcpu = (struct cpuid_vcpu){.xcr0 = 1};
}
#define USE(list) use(list, sizeof(list) / sizeof((list)[0]))

static struct cpuid_leaf ask(const struct cpuid_policy *p, uint32_t leaf, uint32_t sub)
{
    return cpuid_policy_read(p, &vcpu, leaf, sub);
}

static bool is_zero(struct cpuid_leaf r)
{
    return !(r.a | r.b | r.c | r.d);
}

static void features_of_qemu64(void)
{
    USE(qemu64);
    EXPECT(f.amd && !f.intel && !strcmp(f.vendor, "AuthenticAMD"));
    EXPECT(f.family == 0xf && f.model == 0x6b && f.stepping == 1);
    EXPECT(f.phys_bits == 40 && f.nx && f.pge && f.pat && f.fxsr && f.x2apic);
    EXPECT(!f.xsave && f.xsave_size == 512 && f.xcr0 == 3 && !f.smap && !f.l1tf &&
           !f.invariant_tsc);
    EXPECT(f.fxsave_skips_pointers && f.lfence_serialises);
}

static void features_of_others(void)
{
    static const struct fake liar[] = {{0x80000000, 0, {0x80000008, 0, 0, 0}},
                                       {0x80000008, 0, {0x3008, 0, 0, 0}}};

    USE(liar);
    EXPECT(f.phys_bits == 32); /* pte_check() works with no fewer */
    USE(haswell);
    EXPECT(f.intel && f.family == 6 && f.model == 0x3c && f.l1tf);
    EXPECT(f.smep && f.smap && f.fsgsbase && f.umip && f.xsave && f.xsaveopt && f.xsavec);
    EXPECT(f.xcr0 == 7 && f.xsave_size == 832); /* PKRU is there and not offered */
    EXPECT(f.invariant_tsc && f.tsc_deadline && f.arat && f.ibpb && f.phys_bits == 39);
    EXPECT(!f.fxsave_skips_pointers);
}

static void differing_cpus(void)
{
    struct cpu_features other;

    USE(haswell);
    other = f;
    EXPECT(!features_missing(&f, &other));
    other.smap = false;
    EXPECT(!strcmp(features_missing(&f, &other), "SMAP"));
    EXPECT(!features_missing(&other, &f)); /* more is no harm */
    other = f;
    other.xcr0 = 3;
    EXPECT(features_missing(&f, &other));
}

/* The values that Debian's kernels were seen to read on this CPU model. */
static void policy_of_qemu64(void)
{
    struct cpuid_leaf r;

    USE(qemu64);
    r = ask(&control, 1, 0);
    EXPECT(r.a == 0x60fb1 && r.b == 0x800 && r.c == 0x80002001 && r.d == 0x789d3f5);
    r = ask(&guest, 1, 0);
    EXPECT(r.c == 0x80002001 && r.d == 0x789c3f5);
    r = ask(&control, 0x80000001, 0);
    EXPECT(r.c == 1 && r.d == 0x2191dbf5);
    r = ask(&guest, 0x80000001, 0);
    EXPECT(r.d == 0x2191cbf5);
    r = ask(&guest, 0x80000000, 0);
    EXPECT(r.a == 0x80000021 && r.b == 0x68747541);
    r = ask(&guest, 0x80000008, 0);
    EXPECT(r.a == 0x3028 && !r.b && !r.c && !r.d);
    EXPECT(ask(&guest, 0x80000021, 0).a == 4);
    EXPECT(ask(&guest, 0, 0).a == 0xd);
    EXPECT(is_zero(ask(&guest, 7, 0)) && is_zero(ask(&guest, 0xd, 0)) &&
           is_zero(ask(&guest, 0xd, 1)));
    EXPECT(is_zero(ask(&guest, 0x8000000a, 0)) && is_zero(ask(&guest, 6, 0)));
    EXPECT(!(cpuid_policy_cr4(&guest) >> 18 & 1));
}

static void policy_of_haswell(void)
{
    struct cpuid_leaf r;

    USE(haswell);
    r = ask(&guest, 1, 0);
    EXPECT(r.c >> 26 & 1 && r.c >> 28 & 1 && r.c >> 27 & 1 && r.c >> 31);
    EXPECT(!(r.c & (1 << 3 | 1 << 5 | 1 << 17 | 1 << 21 |
                    1 << 24))); /* MONITOR, VMX, PCID, x2APIC, deadline */
    EXPECT(
        !(r.d & (1 << 1 | 1 << 3 | 1 << 13 | 1 << 17 | 1 << 28))); /* VME, PSE, PGE, PSE36, HTT */
    EXPECT(r.d >> 11 & 1 && !(r.b >> 16));
    r = ask(&guest, 7, 0);
    EXPECT(r.b >> 5 & 1 && !(r.b & (1U << 0 | 1U << 7 | 1U << 10 |
                                    1U << 20))); /* AVX2; no FSGSBASE, SMEP, INVPCID, SMAP */
    EXPECT(!(r.c & (1 << 2 | 1 << 3 | 1 << 16)) &&
           !(r.d & 0xac000000)); /* UMIP, PKU, LA57; no speculation MSRs */
    EXPECT(!(ask(&guest, 4, 0).a >> 14) && ask(&guest, 4, 0).b == 0x1c0003f);
    EXPECT(is_zero(ask(&guest, 5, 0)) && is_zero(ask(&guest, 0xa, 0)) &&
           is_zero(ask(&guest, 0xb, 0)));
    EXPECT(ask(&control, 0x80000007, 0).d == 0x100 && is_zero(ask(&guest, 0x80000007, 0)));
    EXPECT(cpuid_policy_cr4(&guest) >> 18 & 1);
}

/* OSXSAVE alone depends on the guest's own CR4. */
static void osxsave_follows_the_guest(void)
{
    struct cpuid_leaf shown, hidden;

    USE(haswell);
    shown = ask(&guest, 1, 0);
    vcpu.hide_osxsave = true;
    hidden = ask(&guest, 1, 0);
    EXPECT(shown.c == (hidden.c | 1 << 27) && !(hidden.c >> 27 & 1));
    EXPECT(shown.a == hidden.a && shown.b == hidden.b && shown.d == hidden.d);
}

static struct cpuid_leaf ones_read(uint32_t leaf, uint32_t sub)
{
    struct cpuid_leaf r = {~0U, ~0U, ~0U, ~0U};

    if (leaf == 0 || leaf == 0x80000000)
        r.a = leaf + 0x40;
    else if (leaf == 0xd && sub >= 2)
        r = (struct cpuid_leaf){64, 576 + 64 * sub, 2, 0};
    return r;
}

#define BIT_(n) (1U << (n))

/* A CPU that has every feature there is or will be: what a kernel must manage, or what only ring 0
 * could use, is not shown. Bits by the vendors' manuals, not by the policy. */
static void policy_of_everything(void)
{
    const struct {
        uint32_t leaf, sub;
        unsigned int word; /* 0 to 3: eax to edx */
        uint32_t never;
    } list[] = {
        /* MONITOR, VMX, SMX, PCID, x2APIC, TSC deadline */
        {1, 0, 2, BIT_(3) | BIT_(5) | BIT_(6) | BIT_(17) | BIT_(21) | BIT_(24)},
        /* VME, PSE, PGE, PSE-36, DS, HTT */
        {1, 0, 3, BIT_(1) | BIT_(3) | BIT_(13) | BIT_(17) | BIT_(21) | BIT_(28)},
        /* FSGSBASE, TSC_ADJUST, SGX, SMEP, INVPCID, MPX, AVX512F, SMAP, PT */
        {7, 0, 1,
         BIT_(0) | BIT_(1) | BIT_(2) | BIT_(7) | BIT_(10) | BIT_(14) | BIT_(16) | BIT_(20) |
             BIT_(25)},
        /* HLE, RTM */
        {7, 0, 1, BIT_(4) | BIT_(11)},
        /* UMIP, PKU, OSPKE, WAITPKG, shadow stacks, LA57, RDPID, key locker, ENQCMD, PKS */
        {7, 0, 2,
         BIT_(2) | BIT_(3) | BIT_(4) | BIT_(5) | BIT_(7) | BIT_(16) | BIT_(22) | BIT_(23) |
             BIT_(29) | BIT_(31)},
        /* UINTR, IBT, AMX, IBRS, STIBP, ARCH_CAPABILITIES, SSBD */
        {7, 0, 3,
         BIT_(5) | BIT_(20) | BIT_(22) | BIT_(24) | BIT_(25) | BIT_(26) | BIT_(27) | BIT_(29) |
             BIT_(31)},
        /* FRED, LKGS, LAM */
        {7, 1, 0, BIT_(17) | BIT_(18) | BIT_(26)},
        /* XSAVES, XFD */
        {0xd, 1, 0, BIT_(3) | BIT_(4)},
        /* SVM, extended APIC space, OSVW, IBS, SKINIT, LWP, TOPOEXT, MWAITX */
        {0x80000001, 0, 2,
         BIT_(2) | BIT_(3) | BIT_(9) | BIT_(10) | BIT_(12) | BIT_(15) | BIT_(22) | BIT_(29)},
        /* FFXSR, 1 GiB pages, RDTSCP */
        {0x80000001, 0, 3, BIT_(25) | BIT_(26) | BIT_(27)},
        /* RDPRU, IBPB, IBRS, STIBP, SSBD */
        {0x80000008, 0, 1, BIT_(4) | BIT_(12) | BIT_(14) | BIT_(15) | BIT_(24)},
    };
    struct cpu_features all;
    struct cpuid_policy p;
    unsigned int i;

    features_parse(&all, ones_read);
    cpuid_policy_default(&p, &all, true, ones_read);
    EXPECT(p.xcr0 == 7 && all.xcr0 == 7 && all.xsave_size == 576 + 64 * 2 + 64);
    for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct cpuid_leaf r = cpuid_policy_read(&p, &vcpu, list[i].leaf, list[i].sub);
        const uint32_t words[] = {r.a, r.b, r.c, r.d};

        EXPECT(!(words[list[i].word] & list[i].never));
    }
    for (i = 2; i < 8; i++)
        EXPECT(i == 2 || is_zero(cpuid_policy_read(&p, &vcpu, 0xd, i)));
    EXPECT(is_zero(cpuid_policy_read(&p, &vcpu, 0xa, 0)) &&
           is_zero(cpuid_policy_read(&p, &vcpu, 0x80000022, 0)) &&
           cpuid_policy_read(&p, &vcpu, 0, 0).a == 0xd);
}

/* A CPU of before XSAVEOPT. */
static void xsave_alone(void)
{
    static const struct fake old[] = {
        {0, 0, {0xd, 0x756e6547, 0x6c65746e, 0x49656e69}},
        {1, 0, {0x10676, 0x800, 1 << 26, 0x078bfbfd}},
        {0xd, 0, {3, 576, 576, 0}},
        {0x80000000, 0, {0x80000008, 0, 0, 0}},
    };

    USE(old);
    EXPECT(f.xsave && !f.xsaveopt && f.xcr0 == 3 && f.xsave_size == 576);
    EXPECT(ask(&guest, 1, 0).c >> 26 & 1 && is_zero(ask(&guest, 0xd, 1)));
    EXPECT(ask(&guest, 0xd, 0).a == 3 && ask(&guest, 0xd, 0).c == 576);
}

static void xstate_sizes(void)
{
    struct cpuid_leaf r;

    USE(haswell);
    r = ask(&guest, 0xd, 0);
    EXPECT(r.a == 7 && r.b == 576 && r.c == 832 && !r.d);
    vcpu.xcr0 = 7;
    EXPECT(ask(&guest, 0xd, 0).b == 832);
    r = ask(&guest, 0xd, 1);
    EXPECT(r.a == 7 && r.b == 832 && !r.c); /* no XSAVES */
    r = ask(&guest, 0xd, 2);
    EXPECT(r.a == 256 && r.b == 576);
    EXPECT(is_zero(ask(&guest, 0xd, 9)) && is_zero(ask(&guest, 0xd, 0xffffffff)));
}

static void leaves_outside(void)
{
    uint32_t leaf;

    USE(haswell);
    for (leaf = 0xe; leaf; leaf <<= 1) {
        if (leaf >> 28 != 4)
            EXPECT(is_zero(ask(&guest, leaf, 0)) || leaf == 0x80000000);
    }
    EXPECT(is_zero(ask(&guest, 0x80000022, 0)) && is_zero(ask(&guest, 0xffffffff, 0)));
    EXPECT(is_zero(ask(&guest, 4, 100)) && is_zero(ask(&guest, 7, 100)));
}

static void xcr0_values(void)
{
    EXPECT(xcr0_legal(1, 7) && xcr0_legal(3, 7) && xcr0_legal(7, 7));
    EXPECT(!xcr0_legal(0, 7) && !xcr0_legal(2, 7) && !xcr0_legal(5, 7) && !xcr0_legal(15, 7));
    EXPECT(!xcr0_legal(7, 3) && !xcr0_legal(1UL << 63 | 1, 7));
}

/*
 * A policy that goes out as a list and comes back is the same, and every leaf has room in the
 * longest list.
 */
static void list_round_trip(void)
{
    struct cpuid_policy back = guest;
    xen_cpuid_leaf_t leaf;
    uint32_t n;

    memset(back.cache, 0, sizeof(back.cache));
    memset(back.ext + 1, 0, sizeof(back.ext) - sizeof(back.ext[0]));
    back.basic[1] = (struct cpuid_leaf){0};
    back.xcr0 = 0;
    for (n = 0; policy_list_get(&guest, n, &leaf); n++)
        EXPECT(policy_list_put(&back, &leaf) || leaf.leaf >> 28 == 4);
    EXPECT(n > 10 && n <= POLICY_LEAVES);
    for (uint32_t i = 0; i <= 0xd; i++)
        EXPECT(!memcmp(&(struct cpuid_leaf[]){ask(&guest, i, 0)},
                       &(struct cpuid_leaf[]){ask(&back, i, 0)}, sizeof(struct cpuid_leaf)));
    EXPECT(!memcmp(guest.ext, back.ext, sizeof(back.ext)) && back.xcr0 == guest.xcr0);
    leaf = (xen_cpuid_leaf_t){.leaf = 0xe, .subleaf = XEN_CPUID_NO_SUBLEAF};
    EXPECT(!policy_list_put(&back, &leaf));
    leaf = (xen_cpuid_leaf_t){.leaf = 1, .subleaf = 0};
    EXPECT(!policy_list_put(&back, &leaf));
    leaf = (xen_cpuid_leaf_t){.leaf = 7, .subleaf = POLICY_FEATURES};
    EXPECT(!policy_list_put(&back, &leaf));
    leaf = (xen_cpuid_leaf_t){.leaf = 0x80000000 + POLICY_EXT, .subleaf = XEN_CPUID_NO_SUBLEAF};
    EXPECT(!policy_list_put(&back, &leaf));
}

/* Whatever is asked for, a guest is shown no feature beyond its default policy's. */
static void clamped(void)
{
    struct cpuid_policy p, twice;

    memset(&p, 0xff, sizeof(p));
    policy_clamp(&p, &guest);
    for (unsigned int w = 0; w < POLICY_WORDS; w++)
        EXPECT(!(policy_word(&p, w) & ~policy_word(&guest, w)));
    EXPECT(!(p.xcr0 & ~guest.xcr0) && p.basic[0].a <= guest.basic[0].a &&
           p.ext[0].a <= guest.ext[0].a && is_zero(p.basic[0xa]) && is_zero(p.basic[0xb]));
    twice = p;
    policy_clamp(&twice, &guest);
    EXPECT(!memcmp(&twice, &p, sizeof(p)));
    p = guest;
    policy_clamp(&p, &guest);
    EXPECT(!memcmp(&p, &guest, sizeof(p)));
    p.xcr0 &= ~4UL; /* without AVX's state what needs it goes */
    policy_clamp(&p, &guest);
    EXPECT(!(p.basic[1].c & (1U << 28 | 1U << 12)) && !(p.feature[0].b & 1U << 5));
    p.basic[1].c &= ~(1U << 26);
    policy_clamp(&p, &guest);
    EXPECT(!p.xcr0 && !(p.basic[1].c & 1U << 27) && !p.xstate[1].a);
}

static void lists(void)
{
    USE(qemu64);
    list_round_trip();
    clamped();
    USE(haswell);
    list_round_trip();
    clamped();
    policy_raw(&control, fake_read);
    EXPECT(policy_word(&control, 5) == (0x7a9 | 1 << 20 | 1 << 0) && control.xcr0 == 0x207);
}

int main(void)
{
    RUN(features_of_qemu64);
    RUN(features_of_others);
    RUN(differing_cpus);
    RUN(policy_of_qemu64);
    RUN(policy_of_haswell);
    RUN(osxsave_follows_the_guest);
    RUN(policy_of_everything);
    RUN(xsave_alone);
    RUN(xstate_sizes);
    RUN(leaves_outside);
    RUN(xcr0_values);
    RUN(lists);
    return UNIT_RESULT;
}
