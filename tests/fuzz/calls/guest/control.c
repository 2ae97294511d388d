/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only a control domain may do, to a victim: a domain made for it, which is ended and made
 * anew now and then. Beside it lives a canary, a domain that nobody touches: its memory must
 * stay as it was filled. Each command's argument is described by one letter a word.
 */
#include "../../../guest/domains/domain.h"
#include "fuzz.h"

#define CANARY_PAGES 32

/*
 * v: a vCPU's number and a small number; s: a small number; b: one up to 255; p: a buffer;
 * m: a frame of the victim's; 0: nothing. The rest of the record is 0.
 */
struct command {
    uint16_t number;
    const char *words;
};

static const struct command domctls[] = {
    {XEN_DOMCTL_pausedomain, ""},          {XEN_DOMCTL_unpausedomain, ""},
    {XEN_DOMCTL_getdomaininfo, ""},        {XEN_DOMCTL_setvcpuaffinity, "vpsps"},
    {XEN_DOMCTL_getvcpuaffinity, "vpsps"}, {XEN_DOMCTL_max_mem, "b"},
    {XEN_DOMCTL_setvcpucontext, "vp"},     {XEN_DOMCTL_getvcpucontext, "vp"},
    {XEN_DOMCTL_getvcpuinfo, "v"},         {XEN_DOMCTL_max_vcpus, "s"},
    {XEN_DOMCTL_scheduler_op, "sb"},       {XEN_DOMCTL_setdomainhandle, "bb"},
    {XEN_DOMCTL_setdebugging, "s"},        {XEN_DOMCTL_irq_permission, "b"},
    {XEN_DOMCTL_iomem_permission, "bbs"},  {XEN_DOMCTL_ioport_permission, "bs"},
    {XEN_DOMCTL_hypercall_init, "m"},      {XEN_DOMCTL_settimeoffset, "b"},
    {XEN_DOMCTL_resumedomain, ""},         {XEN_DOMCTL_sendtrigger, "v"},
    {XEN_DOMCTL_shadow_op, "s"},           {XEN_DOMCTL_set_address_size, "b"},
    {XEN_DOMCTL_get_address_size, ""},     {XEN_DOMCTL_set_ext_vcpucontext, "v"},
    {XEN_DOMCTL_get_ext_vcpucontext, "v"}, {XEN_DOMCTL_gettscinfo, ""},
    {XEN_DOMCTL_settscinfo, "s"},          {XEN_DOMCTL_getpageframeinfo3, "sp"},
    {XEN_DOMCTL_getvcpuextstate, "v0bp"},  {XEN_DOMCTL_setvcpuextstate, "v0bp"},
    {XEN_DOMCTL_setnodeaffinity, "ps"},    {XEN_DOMCTL_getnodeaffinity, "ps"},
    {XEN_DOMCTL_get_vcpu_msrs, "vp"},      {XEN_DOMCTL_set_vcpu_msrs, "vp"},
    {XEN_DOMCTL_get_cpu_policy, "bpp"},    {XEN_DOMCTL_set_cpu_policy, "spp"},
    {XEN_DOMCTL_set_virq_handler, "b"},
};

static const struct command sysctls[] = {
    {XEN_SYSCTL_readconsole, "0pb"},
    {XEN_SYSCTL_physinfo, ""},
    {XEN_SYSCTL_sched_id, ""},
    {XEN_SYSCTL_getdomaininfolist, "spb"},
    {XEN_SYSCTL_getcpuinfo, "sp"},
    {XEN_SYSCTL_availheap, ""},
    {XEN_SYSCTL_cputopoinfo, "sp"},
    {XEN_SYSCTL_numainfo, "spsp"},
    {XEN_SYSCTL_cpupool_op, "ss"},
    {XEN_SYSCTL_scheduler_op, "s"},
    {XEN_SYSCTL_pcitopoinfo, "spp"},
    {XEN_SYSCTL_get_cpu_levelling_caps, ""},
    {XEN_SYSCTL_get_cpu_featureset, "sp"},
    {XEN_SYSCTL_get_cpu_policy, "bpp"},
};

