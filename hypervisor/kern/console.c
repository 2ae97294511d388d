/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns printk, the ring that keeps the hypervisor's own log, and what goes to the serial line.
 *
 * printk takes no lock: the text goes into rings that any context may write to. Guests' text goes
 * out on the line but not into the log. Input and keys are in kern/keys.c.
 */
#include "kern/console.h"
#include "cpu/asm.h"
#include "kern/keys.h"
#include "kern/serial.h"
#include "kern/softirq.h"
#include "kern/text_ring.h"
#include "lib/printk.h"
#include "lib/string.h"

#define LOG_BYTES 32768
#define LINE_MAX  384
#define PREFIX    "(mortise) "

static char log_buffer[LOG_BYTES];
static struct text_ring log = {.buf = log_buffer, .size = LOG_BYTES};
static uint64_t log_cleared; /* readers start here at the earliest */
static unsigned int level_max = LOG_INFO;
static void (*log_notify)(void);
static bool mid_line; /* the last text did not end its line; only decides whether a prefix is due */

void printk(enum log_level level, const char *fmt, ...)
{
    char line[LINE_MAX];
    size_t at = 0, n;
    va_list args;
    int wanted;

    if (!mid_line) {
        memcpy(line, PREFIX, sizeof(PREFIX) - 1);
        at = sizeof(PREFIX) - 1;
    }
    va_start(args, fmt);
    wanted = vsnprintf(line + at, sizeof(line) - at, fmt, args);
    va_end(args);
    if (wanted < 0)
        return;
    n = MIN(at + (size_t)wanted, sizeof(line) - 1);
    if (at + (size_t)wanted >= sizeof(line))
        line[n - 1] = '\n'; /* cut, but a line all the same */
    mid_line = n && line[n - 1] != '\n';
    text_ring_put(&log, line, n);
    if (READ_ONCE(log_notify))
        softirq_raise(SOFTIRQ_LOG);
    if (level <= level_max)
        serial_write(line, n);
}

void __init console_init(const char *console, const char *com1, unsigned int level)
{
    unsigned int com = 1;
    struct uart_config c;
    bool bad_line = false, bad_name = false;

    level_max = MIN(level, (unsigned int)LOG_DEBUG);
    if (!strcmp(console, "none"))
        return;
    if (!strcmp(console, "com2"))
        com = 2;
    else
        bad_name = *console && strcmp(console, "com1");
    c = uart_default(com);
    bad_line = com1 && !uart_config_parse(com1, &c);
    (void)serial_init(&c);
    if (bad_name)
        pr_warn("console=%s: not com1, com2 or none; com1 is used\n", console);
    if (bad_line)
        pr_warn("com%u=%s: not baud,frame,port,irq as in 115200,8n1,0x3f8,4; the default is used\n",
                com, com1);
}

static void log_softirq(void)
{
    log_notify();
}

void __init console_set_log_notify(void (*notify)(void))
{
    softirq_register(SOFTIRQ_LOG, log_softirq);
    WRITE_ONCE(log_notify, notify);
}

void __init console_init_irq(void)
{
    keys_init();
    serial_init_irq(keys_receive);
}

void console_write(const char *text, size_t n)
{
    if (n)
        mid_line = false;
    serial_write(text, n);
}

size_t console_log_read(uint64_t *pos, char *buf, size_t n)
{
    *pos = MAX(*pos, READ_ONCE(log_cleared));
    return text_ring_read(&log, pos, buf, n);
}

void console_log_clear(void)
{
    WRITE_ONCE(log_cleared, text_ring_end(&log));
}

void console_flush(void)
{
    serial_flush();
}

void console_panic(void)
{
    serial_panic();
    level_max = LOG_DEBUG;
    mid_line = false;
    serial_write("\n", 1);
}
