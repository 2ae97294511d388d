/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's own files on a simulated machine: shares, caps, spreading, affinity, latency,
 * yields, pauses, and a random mixture of all of it, with the invariants of sched_machine.c checked
 * after every step.
 */
#include <stdlib.h>

#include "sched_machine.h"
#include "unit.h"

static bool within(int64_t value, int64_t wanted, int64_t percent)
{
    return llabs(value - wanted) * 100 <= wanted * percent;
}

static void expect_sound(void)
{
    if (machine_broken)
        printf("# at %ld us: %s\n", machine_now / 1000, machine_broken);
    EXPECT(!machine_broken);
}

static void busy_vcpus_spread_out(void)
{
    struct guest *g;

    machine_start(4);
    g = machine_guest(4, 256, 0, 0, 0);
    machine_run(MS(100));
    machine_clear_statistics();
    machine_run(MS(1000));
    for (unsigned int i = 0; i < 4; i++)
        EXPECT(machine_ran(machine_vcpu(g, i)) == MS(1000));
    expect_sound();
}

static void vcpus_pinned_together_spread_when_freed(void)
{
    struct cpu_mask one = {{1}}, all = {{~0UL}};
    struct guest *g;

    machine_start(4);
    g = machine_guest(4, 256, 0, 0, 0);
    for (unsigned int i = 0; i < 4; i++)
        EXPECT(sched_set_affinity(g->vcpus[i], &one, &all) == 0);
    machine_run(MS(200));
    machine_clear_statistics();
    machine_run(MS(1000));
    for (unsigned int i = 0; i < 4; i++)
        EXPECT(within(machine_ran(machine_vcpu(g, i)), MS(250), 5));
    for (unsigned int i = 0; i < 4; i++)
        EXPECT(sched_set_affinity(g->vcpus[i], &all, &all) == 0);
    machine_run(MS(50));
    machine_clear_statistics();
    machine_run(MS(1000));
    EXPECT(machine_domain_ran(g) == MS(4000));
    expect_sound();
}

/* Domains on several CPUs; what each should get of a CPU, in thousandths: no vCPU can have more
 * than one. */
struct sharing {
    unsigned int cpus, domains;
    uint32_t weight[6];
    unsigned int vcpus[6], share[6];
};

static const struct sharing sharings[] = {
    {2, 3, {256, 256, 256}, {1, 1, 1}, {667, 667, 667}},
    {4, 5, {256, 256, 256, 256, 256}, {1, 1, 1, 1, 1}, {800, 800, 800, 800, 800}},
    {2, 4, {512, 256, 256, 256}, {1, 1, 1, 1}, {800, 400, 400, 400}},
    {2, 3, {300, 200, 200}, {1, 1, 1}, {857, 571, 571}},
    {2, 3, {256, 512, 384}, {1, 1, 1}, {444, 889, 667}},
    {2, 2, {256, 512}, {2, 2}, {667, 1333}},
    {4, 3, {256, 512, 256}, {4, 4, 1}, {1000, 2000, 1000}},
    {4, 6, {100, 200, 300, 400, 500, 600}, {1, 1, 1, 1, 1, 1}, {200, 400, 600, 800, 1000, 1000}},
};

static void shares_on_several_cpus(void)
{
    for (unsigned int n = 0; n < ARRAY_SIZE(sharings); n++) {
        const struct sharing *s = &sharings[n];
        struct guest *g[6];

        machine_start(s->cpus);
        for (unsigned int i = 0; i < s->domains; i++)
            g[i] = machine_guest(s->vcpus[i], s->weight[i], 0, 0, 0);
        machine_run(MS(30000));
        for (unsigned int i = 0; i < s->domains; i++)
            EXPECT(within(machine_domain_ran(g[i]), MS(30) * s->share[i], 3));
        expect_sound();
    }
}

