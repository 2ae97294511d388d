/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes through the leaves in the order of their numbers. A leaf without subleaves has the ABI's
 * number for none.
 */
#include "pv/policy_list.h"

#include "cpu/regs.h"
#include "lib/bits.h"
#include "lib/string.h"

#define EXT_FIRST 0x80000000U
#define LEAF_TOPOLOGY                                                                              \
    0xb /* in the list, since tools make room by its length; no guest is shown any */
#define TOPOLOGIES 2
#define HV_FIRST   0x40000000U
#define HV_LEAVES  2 /* the same: the hypervisor's own, of which the list shows nothing */
#define F1C_XSAVE  (BIT(26) | BIT(27))
#define F1C_AVX    (BIT(12) | BIT(28) | BIT(29))

/* How many subleaves a leaf has; 0: it has none. */
static uint32_t subleaves(const struct cpuid_policy *p, uint32_t leaf)
{
    uint32_t n = 0;

    switch (leaf) {
    case 4:
        while (n < POLICY_CACHES && p->cache[n].a & 0x1f)
            n++;
        return n + (n < POLICY_CACHES);
    case 7:
        return MIN(p->feature[0].a, POLICY_FEATURES - 1U) + 1;
    case 0xd:
        return POLICY_XSTATES;
    case LEAF_TOPOLOGY:
        return TOPOLOGIES;
    default:
        return 0;
    }
}

/* Where a leaf is kept; NULL: nowhere. */
static struct cpuid_leaf *place(struct cpuid_policy *p, uint32_t leaf, uint32_t sub)
{
    bool none = sub == XEN_CPUID_NO_SUBLEAF;

    switch (leaf) {
    case 4:
        return sub < POLICY_CACHES ? &p->cache[sub] : NULL;
    case 7:
        return sub < POLICY_FEATURES ? &p->feature[sub] : NULL;
    case 0xd:
        return sub < POLICY_XSTATES ? &p->xstate[sub] : NULL;
    case LEAF_TOPOLOGY:
        return sub < TOPOLOGIES ? &p->basic[leaf] : NULL;
    default:
        break;
    }
    if (leaf < POLICY_BASIC)
        return none ? &p->basic[leaf] : NULL;
    if (leaf - EXT_FIRST < POLICY_EXT)
        return none ? &p->ext[leaf - EXT_FIRST] : NULL;
    return NULL;
}

static uint32_t basic_leaves(const struct cpuid_policy *p)
{
    return MIN(p->basic[0].a, POLICY_BASIC - 1U) + 1;
}

static uint32_t ext_leaves(const struct cpuid_policy *p)
{
    return p->ext[0].a < EXT_FIRST ? 0 : MIN(p->ext[0].a - EXT_FIRST, POLICY_EXT - 1U) + 1;
}

/* Bound: the leaves of a policy, some seventy. */
bool policy_list_get(const struct cpuid_policy *p, uint32_t n, xen_cpuid_leaf_t *out)
{
    uint32_t basic = basic_leaves(p), i, leaf;

    for (i = 0; i < basic + ext_leaves(p); i++) {
        uint32_t subs;
        const struct cpuid_leaf *l;

        leaf = i < basic ? i : EXT_FIRST + i - basic;
        subs = subleaves(p, leaf);
        if (n >= MAX(subs, 1U)) {
            n -= MAX(subs, 1U);
            continue;
        }
        l = place((struct cpuid_policy *)p, leaf, subs ? n : XEN_CPUID_NO_SUBLEAF);
        *out = (xen_cpuid_leaf_t){leaf, subs ? n : XEN_CPUID_NO_SUBLEAF, l->a, l->b, l->c, l->d};
        if (leaf == 0xd && n == 0) {
            out->a = (uint32_t)p->xcr0;
            out->d = (uint32_t)(p->xcr0 >> 32);
        }
        return true;
    }
    if (n >= HV_LEAVES)
        return false;
    *out = (xen_cpuid_leaf_t){HV_FIRST + n * 0x100, XEN_CPUID_NO_SUBLEAF, 0, 0, 0, 0};
    return true;
}

bool policy_list_put(struct cpuid_policy *p, const xen_cpuid_leaf_t *leaf)
{
    struct cpuid_leaf *l = place(p, leaf->leaf, leaf->subleaf);

    if (!l)
        return false;
    *l = (struct cpuid_leaf){leaf->a, leaf->b, leaf->c, leaf->d};
    if (leaf->leaf == 0xd && leaf->subleaf == 0)
        p->xcr0 = leaf->a | (uint64_t)leaf->d << 32;
    return true;
}

