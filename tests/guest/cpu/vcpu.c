/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vcpu_op: bringing a vCPU up and down, what a context may hold, and where the hypervisor may be
 * asked to write its records (a bad place must be refused before, not found out later).
 */
#include "harness.h"

static long vcpu_op(unsigned int command, unsigned int id, void *argument)
{
    return hcall(__HYPERVISOR_vcpu_op, command, id, argument);
}

static struct vcpu_guest_context context;

TEST_ALONE(vcpu_is_up)
{
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 0, NULL), 1);
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 100, NULL), E(NOENT));
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 0xffffffff, NULL), E(NOENT));
    EXPECT_EQ(vcpu_op(1000, 0, NULL), E(NOSYS));
}

TEST_ALONE(vcpu_initialise_refused)
{
    EXPECT_EQ(vcpu_op(VCPUOP_up, 1, NULL), E(INVAL));
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, (void *)0x1000), E(FAULT));
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 100, &context), E(NOENT));
    cpu_context(&context, 1, NULL);
    context.ctrlreg[3] = 0xffffffff000ul;
    EXPECT(vcpu_op(VCPUOP_initialise, 1, &context) != 0);
    cpu_context(&context, 1, NULL);
    context.ctrlreg[3] = (unsigned long)mfn_of(page_alloc()) << PAGE_SHIFT;
    EXPECT(vcpu_op(VCPUOP_initialise, 1, &context) != 0);
    cpu_context(&context, 1, NULL);
    context.trap_ctxt[200].address = 0x0000800000000000ul;
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    cpu_context(&context, 1, NULL);
    context.event_callback_eip = 0x0000800000000000ul;
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    cpu_context(&context, 1, NULL);
    context.fs_base = 0x0000800000000000ul;
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    cpu_context(&context, 1, NULL);
    context.gdt_ents = 100000;
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(INVAL));
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
}

/* The first state of the FPU that comes from a guest, by a plain call and in a multicall. */
static void initialise_with_fpu(bool in_multicall)
{
    multicall_entry_t call = {.op = __HYPERVISOR_vcpu_op,
                              .args = {VCPUOP_initialise, 1, (unsigned long)&context}};

    cpu_context(&context, 1, NULL);
    context.flags |= VGCF_I387_VALID;
    *(uint16_t *)context.fpu_ctxt.x = 0x37f;
    *(uint32_t *)(context.fpu_ctxt.x + 24) = 0x1f80;
    if (in_multicall) {
        EXPECT_EQ(hcall(__HYPERVISOR_multicall, &call, 1), 0);
        EXPECT_EQ(call.result, 0);
    } else {
        EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), 0);
    }
}

TEST_ALONE(vcpu_initialise_fpu)
{
    initialise_with_fpu(false);
}

TEST_ALONE(vcpu_initialise_fpu_multicall)
{
    initialise_with_fpu(true);
}

static volatile unsigned int ran_on;

static void note_cpu(void)
{
    ran_on = this_cpu()->id;
}

TEST(vcpu_second)
{
    EXPECT_EQ(cpu_start(1), 0);
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 1);
    cpu_context(&context, 1, NULL);
    EXPECT_EQ(vcpu_op(VCPUOP_initialise, 1, &context), E(EXIST));
    ran_on = 0;
    cpu_run(1, note_cpu);
    EXPECT(cpu_wait(1));
    EXPECT_EQ(ran_on, 1);
}

static volatile unsigned long count;
static volatile bool stop;

static void count_up(void)
{
    while (!stop) {
        count++;
    }
}

/* Down is down until up, and it goes on where it was. */
TEST(vcpu_down_and_up)
{
    unsigned long before;
    uint64_t end;

    REQUIRE(cpu_start(1) == 0);
    stop = false;
    count = 0;
    cpu_run(1, count_up);
    for (unsigned int round = 0; round < 3; round++) {
        before = count;
        for (end = time_now() + 2000000000ul; count == before && time_now() < end;) {
            hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
        }
        EXPECT(count != before);
        EXPECT_EQ(vcpu_op(VCPUOP_down, 1, NULL), 0);
        EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
        before = count;
        for (end = time_now() + 20000000ul; time_now() < end;) {
            hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
        }
        EXPECT_EQ(count, before);
        EXPECT_EQ(vcpu_op(VCPUOP_up, 1, NULL), 0);
    }
    stop = true;
    EXPECT(cpu_wait(1));
}

