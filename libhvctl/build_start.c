/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the guest finds when it starts: start_info, the shared page, rings with their event
 * channels and grants, and the registers of its first vCPU.  The guest's pages are zero before.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>

#include "build.h"

#define RFLAGS_START 0x202 /* IF, and the bit that is always set */

static int alloc_port(struct build *b, uint32_t *port)
{
    struct evtchn_alloc_unbound op = {.dom = (domid_t)b->domid, .remote_dom = 0};
    long result =
        calls_op(b->h, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &op, sizeof(op));

    if (result < 0) {
        return calls_fail(b->h, result, "the guest can't be given an event channel");
    }
    *port = op.port;
    return 0;
}

/* Shows the rings to the control domain, so that daemons can map them without privilege. */
static int seed_grants(struct build *b)
{
    struct grant_entry_v1 *table;
    void *at;
    int error = machine_map_resource(calls_machine(b->h), b->domid, XENMEM_resource_grant_table,
                                     XENMEM_resource_grant_table_id_shared, 0, 1, &at);

    if (error) {
        return hvctl_fail_errno(b->h, -error, "the guest's grant table can't be mapped");
    }
    table = at;
    table[CONSOLE_GRANT].frame = (uint32_t)b->p2m[b->layout.console_pfn];
    table[STORE_GRANT].frame = (uint32_t)b->p2m[b->layout.store_pfn];
    for (unsigned int i = CONSOLE_GRANT; i <= STORE_GRANT; i++) {
        table[i].domid = 0;
        __atomic_store_n(&table[i].flags, GTF_permit_access, __ATOMIC_RELEASE);
    }
    machine_unmap(at, 1);
    return 0;
}

static int write_start_info(struct build *b)
{
    const struct layout *l = &b->layout;
    struct start_info *info;
    void *at;
    int error = build_map(b, l->start_info_pfn, 1, &at);

    if (error) {
        return error;
    }
    info = at;
    strcpy(info->magic, "xen-3.0-x86_64");
    info->nr_pages = b->pages;
    info->shared_info = b->shared_info << PAGE_SHIFT;
    info->store_mfn = b->p2m[l->store_pfn];
    info->store_evtchn = b->store_port;
    info->console.domU.mfn = b->p2m[l->console_pfn];
    info->console.domU.evtchn = b->console_port;
    info->pt_base = layout_va(l, l->tables_pfn);
    info->nr_pt_frames = l->table_pages;
    info->mfn_list = l->p2m_va;
    if (l->p2m_table_pages) {
        info->first_p2m_pfn = l->p2m_pfn;
        info->nr_p2m_frames = l->p2m_pages + l->p2m_table_pages;
    }
    if (b->initrd_bytes) {
        info->mod_len = b->initrd_bytes;
        info->mod_start = l->initrd_mapped ? layout_va(l, l->initrd_pfn) : l->initrd_pfn;
        info->flags = l->initrd_mapped ? 0 : SIF_MOD_START_PFN;
    }
    if (b->definition->cmdline) {
        snprintf((char *)info->cmd_line, sizeof(info->cmd_line), "%s", b->definition->cmdline);
    }
    machine_unmap(at, 1);
    return 0;
}

int build_anchor(struct build *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo};
    long result = calls_domctl(b->h, b->domid, &op);
    int error;

    if (result < 0) {
        return calls_fail(b->h, result, "the new guest can't be looked at");
    }
    b->shared_info = op.u.getdomaininfo.shared_info_frame;
    error = machine_map(calls_machine(b->h), b->domid, &b->shared_info, 1, true, &b->shared_page);
    return error ? hvctl_fail_errno(b->h, -error, "the guest's shared page can't be mapped") : 0;
}

static void write_shared_info(struct build *b)
{
    struct shared_info *shared = b->shared_page;

    for (unsigned int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++) {
        shared->vcpu_info[i].evtchn_upcall_mask = 1;
    }
}

static int fill_hypercall_page(struct build *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_hypercall_init};
    uint64_t pfn = (b->kernel.hypercall_page - b->layout.virt_base) / PAGE_SIZE;
    long result;

    if (!b->kernel.has_hypercall_page) {
        return 0;
    }
    if (b->kernel.hypercall_page < b->layout.virt_base || pfn >= b->pages) {
        return hvctl_fail(b->h, HVCTL_INVALID, 0,
                          "the kernel %s can't be used: its hypercall page lies outside of it",
                          b->definition->kernel);
    }
    op.u.hypercall_init.gmfn = b->p2m[pfn];
    result = calls_domctl(b->h, b->domid, &op);
    return result < 0 ? calls_fail(b->h, result, "the guest's hypercall page can't be made") : 0;
}

static int set_first_vcpu(struct build *b)
{
    const struct layout *l = &b->layout;
    struct vcpu_guest_context *context = calls_room(b->h, sizeof(*context));
    struct xen_domctl op = {.cmd = XEN_DOMCTL_setvcpucontext};
    long result;

    memset(context, 0, sizeof(*context));
    context->flags = VGCF_in_kernel | VGCF_online;
    context->user_regs.rip = b->kernel.entry;
    context->user_regs.rsp = layout_va(l, l->stack_pfn + 1);
    context->user_regs.rsi = layout_va(l, l->start_info_pfn);
    context->user_regs.rflags = RFLAGS_START;
    context->user_regs.cs = FLAT_KERNEL_CS;
    context->user_regs.ss = FLAT_KERNEL_SS;
    context->kernel_ss = FLAT_KERNEL_SS;
    context->kernel_sp = context->user_regs.rsp;
    context->ctrlreg[3] = xen_pfn_to_cr3(b->p2m[l->tables_pfn]);
    op.u.vcpucontext.vcpu = 0;
    op.u.vcpucontext.ctxt.p = context;
    result = calls_domctl(b->h, b->domid, &op);
    calls_done(b->h);
    return result < 0 ? calls_fail(b->h, result, "the guest's first vCPU can't be set up") : 0;
}

int build_start(struct build *b)
{
    int error = alloc_port(b, &b->store_port);

    if (!error) {
        error = alloc_port(b, &b->console_port);
    }
    if (!error) {
        error = seed_grants(b);
    }
    if (!error) {
        error = write_start_info(b);
    }
    if (!error) {
        write_shared_info(b);
        error = fill_hypercall_page(b);
    }
    return error ? error : set_first_vcpu(b);
}