static void weights_on_one_cpu(void)
{
    static const uint32_t weights[] = {128, 256, 512, 1024};
    struct guest *g[4];

    machine_start(1);
    for (unsigned int i = 0; i < 4; i++)
        g[i] = machine_guest(1, weights[i], 0, 0, 0);
    machine_run(MS(30000));
    for (unsigned int i = 0; i < 4; i++)
        EXPECT(within(machine_domain_ran(g[i]), MS(30000) * weights[i] / 1920, 5));
    expect_sound();
}

static void weight_is_the_domains_not_the_vcpus(void)
{
    struct guest *a, *b;

    machine_start(1);
    a = machine_guest(3, 256, 0, 0, 0);
    b = machine_guest(1, 256, 0, 0, 0);
    machine_run(MS(30000));
    EXPECT(within(machine_domain_ran(a), MS(15000), 5));
    EXPECT(within(machine_domain_ran(b), MS(15000), 5));
    expect_sound();
}

static void weights_change_while_running(void)
{
    struct guest *a, *b;

    machine_start(1);
    a = machine_guest(1, 256, 0, 0, 0);
    b = machine_guest(1, 256, 0, 0, 0);
    machine_run(MS(1000));
    EXPECT(sched_set_params(&a->domain, 768, 0) == 0);
    machine_run(MS(100));
    machine_clear_statistics();
    machine_run(MS(30000));
    EXPECT(within(machine_domain_ran(a), MS(22500), 5));
    EXPECT(within(machine_domain_ran(b), MS(7500), 5));
    EXPECT(sched_set_params(&a->domain, 0, 0) < 0);
    EXPECT(sched_set_params(&a->domain, 65536, 0) < 0);
    EXPECT(sched_set_params(&a->domain, 256, 101) < 0);
    expect_sound();
}

static void caps_hold(void)
{
    struct guest *small, *wide, *free;

    machine_start(4);
    small = machine_guest(1, 256, 25, 0, 0);
    wide = machine_guest(4, 256, 150, 0, 0);
    machine_run(MS(30000));
    EXPECT(within(machine_domain_ran(small), MS(7500), 3));
    EXPECT(within(machine_domain_ran(wide), MS(45000), 3));
    free = machine_guest(4, 256, 0, 0, 0); /* and beside busy ones */
    machine_run(MS(100));
    machine_clear_statistics();
    machine_run(MS(30000));
    EXPECT(within(machine_domain_ran(small), MS(7500), 3));
    EXPECT(machine_domain_ran(wide) <= MS(45000) * 103 / 100);
    EXPECT(machine_domain_ran(free) >= MS(60000));
    EXPECT(sched_set_params(&small->domain, 256, 0) == 0); /* a cap taken away frees at once */
    machine_run(MS(20));
    expect_sound();
}

/* Who ran alone has had no slice that ended: what it ran before the cap is not held against it. */
static void a_cap_begins_when_it_is_set(void)
{
    struct guest *g;

    machine_start(2);
    g = machine_guest(1, 256, 0, 0, 0);
    machine_run(MS(60000));
    machine_clear_statistics();
    EXPECT(sched_set_params(&g->domain, 256, 50) == 0);
    machine_run(MS(3000));
    EXPECT(within(machine_domain_ran(g), MS(1500), 3));
    expect_sound();
}

static void a_tiny_cap_is_kept(void)
{
    struct guest *g;

    machine_start(2);
    g = machine_guest(2, 256, 1, 0, 0);
    machine_run(MS(60000));
    EXPECT(within(machine_domain_ran(g), MS(600), 5));
    expect_sound();
}

static void sleeper_is_quick_beside_busy_ones(void)
{
    struct guest *sleeper;

    machine_start(2);
    for (unsigned int i = 0; i < 4; i++)
        (void)machine_guest(1, 256, 0, 0, 0);
    sleeper = machine_guest(1, 256, 0, US(300), MS(7));
    machine_run(MS(500));
    machine_clear_statistics();
    machine_run(MS(30000));
    EXPECT(machine_vcpu(sleeper, 0)->worst_wait <= MS(2));
    EXPECT(machine_domain_ran(sleeper) >= MS(30000) * 3 / 80);
    expect_sound();
}

