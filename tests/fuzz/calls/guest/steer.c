/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which operation is next. `favour=CALL.SUB,...` names operations that are behind others: half of
 * all choices are one of them, by having its family choose until that very one comes out. Calls
 * that come out before are not made. `drop=FROM.TO,...` leaves operations out, by their number in a
 * program, as a smaller program does.
 */
#include "fuzz.h"

#define FAVOURED 96
#define CHOICES  64 /* of a family, for one that is wanted */

/* How often each is chosen, of 256; and the calls that it makes. */
static const struct {
    void (*op)(void);
    unsigned int weight;
    uint64_t calls;
} families[] = {
#define CALLED(name) (1ul << __HYPERVISOR_##name)
    {op_mmu_update, 26, CALLED(mmu_update)},
    {op_va_mapping, 22, CALLED(update_va_mapping) | CALLED(update_va_mapping_otherdomain)},
    {op_mmuext, 26, CALLED(mmuext_op)},
    {op_build, 14, CALLED(mmuext_op)},
    {op_store, 8, 0},
    {op_memory, 22, CALLED(memory_op)},
    {op_grant_map, 10, CALLED(grant_table_op)},
    {op_grant_entry, 8, 0},
    {op_grant_other, 18, CALLED(grant_table_op)},
    {op_event, 24, CALLED(event_channel_op)},
    {op_vcpu, 14, CALLED(vcpu_op) | CALLED(set_timer_op)},
    {op_sched, 6, CALLED(sched_op)},
    {op_registers, 12,
     CALLED(fpu_taskswitch) | CALLED(set_debugreg) | CALLED(get_debugreg) |
         CALLED(set_segment_base) | CALLED(vm_assist) | CALLED(stack_switch) | CALLED(set_gdt) |
         CALLED(update_descriptor)},
    {op_traps, 4,
     CALLED(set_trap_table) | CALLED(set_callbacks) | CALLED(callback_op) | CALLED(nmi_op)},
    {op_version, 8, CALLED(xen_version) | CALLED(console_io) | CALLED(xenpmu_op)},
    {op_physdev, 12, CALLED(physdev_op)},
    {op_unknown, 2, 0},
    {op_control, 20,
     CALLED(domctl) | CALLED(sysctl) | CALLED(platform_op) | CALLED(arch_0) | CALLED(arch_7)},
#undef CALLED
};

static struct wish favoured[FAVOURED];
static unsigned int favours;
static struct wish drop[FAVOURED]; /* numbers of operations, from and to */
static unsigned int drops;

static bool number_read(const char **at, unsigned int *number)
{
    const char *start = *at;

    for (*number = 0; **at >= '0' && **at <= '9'; (*at)++) {
        *number = *number * 10 + (unsigned int)(**at - '0');
    }
    return *at != start;
}

unsigned int pairs_read(const char *key, struct wish *list, unsigned int room_for)
{
    const char *line = (const char *)start_info->cmd_line;
    unsigned int count = 0;
    struct wish w;

    for (; *line != 0 && strncmp(line, key, strlen(key)) != 0; line++) {}
    if (*line == 0) {
        return 0;
    }
    for (line += strlen(key); count < room_for; line++) {
        if (!number_read(&line, &w.call) || *line++ != '.' || !number_read(&line, &w.sub)) {
            break;
        }
        list[count++] = w;
        if (*line != ',') {
            break;
        }
    }
    return count;
}

void steer_start(void)
{
    favours = pairs_read("favour=", favoured, FAVOURED);
    drops = pairs_read("drop=", drop, FAVOURED);
}

bool wanted(unsigned int call, unsigned int sub)
{
    struct side *s = side();

    if (s->want != NULL && (s->want->call != call || s->want->sub != sub)) {
        return false;
    }
    s->granted = true;
    return true;
}

unsigned int wanted_sub(unsigned int call, unsigned int otherwise)
{
    const struct wish *want = side()->want;

    return want != NULL && want->call == call ? want->sub : otherwise;
}

unsigned int part_of(unsigned int below, const struct part *parts, unsigned int count)
{
    const struct wish *want = side()->want;
    unsigned int chosen = pick(below);

    for (unsigned int i = 0; want != NULL && i < count; i++) {
        if (parts[i].call == want->call && parts[i].first <= want->sub &&
            want->sub <= parts[i].last) {
            return parts[i].part;
        }
    }
    return chosen;
}

/* The chance of a family that makes a call, among all of them. */
static void choose(uint64_t calls)
{
    unsigned int sum = 0, choice;

    for (unsigned int i = 0; i < ARRAY_SIZE(families); i++) {
        sum += calls == 0 || families[i].calls & calls ? families[i].weight : 0;
    }
    if (sum == 0 || (calls == 1ul << __HYPERVISOR_domctl && comparing)) {
        return;
    }
    choice = pick(256) * sum / 256;
    for (unsigned int i = 0; i < ARRAY_SIZE(families); i++) {
        if (calls != 0 && (families[i].calls & calls) == 0) {
            continue;
        }
        if (choice < families[i].weight) {
            if (families[i].op != op_control || !comparing) {
                families[i].op();
            }
            return;
        }
        choice -= families[i].weight;
    }
}

/* An operation that a smaller program leaves out: its choices are made, its calls are not. */
static bool left_out(unsigned int number)
{
    for (unsigned int i = 0; i < drops; i++) {
        if (drop[i].call <= number && number < drop[i].sub) {
            return true;
        }
    }
    return false;
}

void operate(void)
{
    static const struct wish nothing = {.call = 63, .sub = 95};
    struct side *s = side();

    if (left_out(s->operations++)) {
        s->want = &nothing;
        choose(0);
        s->want = NULL;
        return;
    }
    /* What a multicall collects must fit into its room. */
    if (favours == 0 || s->deferring || one_in(2)) {
        choose(0);
        return;
    }
    s->want = &favoured[pick(favours)];
    s->granted = false;
    for (unsigned int i = 0; i < CHOICES && !s->granted && !program_over(); i++) {
        room_refresh(1024);
        choose(1ul << s->want->call % 64);
        if (s->want == NULL) {
            break;
        }
    }
    s->want = NULL;
}
