/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start of day with the p2m outside of the initial mapping, as Linux asks for it: at the note's
 * address, in frames of its own, of the domain's, whose tables are counted among the others.
 */
#include "harness.h"

#define INIT_P2M 0x8000000000ul

TEST(start_p2m_place)
{
    const unsigned long *p2m = (const unsigned long *)INIT_P2M;
    const unsigned long *m2p = (const unsigned long *)MACH2PHYS_VIRT_START;

    EXPECT_EQ(start_info->mfn_list, INIT_P2M);
    for (unsigned long pfn = 0; pfn < start_info->nr_pages; pfn++) {
        if (m2p[p2m[pfn]] != pfn) {
            FAIL("frame %lx of pfn %lx maps back to %lx", p2m[pfn], pfn, m2p[p2m[pfn]]);
            break;
        }
    }
    EXPECT(start_info->nr_p2m_frames * PAGE_SIZE >= start_info->nr_pages * 8);
    EXPECT(start_info->first_p2m_pfn + start_info->nr_p2m_frames <= start_info->nr_pages);
}

/* The p2m is the kernel's to write, and its frames are where first_p2m_pfn says. */
TEST(start_p2m_writable)
{
    volatile unsigned long *last = (unsigned long *)INIT_P2M + start_info->nr_pages - 1;
    unsigned long old = *last;

    probe_write(last, 0x1234);
    EXPECT_NO_FAULT();
    EXPECT_EQ(*last, 0x1234);
    *last = old;
}

/* The kernel's part starts at VIRT_BASE and ends on 4 MiB, with half a megabyte to spare. */
TEST(start_mapping)
{
    unsigned long end = start_info->pt_base + (start_info->nr_pt_frames + 1) * PAGE_SIZE;
    unsigned long slack = (end + 0x80000 + 0x3fffff) & ~0x3ffffful;

    probe_read((void *)VIRT_BASE);
    EXPECT_NO_FAULT();
    probe_read((void *)(slack - 8));
    EXPECT_NO_FAULT();
    EXPECT_EQ(boot_rsp & (PAGE_SIZE - 1), 0);
}

TEST(start_registers)
{
    uint16_t ds, es, fs, gs, ss, cs;

    __asm__ volatile("movw %%ds, %0\n movw %%es, %1\n movw %%fs, %2\n movw %%gs, %3\n"
                     "movw %%ss, %4\n movw %%cs, %5"
                     : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs), "=r"(ss), "=r"(cs));
    EXPECT_EQ(cs, FLAT_KERNEL_CS);
    EXPECT_EQ(ss, FLAT_KERNEL_SS);
    EXPECT_EQ(fs | gs, 0);
}

TEST(start_info_fields)
{
    EXPECT_EQ(start_info->flags & SIF_INITDOMAIN, SIF_INITDOMAIN);
    EXPECT_EQ(start_info->flags & SIF_PRIVILEGED, SIF_PRIVILEGED);
    EXPECT_EQ(start_info->store_mfn, 0);
    EXPECT_EQ(start_info->store_evtchn, 0);
    EXPECT(start_info->nr_pages * PAGE_SIZE <= 64ul << 20);
    EXPECT(start_info->nr_pages * PAGE_SIZE >= 48ul << 20);
    /* No module was given. */
    EXPECT_EQ(start_info->mod_len, 0);
}

/* Every vCPU slot starts with upcalls masked; no event is pending and time is there. */
TEST(start_shared_info)
{
    for (unsigned int i = 1; i < XEN_LEGACY_MAX_VCPUS; i++) {
        EXPECT_EQ(shared_info->vcpu_info[i].evtchn_upcall_mask, 1);
    }
    for (unsigned int i = 0; i < 64; i++) {
        EXPECT_EQ(shared_info->evtchn_pending[i], 0);
    }
    EXPECT(shared_info->vcpu_info[0].time.version != 0);
}
