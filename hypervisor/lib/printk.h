/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the way to say something on the console and to stop for good.
 *
 * printk is declared here, since everybody speaks, and defined in kern/console.c. Any context, NMI
 * included: what is said there goes to the ring without taking a lock. Format: %d %u %x %p %s %c
 * %%, widths, flags 0 and -, l ll z; no floats.
 */
#ifndef LIB_PRINTK_H
#define LIB_PRINTK_H

#include <stdarg.h>

#include "lib/types.h"

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void printk(enum log_level level, const char *fmt, ...) __printf(2, 3);

#define pr_err(...)   printk(LOG_ERR, __VA_ARGS__)
#define pr_warn(...)  printk(LOG_WARN, __VA_ARGS__)
#define pr_info(...)  printk(LOG_INFO, __VA_ARGS__)
#define pr_debug(...) printk(LOG_DEBUG, __VA_ARGS__)

/*
 * Writes at most size bytes, ending zero included; returns the length that the whole text would
 * have. Pure.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/*
 * Prints the text, registers and a backtrace, then ends the machine (`noreboot`: halts). Defined in
 * kern/panic.c.
 */
void panic(const char *fmt, ...) __noreturn __printf(1, 2);

/*
 * BUG: only where going on is worse. ASSERT: our own invariants, never a guest's value; debug
 * builds only.
 */
#define BUG_ON(c)                                                                                  \
    do {                                                                                           \
        if (unlikely(c))                                                                           \
            panic("BUG at %s:%d: %s", __FILE__, __LINE__, #c);                                     \
    } while (0)

#define ASSERT(c)                                                                                  \
    do {                                                                                           \
        if (DEBUG_BUILD && unlikely(!(c)))                                                         \
            panic("ASSERT at %s:%d: %s", __FILE__, __LINE__, #c);                                  \
    } while (0)

#ifndef DEBUG_BUILD
#define DEBUG_BUILD 0
#endif

#endif
