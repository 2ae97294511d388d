/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns input: two small rings under one lock, filled from interrupt context, emptied by the control
 * domain's calls and by SOFTIRQ_KEYS. What does not fit is dropped: whoever types faster than it is
 * read sees that.
 */
#include "kern/keys.h"
#include "cpu/layout.h"
#include "cpu/percpu.h"
#include "cpu/spinlock.h"
#include "kern/console.h"
#include "kern/input_switch.h"
#include "kern/irq.h"
#include "kern/reset.h"
#include "kern/smp.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "kern/timer.h"
#include "kern/trace.h"
#include "lib/printk.h"

#define INPUT_BYTES 512 /* powers of two */
#define KEYS_BYTES  16
#define KEY_COUNT   128

struct byte_ring {
    char *buf;
    uint32_t size, head, tail;
};

static char input_buffer[INPUT_BYTES], keys_buffer[KEYS_BYTES];
static struct byte_ring input = {input_buffer, INPUT_BYTES, 0, 0};
static struct byte_ring keys = {keys_buffer, KEYS_BYTES, 0, 0};
static struct input_switch who;
static spinlock_t lock = SPINLOCK_INIT(RANK_CONSOLE); /* all of the above */
static void (*notify_input)(void);

static struct {
    void (*function)(void);
    const char *help;
} table[KEY_COUNT];

static void put(struct byte_ring *r, char c)
{
    if (r->head - r->tail < r->size)
        r->buf[r->head++ & (r->size - 1)] = c;
}

static bool get(struct byte_ring *r, char *c)
{
    if (r->head == r->tail)
        return false;
    *c = r->buf[r->tail++ & (r->size - 1)];
    return true;
}

void keys_receive(char c)
{
    char out[SWITCH_COUNT];
    bool switched, to_hypervisor;
    uint64_t flags = spin_lock_irqsave(&lock);
    unsigned int i, n = input_switch_feed(&who, c, out, &switched);

    to_hypervisor = who.to_hypervisor;
    for (i = 0; i < n; i++)
        put(to_hypervisor ? &keys : &input, out[i]);
    spin_unlock_irqrestore(&lock, flags);
    if (switched)
        pr_info("input goes to %s (three Ctrl-A switch)\n",
                to_hypervisor ? "the hypervisor; 'h' for help" : "the control domain");
    if (n)
        softirq_raise(to_hypervisor ? SOFTIRQ_KEYS : SOFTIRQ_CONSOLE);
}

size_t console_read(char *buf, size_t n)
{
    uint64_t flags = spin_lock_irqsave(&lock);
    size_t done = 0;

    while (done < n && get(&input, &buf[done]))
        done++;
    spin_unlock_irqrestore(&lock, flags);
    return done;
}

void console_set_input_notify(void (*notify)(void))
{
    notify_input = notify;
}

static void input_softirq(void)
{
    if (notify_input)
        notify_input();
}

void console_key_register(char key, void (*function)(void), const char *help)
{
    ASSERT((unsigned char)key < KEY_COUNT && !table[(unsigned char)key].function);
    table[(unsigned char)key].function = function;
    table[(unsigned char)key].help = help;
}

void console_key_press(char key)
{
    uint64_t flags = spin_lock_irqsave(&lock);

    put(&keys, key);
    spin_unlock_irqrestore(&lock, flags);
    softirq_raise(SOFTIRQ_KEYS);
}

static void keys_softirq(void)
{
    unsigned int left = KEYS_BYTES;
    uint64_t flags;
    bool some;
    char c;

    while (left--) {
        flags = spin_lock_irqsave(&lock);
        some = get(&keys, &c);
        spin_unlock_irqrestore(&lock, flags);
        if (!some)
            return;
        if ((unsigned char)c < KEY_COUNT && table[(unsigned char)c].function) {
            pr_info("'%c' pressed: %s\n", c, table[(unsigned char)c].help);
            table[(unsigned char)c].function();
        }
    }
}

static void key_help(void)
{
    unsigned int c;

    for (c = 0; c < KEY_COUNT; c++) {
        if (table[c].function)
            pr_info(" %c  %s\n", (char)c, table[c].help);
    }
}

static void show_this_cpu(void *unused)
{
    (void)unused;
    pr_info("CPU %u: guest's registers\n", cpu_id());
    trace_registers(guest_regs());
}

static void key_cpus(void)
{
    unsigned int i;

    for (i = 0; i < cpu_count; i++)
        smp_call(1UL << i, show_this_cpu, NULL);
}

static void key_fault(void)
{
    /* slot 260 is never mapped; registers and a backtrace are the answer */
    *(volatile uint32_t *)(HV_VIRT_START + (260UL - HV_SLOT_FIRST) * (1UL << 39)) = 0;
}

static void key_reboot(void)
{
    machine_restart();
}

void __init keys_init(void)
{
    softirq_register(SOFTIRQ_CONSOLE, input_softirq);
    softirq_register(SOFTIRQ_KEYS, keys_softirq);
    console_key_register('h', key_help, "this help");
    console_key_register('d', key_cpus, "registers of what each CPU runs");
    console_key_register('i', irq_dump, "interrupts");
    console_key_register('a', timers_dump, "timers");
    console_key_register('t', time_dump, "clocks");
    console_key_register('F', key_fault, "fault on purpose");
    console_key_register('R', key_reboot, "reboot the machine");
}
