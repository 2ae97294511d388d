/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of guests on a fake memory, each rule by itself: levels, owners, devices, bits, pins,
 * roots. All references are recounted after each step.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/features.h"
#include "cpu/mapping.h"
#include "lib/errno.h"
#include "mm/type.h"
#include "pv/device_memory.h"
#include "pv/mmu.h"
#include "pv/pt_entry.h"
#include "pv/table.h"
#include "pv_guest.h"
#include "unit.h"

static void pins_of_each_level(void)
{
    build();
    EXPECT(!pin(l4, 4) && is(l3, TYPE_L3) && is(l2, TYPE_L2) && is(l1, TYPE_L1) &&
           is(data, TYPE_WRITABLE));
    EXPECT(pin(l4, 4) == -EINVAL && pin(l4, 3) == -EINVAL && !pin(l3, 3) && !pin(l1, 1));
    EXPECT(unpin(l2) == -EINVAL && !unpin(l4) && is(l3, TYPE_L3) && is(l4, TYPE_NONE));
    EXPECT(!unpin(l3) && is(l2, TYPE_NONE) && is(l1, TYPE_L1) && is(data, TYPE_WRITABLE));
    EXPECT(!unpin(l1) && unpin(l1) == -EINVAL);
    EXPECT(all_idle());
}