static const struct command platform_ops[] = {
    {XENPF_read_memtype, "s"},  {XENPF_get_cpu_version, "s"}, {XENPF_firmware_info, "v"},
    {XENPF_getidletime, "pps"}, {XENPF_get_cpuinfo, "s"},     {XENPF_settime64, "bb"},
    {XENPF_get_symbol, "bpp"},  {XENPF_resource_op, "sp"},    {XENPF_add_memtype, "bbs"},
    {XENPF_del_memtype, "ss"},  {XENPF_core_parking, "s"},    {XENPF_set_processor_pminfo, "sp"},
};

static struct child victim, canary;
static char *buffers[SIDES]; /* a page each, with nothing behind */

static void fill(uint64_t *at, const char *words)
{
    for (; *words != 0; words++, at++) {
        uint32_t *half = (uint32_t *)at;

        if (lie()) {
            *at = nasty();
            continue;
        }
        switch (*words) {
        case 'v':
            half[0] = one_in(4) ? pick(4) : 0;
            half[1] = pick(4);
            break;
        case 's':
            *at = pick(8);
            break;
        case 'b':
            *at = pick(256);
            break;
        case 'p':
            *at = (uint64_t)(one_in(8) ? NULL : pointer(buffers[side()->id]));
            break;
        case 'm':
            *at = victim.mfns[CHILD_FREE + pick(8)];
            break;
        default:
            break;
        }
    }
}

static domid_t whom(void)
{
    /* Never this domain itself: it may well do to itself what it asks for. */
    return lie() ? (domid_t)(one_in(2) ? 5000 : DOMID_IO + pick(8)) : victim_domid;
}

static void victim_make(void)
{
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L4_TABLE};

    memset(&victim, 0, sizeof(victim));
    victim.id = child_new(1);
    child_populate(&victim, CHILD_PAGES);
    child_fill(&victim);
    op.arg1.mfn = victim.mfns[CHILD_L4];
    hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, victim.id);
    REQUIRE(child_context(&victim, 0) == 0);
    victim_domid = victim.id;
    victim_mfn = victim.mfns[CHILD_FREE];
}

void control_start(void)
{
    if (!controlling) {
        return;
    }
    for (unsigned int i = 0; i < SIDES; i++) {
        buffers[i] = guarded_page();
    }
    victim_make();
    canary.id = child_new(1);
    child_populate(&canary, CANARY_PAGES);
    canary_mfn = canary.mfns[CANARY_PAGES / 2];
    for (unsigned int i = 0; i < CANARY_PAGES; i++) {
        uint64_t *page = slot_address(SLOT_TEST);

        REQUIRE(slot_map(SLOT_TEST, canary.id, canary.mfns[i], PTE_RW) == 0);
        for (unsigned int k = 0; k < PAGE_SIZE / 8; k++) {
            page[k] = mix((uint64_t)i << 32 | k);
        }
        slot_unmap(SLOT_TEST);
    }
}

bool canary_sings(void)
{
    for (unsigned int i = 0; controlling && i < CANARY_PAGES; i++) {
        const uint64_t *page = slot_address(SLOT_TEST);
        bool good = slot_map(SLOT_TEST, canary.id, canary.mfns[i], PTE_RO) == 0;

        for (unsigned int k = 0; good && k < PAGE_SIZE / 8; k++) {
            good = page[k] == mix((uint64_t)i << 32 | k);
        }
        if (!good) {
            print("FINDING the memory of another domain has changed: page %u of domain %u\n", i,
                  canary.id);
            return false;
        }
        slot_unmap(SLOT_TEST);
    }
    return true;
}

/* The victim of the last program may have ended: there is one for the next. */
void control_reset(void)
{
    struct xen_domctl_getdomaininfo info;

    if (!controlling) {
        return;
    }
    if (child_info(victim.id, &info) &&
        (info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown)) == 0) {
        return;
    }
    child_destroy(victim.id);
    if (!child_gone(victim.id)) {
        worn_out("a domain that does not end");
    }
    victim_make();
}

