/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's `edu` device: an interrupt whenever its register is written. Each is found on bus 0,
 * its registers are mapped, and its line or message is bound to an event channel.
 */
#ifndef TEST_EDU_H
#define TEST_EDU_H

#include "harness.h"

#define EDU_ID       0x00
#define EDU_LIVENESS 0x04
#define EDU_STATUS   0x24
#define EDU_RAISE    0x60
#define EDU_ACK      0x64

struct edu {
    unsigned int devfn;
    unsigned int line; /* what the firmware routed its pin to */
    volatile uint32_t *registers;
};

struct edu_irq {
    int pirq;
    unsigned int port;
};

/* The n-th such device of the bus, with its registers mapped; the test ends without it. */
void edu_find(struct edu *edu, unsigned int n);
/* Its line, or its message, bound to a port of vCPU 0, which is masked. */
void edu_bind_line(const struct edu *edu, struct edu_irq *irq);
void edu_bind_message(const struct edu *edu, struct edu_irq *irq);
void edu_unbind(const struct edu_irq *irq);

static inline void edu_write(const struct edu *edu, unsigned int at, uint32_t value)
{
    edu->registers[at / 4] = value;
}

static inline uint32_t edu_read(const struct edu *edu, unsigned int at)
{
    return edu->registers[at / 4];
}

static inline long edu_eoi(const struct edu_irq *irq)
{
    struct physdev_eoi eoi = {.irq = (uint32_t)irq->pirq};

    return hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_eoi, &eoi);
}

/* Waits until the port is pending and takes it; false when a second is over. */
bool edu_wait(const struct edu_irq *irq);
/* Nothing comes for a little while. */
bool edu_quiet(const struct edu_irq *irq);

#endif
