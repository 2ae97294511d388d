/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs one after the other: `seed=N first=K programs=N length=BYTES audit=CALLS lies=N
 * limit=SECONDS`. A program's bytes come of the seed and its number alone, and all objects are
 * reset before it. `racing` has two vCPUs interpret at once; `tell` prints every answer; `favour`
 * and `drop` are steer.c's. With `parents=SEED.NUMBER,...` most programs are changes of one of
 * these.
 */
#include "fuzz.h"

#include <xen/mortise.h>

#define AUDIT_TRIES 50
#define PARENTS     32

static unsigned int programs, first, length, seed, audit_every;
static unsigned int current_program;
static volatile bool round_over;
static bool guided; /* each program is told of */
static struct wish parent_list[PARENTS];
static unsigned int parents;
static uint64_t resetting, interpreting, judging; /* ticks of the TSC */

static void interpret(void)
{
    struct side *s = side();

    times_start();
    if (s->id == 0 && one_in(2)) {
        memory_scarce(true);
    }
    while (!program_over() && !round_over) {
        room_refresh(1024);
        if (one_in(16)) {
            room_refresh(3072);
            defer_begin();
            while (s->deferring && !program_over()) {
                operate();
            }
            defer_end();
        } else {
            operate();
        }
    }
}

/* An address that no program gives: this kernel's own registers are not what they were. */
static void astray(const struct regs *regs)
{
    const uint64_t *sp = (uint64_t *)(regs->rsp & ~7ul);

    print("ASTRAY vCPU %u at %lx, rsp %lx, rax %lx rbx %lx rcx %lx rdx %lx rsi %lx rdi %lx\n",
          this_cpu()->id, regs->rip, regs->rsp, regs->rax, regs->rbx, regs->rcx, regs->rdx,
          regs->rsi, regs->rdi);
    print("  rbp %lx r8 %lx r9 %lx r10 %lx r11 %lx r12 %lx r13 %lx r14 %lx r15 %lx\n", regs->rbp,
          regs->r8, regs->r9, regs->r10, regs->r11, regs->r12, regs->r13, regs->r14, regs->r15);
    for (long i = -8; i < 24 && ((uint64_t)(sp + i) & 0x3fff) != 0; i++) {
        print("  %p: %lx\n", sp + i, sp[i]);
    }
}

/* Exceptions that programs ask for, and that mean nothing here. */
static bool hook(struct regs *regs)
{
    if (regs->entry == ENTRY_EVENT && this_cpu()->id >= SIDES) {
        /* Its vcpu_info may be elsewhere by now, and the event would come again for ever. */
        hcall(__HYPERVISOR_vcpu_op, VCPUOP_down, this_cpu()->id, NULL);
        return true;
    }
    if (regs->entry == VEC_DB || regs->entry == VEC_NM) {
        hcall(__HYPERVISOR_fpu_taskswitch, 0);
        return true;
    }
    if (regs->entry == VEC_PF &&
        (regs->rip < VIRT_BASE || vcpu_info_self()->arch.cr2 < PAGE_SIZE)) {
        astray(regs);
    }
    return regs->entry == ENTRY_NMI || regs->entry == VEC_NMI;
}

static uint64_t generator_of(uint64_t from, uint64_t number, unsigned int id)
{
    return mix(mix(from << 32 | number) ^ id) | 1;
}

static void program_start(unsigned int id, uint64_t number)
{
    struct side *s = &sides[id];

    s->generator = generator_of(seed, number, id);
    s->parent = 0;
    if (parents != 0 && s->generator % 8 != 7) {
        const struct wish *from = &parent_list[(s->generator >> 8) % parents];

        s->parent = generator_of(from->call, from->sub, id);
        s->changes = 1 + (s->generator >> 32) % 16;
    }
    s->length = length;
    s->at = 0;
    s->word_at = length;
    s->operations = 0;
    s->deferring = false;
    s->want = NULL;
    s->used = PAGE_SIZE;
}

static void other_side(void)
{
    trap_hook(hook);
    upcalls_mask();
    interpret();
}

