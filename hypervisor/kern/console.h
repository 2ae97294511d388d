/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the console: the ring that keeps the log, serial output and input, and who gets what is
 * typed.
 *
 * Three Ctrl-A switch input between the control domain and the hypervisor's own keys.
 */
#ifndef KERN_CONSOLE_H
#define KERN_CONSOLE_H

#include "lib/types.h"

void console_init(const char *console, const char *com1,
                  unsigned int level); /* early: polled output; options as given */
void console_init_irq(void);           /* later: interrupts */

/* A guest's text, as it is; bounded by the caller. */
void console_write(const char *text, size_t n);

/* What was typed for the control domain: up to n bytes; returns how many. */
size_t console_read(char *buf, size_t n);

/* Called (SOFTIRQ_CONSOLE) when there is something to read: the event code sends VIRQ_CONSOLE. */
void console_set_input_notify(void (*notify)(void));

/* Called (SOFTIRQ_LOG) when the log has grown: the event code sends VIRQ_CON_RING. Boot only. */
void console_set_log_notify(void (*notify)(void));

/*
 * The log kept in the ring: copies from position *pos (bytes since boot), advances it; returns
 * bytes copied.
 */
size_t console_log_read(uint64_t *pos, char *buf, size_t n);
void console_log_clear(void);

/*
 * One key of the hypervisor's own, with the line of help it shows for 'h'. The function runs from
 * SOFTIRQ_KEYS.
 */
void console_key_register(char key, void (*function)(void), const char *help);
void console_key_press(char key);

void console_flush(void); /* waits until everything is out: before reset */
void console_panic(void); /* break locks, polled output from here on */

#endif
