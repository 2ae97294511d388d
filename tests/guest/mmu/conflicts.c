/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a frame is in use as against what it is asked to be, each against each: a frame has one type
 * at a time, and each way of asking says the same about it.
 */
#include "harness.h"

#define GRANT_VA  (SCRATCH_VA + 0x80000000ul)
#define DATA_DPL3 0x00cff3000000ffffull

/* The frame, mapped read-only by the kernel; a second address; tables to hook it into. */
static uint64_t *page;
static char *window;
static struct tables tables;
static uint32_t handle;

enum state { FREE, WRITABLE, TABLE_L1, TABLE_L2, TABLE_L3, TABLE_L4, GDT, LDT, STATES };
static const char *const state_names[] = {"free",  "mapped writable", "an L1",      "an L2",
                                          "an L3", "an L4",           "a GDT page", "an LDT page"};

static long gdt(unsigned int entries)
{
    unsigned long frame = mfn_of(page);

    return hcall(__HYPERVISOR_set_gdt, entries ? &frame : NULL, entries);
}

static void enter(enum state state)
{
    switch (state) {
    case WRITABLE:
        REQUIRE(va_set(window, pte_make(mfn_of(page), PTE_RW)) == 0);
        break;
    case TABLE_L1:
    case TABLE_L2:
    case TABLE_L3:
    case TABLE_L4:
        REQUIRE(pin(state - TABLE_L1 + 1, page) == 0);
        break;
    case GDT:
        REQUIRE(gdt(512) == 0);
        break;
    case LDT:
        REQUIRE(mmuext(MMUEXT_SET_LDT, (unsigned long)page, 512) == 0);
        PROBE("movw %w0, %%es", : : "r"(1 << 3 | 7));
        EXPECT_NO_FAULT();
        break;
    default:
        break;
    }
}

static void leave(enum state state)
{
    switch (state) {
    case WRITABLE:
        REQUIRE(va_set(window, 0) == 0);
        break;
    case TABLE_L1:
    case TABLE_L2:
    case TABLE_L3:
    case TABLE_L4:
        REQUIRE(unpin(page) == 0);
        break;
    case GDT:
        REQUIRE(gdt(0) == 0);
        break;
    case LDT:
        PROBE("movw %w0, %%es", : : "r"(0));
        REQUIRE(mmuext(MMUEXT_SET_LDT, 0, 0) == 0);
        break;
    default:
        break;
    }
}

enum use {
    MAP_READ,
    MAP_WRITE,
    PIN_L1,
    PIN_L2,
    PIN_L3,
    PIN_L4,
    BELOW_L2,
    BELOW_L3,
    BELOW_L4,
    LOAD_GDT,
    CLEAR,
    COPY,
    GRANT_WRITE,
    DESCRIPTOR,
    USES
};
static const char *const use_names[] = {"mapped read-only", "mapped writable",   "pinned as an L1",
                                        "pinned as an L2",  "pinned as an L3",   "pinned as an L4",
                                        "put into an L2",   "put into an L3",    "put into an L4",
                                        "loaded as GDT",    "cleared",           "copied to",
                                        "granted writable", "given a descriptor"};

static long entry(unsigned int level, bool set)
{
    return pte_set(&tables.at[level][9], set ? pte_make(mfn_of(page), PTE_RW) : 0);
}

static long grant(bool map)
{
    if (map) {
        struct gnttab_map_grant_ref op = {
            .host_addr = GRANT_VA, .flags = GNTMAP_host_map, .ref = 30, .dom = 0};

        tables_make(GRANT_VA);
        grant_set(30, GTF_permit_access, 0, mfn_of(page));
        REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, 1) == 0);
        handle = op.handle;
        return op.status;
    }
    struct gnttab_unmap_grant_ref op = {.host_addr = GRANT_VA, .handle = handle};

    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &op, 1) == 0);
    return op.status;
}

/* Asks for a use; what was given is given back. */
static bool ask(enum use use)
{
    long ret = -1;

    switch (use) {
    case MAP_READ:
    case MAP_WRITE: {
        static char other[PAGE_SIZE] __attribute__((aligned(4096)));

        ret = va_set(other, pte_make(mfn_of(page), use == MAP_WRITE ? PTE_RW : PTE_RO));
        REQUIRE(page_unprotect(other) == 0);
        break;
    }
    case PIN_L1:
    case PIN_L2:
    case PIN_L3:
    case PIN_L4:
        ret = pin(use - PIN_L1 + 1, page);
        if (ret == 0) {
            REQUIRE(unpin(page) == 0);
        }
        break;
    case BELOW_L2:
    case BELOW_L3:
    case BELOW_L4:
        ret = entry(use - BELOW_L2 + 2, true);
        REQUIRE(entry(use - BELOW_L2 + 2, false) == 0);
        break;
    case LOAD_GDT:
        ret = gdt(512);
        break;
    case CLEAR:
        ret = mmuext(MMUEXT_CLEAR_PAGE, mfn_of(page), 0);
        break;
    case COPY:
        ret = mmuext(MMUEXT_COPY_PAGE, mfn_of(page), mfn_of(tables.at[0]));
        break;
    case GRANT_WRITE:
        ret = grant(true);
        if (ret == 0) {
            REQUIRE(grant(false) == 0);
        }
        break;
    case DESCRIPTOR:
        ret = hcall(__HYPERVISOR_update_descriptor, machine_of(&page[1]), 0);
        break;
    default:
        break;
    }
    return ret == 0;
}

static bool expected(enum state state, enum use use)
{
    bool table = state >= TABLE_L1 && state <= TABLE_L4, segments = state == GDT || state == LDT;

    switch (use) {
    case MAP_READ:
        return true;
    case MAP_WRITE:
    case CLEAR:
    case COPY:
    case GRANT_WRITE:
        return state == FREE || state == WRITABLE;
    case PIN_L1:
    case PIN_L2:
    case PIN_L3:
    case PIN_L4: /* a second pin of the same is refused, too */
        return state == FREE;
    case BELOW_L2:
    case BELOW_L3:
    case BELOW_L4:
        return state == FREE ||
               (table && (unsigned int)state - TABLE_L1 == (unsigned int)use - BELOW_L2);
    case LOAD_GDT:
        return state == FREE || segments;
    case DESCRIPTOR:
        return !table;
    default:
        return false;
    }
}

TEST(conflicts_each_with_each)
{
    window = page_alloc();
    REQUIRE(va_set(window, 0) == 0);
    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0 && pin(4, tables.at[4]) == 0);
    for (enum state state = FREE; state < STATES; state++) {
        for (enum use use = MAP_READ; use < USES; use++) {
            page = page_alloc();
            page[1] = state == LDT ? DATA_DPL3 : 0;
            REQUIRE(page_protect(page) == 0);
            enter(state);
            if (ask(use) != expected(state, use)) {
                FAIL("%s: it %s be %s", state_names[state],
                     expected(state, use) ? "should" : "should not", use_names[use]);
            }
            if (use == LOAD_GDT) {
                REQUIRE(gdt(0) == 0);
            } else {
                leave(state);
            }
            if (use == LOAD_GDT && state != GDT) {
                leave(state);
            }
            REQUIRE(page_unprotect(page) == 0);
        }
    }
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
    REQUIRE(page_unprotect(window) == 0);
}
