/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vCPUs, registers, traps and descriptor tables. Nothing here may end the kernel itself: its own
 * traps come back at once, and vCPUs that go down are those that do nothing.
 */
#include "fuzz.h"

#define CALL  __HYPERVISOR_vcpu_op
#define SPARE 2 /* vCPUs from here on are objects; 0 and 1 are the sides */

static char areas[STACK_COUNT][PAGE_SIZE] __attribute__((aligned(4096)));

static void spare_run(void)
{
    for (;;) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_block, NULL);
    }
}

static unsigned int spare_vcpu(void)
{
    return lie() ? (unsigned int)nasty() | SPARE : SPARE + pick(2);
}

/* For what succeeds once for each. */
static unsigned int fresh_vcpu(void)
{
    return lie() ? (unsigned int)nasty() | SPARE : SPARE + pick(vcpus - SPARE);
}

static unsigned int any_vcpu(void)
{
    return lie() ? (unsigned int)nasty() : one_in(4) ? pick(4) : side()->id;
}

static void *some_area(void)
{
    if (lie()) {
        return (void *)nasty();
    }
    return comparing || one_in(2) ? areas[side()->id] + 8 * pick(200) : (void *)any_frame()->page;
}

static long vcpu(unsigned int sub, unsigned int id, void *argument)
{
    return issue(__HYPERVISOR_vcpu_op, sub, sub, id, (uint64_t)argument, 0);
}

static void initialise(void)
{
    static struct vcpu_guest_context contexts[SIDES];
    struct vcpu_guest_context *c = &contexts[side()->id];
    unsigned int id = fresh_vcpu();

    if (!wanted(__HYPERVISOR_vcpu_op, VCPUOP_initialise)) {
        return;
    }
    cpu_context(c, id % STACK_COUNT, spare_run);
    /* What succeeds is for good: frames of the playground would never come back. */
    if (lie()) {
        c->ctrlreg[3] = mfn_of(side()->room) << PAGE_SHIFT;
    }
    if (lie()) {
        c->gdt_ents = pick(256) * 64;
        c->gdt_frames[0] = mfn_of(side()->room);
    }
    if (lie()) {
        ((uint64_t *)c)[nasty() % (sizeof(*c) / 8)] = nasty();
    }
    /* Not in a multicall: the record is one. */
    file(__HYPERVISOR_vcpu_op, VCPUOP_initialise,
         issue_quietly(__HYPERVISOR_vcpu_op, VCPUOP_initialise, VCPUOP_initialise, id,
                       (uint64_t)pointer(c), 0));
}

static void timers(void)
{
    struct vcpu_set_singleshot_timer *single = room(sizeof(*single));
    uint64_t *period = room(8);

    switch (PART(5, {CALL, 6, 6, 0}, {CALL, 7, 7, 1}, {CALL, 8, 8, 2}, {CALL, 9, 9, 3},
                 {__HYPERVISOR_set_timer_op, 0, 0, 4})) {
    case 0:
        *period = lie() ? nasty() : 1000000 + 100000 * pick(256);
        vcpu(VCPUOP_set_periodic_timer, any_vcpu(), pointer(period));
        break;
    case 1:
        vcpu(VCPUOP_stop_periodic_timer, any_vcpu(), NULL);
        break;
    case 2:
        single->timeout_abs_ns = lie() ? nasty() : time_now() + 1000000 * pick(64);
        single->flags = one_in(8) ? VCPU_SSHOTTMR_future : 0;
        vcpu(VCPUOP_set_singleshot_timer, any_vcpu(), pointer(single));
        break;
    case 3:
        vcpu(VCPUOP_stop_singleshot_timer, any_vcpu(), NULL);
        break;
    default:
        issue(__HYPERVISOR_set_timer_op, 0, lie() ? nasty() : time_now() + 1000000 * pick(64), 0, 0,
              0);
        break;
    }
}

