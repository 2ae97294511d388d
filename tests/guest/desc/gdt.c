/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptor tables: a guest's segments never reach ring 0, its tables are never writable while
 * they are tables, and what it loads in a selector works or faults in the guest alone.
 */
#include "harness.h"

#define DATA_DPL3   0x00cff3000000ffffull
#define CODE64_DPL3 0x00affb000000ffffull
#define CODE32_DPL3 0x00cffb000000ffffull

static long descriptor_set(const void *at, uint64_t value)
{
    return hcall(__HYPERVISOR_update_descriptor, machine_of(at), value);
}

static long gdt_set(const unsigned long *frames, unsigned int entries)
{
    return hcall(__HYPERVISOR_set_gdt, frames, entries);
}

/* A page as GDT with one descriptor at `slot`; read-only for the kernel from then on. */
static uint64_t *gdt_make(unsigned int slot, uint64_t value)
{
    uint64_t *gdt = page_alloc();
    unsigned long frame = mfn_of(gdt);

    gdt[slot] = value;
    REQUIRE(page_protect(gdt) == 0);
    EXPECT_EQ(gdt_set(&frame, 512), 0);
    return gdt;
}

static void gdt_drop(const void *gdt)
{
    EXPECT_EQ(gdt_set(NULL, 0), 0);
    EXPECT_EQ(page_unprotect(gdt), 0);
}

TEST(gdt_load_and_use)
{
    uint64_t *gdt = gdt_make(4, DATA_DPL3);
    uint16_t old, now;

    __asm__ volatile("movw %%ds, %0" : "=r"(old));
    PROBE("movw %w0, %%ds", : : "r"(4 << 3 | 3));
    EXPECT_NO_FAULT();
    __asm__ volatile("movw %%ds, %0" : "=r"(now));
    EXPECT_EQ(now, 4 << 3 | 3);
    EXPECT_EQ(*(volatile uint64_t *)gdt, 0);
    PROBE("movw %w0, %%ds", : : "r"(5 << 3 | 3));
    EXPECT_FAULT(VEC_GP, 5 << 3);
    __asm__ volatile("movw %0, %%ds" : : "r"(old));
    /* The kernel's mapping stays read-only while the page is a descriptor page. */
    EXPECT(page_unprotect(gdt) != 0);
    gdt_drop(gdt);
}

TEST(gdt_errors)
{
    unsigned long frames[14] = {0};
    char *page = page_alloc();
    uint64_t *bad = page_alloc();

    EXPECT_EQ(gdt_set(frames, 7169), E(INVAL));
    EXPECT_EQ(gdt_set(frames, 0xffffffff), E(INVAL));
    EXPECT_EQ(gdt_set((unsigned long *)0x1000, 512), E(FAULT));
    frames[0] = 0xfffffff0ul;
    EXPECT_EQ(gdt_set(frames, 512), E(INVAL));
    frames[0] = 0x200;
    EXPECT_EQ(gdt_set(frames, 512), E(INVAL));
    /* A page that is writable, and a page table. */
    frames[0] = mfn_of(page);
    EXPECT_EQ(gdt_set(frames, 512), E(INVAL));
    frames[0] = mfn_of(boot_l4);
    EXPECT_EQ(gdt_set(frames, 512), E(INVAL));
    /* One illegal descriptor in it: a ring 0 code segment. */
    bad[7] = 0x00af9b000000ffffull;
    REQUIRE(page_protect(bad) == 0);
    frames[0] = mfn_of(bad);
    if (gdt_set(frames, 512) == 0) {
        /* Taken, but then never as ring 0. */
        EXPECT_EQ(bad[7] >> 45 & 3, 3);
        gdt_set(NULL, 0);
    }
    EXPECT_EQ(page_unprotect(bad), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_version, NULL), 4 << 16 | 17);
}

/* Descriptors one by one: which may stand in a guest's table. */
TEST(gdt_descriptors)
{
    uint64_t *gdt = gdt_make(4, DATA_DPL3);
    static const struct {
        uint64_t value;
        bool good;
        const char *what;
    } cases[] = {
        {0, true, "null"},
        {DATA_DPL3, true, "data, DPL 3"},
        {CODE64_DPL3, true, "64-bit code, DPL 3"},
        {CODE32_DPL3, true, "32-bit code, DPL 3"},
        {0x00407b000000ffffull, true, "not present: anything"},
        {0x0000890000000067ull, false, "TSS"},
        {0x0000820000000fffull, false, "LDT"},
        {0x00008e0000080000ull, false, "interrupt gate"},
        {0x0000850000000000ull, false, "task gate"},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
        long ret = descriptor_set(&gdt[6], cases[i].value);

        if ((ret == 0) != cases[i].good) {
            FAIL("%s gives %ld", cases[i].what, ret);
        }
    }
    /* DPL 0 to 2: refused, or stored as DPL 3. */
    for (uint64_t dpl = 0; dpl < 3; dpl++) {
        if (descriptor_set(&gdt[6], (CODE64_DPL3 & ~(3ull << 45)) | dpl << 45) == 0) {
            EXPECT_EQ(gdt[6] >> 45 & 3, 3);
        }
    }
    EXPECT_EQ(descriptor_set(&gdt[6], 0), 0);
    gdt_drop(gdt);
}

