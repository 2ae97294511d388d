/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A toolstack of the smallest kind: what is needed to start the child and nothing else. Page tables
 * are written through foreign mappings while their frames are plain memory, and unmapped before the
 * root is pinned.
 */
#include "domain.h"

#define SLOT_VA   (SCRATCH_VA + 0x10000000000ul)
#define WAIT_NS   20000000000ul
#define CHILD_RAM (CHILD_PAGES * 4)

extern const uint8_t child_image[], child_image_end[];

struct xen_domctl domctl_op;
struct xen_sysctl sysctl_op;

long domctl(unsigned int command, domid_t id)
{
    domctl_op.cmd = command;
    domctl_op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    domctl_op.domain = id;
    return hcall(__HYPERVISOR_domctl, &domctl_op);
}

long sysctl(unsigned int command)
{
    sysctl_op.cmd = command;
    sysctl_op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_sysctl, &sysctl_op);
}

void *slot_address(unsigned int slot)
{
    return (void *)(SLOT_VA + slot * PAGE_SIZE);
}

long slot_map(unsigned int slot, domid_t id, unsigned long mfn, uint64_t flags)
{
    static uint64_t *entries;
    mmu_update_t update = {.val = flags ? pte_make(mfn, flags) : 0};

    if (!entries) {
        entries = tables_make(SLOT_VA);
    }
    update.ptr = machine_of(&entries[slot]) | MMU_NORMAL_PT_UPDATE;
    return hcall(__HYPERVISOR_mmu_update, &update, 1, NULL, id);
}

void slot_unmap(unsigned int slot)
{
    REQUIRE(slot_map(slot, DOMID_SELF, 0, 0) == 0);
    mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)slot_address(slot), 0);
}

domid_t child_new(unsigned int vcpus)
{
    memset(&domctl_op, 0, sizeof(domctl_op));
    domctl_op.u.createdomain = (struct xen_domctl_createdomain){
        .handle = {0xc4, 0x11, 0xd0},
        .max_vcpus = vcpus,
        .max_evtchn_port = 1023,
        .max_grant_frames = 8,
        .max_maptrack_frames = 16,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };
    REQUIRE(domctl(XEN_DOMCTL_createdomain, 0) == 0);
    return domctl_op.domain;
}

void child_populate(struct child *c, unsigned int pages)
{
    domctl_op.u.max_vcpus.max = 1;
    REQUIRE(domctl(XEN_DOMCTL_max_vcpus, c->id) == 0);
    child_populate_frames(c, pages);
}

void child_populate_frames(struct child *c, unsigned int pages)
{
    struct xen_memory_reservation r = {.nr_extents = pages, .domid = c->id};

    c->pages = pages;
    domctl_op.u.max_mem.max_memkb = CHILD_RAM + 64;
    REQUIRE(domctl(XEN_DOMCTL_max_mem, c->id) == 0);
    for (unsigned int i = 0; i < pages; i++) {
        c->mfns[i] = i;
    }
    set_xen_guest_handle(r.extent_start, c->mfns);
    REQUIRE(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) == (long)pages);
}

static uint64_t *work_on(struct child *c, unsigned int page)
{
    REQUIRE(slot_map(SLOT_WORK, c->id, c->mfns[page], PTE_RW) == 0);
    return slot_address(SLOT_WORK);
}

static void fill_tables(struct child *c)
{
    uint64_t *t;

    for (unsigned int level = 4; level > 1; level--) {
        t = work_on(c, CHILD_L4 + 4 - level);
        memset(t, 0, PAGE_SIZE);
        t[VIRT_BASE >> (PAGE_SHIFT + 9 * (level - 1)) & 511] =
            pte_make(c->mfns[CHILD_L4 + 5 - level], PTE_RW);
        slot_unmap(SLOT_WORK);
    }
    t = work_on(c, CHILD_L1);
    memset(t, 0, PAGE_SIZE);
    for (unsigned int i = 0; i < c->pages; i++) {
        bool table = i >= CHILD_L4 && i <= CHILD_L1;

        t[i] = pte_make(i == CHILD_SHARED ? c->shared_mfn : c->mfns[i], table ? PTE_RO : PTE_RW);
    }
    slot_unmap(SLOT_WORK);
}

void child_fill(struct child *c)
{
    unsigned long bytes = (unsigned long)(child_image_end - child_image), at;
    struct xen_domctl_getdomaininfo info;
    start_info_t *si;

    REQUIRE(child_info(c->id, &info));
    c->shared_mfn = info.shared_info_frame;
    for (at = 0; at < CHILD_IMAGE_PAGES * PAGE_SIZE; at += PAGE_SIZE) {
        unsigned long n = at >= bytes ? 0 : bytes - at < PAGE_SIZE ? bytes - at : PAGE_SIZE;
        void *page = work_on(c, (unsigned int)(at / PAGE_SIZE));

        memset(page, 0, PAGE_SIZE);
        memcpy(page, child_image + at, n);
        slot_unmap(SLOT_WORK);
    }
    si = (start_info_t *)work_on(c, CHILD_START_INFO);
    memset(si, 0, PAGE_SIZE);
    memcpy(si->magic, "xen-3.0-x86_64", 15);
    si->nr_pages = c->pages;
    si->shared_info = c->shared_mfn << PAGE_SHIFT;
    si->pt_base = child_va(CHILD_L4);
    si->nr_pt_frames = 4;
    slot_unmap(SLOT_WORK);
    memset(work_on(c, CHILD_MAILBOX), 0, PAGE_SIZE);
    slot_unmap(SLOT_WORK);
    fill_tables(c);
    REQUIRE(slot_map(SLOT_WORK, c->id, c->shared_mfn, PTE_RW) == 0);
    ((shared_info_t *)slot_address(SLOT_WORK))->vcpu_info[0].evtchn_upcall_mask = 1;
    slot_unmap(SLOT_WORK);
}