void op_vcpu(void)
{
    uint64_t *argument = room(sizeof(struct vcpu_runstate_info));
    struct vcpu_register_vcpu_info *info = room(sizeof(*info));
    unsigned int id;

    switch (PART(16, {CALL, 0, 3, 0}, {CALL, 4, 4, 4}, {CALL, 5, 5, 6}, {CALL, 13, 13, 7},
                 {CALL, 10, 10, 8}, {CALL, 12, 12, 9}, {CALL, 11, 11, 10}, {CALL, 14, 95, 11},
                 {CALL, 6, 9, 12}, {__HYPERVISOR_set_timer_op, 0, 0, 12}) +
            (wanted_sub(CALL, 0) <= 3 ? wanted_sub(CALL, 0) : 0)) {
    case 0:
        initialise();
        break;
    case 1:
        /* Others have no stack of their own. */
        id = spare_vcpu();
        vcpu(VCPUOP_up, id < vcpus ? id % STACK_COUNT | SPARE : id, NULL);
        break;
    case 2:
        vcpu(VCPUOP_down, spare_vcpu(), NULL);
        break;
    case 3:
        vcpu(VCPUOP_is_up, any_vcpu(), NULL);
        break;
    case 4:
    case 5:
        vcpu(VCPUOP_get_runstate_info, any_vcpu(), pointer(argument));
        break;
    case 6:
        *argument = (uint64_t)some_area();
        vcpu(VCPUOP_register_runstate_memory_area, any_vcpu(), pointer(argument));
        break;
    case 7:
        *argument = (uint64_t)some_area();
        vcpu(VCPUOP_register_vcpu_time_memory_area, any_vcpu(), pointer(argument));
        break;
    case 8:
        /* For good, so of a page that is no object; and not of a side. */
        info->mfn = mfn_of(areas[SPARE]);
        info->offset = lie() ? (uint32_t)nasty() : 64 * pick(8);
        vcpu(VCPUOP_register_vcpu_info, fresh_vcpu(), pointer(info));
        break;
    case 9:
        vcpu(VCPUOP_get_physid, any_vcpu(), pointer(argument));
        break;
    case 10:
        vcpu(VCPUOP_send_nmi, racing || one_in(4) ? spare_vcpu() : side()->id, NULL);
        break;
    case 11:
        vcpu(wanted_sub(CALL, 14 + pick(20)), any_vcpu(), argument);
        break;
    default:
        timers();
        break;
    }
}

void op_registers(void)
{
    static const uint8_t switches[] = {0, 1, 2, 4, 5, 32};
    unsigned int n, command;

    switch (PART(10, {__HYPERVISOR_fpu_taskswitch, 0, 0, 0}, {__HYPERVISOR_set_debugreg, 0, 0, 1},
                 {__HYPERVISOR_get_debugreg, 0, 0, 3}, {__HYPERVISOR_set_segment_base, 0, 95, 4},
                 {__HYPERVISOR_vm_assist, 0, 95, 5}, {__HYPERVISOR_stack_switch, 0, 0, 6},
                 {__HYPERVISOR_set_gdt, 0, 0, 8}, {__HYPERVISOR_update_descriptor, 0, 0, 8})) {
    case 0:
        issue(__HYPERVISOR_fpu_taskswitch, 0, pick(2), 0, 0, 0);
        break;
    case 1:
        n = lie() ? 4 + pick(8) : pick(4);
        issue(__HYPERVISOR_set_debugreg, 0, n, lie() ? nasty() : (uint64_t)some_window(), 0, 0);
        break;
    case 2:
        issue(__HYPERVISOR_set_debugreg, 0, 6 + pick(2), lie() ? nasty() : 0x400, 0, 0);
        break;
    case 3:
        n = lie() ? pick(40) : pick(4) + 4 * pick(2);
        issue(__HYPERVISOR_get_debugreg, 0, n, 0, 0, 0);
        break;
    case 4:
        n = wanted_sub(__HYPERVISOR_set_segment_base, lie() ? (unsigned int)nasty() : pick(4));
        issue(__HYPERVISOR_set_segment_base, n < 4 ? n : 4, n,
              lie()    ? nasty()
              : n == 3 ? 0
                       : (uint64_t)pick(256) << 24,
              0, 0);
        break;
    case 5:
        n = switches[pick(ARRAY_SIZE(switches))];
        n = lie() ? (unsigned int)nasty() : n;
        command = wanted_sub(__HYPERVISOR_vm_assist, lie() ? 2 + pick(90) : pick(2));
        issue(__HYPERVISOR_vm_assist, command, command, n, 0, 0);
        break;
    case 6:
        issue(__HYPERVISOR_stack_switch, 0, lie() ? nasty() : FLAT_KERNEL_SS,
              lie() ? nasty() : (uint64_t)side()->room, 0, 0);
        break;
    case 7:
        issue(__HYPERVISOR_fpu_taskswitch, 0, 1, 0, 0, 0);
        issue(__HYPERVISOR_fpu_taskswitch, 0, 0, 0, 0, 0);
        break;
    default:
        op_descriptors();
        break;
    }
}

static void trap_table(void)
{
    trap_info_t *table = room(TRAP_TABLE_SIZE * sizeof(trap_info_t));

    trap_table_fill(table);
    table[pick(8)].address = lie() ? nasty() : (unsigned long)entry_0;
    table[pick(8)].cs = lie() ? (uint16_t)nasty() : FLAT_KERNEL_CS;
    file(__HYPERVISOR_set_trap_table, 0,
         issue_quietly(__HYPERVISOR_set_trap_table, 0, one_in(8) ? 0 : (uint64_t)pointer(table), 0,
                       0, 0));
}

