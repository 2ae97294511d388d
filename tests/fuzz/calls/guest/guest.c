/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same kernel in a domain without privilege (`guest`): this one, as the control domain, makes
 * it out of its own image, prints what it says, and judges meanwhile. The guest's programs are
 * interpreted there, with the same command line.
 */
#include "../../../guest/domains/domain.h"
#include "fuzz.h"

#include <xen/io/console.h>

#define PAGES     4096 /* 16 MiB */
#define MAPPED    2048 /* of these: four L1 tables */
#define P2M_PAGES (PAGES * sizeof(xen_pfn_t) / PAGE_SIZE)
#define BATCH     256
#define NAP_NS    2000000  /* between looks at the ring */
#define JUDGE_NS  60000000 /* between two judgements; one takes some milliseconds */

extern char image_start[], stack_area[], image_end[], _start[];

/* What stands in the guest's memory behind the image, in pages. */
enum {
    AT_START_INFO,
    AT_CONSOLE,
    AT_P2M,
    AT_L4 = AT_P2M + P2M_PAGES,
    AT_L3,
    AT_L2,
    AT_L1,
    AT_END = AT_L1 + MAPPED / 512,
};

static xen_pfn_t mfns[PAGES];
static domid_t guest;
static struct xencons_interface *ring;

static unsigned long place(unsigned int at)
{
    return pfn_of(image_end) + at;
}

static void *page_of(unsigned long pfn)
{
    REQUIRE(slot_map(SLOT_WORK, guest, mfns[pfn], PTE_RW) == 0);
    return slot_address(SLOT_WORK);
}

/* With few ports, so that they run out. */
static domid_t guest_new(void)
{
    memset(&domctl_op, 0, sizeof(domctl_op));
    domctl_op.u.createdomain = (struct xen_domctl_createdomain){
        .max_vcpus = vcpus,
        .max_evtchn_port = 31,
        .max_grant_frames = 8,
        .max_maptrack_frames = 16,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };
    REQUIRE(domctl(XEN_DOMCTL_createdomain, 0) == 0);
    return domctl_op.domain;
}

static void memory_make(void)
{
    struct xen_memory_reservation r = {.nr_extents = BATCH, .domid = guest};

    domctl_op.u.max_vcpus.max = vcpus;
    REQUIRE(domctl(XEN_DOMCTL_max_vcpus, guest) == 0);
    domctl_op.u.max_mem.max_memkb = PAGES * 4 + 64;
    REQUIRE(domctl(XEN_DOMCTL_max_mem, guest) == 0);
    for (unsigned int at = 0; at < PAGES; at += BATCH) {
        for (unsigned int i = 0; i < BATCH; i++) {
            mfns[at + i] = at + i;
        }
        set_xen_guest_handle(r.extent_start, &mfns[at]);
        REQUIRE(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) == BATCH);
    }
}

/* Code and data as they are here, where data hardly changes; all else is 0. */
static void image_fill(void)
{
    for (char *at = image_start; at < stack_area; at += PAGE_SIZE) {
        memcpy(page_of(pfn_of(at)), at, PAGE_SIZE);
        slot_unmap(SLOT_WORK);
    }
    for (unsigned int i = 0; i < P2M_PAGES; i++) {
        memcpy(page_of(place(AT_P2M + i)), &mfns[i * 512], PAGE_SIZE);
        slot_unmap(SLOT_WORK);
    }
}

static void tables_fill(void)
{
    static const unsigned int above[] = {AT_L4, AT_L3, AT_L2};
    uint64_t *t;

    for (unsigned int i = 0; i < 3; i++) {
        unsigned int count = above[i] == AT_L2 ? MAPPED / 512 : 1;

        t = page_of(place(above[i]));
        for (unsigned int k = 0; k < count; k++) {
            t[(VIRT_BASE >> (PAGE_SHIFT + 9 * (3 - i)) & 511) + k] =
                pte_make(mfns[place(above[i] + 1 + k)], PTE_RW);
        }
        slot_unmap(SLOT_WORK);
    }
    for (unsigned int pfn = 0; pfn < MAPPED; pfn++) {
        bool table = pfn >= place(AT_L4) && pfn < place(AT_END);

        t = pfn % 512 == 0 ? page_of(place(AT_L1 + pfn / 512)) : t;
        t[pfn % 512] = pte_make(mfns[pfn], table ? PTE_RO : PTE_RW);
        if (pfn % 512 == 511) {
            slot_unmap(SLOT_WORK);
        }
    }
}

