/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhvctl creates guests on a host in this process: what the guest finds at its start is what
 * the ABI promises, for each kind of kernel, however it is packed.
 */
#include "hvctl_guest.h"

static const struct kernel_wish classic_kernel = {
    .virt_base = LINUX_BASE,
    .entry = LINUX_BASE + TEXT_PADDR,
    .hypercall_page = LINUX_BASE + DATA_PADDR + 0x1700,
};
static const struct kernel_wish grub_kernel = {.virt_base = 0, .entry = 0};

static uint64_t entry_of(xen_pfn_t table, uint64_t va, unsigned int level)
{
    const uint64_t *entries = host_frame(table);

    return entries[va >> (12 + 9 * (level - 1)) & 511];
}

static xen_pfn_t frame_of(uint64_t entry)
{
    return entry << 12 >> 24;
}

/* The L1 entry for an address, under the vCPU's root; 0: none. */
static uint64_t walk(uint64_t va)
{
    uint64_t entry = host.domain[GUEST].context.ctrlreg[3];

    for (unsigned int level = 4; level > 0; level--) {
        entry = entry_of(frame_of(entry), va, level);
        if (!(entry & 1)) {
            return 0;
        }
    }
    return entry;
}

static const uint8_t *at(uint64_t va)
{
    uint64_t entry = walk(va);

    return entry ? (uint8_t *)host_frame(frame_of(entry)) + va % 4096 : NULL;
}

static bool same(uint64_t va, const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        const uint8_t *byte = at(va + i);

        if (!byte || *byte != (data ? data[i] : 0)) {
            return false;
        }
    }
    return true;
}

/* Is a frame of the guest's at a PFN a page table of the tree below root? */
static bool is_table(xen_pfn_t root, xen_pfn_t mfn, unsigned int level)
{
    const uint64_t *entries = host_frame(root);

    if (root == mfn) {
        return true;
    }
    for (unsigned int i = 0; i < 512 && level > 1; i++) {
        if (entries[i] && is_table(frame_of(entries[i]), mfn, level - 1)) {
            return true;
        }
    }
    return false;
}

static const struct start_info *start_info(void)
{
    return (const void *)at(host.domain[GUEST].context.user_regs.rsi);
}

/* Every page that is mapped from the base on: the p2m's frame, tables read-only, all else not. */
static void expect_mapping(uint64_t base)
{
    const struct start_info *info = start_info();
    uint64_t pages = 0, entry;

    while (pages < info->nr_pages && (entry = walk(base + pages * 4096))) {
        bool table = is_table(host.domain[GUEST].pinned, frame_of(entry), 4);

        EXPECT(host.m2p[frame_of(entry)] == pages);
        EXPECT((entry & 0xfff) == (table ? 0x65 : 0x67));
        pages++;
    }
    EXPECT(pages % 1024 == 0 || pages == info->nr_pages);
    /* 512 KiB behind the stack. */
    EXPECT(base + pages * 4096 >= host.domain[GUEST].context.user_regs.rsp + 0x80000);
}

static void expect_segments(const struct kernel_wish *wish)
{
    uint64_t base = wish->virt_base;
    uint64_t data = wish->data_offset ? wish->data_offset : 0x3900;

    EXPECT(same(base + TEXT_PADDR, file + 0x1000, TEXT_BYTES));
    EXPECT(same(base + TEXT_PADDR + TEXT_BYTES, NULL, DATA_PADDR - TEXT_PADDR - TEXT_BYTES));
    EXPECT(same(base + DATA_PADDR, file + data, DATA_BYTES));
    EXPECT(same(base + DATA_PADDR + DATA_BYTES, NULL, DATA_ROOM - DATA_BYTES));
}

static void expect_start_info(const struct kernel_wish *wish, bool with_initrd)
{
    const struct host_domain *d = &host.domain[GUEST];
    const struct start_info *info = start_info();
    const struct grant_entry_v1 *grants = host_frame(d->grants);

    EXPECT(!strcmp(info->magic, "xen-3.0-x86_64"));
    EXPECT(info->nr_pages == GUEST_KIB / 4 && d->frames == info->nr_pages);
    EXPECT(info->shared_info == d->shared_info << 12);
    EXPECT(info->flags == (with_initrd && wish->mod_start_pfn ? SIF_MOD_START_PFN : 0));
    EXPECT(info->store_evtchn && info->console.domU.evtchn &&
           info->store_evtchn != info->console.domU.evtchn);
    EXPECT(grants[0].flags == GTF_permit_access && grants[0].domid == 0 &&
           grants[0].frame == info->console.domU.mfn);
    EXPECT(grants[1].flags == GTF_permit_access && grants[1].frame == info->store_mfn);
    EXPECT(frame_of(walk(info->pt_base)) == d->pinned);
    EXPECT(!strcmp((const char *)info->cmd_line, "root=/dev/xvda"));
    EXPECT(!!info->mod_len == with_initrd && (!with_initrd || info->mod_len == INITRD));
    for (uint64_t i = 0; i < info->nr_pages; i++) {
        uint64_t mfn = *(const uint64_t *)(const void *)at(info->mfn_list + i * 8);

        EXPECT(host.owner[mfn] == GUEST + 1 && host.m2p[mfn] == i);
    }
}

