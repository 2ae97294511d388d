/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of domctl: each command as a toolstack would fill it, but for lies. The domain that
 * they are about is control.c's choice.
 */
#include "../../../guest/domains/domain.h"
#include "control.h"

static const uint16_t commands[] = {
    XEN_DOMCTL_pausedomain,       XEN_DOMCTL_unpausedomain,    XEN_DOMCTL_getdomaininfo,
    XEN_DOMCTL_setvcpuaffinity,   XEN_DOMCTL_getvcpuaffinity,  XEN_DOMCTL_max_mem,
    XEN_DOMCTL_setvcpucontext,    XEN_DOMCTL_getvcpucontext,   XEN_DOMCTL_getvcpuinfo,
    XEN_DOMCTL_max_vcpus,         XEN_DOMCTL_scheduler_op,     XEN_DOMCTL_setdomainhandle,
    XEN_DOMCTL_setdebugging,      XEN_DOMCTL_irq_permission,   XEN_DOMCTL_iomem_permission,
    XEN_DOMCTL_ioport_permission, XEN_DOMCTL_hypercall_init,   XEN_DOMCTL_settimeoffset,
    XEN_DOMCTL_resumedomain,      XEN_DOMCTL_sendtrigger,      XEN_DOMCTL_shadow_op,
    XEN_DOMCTL_set_address_size,  XEN_DOMCTL_get_address_size, XEN_DOMCTL_set_ext_vcpucontext,
    XEN_DOMCTL_gettscinfo,        XEN_DOMCTL_settscinfo,       XEN_DOMCTL_getpageframeinfo3,
    XEN_DOMCTL_getvcpuextstate,   XEN_DOMCTL_setnodeaffinity,  XEN_DOMCTL_getnodeaffinity,
    XEN_DOMCTL_get_vcpu_msrs,     XEN_DOMCTL_get_cpu_policy,   XEN_DOMCTL_set_cpu_policy,
    XEN_DOMCTL_set_virq_handler,
};

uint64_t some(unsigned int below)
{
    return lie() ? nasty() : pick(below);
}

static uint32_t some_vcpu(void)
{
    return lie() ? (uint32_t)nasty() : one_in(8) ? pick(4) : 0;
}

static void context(struct xen_domctl_vcpucontext *c, const struct child *victim)
{
    struct vcpu_guest_context *state = some_buffer();

    child_context_make((struct child *)victim, state);
    if (lie()) {
        ((uint64_t *)state)[nasty() % (sizeof(*state) / 8)] = nasty();
    }
    if (one_in(16)) {
        state->ctrlreg[3] = xen_pfn_to_cr3(victim->mfns[CHILD_FREE + pick(4)]);
    }
    if (one_in(8)) {
        state->flags &= ~VGCF_online;
    }
    c->vcpu = some_vcpu();
    set_xen_guest_handle(c->ctxt, one_in(16) ? NULL : pointer(state));
}

static void bitmap(struct xenctl_bitmap *map)
{
    uint64_t *bits = some_buffer();

    *bits = one_in(4) ? some(8) : 1 + 2 * pick(2);
    set_xen_guest_handle(map->bitmap, pointer((uint8_t *)bits));
    map->nr_bits = lie() ? (uint32_t)nasty() : one_in(8) ? pick(64) : 8 + 8 * pick(8);
}

static void affinity(struct xen_domctl_vcpuaffinity *a)
{
    a->vcpu = some_vcpu();
    a->flags = lie() ? (uint32_t)nasty() : 1 + pick(3) + (one_in(8) ? XEN_VCPUAFFINITY_FORCE : 0);
    bitmap(&a->cpumap_hard);
    bitmap(&a->cpumap_soft);
}

static void scheduling(struct xen_domctl_scheduler_op *s)
{
    s->sched_id = lie() ? pick(10) : XEN_SCHEDULER_CREDIT2;
    s->cmd = one_in(8) ? pick(6) : pick(2);
    s->u.credit2.weight = one_in(4) ? (uint16_t)some(2) : (uint16_t)(128 + pick(256));
    s->u.credit2.cap = one_in(2) ? 0 : one_in(4) ? (uint16_t)some(256) : 20 + (uint16_t)pick(80);
}

static void permissions(struct xen_domctl *op)
{
    uint64_t first = lie() ? nasty() : 8 * pick(64), count = lie() ? nasty() : 1 + pick(4);
    uint8_t allow = !one_in(4);

    switch (op->cmd) {
    case XEN_DOMCTL_irq_permission:
        op->u.irq_permission.pirq = (uint32_t)first;
        op->u.irq_permission.allow_access = allow;
        break;
    case XEN_DOMCTL_iomem_permission:
        op->u.iomem_permission.first_mfn = lie() ? first : 0xfe000 + first;
        op->u.iomem_permission.nr_mfns = count;
        op->u.iomem_permission.allow_access = allow;
        break;
    default:
        op->u.ioport_permission.first_port = (uint32_t)first;
        op->u.ioport_permission.nr_ports = (uint32_t)count;
        op->u.ioport_permission.allow_access = allow;
        break;
    }
}

