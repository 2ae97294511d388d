/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels and tools choose what they do by xen_version: each sub-operation answers in its form,
 * a bad pointer is -EFAULT and never a crash, an unknown sub-operation is -ENOSYS.
 */
#include "harness.h"

#define VERSION(command, at) hcall(__HYPERVISOR_xen_version, command, at)

TEST(version_numbers)
{
    EXPECT_EQ(VERSION(XENVER_version, NULL), 4 << 16 | 17);
    EXPECT_EQ(VERSION(XENVER_pagesize, NULL), PAGE_SIZE);
    EXPECT_EQ(VERSION(XENVER_pagesize, &start_info), E(INVAL));
}

/* Whether `text` of `bytes` bytes ends inside them and is not empty. */
static bool sane(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == 0) {
            return i != 0;
        }
    }
    return false;
}

TEST(version_texts)
{
    static xen_extraversion_t extra;
    static xen_capabilities_info_t capabilities;
    static xen_changeset_info_t changeset;
    static xen_commandline_t line;
    static struct xen_compile_info compiled;

    EXPECT_EQ(VERSION(XENVER_extraversion, extra), 0);
    EXPECT(sane(extra, sizeof(extra)));
    EXPECT_EQ(VERSION(XENVER_capabilities, capabilities), 0);
    EXPECT(text_has(capabilities, "xen-3.0-x86_64"));
    EXPECT_EQ(VERSION(XENVER_changeset, changeset), 0);
    EXPECT_EQ(VERSION(XENVER_commandline, line), 0);
    EXPECT(text_has(line, "dom0_mem="));
    EXPECT_EQ(VERSION(XENVER_compile_info, &compiled), 0);
    EXPECT(sane(compiled.compiler, sizeof(compiled.compiler)));
}

TEST(version_platform)
{
    struct xen_platform_parameters parameters = {0};

    EXPECT_EQ(VERSION(XENVER_platform_parameters, &parameters), 0);
    EXPECT_EQ(parameters.virt_start, 0xffff800000000000ul);
}

TEST(version_features)
{
    struct xen_feature_info info = {.submap_idx = 0};
    const unsigned int wanted =
        1u << XENFEAT_pae_pgdir_above_4gb | 1u << XENFEAT_mmu_pt_update_preserve_ad |
        1u << XENFEAT_highmem_assist | 1u << XENFEAT_gnttab_map_avail_bits | 1u << XENFEAT_dom0;

    EXPECT_EQ(VERSION(XENVER_get_features, &info), 0);
    EXPECT_EQ(info.submap & wanted, wanted);
    EXPECT_EQ(info.submap & (1u << XENFEAT_auto_translated_physmap), 0);
    EXPECT_EQ(info.submap & (1u << XENFEAT_writable_page_tables), 0);
    info.submap_idx = XENFEAT_NR_SUBMAPS;
    EXPECT_EQ(VERSION(XENVER_get_features, &info), E(INVAL));
    info.submap_idx = 0xffffffff;
    EXPECT_EQ(VERSION(XENVER_get_features, &info), E(INVAL));
}

TEST(version_handle)
{
    static xen_domain_handle_t handle;

    memset(handle, 0xff, sizeof(handle));
    EXPECT_EQ(VERSION(XENVER_guest_handle, handle), 0);
    for (unsigned int i = 0; i < sizeof(handle); i++) {
        EXPECT_EQ(handle[i], 0);
    }
}

TEST(version_bad_pointers)
{
    static const unsigned int commands[] = {
        XENVER_extraversion,        XENVER_compile_info, XENVER_capabilities, XENVER_changeset,
        XENVER_platform_parameters, XENVER_get_features, XENVER_guest_handle, XENVER_commandline,
    };
    static const unsigned long places[] = {
        0x1000,               /* nothing there */
        SCRATCH_VA,           /* nothing there, kernel half */
        0xffff800000000000ul, /* the M2P: readable, not the guest's to write */
        0xffff830000000000ul, /* the hypervisor's own half of its slots */
        0xffff87fffffffff8ul, /* its last word */
        0x0000800000000000ul, /* the first non-canonical address */
        0xffff7ffffffffff8ul, /* the last one */
        0xfffffffffffffff8ul, /* wraps around the end */
    };

    for (unsigned int c = 0; c < ARRAY_SIZE(commands); c++) {
        for (unsigned int p = 0; p < ARRAY_SIZE(places); p++) {
            long ret = VERSION(commands[c], places[p]);

            if (ret != E(FAULT)) {
                FAIL("command %u at %lx gives %ld", commands[c], places[p], ret);
            }
        }
    }
}

TEST(version_unknown)
{
    EXPECT_EQ(VERSION(11, NULL), E(NOSYS));
    EXPECT_EQ(VERSION(1000, NULL), E(NOSYS));
    EXPECT_EQ(VERSION(0xffffffffu, NULL), E(NOSYS));
}

TEST(version_m2p)
{
    struct xen_machphys_mapping mapping = {0};

    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_machphys_mapping, &mapping), 0);
    EXPECT_EQ(mapping.v_start, MACH2PHYS_VIRT_START);
    EXPECT_EQ(mapping.v_end, 0xffff804000000000ul);
    EXPECT(mapping.max_mfn >= mfn_of(page_alloc()));
}
