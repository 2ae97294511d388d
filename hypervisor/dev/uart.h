/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the 16550: bytes in and out of one serial line, polled or with interrupts. No policy, no
 * lock: kern/console.c has both.
 */
#ifndef DEV_UART_H
#define DEV_UART_H

#include "lib/types.h"

#define UART_FIFO 16 /* bytes that may be written when the transmitter says it is empty */

struct uart_config {
    uint32_t baud;                        /* 0: as the firmware left it */
    uint8_t data_bits, parity, stop_bits; /* parity: 'n', 'o', 'e' */
    uint8_t irq;                          /* ISA line */
    uint16_t port;
};

struct uart {
    uint16_t port;
    uint8_t fifo; /* bytes that fit: UART_FIFO, or 1 for an old part */
    uint8_t irq;
    uint8_t ier; /* what the interrupt enable register holds */
    bool present;
};

/* Pure: dev/uart_config.c. The defaults of com1 (1) or com2 (2): 115200,8n1. */
struct uart_config uart_default(unsigned int com);
/*
 * Reads "baud[,DPS[,port[,irq]]]", as 115200,8n1,0x3f8,4; "" changes nothing. False, with *c
 * unchanged, when it is none.
 */
bool uart_config_parse(const char *s, struct uart_config *c) __must_check;

/*
 * Finds out whether there is a 16550 and sets it up, without interrupts; an absent one is noticed,
 * never waited for.
 */
bool uart_init(struct uart *u, const struct uart_config *c);

bool uart_can_send(const struct uart *u); /* room for u->fifo bytes */
void uart_send(const struct uart *u, char c);
int uart_receive(const struct uart *u); /* a byte, or -1 when none is there */

/* Whether a cause of an interrupt is left: an edge-triggered line must be served until none is. */
bool uart_interrupt_pending(const struct uart *u);

/* Which interrupts the part raises. */
void uart_interrupts(struct uart *u, bool receive, bool send);

#endif
