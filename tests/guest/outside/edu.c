/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding, mapping and binding `edu` devices (edu.h).
 */
#include "edu.h"

#define CONFIG_ADDRESS    0xcf8
#define CONFIG_DATA       0xcfc
#define EDU_VENDOR_DEVICE 0x11e81234u

static uint32_t config_read(unsigned int devfn, unsigned int at)
{
    uint32_t value;

    __asm__ volatile("outl %0, %w1" : : "a"(0x80000000u | devfn << 8 | at), "d"(CONFIG_ADDRESS));
    __asm__ volatile("inl %w1, %0" : "=a"(value) : "d"(CONFIG_DATA));
    return value;
}

static void config_write(unsigned int devfn, unsigned int at, uint32_t value)
{
    __asm__ volatile("outl %0, %w1" : : "a"(0x80000000u | devfn << 8 | at), "d"(CONFIG_ADDRESS));
    __asm__ volatile("outl %0, %w1" : : "a"(value), "d"(CONFIG_DATA));
}

static long physdev(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_physdev_op, command, argument);
}

void edu_find(struct edu *edu, unsigned int n)
{
    struct physdev_set_iopl iopl = {.iopl = 1};
    uint64_t bar = 0, va = SCRATCH_VA + n * 0x200000;
    struct physdev_pci_device_add add = {0};

    REQUIRE(physdev(PHYSDEVOP_set_iopl, &iopl) == 0);
    for (edu->devfn = 0; edu->devfn < 256; edu->devfn += 8) {
        if (config_read(edu->devfn, 0) == EDU_VENDOR_DEVICE && n-- == 0) {
            bar = config_read(edu->devfn, 0x10) & ~0xfu;
            break;
        }
    }
    REQUIRE(bar != 0);
    edu->line = config_read(edu->devfn, 0x3c) & 0xff;
    /* Memory and messages on, the pin not held off, what is in the status half kept. */
    config_write(edu->devfn, 4, (config_read(edu->devfn, 4) & 0xfbff) | 6);
    add.devfn = (uint8_t)edu->devfn;
    physdev(PHYSDEVOP_pci_device_add, &add);
    REQUIRE(pte_set(tables_make(va), pte_make(bar >> PAGE_SHIFT, PTE_RW | PTE_PCD)) == 0);
    edu->registers = (volatile uint32_t *)va;
    REQUIRE((edu_read(edu, EDU_ID) & 0xffff) == 0xed);
    edu_write(edu, EDU_ACK, ~0u);
}

static void bind(struct physdev_map_pirq *map, struct edu_irq *irq)
{
    struct evtchn_bind_pirq bind_pirq = {.flags = BIND_PIRQ__WILL_SHARE};

    map->domid = DOMID_SELF;
    map->pirq = -1;
    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, map), 0);
    irq->pirq = map->pirq;
    bind_pirq.pirq = (uint32_t)map->pirq;
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind_pirq) == 0);
    irq->port = bind_pirq.port;
    port_mask(irq->port, true);
    port_clear(irq->port);
}

void edu_bind_line(const struct edu *edu, struct edu_irq *irq)
{
    struct physdev_setup_gsi setup = {.gsi = (int)edu->line, .triggering = 1, .polarity = 0};
    struct physdev_map_pirq map = {.type = MAP_PIRQ_TYPE_GSI, .index = (int)edu->line};

    EXPECT_EITHER(physdev(PHYSDEVOP_setup_gsi, &setup), 0, E(EXIST));
    map.pirq = map.index;
    bind(&map, irq);
}

void edu_bind_message(const struct edu *edu, struct edu_irq *irq)
{
    struct physdev_map_pirq map = {
        .type = MAP_PIRQ_TYPE_MSI_SEG, .index = -1, .devfn = (int)edu->devfn};

    unsigned int at = config_read(edu->devfn, 0x34) & 0xfc;

    bind(&map, irq);
    /* Xen leaves the last step to the device's driver. */
    while (at != 0 && (config_read(edu->devfn, at) & 0xff) != 5) {
        at = config_read(edu->devfn, at) >> 8 & 0xfc;
    }
    REQUIRE(at != 0);
    config_write(edu->devfn, at, config_read(edu->devfn, at) | 0x10000);
}

void edu_unbind(const struct edu_irq *irq)
{
    struct evtchn_close close = {.port = irq->port};
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF, .pirq = irq->pirq};

    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
}

static bool wait(const struct edu_irq *irq, uint64_t ns)
{
    uint64_t end = time_now() + ns;

    while (!port_pending(irq->port)) {
        if (time_now() > end) {
            return false;
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    port_clear(irq->port);
    return true;
}

bool edu_wait(const struct edu_irq *irq)
{
    return wait(irq, 2000000000ul);
}

bool edu_quiet(const struct edu_irq *irq)
{
    return !wait(irq, 20000000ul);
}