static void record(unsigned int call, uint32_t version, const struct command *list,
                   unsigned int count)
{
    const struct command *c = &list[pick(count)];
    struct xen_domctl *op = room(sizeof(*op));
    unsigned int number = lie() ? 100 + pick(100) : c->number;

    op->cmd = number;
    op->interface_version = lie() ? (uint32_t)nasty() : version;
    if (call == __HYPERVISOR_domctl) {
        op->domain = whom();
    }
    fill((uint64_t *)(call == __HYPERVISOR_domctl ? (char *)&op->u : (char *)op + 8), c->words);
    issue(call, number, (uint64_t)pointer_or_none(op), 0, 0, 0);
}

/* Ended by one side while the other may be at it. */
static void destroy(void)
{
    struct xen_domctl *op = room(sizeof(*op));

    op->cmd = XEN_DOMCTL_destroydomain;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = whom();
    issue(__HYPERVISOR_domctl, op->cmd, (uint64_t)pointer_or_none(op), 0, 0, 0);
}

static void create(void)
{
    struct xen_domctl *op = room(sizeof(*op));
    struct xen_domctl_createdomain *c = &op->u.createdomain;
    domid_t made;

    op->cmd = XEN_DOMCTL_createdomain;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = lie() ? (domid_t)nasty() : 0;
    *c = (struct xen_domctl_createdomain){
        .flags = lie() ? (uint32_t)nasty() : 0,
        .max_vcpus = lie() ? (uint32_t)nasty() : 1 + pick(8),
        .max_evtchn_port = lie() ? (uint32_t)nasty() : 127,
        .max_grant_frames = lie() ? (int32_t)nasty() : (int32_t)pick(8),
        .max_maptrack_frames = lie() ? (int32_t)nasty() : (int32_t)pick(8),
        .grant_opts = lie() ? (uint32_t)nasty() : XEN_DOMCTL_GRANT_version(1),
    };
    file(__HYPERVISOR_domctl, XEN_DOMCTL_createdomain,
         issue_quietly(__HYPERVISOR_domctl, XEN_DOMCTL_createdomain, (uint64_t)pointer_or_none(op),
                       0, 0, 0));
    made = op->domain;
    if (made != 0 && made < DOMID_FIRST_RESERVED && c->handle[0] == 0 && made != victim_domid &&
        made != canary.id) {
        op->cmd = XEN_DOMCTL_destroydomain;
        while (hcall(__HYPERVISOR_domctl, op) == E(AGAIN)) {}
    }
}

static void own_calls(void)
{
    uint64_t *words = room(256);
    unsigned int sub = lie() ? pick(64) : pick(5);

    if (sub == MORTISE_audit && !one_in(16)) {
        sub = MORTISE_memory_info; /* an audit is long: the judge makes them */
    }
    *(uint32_t *)words = lie() ? (uint32_t)nasty() : MORTISE_INTERFACE_VERSION;
    ((uint16_t *)words)[2] = whom();
    words[1] = lie() ? nasty() : 0;
    words[2] = lie() ? nasty() : sub == MORTISE_audit ? 0 : 8;
    words[3] = sub == MORTISE_audit ? 0 : (uint64_t)pointer(buffers[side()->id]);
    issue(__HYPERVISOR_mortise_op, sub, sub, (uint64_t)pointer(words), 0, 0);
}

void op_control(void)
{
    switch (pick(16)) {
    case 0:
        one_in(4) ? destroy() : create();
        break;
    case 1 ... 3:
        record(__HYPERVISOR_sysctl, XEN_SYSCTL_INTERFACE_VERSION, sysctls, ARRAY_SIZE(sysctls));
        break;
    case 4:
    case 5:
        record(__HYPERVISOR_platform_op, XENPF_INTERFACE_VERSION, platform_ops,
               ARRAY_SIZE(platform_ops));
        break;
    case 6:
        own_calls();
        break;
    case 7:
        issue(__HYPERVISOR_arch_0, 0, (uint64_t)pointer(memset(room(64), (int)pick(4), 64)), 0, 0,
              0);
        break;
    default:
        record(__HYPERVISOR_domctl, XEN_DOMCTL_INTERFACE_VERSION, domctls, ARRAY_SIZE(domctls));
        break;
    }
}