void child_context_make(struct child *c, struct vcpu_guest_context *context)
{
    memset(context, 0, sizeof(*context));
    context->flags = VGCF_in_kernel | VGCF_online;
    context->user_regs.rip = VIRT_BASE;
    context->user_regs.cs = FLAT_KERNEL_CS;
    context->user_regs.rflags = 0x202;
    context->user_regs.rsp = child_va(CHILD_IMAGE_PAGES - 1);
    context->user_regs.ss = FLAT_KERNEL_SS;
    context->user_regs.rsi = child_va(CHILD_START_INFO);
    context->kernel_ss = FLAT_KERNEL_SS;
    context->kernel_sp = context->user_regs.rsp;
    context->ctrlreg[3] = xen_pfn_to_cr3(c->mfns[CHILD_L4]);
}

long child_context(struct child *c, unsigned int vcpu)
{
    static struct vcpu_guest_context context;

    child_context_make(c, &context);
    domctl_op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &context);
    return domctl(XEN_DOMCTL_setvcpucontext, c->id);
}

void child_make(struct child *c)
{
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L4_TABLE};

    memset(c, 0, sizeof(*c));
    c->id = child_new(1);
    child_populate(c, CHILD_PAGES);
    child_fill(c);
    op.arg1.mfn = c->mfns[CHILD_L4];
    REQUIRE(hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, c->id) == 0);
    REQUIRE(child_context(c, 0) == 0);
    REQUIRE(slot_map(SLOT_MAILBOX, c->id, c->mfns[CHILD_MAILBOX], PTE_RW) == 0);
    c->mailbox = slot_address(SLOT_MAILBOX);
    REQUIRE(domctl(XEN_DOMCTL_unpausedomain, c->id) == 0);
}

long child_destroy(domid_t id)
{
    long rc;

    do {
        rc = domctl(XEN_DOMCTL_destroydomain, id);
    } while (rc == E(AGAIN));
    return rc;
}

/* The last references of a domain may go a moment later. */
bool child_gone(domid_t id)
{
    uint64_t end = time_now() + WAIT_NS;

    while (child_exists(id)) {
        if (time_now() > end) {
            return false;
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield);
    }
    return true;
}

void child_end(struct child *c)
{
    if (c->mailbox) {
        slot_unmap(SLOT_MAILBOX);
    }
    c->mailbox = NULL;
    EXPECT_EQ(child_destroy(c->id), 0);
    EXPECT(child_gone(c->id));
}

unsigned long child_data(void)
{
    return child_va(CHILD_MAILBOX) + offsetof(struct mailbox, data);
}

bool child_start(struct child *c, enum job job, unsigned int number, const uint64_t args[5])
{
    for (unsigned int i = 0; i < 5; i++) {
        c->mailbox->args[i] = args ? args[i] : 0;
    }
    c->mailbox->number = number;
    c->mailbox->job = job;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    c->mailbox->request++;
    return true;
}

bool child_wait(struct child *c)
{
    uint64_t end = time_now() + WAIT_NS;

    while (c->mailbox->done != c->mailbox->request) {
        if (time_now() > end) {
            FAIL("domain %u does not answer", c->id);
            return false;
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield);
    }
    return true;
}

long child_call5(struct child *c, unsigned int number, const uint64_t args[5])
{
    child_start(c, JOB_CALL, number, args);
    if (!child_wait(c)) {
        return -9999;
    }
    seen_foreign(c->id, number, args, c->mailbox->data, (long)c->mailbox->result);
    return (long)c->mailbox->result;
}

long child_job(struct child *c, enum job job, uint64_t a, uint64_t b)
{
    child_start(c, job, 0, (uint64_t[5]){a, b});
    return child_wait(c) ? (long)c->mailbox->result : -9999;
}

bool child_info(domid_t id, struct xen_domctl_getdomaininfo *info)
{
    if (domctl(XEN_DOMCTL_getdomaininfo, id) != 0 || domctl_op.domain != id) {
        return false;
    }
    *info = domctl_op.u.getdomaininfo;
    return true;
}

bool child_wait_flag(domid_t id, uint32_t flag, struct xen_domctl_getdomaininfo *info)
{
    uint64_t end = time_now() + WAIT_NS;

    while (child_info(id, info) && time_now() < end) {
        if (info->flags & flag) {
            return true;
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield);
    }
    return false;
}

bool child_exists(domid_t id)
{
    struct xen_domctl_getdomaininfo info;

    return child_info(id, &info);
}

uint64_t host_free(void)
{
    memset(&sysctl_op, 0, sizeof(sysctl_op));
    REQUIRE(sysctl(XEN_SYSCTL_physinfo) == 0);
    return sysctl_op.u.physinfo.free_pages;
}

void books_clean(const char *when)
{
    struct mortise_audit found = {.interface_version = MORTISE_INTERFACE_VERSION};

    if (subject_is_mortise()) {
        EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, MORTISE_audit, &found), 0);
        if (found.total != 0) {
            FAIL("%s: the audit finds %lu differences", when, found.total);
        }
    }
}
