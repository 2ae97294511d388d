/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the local APIC: interrupts between CPUs, end of interrupt, the timer of each CPU.
 *
 * Registers are named by their xAPIC offset in bytes; x2APIC finds the same register at MSR 0x800 +
 * offset / 16. What differs (access, destination format, ICR) is behind struct lapic_ops, on a bus
 * that tests replace by a fake.
 */
#ifndef DEV_LAPIC_H
#define DEV_LAPIC_H

#include "lib/types.h"

#define LAPIC_ID            0x20
#define LAPIC_VERSION       0x30
#define LAPIC_TPR           0x80
#define LAPIC_EOI           0xb0
#define LAPIC_LDR           0xd0
#define LAPIC_DFR           0xe0
#define LAPIC_SVR           0xf0
#define LAPIC_ISR           0x100
#define LAPIC_IRR           0x200
#define LAPIC_ESR           0x280
#define LAPIC_ICR           0x300
#define LAPIC_ICR_HIGH      0x310
#define LAPIC_LVT_TIMER     0x320
#define LAPIC_LVT_THERMAL   0x330
#define LAPIC_LVT_PERF      0x340
#define LAPIC_LVT_LINT0     0x350
#define LAPIC_LVT_LINT1     0x360
#define LAPIC_LVT_ERROR     0x370
#define LAPIC_TIMER_INITIAL 0x380
#define LAPIC_TIMER_CURRENT 0x390
#define LAPIC_TIMER_DIVIDE  0x3e0

#define LAPIC_SVR_ENABLE   0x100
#define LAPIC_LVT_MASKED   0x10000
#define LAPIC_LVT_DEADLINE 0x40000
#define LAPIC_ICR_NMI      0x400
#define LAPIC_ICR_INIT     0x500
#define LAPIC_ICR_SIPI     0x600
#define LAPIC_ICR_PENDING  0x1000
#define LAPIC_ICR_ASSERT   0x4000
#define LAPIC_ICR_SELF     0x40000 /* shorthand: the destination is this CPU */
#define LAPIC_DIVIDE_BY_1  0xb

struct lapic_bus { /* the machine, or a fake register file */
    uint32_t (*read)(uint32_t offset);
    void (*write)(uint32_t offset, uint32_t v);
    uint64_t (*rdmsr)(uint32_t msr);
    void (*wrmsr)(uint32_t msr, uint64_t v);
};

struct lapic_ops {
    const char *name;
    bool x2;
    uint32_t (*read)(const struct lapic_bus *bus, uint32_t reg);
    void (*write)(const struct lapic_bus *bus, uint32_t reg, uint32_t v);
    uint32_t (*id)(const struct lapic_bus *bus);
    /* Sends: `low` is the ICR's lower half. Waits (bounded) until the last one left. */
    void (*send)(const struct lapic_bus *bus, uint32_t apic_id, uint32_t low);
    /* Sends to this CPU, in one write. Any context, NMI too. */
    void (*send_self)(const struct lapic_bus *bus, uint32_t low);
};

/* Pure: dev/lapic_ops.c. */
extern const struct lapic_ops lapic_xapic, lapic_x2apic;

/*
 * Turns the APIC on in the wanted mode through MSR 0x1b; `base` is where its registers are to be.
 */
void lapic_enable(const struct lapic_ops *ops, const struct lapic_bus *bus, uint64_t base);

/*
 * Puts this CPU's APIC into a known state: all local vectors masked but error and LINT1 (NMI),
 * timer stopped.
 */
void lapic_setup(const struct lapic_ops *ops, const struct lapic_bus *bus);

/* Puts this CPU's timer, stopped, into one-shot or TSC-deadline mode, with VECTOR_TIMER. */
void lapic_timer_mode(const struct lapic_ops *ops, const struct lapic_bus *bus, bool deadline);

/* In deadline mode: the interrupt comes when the TSC reaches `tsc`; 0 stops it. It is an MSR in
 * both modes of the APIC. */
void lapic_deadline_write(const struct lapic_bus *bus, uint64_t tsc);

/* The machine's: dev/lapic.c. */
void lapic_init(void);     /* boot CPU, after acpi_init and features_detect */
void lapic_init_cpu(void); /* every further CPU */
bool lapic_is_x2(void);
uint32_t lapic_id(void);
void lapic_eoi(void);
void lapic_error(void); /* the error vector: counts, says it a bounded number of times */
unsigned int lapic_errors(void);

void lapic_send(uint32_t apic_id, uint8_t vector);
void lapic_send_self(uint8_t vector); /* any context, NMI too */
void lapic_send_nmi(uint32_t apic_id);
void lapic_send_init(uint32_t apic_id);
void lapic_send_sipi(uint32_t apic_id, uint8_t page);

/* The timer. Calibration: start counting down from the top without an interrupt, and read. */
void lapic_timer_free_run(void);
uint32_t lapic_timer_count(void);
void lapic_timer_setup(void); /* this CPU: one-shot or TSC deadline, VECTOR_TIMER */
bool lapic_timer_has_deadline(void);
void lapic_timer_one_shot(uint32_t ticks); /* 0 stops it */
void lapic_timer_deadline(uint64_t tsc);   /* 0 stops it */

#endif
