/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both vCPUs do anything at all to a few frames: map, pin, unpin, point tables at them, load them
 * as descriptor tables, give them back and take others, grant and exchange them. Any answer
 * is right; the counts must be, also in the middle of it, and the frames come free at the end.
 */
#include "race.h"

#define FRAMES  6
#define WINDOWS 4

static uint64_t *frames[FRAMES];
static char *windows[WINDOWS];
static struct tables tables;
static unsigned long attempts[STACK_COUNT], granted[STACK_COUNT];

static bool count(long ret)
{
    attempts[this_cpu()->id]++;
    granted[this_cpu()->id] += ret == 0;
    return ret == 0;
}

static uint64_t *any_frame(void)
{
    return frames[race_pick(FRAMES)];
}

static uint64_t any_entry(void)
{
    static const uint64_t flags[] = {PTE_RO, PTE_RW, PTE_RW, 0, PTE_P, PTE_RW | PTE_PS};

    return pte_make(mfn_of(any_frame()), flags[race_pick(ARRAY_SIZE(flags))]);
}

static void memory_op(unsigned int command)
{
    uint64_t *page = any_frame();
    xen_pfn_t frame = command == XENMEM_populate_physmap ? pfn_of(page) : mfn_of(page);
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, &frame);
    if (hcall(__HYPERVISOR_memory_op, command, &r) == 1 && command == XENMEM_populate_physmap) {
        ((volatile unsigned long *)start_info->mfn_list)[pfn_of(page)] = frame;
    }
}

static void exchange(void)
{
    uint64_t *page = any_frame();
    xen_pfn_t in = mfn_of(page), out = pfn_of(page);
    struct xen_memory_exchange e = {
        .in = {.nr_extents = 1, .domid = DOMID_SELF},
        .out = {.nr_extents = 1, .domid = DOMID_SELF},
    };

    set_xen_guest_handle(e.in.extent_start, &in);
    set_xen_guest_handle(e.out.extent_start, &out);
    if (count(hcall(__HYPERVISOR_memory_op, XENMEM_exchange, &e))) {
        ((volatile unsigned long *)start_info->mfn_list)[pfn_of(page)] = out;
    }
}

static void multicall(void)
{
    multicall_entry_t calls[3];
    mmu_update_t update = {machine_of(&any_frame()[race_pick(4)]), any_entry()};
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L1_TABLE + race_pick(4),
                           .arg1.mfn = mfn_of(any_frame())};

    calls[0] = (multicall_entry_t){
        .op = __HYPERVISOR_update_va_mapping,
        .args = {(unsigned long)windows[race_pick(WINDOWS)], any_entry(), UVMF_NONE}};
    calls[1] = (multicall_entry_t){.op = __HYPERVISOR_mmu_update,
                                   .args = {(unsigned long)&update, 1, 0, DOMID_SELF}};
    calls[2] = (multicall_entry_t){.op = __HYPERVISOR_mmuext_op,
                                   .args = {(unsigned long)&op, 1, 0, DOMID_SELF}};
    count(hcall(__HYPERVISOR_multicall, calls, ARRAY_SIZE(calls)));
}

static void act(void)
{
    uint64_t *page = any_frame();
    unsigned long mfn;

    switch (race_pick(16)) {
    case 0:
        count(pin(1 + race_pick(4), page));
        break;
    case 1:
    case 2:
        count(unpin(page));
        break;
    case 3:
        count(va_set_no_flush(windows[race_pick(WINDOWS)], any_entry()));
        break;
    case 4:
        count(va_set_no_flush(page, pte_make(mfn_of(page), race_pick(2) ? PTE_RW : PTE_RO)));
        break;
    case 5:
        count(mmu_update1(machine_of(&page[race_pick(4)]), any_entry()));
        break;
    case 6:
        count(pte_set(&tables.at[1 + race_pick(4)][8 + race_pick(4)], any_entry()));
        break;
    case 7:
        count(pte_set(&tables.at[1 + race_pick(4)][8 + race_pick(4)], 0));
        break;
    case 8:
        probe_write(&page[race_pick(4)], race_pick(2) ? any_entry() : 0);
        break;
    case 9:
        probe_write(windows[race_pick(WINDOWS)] + 8 * race_pick(4), any_entry());
        break;
    case 10:
        mfn = mfn_of(page);
        count(hcall(__HYPERVISOR_set_gdt, &mfn, 512));
        break;
    case 11:
        count(hcall(__HYPERVISOR_set_gdt, NULL, 0));
        count(mmuext(MMUEXT_SET_LDT, 0, 0));
        break;
    case 12:
        count(mmuext(MMUEXT_SET_LDT, (unsigned long)page, 512));
        PROBE("lar %w0, %%eax", : : "r"(race_pick(16) << 3 | 7) : "eax", "cc");
        break;
    case 13:
        memory_op(race_pick(2) ? XENMEM_decrease_reservation : XENMEM_populate_physmap);
        break;
    case 14:
        exchange();
        break;
    default:
        multicall();
        break;
    }
}

static void drop_descriptors(void)
{
    EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, NULL, 0), 0);
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0, 0), 0);
}

static void prepare(void)
{
    memset(attempts, 0, sizeof(attempts));
    memset(granted, 0, sizeof(granted));
    tables_build(&tables);
    for (unsigned int i = 0; i < FRAMES; i++) {
        frames[i] = page_alloc();
    }
    for (unsigned int i = 0; i < WINDOWS; i++) {
        windows[i] = page_alloc();
    }
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
}

/* Everything is let go of; each page has a frame of its own again. */
static void clean(void)
{
    unsigned long *p2m = (unsigned long *)start_info->mfn_list;

    print("  %lu and %lu attempts, %lu and %lu succeeded\n", attempts[0], attempts[1], granted[0],
          granted[1]);
    drop_descriptors();
    cpu_run(1, drop_descriptors);
    EXPECT(cpu_wait(1));
    for (unsigned int i = 0; i < WINDOWS; i++) {
        EXPECT_EQ(page_unprotect(windows[i]), 0);
    }
    EXPECT_EQ(unpin(tables.at[4]), 0);
    for (unsigned int i = 0; i < FRAMES; i++) {
        unpin(frames[i]);
        page_protect(frames[i]);
    }
    for (unsigned int i = 0; i < FRAMES; i++) {
        for (unsigned int slot = 0; page_unprotect(frames[i]) == 0 && slot < 512; slot++) {
            frames[i][slot] = 0;
        }
    }
    for (unsigned int i = 0; i < FRAMES; i++) {
        xen_pfn_t frame = pfn_of(frames[i]);
        struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

        if (page_unprotect(frames[i]) != 0) {
            /* Given back: a new one. */
            set_xen_guest_handle(r.extent_start, &frame);
            REQUIRE(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) == 1);
            p2m[pfn_of(frames[i])] = frame;
        }
        race_expect_free(frames[i]);
    }
    tables_unprotect(&tables);
    race_audit();
}

TEST_ALONE(race_chaos)
{
    prepare();
    race_both(act);
    clean();
}

/* The audit stops the other in the middle of whatever it does, and counts that too. */
TEST_ALONE(race_chaos_audited)
{
    if (!subject_is_mortise()) {
        SKIP("there is no audit");
    }
    prepare();
    race(race_audit, act);
    clean();
}
