/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the reading of CPUID into struct cpu_features. Pure: CPUID comes through a function. Bit
 * numbers follow the CPUID chapters of the two vendors' manuals.
 */
#include "cpu/features.h"
#include "lib/bits.h"
#include "lib/string.h"

#define XSAVE_LEGACY   576 /* bytes of the legacy area and the header */
#define XCR0_KNOWN     (XCR0_X87 | XCR0_SSE | XCR0_AVX)
#define L1TF_PHYS_BITS 46

uint32_t xsave_area_size(uint64_t xcr0, cpuid_reader read)
{
    uint32_t size = XSAVE_LEGACY;
    unsigned int i;

    for (i = 2; i < 63; i++) {
        struct cpuid_leaf r;

        if (!(xcr0 & BIT(i)))
            continue;
        r = read(0xd, i);
        size = MAX(size, r.a + r.b);
    }
    return size;
}

bool xcr0_legal(uint64_t value, uint64_t offered)
{
    if (!(value & XCR0_X87) || value & ~offered)
        return false;
    return !(value & XCR0_AVX) || value & XCR0_SSE;
}

static void parse_identity(struct cpu_features *f, cpuid_reader read)
{
    struct cpuid_leaf r = read(0, 0);
    uint32_t family;

    f->max_leaf = r.a;
    memcpy(f->vendor, &r.b, 4);
    memcpy(f->vendor + 4, &r.d, 4);
    memcpy(f->vendor + 8, &r.c, 4);
    f->intel = !memcmp(f->vendor, "GenuineIntel", 12);
    f->amd = !memcmp(f->vendor, "AuthenticAMD", 12) || !memcmp(f->vendor, "HygonGenuine", 12);

    r = read(1, 0);
    family = r.a >> 8 & 0xf;
    f->family = family == 0xf ? family + (r.a >> 20 & 0xff) : family;
    f->model = r.a >> 4 & 0xf;
    if (family == 0xf || family == 6)
        f->model |= r.a >> 12 & 0xf0;
    f->stepping = r.a & 0xf;
}

static void parse_basic(struct cpu_features *f, cpuid_reader read)
{
    struct cpuid_leaf r = read(1, 0);

    f->pcid = r.c & BIT(17);
    f->x2apic = r.c & BIT(21);
    f->tsc_deadline = r.c & BIT(24);
    f->xsave = r.c & BIT(26);
    f->mce = r.d & BIT(7);
    f->pge = r.d & BIT(13);
    f->pat = r.d & BIT(16);
    f->fxsr = r.d & BIT(24);
    if (f->max_leaf >= 6)
        f->arat = read(6, 0).a & BIT(2);
    if (f->max_leaf >= 7) {
        r = read(7, 0);
        f->fsgsbase = r.b & BIT(0);
        f->smep = r.b & BIT(7);
        f->invpcid = r.b & BIT(10);
        f->smap = r.b & BIT(20);
        f->umip = r.c & BIT(2);
        f->ibpb = r.d & BIT(26);
    }
}

static void parse_extended(struct cpu_features *f, cpuid_reader read)
{
    struct cpuid_leaf r = read(0x80000000, 0);

    f->max_ext_leaf = r.a >> 16 == 0x8000 ? r.a : 0;
    f->phys_bits = 36;
    f->virt_bits = 48;
    if (f->max_ext_leaf >= 0x80000001) {
        r = read(0x80000001, 0);
        f->nx = r.d & BIT(20);
        f->gbpages = r.d & BIT(26);
        f->rdtscp = r.d & BIT(27);
    }
    if (f->max_ext_leaf >= 0x80000007)
        f->invariant_tsc = read(0x80000007, 0).d & BIT(8);
    if (f->max_ext_leaf >= 0x80000008) {
        r = read(0x80000008, 0);
        f->phys_bits = (uint8_t)MIN(MAX(r.a & 0xff, 32U), 52U); /* pte_check() asks for it */
        f->virt_bits = (uint8_t)(r.a >> 8);
        f->ibpb = f->ibpb || r.b & BIT(12);
        f->fxsave_skips_pointers = f->amd && !(r.b & BIT(2));
    } else {
        f->fxsave_skips_pointers = f->amd;
    }
}

static void parse_xsave(struct cpu_features *f, cpuid_reader read)
{
    struct cpuid_leaf r;

    f->xcr0 = XCR0_X87 | XCR0_SSE;
    f->xsave_size = 512;
    f->xsave = f->xsave && f->max_leaf >= 0xd;
    if (!f->xsave)
        return;
    r = read(0xd, 0);
    f->xcr0 = ((uint64_t)r.d << 32 | r.a) & XCR0_KNOWN;
    f->xsave_size = xsave_area_size(f->xcr0, read);
    r = read(0xd, 1);
    f->xsaveopt = r.a & BIT(0);
    f->xsavec = r.a & BIT(1);
}

void features_parse(struct cpu_features *f, cpuid_reader read)
{
    memset(f, 0, sizeof(*f));
    parse_identity(f, read);
    parse_basic(f, read);
    parse_extended(f, read);
    parse_xsave(f, read);
    f->lfence_serialises = f->amd && (f->family == 0xf || f->family == 0x11);
    f->l1tf = f->intel && f->family == 6 && f->phys_bits <= L1TF_PHYS_BITS;
}

const char *features_missing(const struct cpu_features *first, const struct cpu_features *other)
{
    const struct {
        bool first, other;
        const char *name;
    } list[] = {
        {first->x2apic, other->x2apic, "x2APIC"},
        {first->tsc_deadline, other->tsc_deadline, "TSC deadline"},
        {first->nx, other->nx, "NX"},
        {first->pge, other->pge, "PGE"},
        {first->pat, other->pat, "PAT"},
        {first->smep, other->smep, "SMEP"},
        {first->smap, other->smap, "SMAP"},
        {first->fxsr, other->fxsr, "FXSR"},
        {first->xsave, other->xsave, "XSAVE"},
        {first->xsaveopt, other->xsaveopt, "XSAVEOPT"},
        {first->ibpb, other->ibpb, "IBPB"},
        {first->rdtscp, other->rdtscp, "RDTSCP"},
        {first->cpuid_faulting, other->cpuid_faulting, "CPUID faulting"},
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(list); i++) {
        if (list[i].first && !list[i].other)
            return list[i].name;
    }
    if (first->xcr0 & ~other->xcr0 || first->xsave_size != other->xsave_size)
        return "XSAVE state components";
    if (other->phys_bits < first->phys_bits)
        return "physical address bits";
    return NULL;
}