static void policy(struct xen_domctl_cpu_policy *p, bool set)
{
    xen_cpuid_leaf_t *leaves = some_buffer();

    if (set) {
        memset(leaves, 0, 4 * sizeof(*leaves));
        leaves[0].leaf = one_in(4) ? (uint32_t)some(16) : 1;
        leaves[0].subleaf = lie() ? (uint32_t)nasty() : XEN_CPUID_INPUT_UNUSED;
        leaves[0].d = (uint32_t)nasty();
    }
    p->nr_leaves = set ? (one_in(4) ? (uint32_t)some(4) : 1) : one_in(8) ? pick(8) : 100;
    p->nr_msrs = one_in(16) ? (uint32_t)some(20) : 0;
    set_xen_guest_handle(p->leaves, one_in(8) ? NULL : pointer(leaves));
    set_xen_guest_handle(p->msrs, pointer(room(256)));
}

/* What is a word, a small number or a buffer. */
static void others(struct xen_domctl *op, const struct child *victim)
{
    uint64_t *words = (uint64_t *)&op->u, *array = some_buffer();

    switch (op->cmd) {
    case XEN_DOMCTL_hypercall_init:
        words[0] = one_in(8) ? some_mfn(ROLE_PLAIN) : victim->mfns[CHILD_FREE + pick(8)];
        break;
    case XEN_DOMCTL_getpageframeinfo3:
        for (unsigned int i = 0; i < 8; i++) {
            array[i] = one_in(8) ? some_mfn(ROLE_PLAIN) : victim->mfns[pick(CHILD_PAGES)];
        }
        words[0] = one_in(16) ? 1020 + pick(8) : some(8);
        words[1] = (uint64_t)pointer(array);
        break;
    case XEN_DOMCTL_getvcpuextstate:
        words[0] = some_vcpu();
        words[3] = (uint64_t)pointer(array);
        break;
    case XEN_DOMCTL_get_vcpu_msrs:
        words[0] = some_vcpu();
        words[1] = (uint64_t)pointer(array);
        break;
    case XEN_DOMCTL_set_address_size:
        op->u.address_size.size = one_in(4) ? (uint32_t)some(128) : 64;
        break;
    case XEN_DOMCTL_max_vcpus:
        op->u.max_vcpus.max = one_in(4) ? (uint32_t)some(8) : one_in(2) ? 4 : 1;
        break;
    case XEN_DOMCTL_max_mem:
        op->u.max_mem.max_memkb = one_in(4)   ? some(256)
                                  : one_in(4) ? HOST_FRAMES * 8
                                              : CHILD_PAGES * 4;
        break;
    default:
        words[0] = some(one_in(4) ? 256 : 4);
        words[1] = lie() ? nasty() : 0;
        break;
    }
}

/* Of the command in `op`, about that domain. */
static void fill(struct xen_domctl *op, const struct child *victim)
{
    switch (op->cmd) {
    case XEN_DOMCTL_setvcpuaffinity:
    case XEN_DOMCTL_getvcpuaffinity:
        affinity(&op->u.vcpuaffinity);
        break;
    case XEN_DOMCTL_setvcpucontext:
    case XEN_DOMCTL_getvcpucontext:
        context(&op->u.vcpucontext, victim);
        break;
    case XEN_DOMCTL_getvcpuinfo:
        op->u.getvcpuinfo.vcpu = some_vcpu();
        break;
    case XEN_DOMCTL_sendtrigger:
        op->u.sendtrigger.vcpu = some_vcpu();
        op->u.sendtrigger.trigger = one_in(8) ? (uint32_t)some(6) : 0;
        break;
    case XEN_DOMCTL_scheduler_op:
        scheduling(&op->u.scheduler_op);
        break;
    case XEN_DOMCTL_irq_permission:
    case XEN_DOMCTL_iomem_permission:
    case XEN_DOMCTL_ioport_permission:
        permissions(op);
        break;
    case XEN_DOMCTL_setnodeaffinity:
    case XEN_DOMCTL_getnodeaffinity:
        bitmap(&op->u.nodeaffinity.nodemap);
        break;
    case XEN_DOMCTL_get_cpu_policy:
    case XEN_DOMCTL_set_cpu_policy:
        policy(&op->u.cpu_policy, op->cmd == XEN_DOMCTL_set_cpu_policy);
        break;
    default:
        others(op, victim);
        break;
    }
}

/* What a domain can't do to itself is tried; the rest it may well do, to its end. */
static bool not_for_oneself(unsigned int command)
{
    switch (command) {
    case XEN_DOMCTL_destroydomain ... XEN_DOMCTL_unpausedomain:
    case XEN_DOMCTL_setvcpucontext ... XEN_DOMCTL_getvcpucontext:
    case XEN_DOMCTL_setdebugging ... XEN_DOMCTL_ioport_permission:
    case XEN_DOMCTL_settscinfo:
    case XEN_DOMCTL_set_cpu_policy:
        return controlling && own_domid == 0;
    default:
        return false;
    }
}

void domctl_make(const struct child *victim, domid_t id)
{
    struct xen_domctl *op = room(sizeof(*op));

    op->cmd = command_of(__HYPERVISOR_domctl, commands, ARRAY_SIZE(commands));
    op->interface_version = lie() ? (uint32_t)nasty() : XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = lie() && not_for_oneself(op->cmd) ? own_domid : id;
    if (side()->want == NULL && lie()) {
        op->cmd = 100 + pick(100);
    } else {
        fill(op, victim);
    }
    issue(__HYPERVISOR_domctl, op->cmd, (uint64_t)pointer_or_none(op), 0, 0, 0);
    if (op->cmd == XEN_DOMCTL_pausedomain && one_in(128)) {
        /* There is an end to it. */
        for (unsigned int i = 0; i < 260; i++) {
            issue(__HYPERVISOR_domctl, op->cmd, (uint64_t)op, 0, 0, 0);
        }
    }
}