/* The hypervisor's own account of itself; false when it is wrong. */
static bool books_agree(unsigned int number)
{
    struct mortise_audit audit = {.interface_version = MORTISE_INTERFACE_VERSION};
    long ret = E(BUSY);

    for (unsigned int tries = 0; ret == E(BUSY) && tries < AUDIT_TRIES; tries++) {
        ret = hcall(__HYPERVISOR_mortise_op, MORTISE_audit, &audit);
        file(__HYPERVISOR_mortise_op, MORTISE_audit, ret);
    }
    if (ret == 0 && audit.total == 0) {
        return true;
    }
    print("FINDING drift program %u answer %ld total %lu", number, ret, audit.total);
    for (unsigned int kind = 0; kind < MORTISE_AUDIT_NR_KINDS; kind++) {
        if (audit.differences[kind] != 0) {
            print(" kind %u: %lu", kind, audit.differences[kind]);
        }
    }
    print("\n");
    FAIL("the audit finds %lu differences", audit.total);
    return false;
}

void worn_out(const char *why)
{
    print("WORN before program %u: %s\n", current_program, why);
    refusals_print();
    if (subject_is_mortise() && controlling) {
        books_agree(current_program);
    }
    statistics_print();
    test_end();
}

static void program_run(unsigned int number)
{
    uint64_t began = rdtsc(), reset;

    current_program = number;
    memory_scarce(false);
    objects_reset();
    control_reset();
    reset = rdtsc();
    resetting += reset - began;
    round_over = false;
    program_start(0, number);
    program_start(1, number);
    if (racing) {
        cpu_run(1, other_side);
    }
    for (unsigned int id = 0; id < STACK_COUNT; id++) {
        cpu_number(id)->hook = hook;
    }
    interpret();
    round_over = racing;
    if (racing) {
        REQUIRE(cpu_wait(1));
    }
    interpreting += rdtsc() - reset;
}

/* All judges; false when one has found something. */
static bool judged(unsigned int number)
{
    uint64_t began = rdtsc();
    bool good = canary_sings() && (!subject_is_mortise() || books_agree(number));

    judging += rdtsc() - began;
    return good;
}

TEST(fuzz)
{
    bool audited = subject_is_mortise() && (start_info->flags & SIF_PRIVILEGED) != 0;
    uint64_t next, end;
    unsigned int number;

    seed = argument("seed=", 1);
    first = argument("first=", 0);
    programs = argument("programs=", 10);
    length = argument("length=", 1024);
    audit_every = argument("audit=", 10000);
    lies = argument("lies=", lies);
    racing = argument("racing=", 0) != 0;
    comparing = argument("comparing=", 0) != 0;
    vcpus = argument("vcpus=", STACK_COUNT);
    scarce = argument("scarce=", 0) != 0;
    sides[0].tell = sides[1].tell = argument("tell=", 0) == 1;
    controlling = (start_info->flags & SIF_PRIVILEGED) != 0;
    steer_start();
    parents = pairs_read("parents=", parent_list, PARENTS);
    guided = argument("guided=", 0) != 0;
    end = time_now() + argument("limit=", 1000000) * 1000000000ul;
    control_start();
    questions_start();
    if (controlling && argument("guest=", 0) != 0) {
        guest_run(judged);
        return;
    }
    objects_start();
    if (racing) {
        REQUIRE(cpu_start(1) == 0);
        cpus_nap = true;
    }
    next = audit_every;
    for (number = first; number < first + programs && time_now() < end; number++) {
        if (sides[0].tell || comparing || guided || number % (racing ? 1 : 16) == 0) {
            print("PROGRAM %u\n", number);
        }
        program_run(number);
        if (audited && calls_made() >= next) {
            if (!judged(number)) {
                break;
            }
            next = calls_made() + audit_every;
        }
    }
    print("NEXT %u\n", number);
    memory_scarce(false);
    objects_reset();
    if (audited) {
        judged(number);
    }
    statistics_print();
    print("TICKS of resets %lu, programs %lu, judges %lu\n", resetting, interpreting, judging);
}
