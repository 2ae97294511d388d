/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns a guest's debug registers: addresses outside the hypervisor only, no general-detect bit, I/O
 * breakpoints refused (they would need CR4.DE and mean our own port accesses).
 */
#include "cpu/asm.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "pv/register_calls.h"

#define DR6_ONES  0xffff0ff0UL
#define DR6_MASK  0x0000e00fUL
#define DR7_GD    0x2000UL
#define DR7_FIXED 0x400UL

/* Reading an address as high as that would be taken for an error, or to be made again. */
#define ERRNO_MAX 4095UL

bool debugreg_address_ok(uint64_t va)
{
    return pv_address_ok(va) && va < -ERRNO_MAX && (va >= HV_VIRT_END || va + 8 <= HV_VIRT_START);
}

/* An enabled breakpoint of kind 2 watches ports. */
static bool watches_ports(uint64_t dr7)
{
    unsigned int i;

    for (i = 0; i < 4; i++) {
        if (dr7 >> (2 * i) & 3 && (dr7 >> (16 + 4 * i) & 3) == 2)
            return true;
    }
    return false;
}

static void hardware_load(const struct pv_vcpu *pv)
{
    if (pv->debugreg[7] & 0xff) {
        write_dr0(pv->debugreg[0]);
        write_dr1(pv->debugreg[1]);
        write_dr2(pv->debugreg[2]);
        write_dr3(pv->debugreg[3]);
    }
    write_dr7(pv->debugreg[7]);
}

long do_set_debugreg(uint64_t reg, uint64_t value)
{
    struct pv_vcpu *pv = current()->pv;

    reg = (uint32_t)reg;
    switch (reg) {
    case 0:
    case 1:
    case 2:
    case 3:
        if (!debugreg_address_ok(value))
            return refuse(RULE_DEBUG_REGISTER, value, -EPERM);
        pv->debugreg[reg] = value;
        break;
    case 4:
    case 6:
        if (value >> 32)
            return refuse(RULE_DEBUG_REGISTER, value, -EINVAL);
        pv->debugreg[6] = (value & DR6_MASK) | DR6_ONES;
        return 0;
    case 5:
    case 7:
        if (value >> 32)
            return refuse(RULE_DEBUG_REGISTER, value, -EINVAL);
        if (watches_ports(value))
            return refuse(RULE_DEBUG_REGISTER, value, -EPERM);
        pv->debugreg[7] = (value & ~(0xd800UL | DR7_GD)) | DR7_FIXED;
        break;
    default:
        return refuse(RULE_DEBUG_REGISTER, reg, -ENODEV);
    }
    hardware_load(pv);
    return 0;
}

long do_get_debugreg(uint64_t reg)
{
    reg = (uint32_t)reg;
    if (reg >= 8)
        return refuse(RULE_DEBUG_REGISTER, reg, -ENODEV);
    if (reg == 4 || reg == 5)
        reg += 2;
    return (long)current()->pv->debugreg[reg];
}