static void callback(unsigned int sub)
{
    struct callback_register *callback = room(sizeof(*callback));

    callback->type = lie() ? pick(20) : one_in(2) ? CALLBACKTYPE_nmi : pick(8);
    callback->flags = lie() ? (uint16_t)nasty() : pick(2);
    callback->address =
        (xen_callback_t)(lie() ? nasty()
                               : (unsigned long)(callback->type == CALLBACKTYPE_nmi ? entry_nmi
                                                                                    : entry_event));
    file(__HYPERVISOR_callback_op, sub,
         issue_quietly(__HYPERVISOR_callback_op, sub, sub, (uint64_t)pointer(callback), 0, 0));
}

/* Garbage stands for a moment only, in which nothing may trap. */
void op_traps(void)
{
    static const uint8_t calls[] = {__HYPERVISOR_set_trap_table, __HYPERVISOR_set_callbacks,
                                    __HYPERVISOR_callback_op, __HYPERVISOR_nmi_op};
    unsigned int call =
        calls[PART(4, {__HYPERVISOR_set_trap_table, 0, 0, 0}, {__HYPERVISOR_set_callbacks, 0, 0, 1},
                   {__HYPERVISOR_callback_op, 0, 95, 2}, {__HYPERVISOR_nmi_op, 0, 95, 3})];
    unsigned int sub = 0;
    uint64_t a, b, c;

    if (call == __HYPERVISOR_callback_op || call == __HYPERVISOR_nmi_op) {
        sub = wanted_sub(call, lie() ? 2 + pick(10) : one_in(4));
    }
    if (!wanted(call, sub)) {
        return;
    }
    switch (call) {
    case __HYPERVISOR_set_trap_table:
        trap_table();
        break;
    case __HYPERVISOR_set_callbacks:
        a = lie() ? nasty() : (uint64_t)entry_event;
        b = lie() ? nasty() : (uint64_t)entry_failsafe;
        c = lie() ? nasty() : (uint64_t)entry_syscall;
        file(call, 0, issue_quietly(call, 0, a, b, c, 0));
        break;
    case __HYPERVISOR_callback_op:
        callback(sub);
        break;
    default:
        a = lie() ? nasty() : (uint64_t)entry_nmi;
        file(call, sub,
             issue_quietly(call, sub, sub, (uint64_t)pointer(memcpy(room(8), &a, 8)), 0, 0));
        break;
    }
    traps_restore();
}

void op_descriptors(void)
{
    xen_pfn_t *list = room(16 * 8);
    unsigned int entries = lie() ? (unsigned int)nasty() : one_in(3) ? 0 : 1 + 512 * pick(3);
    bool gdt = PART(2, {__HYPERVISOR_set_gdt, 0, 0, 1}, {__HYPERVISOR_update_descriptor, 0, 0, 0});

    if (!wanted(gdt ? __HYPERVISOR_set_gdt : __HYPERVISOR_update_descriptor, 0)) {
        return;
    }
    for (unsigned int i = 0; i < 16; i++) {
        list[i] = i < 3 || lie() ? some_mfn(ROLE_PLAIN) : list[0];
    }
    if (gdt) {
        issue(__HYPERVISOR_set_gdt, 0, (uint64_t)pointer(list), entries, 0, 0);
    } else {
        uint64_t where = list[0] << PAGE_SHIFT | 8 * pick(64);

        issue(__HYPERVISOR_update_descriptor, 0, lie() ? where + 1 : where,
              lie()       ? nasty()
              : one_in(2) ? 0
                          : 0x00cffa000000ffff,
              0, 0);
    }
}

static void registers_reset(void)
{
    struct physdev_set_iopl iopl = {.iopl = 0};
    struct physdev_set_iobitmap bitmap = {.nr_ports = 0};

    hcall(__HYPERVISOR_set_gdt, NULL, 0);
    mmuext(MMUEXT_SET_LDT, 0, 0);
    hcall(__HYPERVISOR_set_debugreg, 7, 0);
    for (unsigned int i = 0; i < 4; i++) {
        hcall(__HYPERVISOR_set_debugreg, i, 0);
    }
    for (unsigned int i = 0; i < 4; i++) {
        hcall(__HYPERVISOR_set_segment_base, i, 0);
    }
    hcall(__HYPERVISOR_fpu_taskswitch, 0);
    hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl);
    hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &bitmap);
    hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, side()->id, NULL);
    hcall(__HYPERVISOR_set_timer_op, 0);
    for (uint32_t id = 1; id <= 2; id++) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_watchdog, &(struct sched_watchdog){.id = id});
    }
    traps_restore();
}

/* Run on vCPU 1 when it was a side. */
void self_reset(void)
{
    upcalls_mask();
    registers_reset();
}
