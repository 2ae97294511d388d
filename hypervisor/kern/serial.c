/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the serial line: text goes into a ring, and from there into the transmitter by whoever gets
 * the lock, or by the line's interrupt. Nobody waits for the lock: its holder looks again after it
 * let go.
 *
 * Until interrupts are set up, and after a panic, whoever writes also sends, polling. A transmitter
 * that stays busy for too long is taken for dead until it shows itself empty again; nobody waits
 * for it twice.
 */
#include "kern/serial.h"
#include "cpu/asm.h"
#include "cpu/spinlock.h"
#include "kern/irq.h"
#include "kern/text_ring.h"
#include "lib/printk.h"

#define RING_BYTES  16384
#define BACKLOG_MAX (RING_BYTES / 2) /* more than that waits: whoever writes sends */
#define SEND_SPINS  100000           /* reads of the line status, about a microsecond each */
#define IRQ_ROUNDS  256

static char buffer[RING_BYTES];
static struct text_ring ring = {.buf = buffer, .size = RING_BYTES};
static spinlock_t lock = SPINLOCK_INIT(RANK_SERIAL); /* uart, sent, last, dead */
static struct uart uart;
static uint64_t sent; /* position in the ring */
static char last;     /* what was sent last */
static bool dead;
static bool interrupts, panicking;
static void (*receiver)(char c);

bool __init serial_init(const struct uart_config *c)
{
    return uart_init(&uart, c);
}

uint16_t serial_port(void)
{
    return uart.present ? uart.port : 0;
}

/* Room for a FIFO's worth; waits for it when `wait` is set and the line lives. */
static bool can_send(bool wait)
{
    unsigned int spins = SEND_SPINS;

    while (!uart_can_send(&uart)) {
        if (!wait || dead)
            return false;
        if (!--spins) {
            dead = true;
            return false;
        }
        cpu_relax();
    }
    dead = false;
    return true;
}

/* A carriage return before each newline that has none. */
static bool needs_return(char c)
{
    return c == '\n' && last != '\r';
}

/* Fills the transmitter once, if it has room; whether there is more to send. The lock is held. */
static bool send_some(bool wait)
{
    unsigned int room;
    char c;

    if (sent == text_ring_end(&ring) || !can_send(wait))
        return false;
    for (room = uart.fifo; room; room--) {
        uint64_t pos = sent;

        if (!text_ring_read(&ring, &pos, &c, 1))
            break;
        if (needs_return(c)) {
            last = '\r'; /* the newline itself comes in the next round */
            uart_send(&uart, '\r');
            continue;
        }
        sent = pos;
        last = c;
        uart_send(&uart, c);
    }
    return sent != text_ring_end(&ring);
}

static uint64_t backlog(void)
{
    return text_ring_end(&ring) - READ_ONCE(sent);
}

/* Interrupts are off for one load of the transmitter at a time. */
static void push(bool wait)
{
    uint64_t end, flags;
    bool more;

    if (!uart.present)
        return;
    if (panicking) {
        while (send_some(true))
            ;
        return;
    }
    do {
        flags = irq_save();
        if (!spin_trylock(&lock)) {
            irq_restore(flags);
            return; /* its holder sees what was added here, below */
        }
        end = text_ring_end(&ring);
        more = send_some(wait || !interrupts || backlog() > BACKLOG_MAX);
        if (interrupts)
            uart_interrupts(&uart, true, sent != end);
        spin_unlock(&lock);
        irq_restore(flags);
    } while (more || end != text_ring_end(&ring));
}

void serial_write(const char *text, size_t n)
{
    if (!uart.present)
        return;
    while (n) {
        size_t part = MIN(n, (size_t)RING_BYTES / 8);

        text_ring_put(&ring, text, part);
        push(false);
        text += part;
        n -= part;
    }
}

void serial_flush(void)
{
    push(true);
}

void serial_panic(void)
{
    panicking = true;
    if (uart.present)
        uart_interrupts(&uart, false, false);
}

static void serial_irq(void *unused)
{
    unsigned int round, i;
    int c;

    (void)unused;
    for (round = 0; round < IRQ_ROUNDS; round++) {
        for (i = 0; i < UART_FIFO && (c = uart_receive(&uart)) >= 0; i++)
            receiver((char)c);
        push(false);
        if (!uart_interrupt_pending(&uart))
            return;
    }
    /* Too long for one interrupt: the line must drop and rise again to bring the next. */
    spin_lock(&lock);
    uart_interrupts(&uart, false, false);
    uart_interrupts(&uart, true, true);
    spin_unlock(&lock);
}

void __init serial_init_irq(void (*receive)(char c))
{
    unsigned int irq = irq_of_isa(uart.irq);

    if (!uart.present)
        return;
    receiver = receive;
    if (irq_request(irq, serial_irq, NULL)) {
        pr_warn("console: no interrupt for the serial line; no input, polled output\n");
        return;
    }
    interrupts = true;
    uart_interrupts(&uart, true, true);
}