/* The guest knows whom it may lie about, and that it is none itself that makes a guest. */
static void start_info_fill(void)
{
    struct xen_domctl_getdomaininfo info;
    start_info_t *si = page_of(place(AT_START_INFO));
    const char *line = (const char *)start_info->cmd_line;

    memcpy(si->magic, "xen-3.0-x86_64", 15);
    si->nr_pages = PAGES;
    si->pt_base = VIRT_BASE + place(AT_L4) * PAGE_SIZE;
    si->nr_pt_frames = AT_END - AT_L4;
    si->mfn_list = VIRT_BASE + place(AT_P2M) * PAGE_SIZE;
    si->console.domU.mfn = mfns[place(AT_CONSOLE)];
    snprintf((char *)si->cmd_line, MAX_GUEST_CMDLINE, "self=%u neighbour=%u canary=%u %s", guest,
             victim_domid, (unsigned int)canary_mfn, line);
    slot_unmap(SLOT_WORK);
    REQUIRE(child_info(guest, &info));
    si = page_of(place(AT_START_INFO));
    si->shared_info = info.shared_info_frame << PAGE_SHIFT;
    slot_unmap(SLOT_WORK);
    REQUIRE(slot_map(SLOT_WORK, guest, info.shared_info_frame, PTE_RW) == 0);
    for (unsigned int i = 0; i < STACK_COUNT; i++) {
        ((shared_info_t *)slot_address(SLOT_WORK))->vcpu_info[i].evtchn_upcall_mask = 1;
    }
    slot_unmap(SLOT_WORK);
}

static void state_set(void)
{
    static struct vcpu_guest_context context;
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = mfns[place(AT_L4)]};

    REQUIRE(hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, guest) == 0);
    memset(&context, 0, sizeof(context));
    context.flags = VGCF_in_kernel | VGCF_online;
    context.user_regs.rip = (unsigned long)_start;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.user_regs.rflags = 0x202;
    context.user_regs.rsp = (unsigned long)stack_area + STACK_BYTES;
    context.user_regs.rsi = VIRT_BASE + place(AT_START_INFO) * PAGE_SIZE;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = context.user_regs.rsp;
    context.ctrlreg[3] = xen_pfn_to_cr3(mfns[place(AT_L4)]);
    domctl_op.u.vcpucontext.vcpu = 0;
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &context);
    REQUIRE(domctl(XEN_DOMCTL_setvcpucontext, guest) == 0);
}

/* What the guest printed, but for the word that would end this machine. */
static void ring_drain(void)
{
    static char line[256];
    static unsigned int length;
    uint32_t from = ring->out_cons, to = __atomic_load_n(&ring->out_prod, __ATOMIC_ACQUIRE);

    while (from != to) {
        line[length++] = ring->out[MASK_XENCONS_IDX(from, ring->out)];
        from++;
        if (line[length - 1] != '\n' && length < sizeof(line) - 1) {
            continue;
        }
        line[length] = 0;
        print("%s%s", strncmp(line, "VERDICTS", 8) == 0 ? "guest's " : "", line);
        length = 0;
    }
    __atomic_store_n(&ring->out_cons, from, __ATOMIC_RELEASE);
}

void guest_run(bool (*judged)(unsigned int))
{
    struct xen_domctl_getdomaininfo info;
    uint64_t judge_at = 0;
    bool good = true;

    guest = guest_new();
    memory_make();
    image_fill();
    tables_fill();
    start_info_fill();
    state_set();
    REQUIRE(slot_map(SLOT_MAILBOX, guest, mfns[place(AT_CONSOLE)], PTE_RW) == 0);
    ring = slot_address(SLOT_MAILBOX);
    REQUIRE(domctl(XEN_DOMCTL_unpausedomain, guest) == 0);
    for (unsigned int turn = 0;; turn++) {
        /* Once in a while there is no memory for the guest. */
        memory_scarce(turn % 4 == 3);
        nap(NAP_NS);
        memory_scarce(false);
        ring_drain();
        if (time_now() > judge_at) {
            good = judged(0);
            judge_at = time_now() + JUDGE_NS;
        }
        REQUIRE(child_info(guest, &info) && info.domain == guest);
        if (!good || (info.flags & XEN_DOMINF_shutdown) != 0) {
            break;
        }
    }
    ring_drain();
    if (good && (info.flags >> XEN_DOMINF_shutdownshift & 255) != SHUTDOWN_poweroff) {
        print("FINDING the domain died: its reason is %u\n",
              info.flags >> XEN_DOMINF_shutdownshift & 255);
    }
    slot_unmap(SLOT_MAILBOX);
    REQUIRE(child_destroy(guest) == 0);
    if (!child_gone(guest)) {
        print("FINDING a guest that does not end\n");
    }
    judged(0);
}