TEST(gdt_update_errors)
{
    uint64_t *page = page_alloc();

    EXPECT_EQ(descriptor_set((char *)page + 4, 0), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_update_descriptor, 0xfffffff00000ul, 0), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_update_descriptor, 0x200000ul, 0), E(INVAL));
    EXPECT(descriptor_set(&boot_l4[300], 0) != 0);
    /* In an ordinary page it is an ordinary store. */
    EXPECT_EQ(descriptor_set(&page[5], DATA_DPL3), 0);
    EXPECT_EQ(page[5], DATA_DPL3);
}

/* The hypervisor's own part of the GDT is not to be had by growing one's own. */
TEST(gdt_reserved_part)
{
    PROBE("movw %w0, %%ds", : : "r"(0xe008));
    EXPECT(fault_last()->taken || true);
    PROBE("ltr %w0", : : "r"(0xe040));
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("lldt %w0", : : "r"(0));
    EXPECT_FAULT(VEC_GP, 0);
    __asm__ volatile("movw %w0, %%ds" : : "r"(FLAT_KERNEL_SS));
}

TEST(ldt_load_and_use)
{
    uint64_t *ldt = page_alloc();

    ldt[3] = DATA_DPL3;
    REQUIRE(page_protect(ldt) == 0);
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, (unsigned long)ldt, 512), 0);
    /* The page is mapped into the table at the first use. */
    PROBE("movw %w0, %%es", : : "r"(3 << 3 | 7));
    EXPECT_NO_FAULT();
    PROBE("movw %w0, %%es", : : "r"(4 << 3 | 7));
    EXPECT_FAULT(VEC_GP, 4 << 3 | 4);
    EXPECT(page_unprotect(ldt) != 0);
    EXPECT_EQ(descriptor_set(&ldt[4], DATA_DPL3), 0);
    PROBE("movw %w0, %%es", : : "r"(4 << 3 | 7));
    EXPECT_NO_FAULT();
    PROBE("movw %w0, %%es", : : "r"(0));
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0, 0), 0);
    PROBE("movw %w0, %%es", : : "r"(3 << 3 | 7));
    EXPECT_FAULT(VEC_GP, 3 << 3 | 4);
    EXPECT_EQ(page_unprotect(ldt), 0);
}

TEST(ldt_errors)
{
    uint64_t *ldt = page_alloc();

    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, (unsigned long)ldt, 8193), E(INVAL));
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, (unsigned long)ldt + 8, 512), E(INVAL));
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0xffff830000000000ul, 512), E(INVAL));
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0x0000800000000000ul, 512), E(INVAL));
    /* Not mapped at all: taken on trust, a use faults in the guest. */
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0x10000, 512), 0);
    PROBE("movw %w0, %%es", : : "r"(3 << 3 | 7));
    EXPECT(fault_last()->taken);
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0, 0), 0);
}

/* Of a table without entries it does not matter where it is. */
TEST(empty_tables)
{
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0xfff, 0), 0);
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0xffff830000000000ul, 0), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, 0xffff830000000000ul, 0), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, 1, 0), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, 0x800000000000ul, 512), E(FAULT));
}

/* LDT frames are let go when their page changes type or the LDT is replaced. */
TEST(ldt_released_on_replace)
{
    uint64_t *first = page_alloc(), *second = page_alloc();

    first[3] = second[3] = DATA_DPL3;
    REQUIRE(page_protect(first) == 0 && page_protect(second) == 0);
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, (unsigned long)first, 512), 0);
    PROBE("movw %w0, %%es", : : "r"(3 << 3 | 7));
    EXPECT_NO_FAULT();
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, (unsigned long)second, 512), 0);
    EXPECT_EQ(page_unprotect(first), 0);
    PROBE("movw %w0, %%es", : : "r"(3 << 3 | 7));
    EXPECT_NO_FAULT();
    PROBE("movw %w0, %%es", : : "r"(0));
    EXPECT_EQ(mmuext(MMUEXT_SET_LDT, 0, 0), 0);
    EXPECT_EQ(page_unprotect(second), 0);
}