static void hard_affinity_is_obeyed(void)
{
    struct cpu_mask hard = {{0x2}}, soft = {{~0UL}}, nowhere = {{0xf0}};
    struct guest *g, *other;

    machine_start(4);
    g = machine_guest(2, 256, 0, 0, 0);
    other = machine_guest(4, 256, 0, 0, 0);
    machine_run(MS(50));
    EXPECT(sched_set_affinity(g->vcpus[0], &nowhere, &soft) < 0);
    EXPECT(sched_set_affinity(g->vcpus[0], &hard, &soft) == 0);
    machine_run(MS(1)); /* at once: sched_machine.c checks who runs where */
    machine_clear_statistics();
    machine_run(MS(1000));
    EXPECT(machine_ran(machine_vcpu(g, 0)) == machine_vcpu(g, 0)->ran_on[1]);
    EXPECT(machine_vcpu(g, 0)->ran_on[1] > MS(300));
    (void)other;
    expect_sound();
}

static void soft_affinity_is_a_wish(void)
{
    struct cpu_mask hard = {{~0UL}}, soft = {{0x8}};
    struct guest *g;

    machine_start(4);
    g = machine_guest(1, 256, 0, MS(3), MS(3));
    EXPECT(sched_set_affinity(g->vcpus[0], &hard, &soft) == 0);
    machine_run(MS(1000));
    EXPECT(machine_vcpu(g, 0)->ran_on[3] >= machine_ran(machine_vcpu(g, 0)) * 9 / 10);
    expect_sound();
}

static void pin_override_holds_and_ends(void)
{
    struct guest *g;

    machine_start(4);
    g = machine_guest(1, 256, 0, 0, 0);
    EXPECT(sched_pin_override(g->vcpus[0], -1) < 0);
    EXPECT(sched_pin_override(g->vcpus[0], 4) < 0);
    EXPECT(sched_pin_override(g->vcpus[0], 2) == 0);
    machine_run(MS(1));
    machine_clear_statistics();
    machine_run(MS(100));
    EXPECT(machine_vcpu(g, 0)->ran_on[2] == MS(100));
    EXPECT(sched_pin_override(g->vcpus[0], -1) == 0);
    EXPECT(sched_pin_override(g->vcpus[0], -1) < 0);
    machine_run(MS(100));
    expect_sound();
}

static void who_yields_lets_others_go_first(void)
{
    struct guest *polite, *greedy;

    machine_start(1);
    polite = machine_guest(1, 256, 0, 0, 0);
    greedy = machine_guest(1, 256, 0, 0, 0);
    machine_vcpu(polite, 0)->yields = true;
    machine_run(MS(1000));
    EXPECT(machine_domain_ran(greedy) > machine_domain_ran(polite));
    EXPECT(machine_domain_ran(polite) > 0);
    expect_sound();
}

static void who_yields_alone_keeps_its_cpu(void)
{
    struct guest *polite;

    machine_start(1);
    polite = machine_guest(1, 256, 0, 0, 0);
    machine_vcpu(polite, 0)->yields = true;
    machine_run(MS(1000));
    EXPECT(machine_domain_ran(polite) == MS(1000));
    expect_sound();
}