/* Without AVX the states of YMM, and what needs them, go; without XSAVE all of it. */
static void clamp_states(struct cpuid_policy *p, const struct cpuid_policy *most)
{
    if (!(p->basic[1].c & BIT(26)))
        p->xcr0 = 0;
    p->xcr0 &= most->xcr0;
    if ((p->xcr0 & (XCR0_X87 | XCR0_SSE)) != (XCR0_X87 | XCR0_SSE))
        p->xcr0 = 0;
    if (!p->xcr0)
        p->basic[1].c &= ~(uint32_t)F1C_XSAVE;
    memcpy(p->xstate + 2, most->xstate + 2, sizeof(p->xstate[2]));
    memset(&p->xstate[0], 0, sizeof(p->xstate[0]));
    p->xstate[1].a &= p->xcr0 ? most->xstate[1].a : 0;
    if (p->xcr0 & XCR0_AVX)
        return;
    memset(&p->xstate[2], 0, sizeof(p->xstate[2]));
    p->basic[1].c &= ~(uint32_t)F1C_AVX;
    p->feature[0].b &= ~(uint32_t)BIT(5);
    p->feature[0].c &= ~(uint32_t)(BIT(9) | BIT(10));
    p->feature[1].a &= ~(uint32_t)BIT(4);
    p->ext[1].c &= ~(uint32_t)(BIT(11) | BIT(16));
}

static struct cpuid_leaf and (struct cpuid_leaf x, struct cpuid_leaf y)
{
    return (struct cpuid_leaf){x.a & y.a, x.b & y.b, x.c & y.c, x.d & y.d};
}

void policy_clamp(struct cpuid_policy *p, const struct cpuid_policy *most)
{
    uint32_t i;

    p->basic[0].a = MIN(p->basic[0].a, most->basic[0].a);
    p->feature[0].a = MIN(p->feature[0].a, most->feature[0].a);
    p->ext[0].a = MIN(p->ext[0].a, most->ext[0].a);
    p->basic[1].b &= most->basic[1].b;
    p->basic[1].c &= most->basic[1].c;
    p->basic[1].d &= most->basic[1].d;
    p->feature[0].b &= most->feature[0].b;
    p->feature[0].c &= most->feature[0].c;
    p->feature[0].d &= most->feature[0].d;
    p->feature[1] = and(p->feature[1], most->feature[1]);
    p->ext[1].c &= most->ext[1].c;
    p->ext[1].d &= most->ext[1].d;
    for (i = 7; i < POLICY_EXT; i++)
        p->ext[i] = and(p->ext[i], most->ext[i]);
    for (i = 5; i < 7; i++)
        memset(&p->basic[i], 0, sizeof(p->basic[i]));
    for (i = 8; i < POLICY_BASIC; i++) /* topology among them */
        memset(&p->basic[i], 0, sizeof(p->basic[i]));
    clamp_states(p, most);
}

uint32_t policy_word(const struct cpuid_policy *p, unsigned int n)
{
    switch (n) {
    case 0:
        return p->basic[1].d;
    case 1:
        return p->basic[1].c;
    case 2:
        return p->ext[1].d;
    case 3:
        return p->ext[1].c;
    case 4:
        return p->xstate[1].a;
    case 5:
        return p->feature[0].b;
    case 6:
        return p->feature[0].c;
    case 7:
        return p->ext[7].d;
    case 8:
        return p->ext[8].b;
    case 9:
        return p->feature[0].d;
    case 10:
        return p->feature[1].a;
    case 11:
        return p->ext[0x21].a;
    default:
        return 0;
    }
}

void policy_raw(struct cpuid_policy *p, cpuid_reader read)
{
    uint32_t basic = MIN(read(0, 0).a, POLICY_BASIC - 1U), ext, i;

    memset(p, 0, sizeof(*p));
    for (i = 0; i <= basic; i++)
        p->basic[i] = read(i, 0);
    p->basic[0].a = basic;
    ext = read(EXT_FIRST, 0).a;
    for (i = 0; ext >= EXT_FIRST && i <= MIN(ext - EXT_FIRST, POLICY_EXT - 1U); i++)
        p->ext[i] = read(EXT_FIRST + i, 0);
    for (i = 0; basic >= 4 && i < POLICY_CACHES; i++)
        p->cache[i] = read(4, i);
    for (i = 0; basic >= 7 && i < POLICY_FEATURES; i++)
        p->feature[i] = read(7, i);
    for (i = 0; basic >= 0xd && i < POLICY_XSTATES; i++)
        p->xstate[i] = read(0xd, i);
    p->xcr0 = p->xstate[0].a | (uint64_t)p->xstate[0].d << 32;
    p->ext[0].a = MIN(ext, EXT_FIRST + POLICY_EXT - 1);
}