static void an_l4_has_the_hypervisors_slots(void)
{
    build();
    for (unsigned int i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
        machine_table(l4)[i] = pte_make(data, TABLE); /* the guest's rubbish */
    EXPECT(!pin(l4, 4) && machine_table(l4)[SLOT_IMAGE] == idle_l4[SLOT_IMAGE]);
    for (unsigned int i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
        EXPECT(set(l4, i, pte_make(l3, TABLE)) == -EINVAL && set(l4, i, 0) == -EINVAL);
    EXPECT(!set(l4, 255, pte_make(l3, TABLE)) && !set(l4, 272, pte_make(l3, TABLE)));
    EXPECT(!unpin(l4) && !machine_table(l4)[SLOT_IMAGE]);
    EXPECT(all_idle());
}

/*
 * What may not be in a table: wrong levels, tables that somebody can write, other domains' frames,
 * the hypervisor's, devices.
 */
static void wrong_entries(void)
{
    build();
    EXPECT(!pin(l4, 4));
    EXPECT(set(l4, 1, pte_make(l4, TABLE)) == -EINVAL &&
           set(l4, 1, pte_make(l2, TABLE)) == -EINVAL);
    EXPECT(set(l3, 1, pte_make(l1, TABLE)) == -EINVAL &&
           set(l2, 1, pte_make(data, TABLE)) == -EINVAL);
    EXPECT(set(l1, 4, pte_make(l1, DATA | PTE_RW)) == -EINVAL &&
           set(l1, 4, pte_make(l4, DATA | PTE_RW)) == -EINVAL);
    EXPECT(set(l1, 4, pte_make(frame(2, 0), DATA)) == -EINVAL &&
           set(l1, 4, pte_make(frame(0, 0), DATA)) == -EINVAL);
    EXPECT(set(l1, 4, pte_make(mfn(3), DATA)) == -EINVAL); /* a record that is no RAM */
    EXPECT(set(l1, 4, pte_make(mfn(MACHINE_FRAMES), DATA)) == -EINVAL); /* no record */
    EXPECT(set(l1, 4, pte_make(mfn(FIRST_FRAME), DATA)) == -EINVAL);    /* a free frame */
    EXPECT(set(l3, 4, pte_make(mfn(1UL << 27), TABLE)) == -EINVAL);
    EXPECT(set(l1, 4, pte_make(mfn(1UL << 28), DATA)) ==
           -EINVAL); /* an address that the CPU has not */
    EXPECT(set(l2, 4, pte_make(l1, TABLE | PTE_PS)) == -EINVAL &&
           set(l2, 4, pte_make(l1, TABLE | PTE_G)) == -EINVAL);
    EXPECT(set(l1, 4, pte_make(data, DATA | PTE_PCD)) == -EINVAL &&
           set(l1, 4, pte_make(data, DATA | PTE_PAT)) == -EINVAL);
    EXPECT(set(l1, 0, pte_make(data, DATA | PTE_RW | PTE_PCD)) ==
           -EINVAL); /* nor where it is mapped already */
    EXPECT(set(mfn(~0UL >> 12), 0, 0) == -EINVAL && set(frame(2, 0), 0, 0) == -EINVAL);
    EXPECT(set_by(l1, 0, 0, 3, DOMID_SELF) != -ENOSYS && machine_table(l1)[4] == 0);
    EXPECT(!set(data, 5, 0x1234) &&
           machine_table(data)[5] == 0x1234); /* plain memory is just written */
    EXPECT(!unpin(l4));
    EXPECT(all_idle());
}

/* A table is refused for its last entry: nothing of what came before stays. */
static void refused_tables(void)
{
    build();
    machine_table(l1)[510] = pte_make(frame(2, 0), DATA);
    EXPECT(pin(l4, 4) == -EINVAL);
    EXPECT(all_idle());
    machine_table(l1)[510] = 0;
    machine_table(l3)[511] = pte_make(data, TABLE); /* writable by then */
    EXPECT(pin(l4, 4) == -EINVAL);
    EXPECT(all_idle());
    machine_table(l3)[511] = pte_make(l2, TABLE | PTE_PS);
    EXPECT(pin(l4, 4) == -EINVAL && pin(l1, 4) == -EINVAL && !pin(l2, 2) && !unpin(l2));
    EXPECT(all_idle());
}

/* The same table under two parents, and twice in one: a use each. */
static void shared_tables(void)
{
    build();
    machine_table(l3)[1] = machine_table(l3)[2] = pte_make(l2, TABLE);
    machine_table(l2)[7] = pte_make(l1, TABLE);
    EXPECT(!pin(l4, 4) && (frame_of(l2)->type & TYPE_COUNT_MASK) == 3 &&
           (frame_of(l1)->type & TYPE_COUNT_MASK) == 2);
    EXPECT(!set(l3, 1, 0) && !set(l3, 0, 0) && is(l2, TYPE_L2) && !set(l3, 2, 0) &&
           is(l2, TYPE_NONE));
    EXPECT(!unpin(l4));
    EXPECT(all_idle());
}

static void bits_of_an_entry(void)
{
    build();
    EXPECT(!pin(l1, 1));
    EXPECT(machine_table(l1)[0] ==
           pte_make(data, DATA | PTE_RW | PTE_G)); /* the form of what was there, too */
    EXPECT(!set(l1, 0, pte_make(data, PTE_P | PTE_RW | PTE_U)) &&
           !(machine_table(l1)[0] & (PTE_A | PTE_D)));
    machine_table(l1)[0] |= PTE_A | PTE_D; /* the CPU does */
    EXPECT(!set_by(l1, 0, pte_make(data, PTE_P | PTE_U), MMU_PT_UPDATE_PRESERVE_AD, DOMID_SELF));
    EXPECT(machine_table(l1)[0] == pte_make(data, PTE_P | PTE_U | PTE_G | PTE_A | PTE_D));
    EXPECT((frame_of(data)->type & TYPE_COUNT_MASK) == 1); /* only entry 511 can write still */
    EXPECT(!set_by(l1, 0, pte_make(data, PTE_P), MMU_PT_UPDATE_PRESERVE_AD, DOMID_SELF));
    EXPECT(machine_table(l1)[0] ==
           pte_make(data, PTE_P | PTE_U | PTE_GUEST_KERNEL | PTE_A | PTE_D));
    EXPECT(!set_by(l1, 0, 0x7ffff000, MMU_PT_UPDATE_PRESERVE_AD, DOMID_SELF) &&
           machine_table(l1)[0] == 0x7ffff000);
    EXPECT(!set(l1, 0, ~PTE_P) && machine_table(l1)[0] == ~PTE_P && !set(l1, 0, 0));
    cpu_features.l1tf = true;
    EXPECT(set(l1, 0, pte_make(data, 0)) == -EINVAL &&
           !set(l1, 0, pte_make(mfn(MACHINE_FRAMES), 0)) && !set(l1, 0, 0));
    cpu_features.l1tf = false;
    EXPECT(!unpin(l1));
    EXPECT(all_idle());
}

/* The control domain: devices, but what is kept from it; RAM as write-back; others' frames. */
static void control_domain_maps(void)
{
    mfn_t t = frame(0, 0), own = frame(0, 1), other = frame(1, 9);
    uint64_t uncached = DATA | PTE_RW | PTE_PCD | PTE_PWT;

    build();
    machine_run(0, 0);
    memset(machine_table(t), 0, PAGE_SIZE);
    EXPECT(!pin(t, 1) && device_memory_keep((struct device_range){0x1000, 0x2001}, KEEP_ALL) &&
           device_memory_keep_messages(7, &(struct device_range){0x4010, 0x4018}, 1));
    EXPECT(!set(t, 0, pte_make(mfn(3), uncached)) &&
           !set(t, 1, pte_make(mfn(MACHINE_FRAMES + 7), uncached)));
    EXPECT(set(t, 2, pte_make(mfn(1), DATA)) == -EINVAL &&
           set(t, 2, pte_make(mfn(2), DATA)) == -EINVAL);
    EXPECT(!set(t, 2, pte_make(mfn(4), DATA | PTE_RW)) &&
           machine_table(t)[2] == pte_make(mfn(4), DATA | PTE_G));
    EXPECT(set(t, 3, pte_make(mfn(1UL << 28), DATA)) == -EINVAL);
    EXPECT(!set(t, 3, pte_make(own, uncached)) && !(machine_table(t)[3] & PTE_CACHE));
    EXPECT(!set(t, 3, pte_make(own, uncached | PTE_NX)) && !(machine_table(t)[3] & PTE_CACHE));
    EXPECT(set(t, 4, pte_make(other, DATA)) == -EINVAL);
    EXPECT(!set_by(t, 4, pte_make(other, DATA | PTE_RW), 0, 1) && is(other, TYPE_WRITABLE));
    EXPECT(set_by(t, 5, pte_make(own, DATA), 0, 1) == -EINVAL && set_by(t, 5, 0, 0, 77) == -ESRCH);
    EXPECT(set_by(t, 5, 0, 0, 0) == -ESRCH); /* oneself is no foreign domain */
    EXPECT(!set_by(t, 5, pte_make(mfn(5), DATA), 0, DOMID_IO) &&
           set_by(t, 6, pte_make(own, DATA), 0, DOMID_IO) == -EINVAL);
    EXPECT(!set_by(t, 4, pte_make(other, DATA | PTE_RW | PTE_NX), 0,
                   DOMID_SELF)); /* the same mapping, other bits */
    EXPECT(!set(t, 0, 0) && !set(t, 4, 0) && is(other, TYPE_NONE) && !unpin(t));
    EXPECT(device_memory_keep_messages(7, NULL, 0));
    machine_run(0, 1);
    EXPECT(set_by(l1, 4, pte_make(frame(2, 0), DATA), 0, 2) == -EPERM);
    EXPECT(all_idle());
}

/* An MSI-X table that moves, a page that it shares, and the other things that are kept. */
static void device_stores(void)
{
    const struct device_range first[] = {{0x5100, 0x5200}, {0x6000, 0x6008}};
    const struct device_range moved[] = {{0x5100, 0x5200}, {0x7ff8, 0x8008}};

    build();
    EXPECT(device_memory_keep_messages(9, first, 2) && device_memory_keep_messages(9, first, 2));
    EXPECT(device_memory_access(0, mfn(5)) == DEVICE_READ &&
           device_memory_access(1, mfn(5)) == DEVICE_NONE);
    EXPECT(device_memory_store(0, 0x51fc, 4) == STORE_IGNORED &&
           device_memory_store(0, 0x50fc, 8) == STORE_IGNORED);
    EXPECT(device_memory_store(0, 0x50fc, 4) == STORE_PASSES &&
           device_memory_store(0, 0x5200, 1) == STORE_PASSES);
    EXPECT(device_memory_store(1, 0x5200, 1) == STORE_FAULTS &&
           device_memory_store(0, 0x9000, 1) == STORE_FAULTS);
    EXPECT(device_memory_keep_messages(9, moved, 2));
    EXPECT(device_memory_access(0, mfn(6)) == DEVICE_WRITE &&
           device_memory_access(0, mfn(5)) == DEVICE_READ &&
           device_memory_access(0, mfn(7)) == DEVICE_READ &&
           device_memory_access(0, mfn(8)) == DEVICE_READ);
    EXPECT(device_memory_keep_messages(8, NULL, 0) &&
           device_memory_access(0, mfn(5)) == DEVICE_READ);
    EXPECT(device_memory_keep_messages(9, NULL, 0) &&
           device_memory_access(0, mfn(5)) == DEVICE_WRITE);
    EXPECT(device_memory_keep_messages(0, NULL, 0) && /* no device's, whatever its number */
           device_memory_access(0, mfn(1)) == DEVICE_NONE);
    EXPECT(device_memory_keep((struct device_range){0xa000, 0xb000}, KEEP_CONFIG) &&
           device_memory_keep((struct device_range){0xb000, 0xb400}, KEEP_WRITES));
    EXPECT(device_memory_access(0, mfn(10)) == DEVICE_READ &&
           device_memory_access(0, mfn(11)) == DEVICE_READ);
    EXPECT(device_memory_store(0, 0xa004, 4) == STORE_CONFIG &&
           device_memory_store(0, 0xb800, 4) == STORE_FAULTS &&
           device_memory_store(0, 0x1000, 4) == STORE_FAULTS);
}

/* The list of kept ranges is full: nobody's protection is lost, and room comes back. */
static void device_list_full(void)
{
    struct device_range r;
    uint32_t n;

    build();
    for (n = 0; n < 5000; n++) {
        r = (struct device_range){0x100000UL + n * 0x1000, 0x100010UL + n * 0x1000};
        if (!device_memory_keep_messages(n, &r, 1))
            break;
    }
    EXPECT(n > 900 && n < 5000 && device_memory_access(0, mfn(0x100)) == DEVICE_READ);
    EXPECT(device_memory_access(0, mfn(0x100 + n)) == DEVICE_WRITE);
    EXPECT(device_memory_keep_messages(3, NULL, 0) && device_memory_keep_messages(n, &r, 1));
    EXPECT(device_memory_access(0, mfn(0x100 + n)) == DEVICE_READ);
    for (n = 0; n < 5000; n++)
        EXPECT(device_memory_keep_messages(n, NULL, 0));
}

static void m2p_updates(void)
{
    struct mmu_update u = {mfn_to_paddr(data).a | MMU_MACHPHYS_UPDATE, 4711};

    build();
    EXPECT(!machine_mmu_update(&u, 1, DOMID_SELF, 0, 0) && m2p[data.n] == 4711);
    u.ptr = mfn_to_paddr(frame(2, 0)).a | MMU_MACHPHYS_UPDATE;
    EXPECT(machine_mmu_update(&u, 1, DOMID_SELF, 0, 0) == -EINVAL);
    u.ptr = mfn_to_paddr(mfn(MACHINE_FRAMES)).a | MMU_MACHPHYS_UPDATE;
    EXPECT(machine_mmu_update(&u, 1, DOMID_SELF, 0, 0) == -EINVAL);
    EXPECT(machine_mmu_update((const struct mmu_update *)HV_VIRT_START, 1, DOMID_SELF, 0, 0) ==
           -EFAULT);
    u = (struct mmu_update){at(l1, 0) | 4, 0};
    EXPECT(machine_mmu_update(&u, 1, DOMID_SELF, 0, 0) == -ENOSYS);
    EXPECT(all_idle());
}

static void roots(void)
{
    struct vcpu *v = &machine_vcpus[0];

    build();
    EXPECT(!pv_set_kernel_l4(v, l4) && machine_table(l4)[SLOT_M2P_RO] && !pv_set_kernel_l4(v, l4));
    machine_recount(true);
    EXPECT(!pv_set_user_l4(v, l4) &&
           machine_table(l4)[SLOT_M2P_RO]); /* a kernel that shares its tables sees the M2P */
    EXPECT(!pv_set_user_l4(v, mfn(0)) && mfn_eq(v->pv->user_l4, MFN_INVALID));
    machine_recount(true);
    machine_table(frame(1, 5))[0] = 0;
    EXPECT(!pv_set_user_l4(v, frame(1, 5)) && !machine_table(frame(1, 5))[SLOT_M2P_RO]);
    EXPECT(pv_set_kernel_l4(v, l3) == -EINVAL && mfn_eq(v->pv->kernel_l4, l4));
    machine_recount(true);
    EXPECT(!pv_set_kernel_l4(v, frame(1, 5)) && machine_table(frame(1, 5))[SLOT_M2P_RO] &&
           is(l4, TYPE_NONE));
    machine_recount(true);
    EXPECT(!pv_set_user_l4(v, mfn(0)));
    frame_put_type(frame_of(frame(1, 5)));
    v->pv->kernel_l4 = MFN_INVALID;
    EXPECT(all_idle());
}

/* The emulated store: only if the entry is still what it was; else it says what it is. */
static void expected_entries(void)
{
    struct vcpu *v = &machine_vcpus[0];
    uint64_t e;

    build();
    EXPECT(!pin(l4, 4));
    e = machine_table(l1)[0];
    EXPECT(!pt_entry_update(v, l1, 0, e, e & ~PTE_RW) && machine_table(l1)[0] == (e & ~PTE_RW));
    machine_recount(true);
    EXPECT(pt_entry_update(v, l1, 0, e, 0) == -EAGAIN &&
           pt_entry_update(v, l1, 0, e, e & ~PTE_A) == -EAGAIN);
    machine_recount(true);
    EXPECT(!pt_entry_update(v, l1, 0, e & ~PTE_RW, 0) &&
           !pt_entry_update(v, l3, 0, machine_table(l3)[0], 0));
    EXPECT(is(l2, TYPE_NONE) && pt_entry_update(v, data, 0, 0, 1) == -EINVAL);
    EXPECT(pt_entry_update(v, mfn(MACHINE_FRAMES + 5), 0, 0, 1) == -EINVAL &&
           pt_entry_update(v, mfn(~0UL), 0, 0, 0));
    EXPECT(!unpin(l4));
    EXPECT(all_idle());
}

int main(void)
{
    pv_machine_start();
    RUN(pins_of_each_level);
    RUN(an_l4_has_the_hypervisors_slots);
    RUN(wrong_entries);
    RUN(refused_tables);
    RUN(shared_tables);
    RUN(bits_of_an_entry);
    RUN(control_domain_maps);
    RUN(device_stores);
    RUN(device_list_full);
    RUN(m2p_updates);
    RUN(roots);
    RUN(expected_entries);
    machine_teardown();
    return UNIT_RESULT | (machine_broken != NULL);
}