static void pausing_stops_and_run_states_add_up(void)
{
    struct vcpu_runstate_info r;
    struct guest *g;
    struct vcpu *v;

    machine_start(2);
    g = machine_guest(1, 256, 0, MS(2), MS(6));
    v = g->vcpus[0];
    machine_run(MS(800));
    v->pause_flags |= BIT(VPF_DOWN);
    sched_sleep(v);
    machine_run(MS(1));
    machine_clear_statistics();
    machine_run(MS(200));
    EXPECT(machine_domain_ran(g) == 0);
    v->pause_flags &= ~BIT(VPF_DOWN);
    sched_wake(v);
    machine_run(MS(200));
    sched_runstate(v, &r);
    EXPECT(within((int64_t)r.time[RUNSTATE_running], MS(250), 3));
    EXPECT(r.time[RUNSTATE_running] + r.time[RUNSTATE_runnable] + r.time[RUNSTATE_blocked] +
               r.time[RUNSTATE_offline] ==
           (uint64_t)(MS(1201)));
    EXPECT(sched_cpu_time(v) == r.time[RUNSTATE_running]);
    v->pause_flags |= BIT(VPF_DOWN);
    sched_sleep(v);
    machine_run(MS(1));
    sched_vcpu_destroy(v);
    expect_sound();
}

/* One random thing happens to a random vCPU. */
static void disturb(struct guest *g)
{
    struct behaviour *b = machine_vcpu(g, (unsigned int)rand() % g->domain.max_vcpus);
    struct cpu_mask hard = {{(uint64_t)rand() % 15 + 1}}, soft = {{(uint64_t)rand() % 16}};
    struct vcpu *v = &b->v;

    switch (rand() % 8) {
    case 0:
        v->pause_flags |= BIT(VPF_DOWN);
        sched_sleep(v);
        break;
    case 1:
        if (v->pause_flags & BIT(VPF_DOWN)) {
            v->pause_flags &= ~BIT(VPF_DOWN);
            sched_wake(v);
        }
        break;
    case 2:
        EXPECT(sched_set_affinity(v, &hard, &soft) == 0);
        break;
    case 3:
        EXPECT(sched_set_params(&g->domain, (uint32_t)rand() % 1000 + 1,
                                (uint32_t)rand() % 3 ? 0 : (uint32_t)rand() % 99 + 1) == 0);
        break;
    case 4:
        b->work = US(50) * (rand() % 40 + 1);
        b->rest = rand() % 3 ? US(50) * (rand() % 100 + 1) : 0;
        break;
    case 5:
        b->yields = rand() % 2;
        break;
    case 6:
        sched_wake(v); /* for nothing */
        break;
    case 7:
        bit_set(&v->pause_flags, VPF_BLOCKED); /* a wake-up that overtakes the sleep */
        sched_sleep(v);
        if (!b->wakes_at) {
            bit_clear(&v->pause_flags, VPF_BLOCKED);
            sched_wake(v);
        }
        break;
    }
}

static void anything_at_any_time(void)
{
    struct guest *g[6];

    for (unsigned int seed = 1; seed <= 20 && !machine_broken; seed++) {
        srand(seed);
        machine_start(4);
        for (unsigned int i = 0; i < 6; i++)
            g[i] = machine_guest(i % 4 + 1, 256, 0, MS(1) * i, i % 3 ? MS(2) : 0);
        for (unsigned int i = 0; i < 4000 && !machine_broken; i++) {
            disturb(g[(unsigned int)rand() % 6]);
            machine_run(US(50) * (rand() % 20));
        }
    }
    expect_sound();
}

int main(void)
{
    RUN(busy_vcpus_spread_out);
    RUN(vcpus_pinned_together_spread_when_freed);
    RUN(shares_on_several_cpus);
    RUN(weights_on_one_cpu);
    RUN(weight_is_the_domains_not_the_vcpus);
    RUN(weights_change_while_running);
    RUN(caps_hold);
    RUN(a_cap_begins_when_it_is_set);
    RUN(a_tiny_cap_is_kept);
    RUN(sleeper_is_quick_beside_busy_ones);
    RUN(hard_affinity_is_obeyed);
    RUN(soft_affinity_is_a_wish);
    RUN(pin_override_holds_and_ends);
    RUN(who_yields_lets_others_go_first);
    RUN(who_yields_alone_keeps_its_cpu);
    RUN(pausing_stops_and_run_states_add_up);
    RUN(anything_at_any_time);
    return UNIT_RESULT;
}