TEST(vcpu_runstate)
{
    struct vcpu_runstate_info now;
    static struct vcpu_runstate_info area;
    struct vcpu_register_runstate_memory_area where;

    EXPECT_EQ(vcpu_op(VCPUOP_get_runstate_info, 0, &now), 0);
    EXPECT_EQ(now.state, RUNSTATE_running);
    EXPECT(now.time[RUNSTATE_running] > 0);
    EXPECT_EQ(vcpu_op(VCPUOP_get_runstate_info, 0, (void *)0x1000), E(FAULT));
    set_xen_guest_handle(where.addr.h, &area);
    EXPECT_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &where), 0);
    EXPECT_EQ(area.state, RUNSTATE_running);
    EXPECT(area.state_entry_time != 0);
    EXPECT_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, (void *)0x1000), E(FAULT));
    set_xen_guest_handle(where.addr.h, (void *)0xffff830000000000ul);
    EXPECT_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &where), E(FAULT));
    /* An area that is not mapped when the time comes: no record, and no crash. */
    set_xen_guest_handle(where.addr.h, (void *)0x1000);
    vcpu_op(VCPUOP_register_runstate_memory_area, 0, &where);
    hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    set_xen_guest_handle(where.addr.h, &area);
    EXPECT_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &where), 0);
}

TEST(vcpu_time_area)
{
    static struct vcpu_time_info area;
    struct vcpu_register_time_memory_area where;

    set_xen_guest_handle(where.addr.h, &area);
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &where), 0);
    EXPECT(area.version != 0 && (area.version & 1) == 0);
    EXPECT(area.tsc_to_system_mul == vcpu_info_self()->time.tsc_to_system_mul);
    set_xen_guest_handle(where.addr.h, (void *)0xffff830000000000ul);
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &where), E(FAULT));
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, (void *)0x1000), E(FAULT));
}

TEST(vcpu_info_refused)
{
    char *page = page_alloc();
    struct vcpu_register_vcpu_info info = {.mfn = mfn_of(page), .offset = PAGE_SIZE - 8};
    struct tables tables;

    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, (void *)0x1000), E(FAULT));
    EXPECT_EITHER(vcpu_op(VCPUOP_register_vcpu_info, 0, &info), E(NXIO), E(INVAL));
    info.offset = 4096;
    EXPECT_EITHER(vcpu_op(VCPUOP_register_vcpu_info, 0, &info), E(NXIO), E(INVAL));
    info.offset = 3;
    EXPECT(vcpu_op(VCPUOP_register_vcpu_info, 0, &info) != 0);
    info.offset = 0;
    info.mfn = 0xfffffff0ul;
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, &info), E(INVAL));
    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 1) == 0 && pin(1, tables.at[1]) == 0);
    info.mfn = mfn_of(tables.at[1]);
    EXPECT(vcpu_op(VCPUOP_register_vcpu_info, 0, &info) != 0);
    REQUIRE(unpin(tables.at[1]) == 0);
    tables_unprotect(&tables);
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 100, &info), E(NOENT));
}

/* A registered vcpu_info takes over from the shared page's, mask and pending bits with it. */
TEST_ALONE(vcpu_info_moves)
{
    static char page[PAGE_SIZE] __attribute__((aligned(4096)));
    vcpu_info_t *moved = (vcpu_info_t *)(page + 256);
    struct vcpu_register_vcpu_info info = {.mfn = mfn_of(page), .offset = 256};
    struct evtchn_bind_ipi bind = {.vcpu = 0};

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, &info), 0);
    EXPECT_EQ(moved->evtchn_upcall_mask, 1);
    EXPECT(moved->time.version != 0);
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, &info), E(INVAL));
    /* From now on it is a permanent mapping: the frame can't become a table. */
    EXPECT(page_protect(page) != 0 || pin(1, page) != 0);
    page_unprotect(page);
    port_mask(bind.port, false);
    moved->evtchn_upcall_pending = 0;
    moved->evtchn_pending_sel = 0;
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &(struct evtchn_send){bind.port});
    EXPECT_EQ(moved->evtchn_upcall_pending, 1);
}
