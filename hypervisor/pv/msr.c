/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the model-specific registers that a guest's kernel sees: a closed list. A register that is
 * not in it faults, as on a CPU that has no such register; kernels expect that of registers they
 * only try.
 */
#include "cpu/asm.h"
#include "cpu/control.h"
#include "cpu/features.h"
#include "lib/errno.h"
#include "pv/cpuid.h"
#include "pv/emulate.h"
#include "pv/hypercall_page.h"
#include "pv/register_calls.h"

#define MSR_TSC           0x10
#define MSR_MTRR_CAP      0xfe
#define MSR_MCG_CAP       0x179
#define MSR_MCG_STATUS    0x17a
#define MSR_MISC_ENABLE   0x1a0
#define MSR_DEBUGCTL      0x1d9
#define MSR_MTRR_FIRST    0x200
#define MSR_MTRR_LAST     0x26f
#define MSR_MTRR_TYPE     0x2ff
#define MSR_MC_FIRST      0x400 /* control, status, address, miscellany of each bank */
#define MSR_MC_LAST       0x407
#define MSR_K7_PERF_FIRST 0xc0010000
#define MSR_K7_PERF_LAST  0xc0010007
#define MSR_HWCR          0xc0010015
#define MSR_INT_PENDING   0xc0010055

#define MCG_BANKS           2 /* machine checks end the machine: the guest's banks stay empty */
#define APIC_BASE_DEFAULT   0xfee00800UL
#define APIC_BASE_BSP       0x100
#define MISC_ENABLE_HIDDEN  0x40080UL  /* performance monitoring, MONITOR */
#define MISC_ENABLE_MISSING 0x801800UL /* no BTS, no PEBS, no xTPR */
#define EFER_SHOWN          (EFER_SCE | EFER_LME | EFER_LMA | EFER_NX)

static bool read_intel(uint32_t msr, uint64_t *value)
{
    switch (msr) {
    case MSR_MISC_ENABLE:
        if (!rdmsr_safe(msr, value))
            return false;
        *value = (*value & ~MISC_ENABLE_HIDDEN) | MISC_ENABLE_MISSING;
        return true;
    case MSR_PLATFORM_INFO:
    case MSR_MISC_FEATURES_ENABLES:
        *value = 0;
        return true;
    default:
        return false;
    }
}

static bool read_amd(uint32_t msr, uint64_t *value)
{
    switch (msr) {
    case MSR_K7_PERF_FIRST ... MSR_K7_PERF_LAST: /* counters that never count */
    case MSR_HWCR:
    case MSR_INT_PENDING:
        *value = 0;
        return true;
    case MSR_DE_CFG:
        *value = cpu_features.lfence_serialises ? 2 : 0;
        return true;
    default:
        return false;
    }
}

static bool read_for_hardware(const struct vcpu *v, uint32_t msr, uint64_t *value)
{
    if (!domain_may(v->domain, MAY_ACCESS_HARDWARE, NULL))
        return false;
    switch (msr) {
    case MSR_MTRR_CAP:
    case MSR_MTRR_FIRST ... MSR_MTRR_LAST:
    case MSR_MTRR_TYPE:
        return rdmsr_safe(msr, value);
    default:
        return false;
    }
}

bool pv_rdmsr(struct vcpu *v, uint32_t msr, uint64_t *value)
{
    switch (msr) {
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        *value = rdmsr(msr);
        return true;
    case MSR_TSC:
        *value = rdtsc();
        return true;
    case MSR_APIC_BASE:
        *value = APIC_BASE_DEFAULT | (v->id == 0 ? APIC_BASE_BSP : 0);
        return true;
    case MSR_UCODE_REV:
        return rdmsr_safe(msr, value);
    case MSR_EFER:
        *value = rdmsr(msr) & EFER_SHOWN;
        return true;
    case MSR_PAT:
        *value = PAT_GUEST;
        return true;
    case MSR_MCG_CAP:
        *value = MCG_BANKS;
        return true;
    case MSR_MCG_STATUS:
    case MSR_DEBUGCTL:
        *value = 0;
        return true;
    case MSR_MC_FIRST ... MSR_MC_LAST:
        *value = msr & 3 ? 0 : ~0UL;
        return true;
    default:
        break;
    }
    if (cpu_features.intel && read_intel(msr, value))
        return true;
    if (cpu_features.amd && read_amd(msr, value))
        return true;
    return read_for_hardware(v, msr, value);
}

static bool write_vendor(uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_MISC_ENABLE:
        return cpu_features.intel;
    case MSR_MISC_FEATURES_ENABLES:
        return cpu_features.intel && !value;
    case MSR_K7_PERF_FIRST ... MSR_K7_PERF_LAST:
    case MSR_HWCR:
    case MSR_DE_CFG:
        return cpu_features.amd;
    default:
        return false;
    }
}

/* True for what a kernel may write without any effect. */
static bool write_ignored(uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_EFER:
        return (value & EFER_SHOWN) == (rdmsr(msr) & EFER_SHOWN);
    case MSR_PAT:
        return value == PAT_GUEST;
    case MSR_APIC_BASE:
    case MSR_UCODE_REV:
        return true;
    case MSR_MCG_STATUS:
    case MSR_DEBUGCTL:
        return !value;
    case MSR_MC_FIRST ... MSR_MC_LAST:
        return !(msr & 3) || !value;
    default:
        return write_vendor(msr, value);
    }
}

int pv_wrmsr(struct vcpu *v, uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_FS_BASE:
        return (int)do_set_segment_base(SEGBASE_FS, value);
    case MSR_GS_BASE:
        return (int)do_set_segment_base(SEGBASE_GS_KERNEL, value);
    case MSR_KERNEL_GS_BASE:
        return (int)do_set_segment_base(SEGBASE_GS_USER, value);
    case MSR_HYPERCALL_PAGE: /* bits 0 to 11: which of several pages; there is one */
        return value & ~PAGE_MASK ? -EINVAL
                                  : hypercall_page_make(v->domain, mfn(value >> PAGE_SHIFT));
    default:
        return write_ignored(msr, value) ? 0 : -EINVAL;
    }
}
