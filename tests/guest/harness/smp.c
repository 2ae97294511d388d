/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second vCPU and work for it (cpu.h).  It is brought up once and then waits for jobs; a job
 * that ends in an unexpected exception comes back as done, the test as failed.
 */
#include "harness.h"

extern char stack_area[];

static void (*volatile jobs[STACK_COUNT])(void);
static volatile bool started[STACK_COUNT];
static struct context homes[STACK_COUNT];

bool cpus_nap;

/* While another works: near, or out of its way. */
static void wait_moment(void)
{
    struct sched_poll nap = {.timeout = time_now() + 100000};

    if (cpus_nap) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &nap);
    } else {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
        /* QEMU goes on with another CPU at once where one thread runs all */
        __asm__ volatile("pause");
    }
}

static void cpu_main(void)
{
    unsigned int id = this_cpu()->id;

    upcalls_mask();
    hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_pae_extended_cr3);
    started[id] = true;
    context_save(&homes[id]);
    for (;;) {
        this_cpu()->hook = NULL;
        jobs[id] = NULL;
        while (jobs[id] == NULL) {
            wait_moment();
        }
        jobs[id]();
    }
}

void cpu_job_abort(void)
{
    context_restore(&homes[this_cpu()->id], 1);
}

void cpu_context(struct vcpu_guest_context *context, unsigned int id, void (*run)(void))
{
    static trap_info_t table[TRAP_TABLE_SIZE];
    unsigned long top = (unsigned long)stack_area + (id + 1) * STACK_BYTES;

    memset(context, 0, sizeof(*context));
    trap_table_fill(table);
    for (unsigned int i = 0; table[i].address != 0; i++) {
        context->trap_ctxt[table[i].vector] = table[i];
    }
    context->flags = VGCF_IN_KERNEL;
    context->user_regs.rip = (unsigned long)run;
    context->user_regs.rsp = top - 8;
    context->user_regs.rflags = 0x202;
    context->user_regs.cs = FLAT_KERNEL_CS;
    context->user_regs.ss = FLAT_KERNEL_SS;
    context->kernel_ss = FLAT_KERNEL_SS;
    context->kernel_sp = top - 512;
    context->ctrlreg[0] = 0x80050033;
    context->ctrlreg[3] = (unsigned long)mfn_of(boot_l4) << PAGE_SHIFT;
    context->event_callback_eip = (unsigned long)entry_event;
    context->failsafe_callback_eip = (unsigned long)entry_failsafe;
    context->syscall_callback_eip = (unsigned long)entry_syscall;
}

#define TOO_LONG 20000000000ul /* ns: on a machine that is busy with something else */

/* Waits until `*flag` is set; false when that takes too long. */
static bool wait_for(volatile bool *flag)
{
    uint64_t end = time_now() + TOO_LONG;

    while (!*flag) {
        if (time_now() > end) {
            return false;
        }
        wait_moment();
    }
    return true;
}

long cpu_start(unsigned int id)
{
    static struct vcpu_guest_context context;
    long ret = 0;

    if (started[id]) {
        return 0;
    }
    cpu_context(&context, id, cpu_main);
    ret = hcall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, id, &context);
    if (ret == 0 || ret == E(EXIST)) {
        ret = hcall(__HYPERVISOR_vcpu_op, VCPUOP_up, id, NULL);
    }
    if (ret == 0 && !wait_for(&started[id])) {
        return E(BUSY);
    }
    return ret;
}

void cpu_run(unsigned int id, void (*job)(void))
{
    while (jobs[id] != NULL) {
        wait_moment();
    }
    jobs[id] = job;
}

bool cpu_done(unsigned int id)
{
    return jobs[id] == NULL;
}

bool cpu_wait(unsigned int id)
{
    uint64_t end = time_now() + TOO_LONG;

    while (jobs[id] != NULL) {
        if (time_now() > end) {
            return false;
        }
        wait_moment();
    }
    return true;
}
