/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the serial line of the console: what waits to be sent, and when it is polled or interrupt
 * driven. Internal to kern/.
 */
#ifndef KERN_SERIAL_H
#define KERN_SERIAL_H

#include "dev/uart.h"
#include "lib/types.h"

/* False: there is no such line; everything else then does nothing. */
bool serial_init(const struct uart_config *c);

/* The first of the line's eight I/O ports; 0 when there is none. */
uint16_t serial_port(void);
void serial_init_irq(void (*receive)(char c));

/*
 * Any context, NMI included; what does not fit goes out by polling, and is lost when the line
 * stands still.
 */
void serial_write(const char *text, size_t n);
void serial_flush(void);
void serial_panic(void); /* polled from here on, locks ignored */

#endif