static void expect_registers(const struct kernel_wish *wish)
{
    const struct vcpu_guest_context *c = &host.domain[GUEST].context;

    EXPECT(c->user_regs.rip == wish->entry && c->user_regs.cs == FLAT_KERNEL_CS);
    EXPECT(c->user_regs.ss == FLAT_KERNEL_SS && c->user_regs.rflags == 0x202);
    EXPECT(c->flags == (VGCF_in_kernel | VGCF_online));
    EXPECT(walk(c->user_regs.rsp - 8) & 2);
    EXPECT(!c->user_regs.rax && !c->user_regs.rdi && !c->user_regs.ds);
}

static void expect_shared_page(void)
{
    const struct shared_info *shared = host_frame(host.domain[GUEST].shared_info);

    for (unsigned int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++) {
        EXPECT(shared->vcpu_info[i].evtchn_upcall_mask == 1);
    }
}

static void start(const struct kernel_wish *wish, enum packing packing, bool with_initrd)
{
    struct hvctl_definition d = definition();
    char message[512];

    host_reset();
    set_kernel(wish, packing);
    if (with_initrd) {
        set_initrd(&d);
    }
    EXPECT(create(&d, 0, message) == 0);
    if (message[0]) {
        printf("# %s\n", message);
        return;
    }
    expect_registers(wish);
    expect_mapping(wish->virt_base);
    expect_segments(wish);
    expect_start_info(wish, with_initrd);
    expect_shared_page();
    EXPECT(host.domain[GUEST].pause_count == 0);
}

static void linux_starts_from_every_packing(void)
{
    for (enum packing p = PLAIN; p < PACKINGS; p++) {
        const struct start_info *info;
        uint64_t pfn;

        start(&linux_kernel, p, true);
        info = start_info();
        EXPECT(info->mfn_list == LINUX_P2M && info->nr_p2m_frames == 4 + 3);
        EXPECT(host.m2p[frame_of(walk(LINUX_P2M))] == info->first_p2m_pfn);
        /* The initrd is not mapped: its PFN is told. */
        pfn = info->mod_start;
        for (size_t i = 0; i < INITRD; i += 4096) {
            uint64_t mfn = *(const uint64_t *)(const void *)at(LINUX_P2M + (pfn + i / 4096) * 8);

            EXPECT(!memcmp(host_frame(mfn), initrd + i, INITRD - i < 4096 ? INITRD - i : 4096));
        }
        EXPECT(host.large_orders == GUEST_KIB / 2048);
    }
}

static void an_older_kernel_finds_all_of_it_mapped(void)
{
    start(&classic_kernel, PLAIN, true);
    EXPECT(same(start_info()->mod_start, initrd, INITRD));
    EXPECT(start_info()->mfn_list >= LINUX_BASE && start_info()->nr_p2m_frames == 0);
    EXPECT(host.domain[GUEST].hypercall_page == frame_of(walk(classic_kernel.hypercall_page)));
}

static void a_kernel_at_address_zero_starts(void)
{
    start(&grub_kernel, PLAIN, false);
    start(&grub_kernel, BZIMAGE_LZ4, false);
}

/* The window can't be used for these; what the guest gets is the same. */
static void kernels_are_copied_where_pages_do_not_fit(void)
{
    struct kernel_wish wish = linux_kernel;

    wish.data_offset = 0x2900; /* shares its page of the file with the text */
    start(&wish, BZIMAGE_LZ4, false);
    wish.data_offset = 0x3801; /* fits no page of the guest */
    start(&wish, BZIMAGE_LZ4, false);
    start(&wish, PLAIN, false);
    wish = linux_kernel;
    wish.paddr_offset = 0x200000; /* known only when the kernel is unpacked */
    start(&wish, BZIMAGE_LZ4, false);
    start(&wish, BZIMAGE_XZ, true);
}

static void small_pieces_of_memory_do(void)
{
    struct hvctl_definition d = definition();
    char message[512];

    host_reset();
    host.no_large = true;
    set_kernel(&linux_kernel, PLAIN);
    EXPECT(create(&d, 0, message) == 0);
    EXPECT(host.domain[GUEST].frames == GUEST_KIB / 4 && !host.large_orders);
    expect_segments(&linux_kernel);
}

int main(void)
{
    RUN(linux_starts_from_every_packing);
    RUN(an_older_kernel_finds_all_of_it_mapped);
    RUN(a_kernel_at_address_zero_starts);
    RUN(kernels_are_copied_where_pages_do_not_fit);
    RUN(small_pieces_of_memory_do);
    return UNIT_RESULT;
}
