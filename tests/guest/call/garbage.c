/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every hypercall with arguments out of a fixed pseudo-random sequence of nasty values: each
 * answers with something, and the host lives.  Calls whose success would end or spoil this
 * kernel itself are left out by number and by sub-operation.
 */
#include "harness.h"

static const unsigned long nasty[] = {
    0,
    1,
    2,
    3,
    7,
    8,
    0x7f,
    0x80,
    0xff,
    0x1000,
    0x7ff0,
    DOMID_SELF,
    DOMID_IO,
    DOMID_XEN,
    0xffff,
    0x10000,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000,
    0x7fffffffffff,
    0x800000000000,
    0xffff7fffffffffff,
    0xffff800000000000,
    0xffff808000000000,
    0xffff82d040000000,
    0xffff830000000000,
    0xffff87ffffffffff,
    0xffff880000000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xfffffffffffff000,
    0xfffffffffffffff8,
    0xffffffffffffffff,
};

static uint64_t state = 0x853c49e6748fea9bul;

static unsigned long pick(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return nasty[state % ARRAY_SIZE(nasty)];
}

/* Calls that may be made with anything, without harm to the caller when they succeed. */
static const unsigned int free_calls[] = {
    __HYPERVISOR_mmu_update,
    __HYPERVISOR_set_gdt,
    __HYPERVISOR_set_debugreg,
    __HYPERVISOR_get_debugreg,
    __HYPERVISOR_update_descriptor,
    __HYPERVISOR_memory_op,
    __HYPERVISOR_multicall,
    __HYPERVISOR_update_va_mapping,
    __HYPERVISOR_set_timer_op,
    __HYPERVISOR_xen_version,
    __HYPERVISOR_grant_table_op,
    __HYPERVISOR_vm_assist,
    __HYPERVISOR_update_va_mapping_otherdomain,
    __HYPERVISOR_set_segment_base,
    __HYPERVISOR_mmuext_op,
    __HYPERVISOR_xsm_op,
    __HYPERVISOR_event_channel_op,
    __HYPERVISOR_physdev_op,
    __HYPERVISOR_hvm_op,
    __HYPERVISOR_sysctl,
    __HYPERVISOR_domctl,
    __HYPERVISOR_xenpmu_op,
    __HYPERVISOR_arch_0,
    55,
    56,
    63,
};

TEST(garbage_calls)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(free_calls); i++) {
        for (unsigned int round = 0; round < 200; round++) {
            hcall5(free_calls[i], (long)pick(), (long)pick(), (long)pick(), (long)pick(),
                   (long)pick());
        }
    }
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_version, NULL), 4 << 16 | 17);
    hcall(__HYPERVISOR_set_debugreg, 7, 0);
    hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_pae_extended_cr3);
}

/* A page of garbage to every sub-operation from `first` up to `end`, but those of `out`. */
static void garbage_pages(unsigned int call, unsigned int first, unsigned int end, uint64_t out)
{
    uint64_t *page = page_alloc();

    for (unsigned int command = first; command < end; command++) {
        if (out >> command & 1) {
            continue;
        }
        print("  call %u, sub-operation %u\n", call, command);
        for (unsigned int round = 0; round < 20; round++) {
            for (unsigned int k = 0; k < 64; k++) {
                page[k] = pick();
            }
            if (call == __HYPERVISOR_vcpu_op) {
                hcall(call, command, 0, page);
            } else {
                hcall(call, command, page, 1, DOMID_SELF);
            }
        }
    }
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_version, NULL), 4 << 16 | 17);
}

TEST(garbage_event)
{
    garbage_pages(__HYPERVISOR_event_channel_op, 0, 14, 0);
}

TEST(garbage_version)
{
    garbage_pages(__HYPERVISOR_xen_version, 0, 12, 0);
}

TEST(garbage_grant)
{
    garbage_pages(__HYPERVISOR_grant_table_op, 0, 13, 0);
}

TEST_ALONE(garbage_memory)
{
    /* Giving memory away blindly would be this kernel's own end. */
    garbage_pages(__HYPERVISOR_memory_op, 0, 34,
                  1ul << XENMEM_decrease_reservation | 1ul << XENMEM_exchange);
}

TEST_ALONE(garbage_vcpu)
{
    /*
     * What these two do is what was asked for: no vCPU is left, and an NMI for which there is no
     * handler.
     */
    garbage_pages(__HYPERVISOR_vcpu_op, 0, 14, 1ul << VCPUOP_down | 1ul << VCPUOP_send_nmi);
}

TEST_ALONE(garbage_physdev)
{
    garbage_pages(__HYPERVISOR_physdev_op, 0, 33, 0);
}
