/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the registers of a 16550 in I/O space. Nothing here waits.
 */
#include "cpu/asm.h"
#include "dev/uart.h"

#define DATA    0 /* divisor low with LCR bit 7 */
#define IER     1 /* divisor high with LCR bit 7 */
#define IIR     2 /* FIFO control when written */
#define LCR     3
#define MCR     4
#define LSR     5
#define SCRATCH 7

#define IER_RECEIVE 0x1
#define IER_SEND    0x2
#define LSR_READY   0x1
#define LSR_EMPTY   0x20
#define LCR_DIVISOR 0x80
#define FCR_ON      0x07 /* enable, and clear both */
#define IIR_NONE    0x01
#define IIR_FIFO    0xc0
#define MCR_ON      0x0b /* DTR, RTS, and OUT2, which lets the interrupt through */
#define BASE_BAUD   115200

static uint8_t get(const struct uart *u, unsigned int reg)
{
    return inb((uint16_t)(u->port + reg));
}

static void put(const struct uart *u, unsigned int reg, uint8_t v)
{
    outb((uint16_t)(u->port + reg), v);
}

/* A part that is not there reads as ones (or zeros) and keeps nothing. */
static bool probe(const struct uart *u)
{
    put(u, IER, 0);
    if (get(u, IER) & 0xf || get(u, LSR) == 0xff)
        return false;
    put(u, SCRATCH, 0x5a);
    if (get(u, SCRATCH) != 0x5a)
        return false;
    put(u, SCRATCH, 0xa5);
    return get(u, SCRATCH) == 0xa5;
}

static uint8_t line_control(const struct uart_config *c)
{
    return (uint8_t)((c->data_bits - 5) | (c->stop_bits == 2 ? 4 : 0) |
                     (c->parity == 'o'   ? 0x08
                      : c->parity == 'e' ? 0x18
                                         : 0));
}

bool uart_init(struct uart *u, const struct uart_config *c)
{
    *u = (struct uart){.port = c->port, .irq = c->irq};
    if (!probe(u))
        return false;
    u->present = true;
    if (c->baud) {
        uint32_t divisor = BASE_BAUD / c->baud;

        put(u, LCR, LCR_DIVISOR);
        put(u, DATA, (uint8_t)divisor);
        put(u, IER, (uint8_t)(divisor >> 8));
    }
    put(u, LCR, line_control(c));
    put(u, IER, 0);
    put(u, IIR, FCR_ON);
    u->fifo = (get(u, IIR) & IIR_FIFO) == IIR_FIFO ? UART_FIFO : 1;
    put(u, MCR, MCR_ON);
    return true;
}

bool uart_can_send(const struct uart *u)
{
    return get(u, LSR) & LSR_EMPTY;
}

void uart_send(const struct uart *u, char c)
{
    put(u, DATA, (uint8_t)c);
}

int uart_receive(const struct uart *u)
{
    uint8_t lsr = get(u, LSR);

    /* 0xff: the part went away */
    return lsr != 0xff && (lsr & LSR_READY) ? get(u, DATA) : -1;
}

bool uart_interrupt_pending(const struct uart *u)
{
    return !(get(u, IIR) & IIR_NONE);
}

void uart_interrupts(struct uart *u, bool receive, bool send)
{
    uint8_t ier = (uint8_t)((receive ? IER_RECEIVE : 0) | (send ? IER_SEND : 0));

    if (ier != u->ier) {
        u->ier = ier;
        put(u, IER, ier);
    }
}
