/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns CPUID as a vCPU reads it: its domain's policy, and the hypervisor's own leaves from
 * 0x40000000 on (arch-x86/cpuid.h).
 */
#include "pv/cpuid.h"

#include <xen/arch-x86/cpuid.h>

#include "cpu/asm.h"
#include "cpu/regs.h"
#include "kern/time.h"
#include "lib/bits.h"
#include "mm/frame.h"
#include "pv/pv.h"

#define VERSION_MAJOR 4 /* what the ABI that we speak calls itself */
#define VERSION_MINOR 17
#define TIME_EMULATED 1 /* leaf 3, eax: RDTSC traps */
#define TIME_STABLE   2 /* all TSCs tick alike */

static struct cpuid_policy control_policy __read_mostly, guest_policy __read_mostly;

void pv_cpuid_init(void)
{
    cpuid_policy_default(&control_policy, &cpu_features, true, cpuid);
    cpuid_policy_default(&guest_policy, &cpu_features, false, cpuid);
}

const struct cpuid_policy *pv_policy(const struct domain *d)
{
    return d->pv->policy ? d->pv->policy : pv_policy_default(d);
}

const struct cpuid_policy *pv_policy_default(const struct domain *d)
{
    return domain_may(d, MAY_ACCESS_HARDWARE, NULL) ? &control_policy : &guest_policy;
}

const struct cpuid_policy *pv_policy_of_guests(void)
{
    return &guest_policy;
}

static struct cpuid_leaf time_leaf(const struct domain *d, uint32_t sub)
{
    struct cpuid_leaf r = {0};
    struct time_scale scale;

    switch (sub) {
    case 0:
        r.a = (d->pv->tsc_trapped ? TIME_EMULATED : 0) | (time_is_stable() ? TIME_STABLE : 0);
        r.b = d->pv->tsc_mode;
        r.c = (uint32_t)tsc_khz();
        break;
    case 1:
        (void)time_scale_read(&scale);
        r.a = (uint32_t)scale.tsc_stamp;
        r.b = (uint32_t)(scale.tsc_stamp >> 32);
        r.c = scale.mul;
        r.d = (uint32_t)(uint8_t)scale.shift;
        break;
    case 2:
        r.a = (uint32_t)tsc_khz();
        break;
    default:
        break;
    }
    return r;
}

static struct cpuid_leaf hypervisor_leaf(const struct domain *d, uint32_t leaf, uint32_t sub)
{
    struct cpuid_leaf r = {0};

    switch (leaf) {
    case XEN_CPUID_LEAF(0):
        r.a = XEN_CPUID_LEAF(XEN_CPUID_MAX_NUM_LEAVES);
        r.b = XEN_CPUID_SIGNATURE_EBX;
        r.c = XEN_CPUID_SIGNATURE_ECX;
        r.d = XEN_CPUID_SIGNATURE_EDX;
        break;
    case XEN_CPUID_LEAF(1):
        r.a = VERSION_MAJOR << 16 | VERSION_MINOR;
        break;
    case XEN_CPUID_LEAF(2):
        r.a = 1; /* pages */
        r.b = MSR_HYPERCALL_PAGE;
        r.c = XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD;
        break;
    case XEN_CPUID_LEAF(3):
        return time_leaf(d, sub);
    case XEN_CPUID_LEAF(5):
        r.b = bit_width(frame_limit - 1) + PAGE_SHIFT;
        break;
    default:
        break;
    }
    return r;
}

struct cpuid_leaf pv_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t sub)
{
    struct pv_domain *pv = v->domain->pv;
    struct cpuid_vcpu state = {
        .xcr0 = v->pv->fpu.xcr0,
        .hide_osxsave = leaf == 1 && !(v->pv->cr4 & CR4_OSXSAVE) && !guest_in_kernel(),
    };

    if (unlikely(leaf >> 28 == XEN_CPUID_FIRST_LEAF >> 28))
        return hypervisor_leaf(v->domain, leaf, sub);
    if (unlikely(!pv->shown)) /* the vCPU runs: what its domain may do is settled */
        pv->shown = pv_policy(v->domain);
    return cpuid_policy_read(pv->shown, &state, leaf, sub);
}
