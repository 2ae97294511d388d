/* SPDX-License-Identifier: MIT */
/*
 * cpu.c: which vCPU this is, and bringing up others.
 *
 * A new vCPU starts with the same page tables, flat selectors, the same traps, events masked.
 */
#include "internal.h"

struct job {
    void (*run)(void *arg);
    void *arg;
};

static struct job jobs[PV_CPUS];

void pvguest_stack_mark(void *stack, unsigned int cpu)
{
    *(unsigned int *)stack = cpu;
}

unsigned int pv_cpu(void)
{
    unsigned long at = (unsigned long)__builtin_frame_address(0);

    return *(const unsigned int *)(at & ~(PV_STACK_BYTES - 1ul));
}

unsigned int pv_cpus(void)
{
    unsigned int count = 0;

    while (count < PV_CPUS && HYPERVISOR_vcpu_op(VCPUOP_is_up, (int)count, NULL) >= 0) {
        count++;
    }
    return count;
}

void pv_cpu_begin(void *arg)
{
    struct job *job = arg;

    pvguest_timer_start();
    pv_events_restore(false);
    job->run(job->arg);
    for (;;) {
        pv_events_mask();
        HYPERVISOR_vcpu_op(VCPUOP_down, (int)pv_cpu(), NULL);
    }
}

/* A run of pages aligned to the size of a stack. */
static char *stack_alloc(void)
{
    char *pages = pv_pages_alloc(2 * PV_STACK_BYTES / PV_PAGE_BYTES);

    if (pages == NULL) {
        return NULL;
    }
    return (char *)(((unsigned long)pages + PV_STACK_BYTES - 1) & ~(PV_STACK_BYTES - 1ul));
}

int pv_cpu_start(unsigned int cpu, void (*run)(void *arg), void *arg)
{
    static struct vcpu_guest_context context;
    static struct pv_lock lock;
    char *stack;
    bool masked;
    long result;

    if (cpu >= PV_CPUS) {
        return -XEN_ENOENT;
    }
    if (jobs[cpu].run != NULL) {
        return -XEN_EEXIST;
    }
    stack = stack_alloc();
    if (stack == NULL) {
        return -XEN_ENOMEM;
    }
    pvguest_stack_mark(stack, cpu);
    jobs[cpu].run = run;
    jobs[cpu].arg = arg;
    masked = pv_lock(&lock);
    memset(&context, 0, sizeof(context));
    pvguest_traps_fill(context.trap_ctxt);
    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (unsigned long)pv_cpu_entry;
    context.user_regs.rsp = (unsigned long)stack + PV_STACK_BYTES;
    context.user_regs.rdi = (unsigned long)&jobs[cpu];
    context.user_regs.rflags = 0x200;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = context.user_regs.rsp;
    context.ctrlreg[0] = 0x80050033;
    context.ctrlreg[3] = xen_pfn_to_cr3(pv_mfn_of((void *)pv_start_info->pt_base));
    context.event_callback_eip = (unsigned long)pv_entry_upcall;
    context.failsafe_callback_eip = (unsigned long)pv_entry_failsafe;
    pv_shared_info->vcpu_info[cpu].evtchn_upcall_mask = 1;
    result = HYPERVISOR_vcpu_op(VCPUOP_initialise, (int)cpu, &context);
    if (result >= 0) {
        result = HYPERVISOR_vcpu_op(VCPUOP_up, (int)cpu, NULL);
    }
    pv_unlock(&lock, masked);
    return (int)result;
}
