/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both vCPUs are in the kernel, in user mode, then in hypercalls, for some time each. Before that
 * the lines `FRAMES` say which frames are this domain's, `TABLES` which are the L4s of the kernel
 * and of user mode, `LISTED` which ones the hypervisor may keep mapped and why;
 * tests/system/test_outside.py looks at the machine's tables meanwhile.
 */
#include "harness.h"

#define TIME 4000000000ul /* ns */

enum mode { KERNEL, USER, CALLS, END };

static volatile enum mode mode;
static char info_page[PAGE_SIZE] __attribute__((aligned(4096)));
static char eoi_page[PAGE_SIZE] __attribute__((aligned(4096)));

static void listed(const char *what, const void *page)
{
    print("LISTED %s %lx\n", what, mfn_of(page));
}

/* A permanent mapping of each kind, on the vCPU that it belongs to. */
static void gdt_and_eoi(void)
{
    struct physdev_pirq_eoi_gmfn eoi = {.gmfn = mfn_of(eoi_page)};
    void *gdt = page_alloc();
    unsigned long frame = mfn_of(gdt);

    /* User mode shall not see the M2P, as Linux wants it. */
    REQUIRE(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_m2p_strict) == 0);
    REQUIRE(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user_l4), 0) == 0);
    REQUIRE(page_protect(gdt) == 0 && hcall(__HYPERVISOR_set_gdt, &frame, 512) == 0);
    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_pirq_eoi_gmfn_v2, &eoi) == 0);
    listed("gdt", gdt);
    listed("eoi", eoi_page);
}

static void ldt_and_info(void)
{
    struct vcpu_register_vcpu_info info = {.mfn = mfn_of(info_page)};
    void *ldt = page_alloc();

    REQUIRE(page_protect(ldt) == 0);
    REQUIRE(mmuext(MMUEXT_SET_LDT, (unsigned long)ldt, 512) == 0);
    REQUIRE(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user_l4), 0) == 0);
    /* The first use of a selector has the page mapped. */
    PROBE("lar %w0, %%eax", : : "r"(7) : "eax", "cc");
    listed("ldt", ldt);
    listed("info", info_page);
    REQUIRE(hcall(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 1, &info) == 0);
    /* The harness looks for events in the old place: here there are none. */
    ((vcpu_info_t *)info_page)->evtchn_upcall_pending = 0;
}

static void print_frames(void)
{
    const unsigned long *p2m = (const unsigned long *)start_info->mfn_list;
    unsigned long first = p2m[0], last = p2m[0];

    for (unsigned long pfn = 1; pfn <= start_info->nr_pages; pfn++) {
        unsigned long mfn = pfn < start_info->nr_pages ? p2m[pfn] : 0;

        if (mfn == last + 1) {
            last = mfn;
            continue;
        }
        print("FRAMES %lx %lx\n", first, last);
        first = last = mfn;
    }
}

static uint64_t spin_in_user(uint64_t until)
{
    while (mode == until) {}
    return 0;
}

/* Long ones and short ones; reads and writes through the guest's addresses and through windows. */
static void call(void)
{
    static struct {
        multicall_entry_t calls[64];
        mmu_update_t updates[64];
    } of[2];
    unsigned int me = this_cpu()->id;
    void *page = me == 0 ? (void *)info_page : (void *)eoi_page;

    for (unsigned int i = 0; i < 64; i++) {
        of[me].updates[i].ptr = machine_of(pte_find((unsigned long)&of[me], 1));
        of[me].updates[i].val = pte_make(mfn_of(&of[me]), PTE_RW);
        of[me].calls[i] =
            (multicall_entry_t){.op = __HYPERVISOR_mmu_update,
                                .args = {(unsigned long)of[me].updates, 64, 0, DOMID_SELF}};
    }
    hcall(__HYPERVISOR_multicall, of[me].calls, 64);
    page_protect(page);
    page_unprotect(page);
}

static void follow(void)
{
    while (mode == KERNEL) {}
    user_run(spin_in_user, USER, NULL);
    while (mode == CALLS) {
        call();
    }
}

static void run(const char *name, enum mode which, void (*step)(void))
{
    uint64_t end = time_now() + TIME;

    mode = which;
    print("MODE %s\n", name);
    while (time_now() < end) {
        step();
    }
    mode = which + 1;
    print("OVER %s\n", name);
}

static void nothing(void)
{
}

static uint64_t spin_for_a_while(uint64_t ticks)
{
    uint64_t begin = rdtsc();

    while (rdtsc() - begin < ticks) {}
    return 0;
}

static void user_step(void)
{
    user_run(spin_for_a_while, 100000000, NULL);
}

TEST_ALONE(modes)
{
    REQUIRE(cpu_start(1) == 0);
    print_frames();
    print("TABLES %lx %lx\n", mfn_of(boot_l4), mfn_of(user_l4));
    gdt_and_eoi();
    cpu_run(1, ldt_and_info);
    REQUIRE(cpu_wait(1));
    mode = KERNEL;
    cpu_run(1, follow);
    run("kernel", KERNEL, nothing);
    run("user", USER, user_step);
    run("hypervisor", CALLS, call);
    EXPECT(cpu_wait(1));
}
