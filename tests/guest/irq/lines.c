/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of a device in the hands of the control domain: numbers, lines and messages, whose
 * vCPU they come to, what the page of end-of-interrupt bits says, and what is left when they go.
 */
#include "../outside/edu.h"

static struct edu edu;
static struct edu_irq irq;

static long physdev(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_physdev_op, command, argument);
}

static long evtchn(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_event_channel_op, command, argument);
}

static void expect_one(void)
{
    edu_write(&edu, EDU_RAISE, 1);
    EXPECT(edu_wait(&irq));
    EXPECT_EQ(edu_read(&edu, EDU_STATUS), 1);
    edu_write(&edu, EDU_ACK, 1);
    EXPECT_EQ(edu_eoi(&irq), 0);
}

static uint32_t status_flags(int number)
{
    struct physdev_irq_status_query query = {.irq = (uint32_t)number};

    EXPECT_EQ(physdev(PHYSDEVOP_irq_status_query, &query), 0);
    return query.flags;
}

static void nothing(void)
{
}

/* What may be done with a port of an interrupt. */
static void expect_port(void)
{
    struct evtchn_status status = {.dom = DOMID_SELF, .port = irq.port};
    struct evtchn_bind_pirq again = {.pirq = (uint32_t)irq.pirq};
    struct evtchn_bind_vcpu to = {.port = irq.port, .vcpu = 1};
    struct evtchn_send send = {.port = irq.port};

    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_pirq);
    EXPECT_EQ(status.u.pirq, (unsigned int)irq.pirq);
    EXPECT_EQ(evtchn(EVTCHNOP_bind_pirq, &again), E(EXIST));
    EXPECT_EQ(evtchn(EVTCHNOP_send, &send), E(INVAL));
    REQUIRE(cpu_start(1) == 0);
    cpu_run(1, nothing);
    EXPECT(cpu_wait(1));
    EXPECT_EQ(evtchn(EVTCHNOP_bind_vcpu, &to), 0);
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.vcpu, 1);
    expect_one();
    to.vcpu = 0;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_vcpu, &to), 0);
    expect_one();
    to.vcpu = 77;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_vcpu, &to), E(NOENT));
}

/* Level triggered: it wants an EOI. */
TEST_ALONE(irq_line)
{
    struct physdev_map_pirq map = {.domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .pirq = 17};

    edu_find(&edu, 0);
    edu_bind_line(&edu, &irq);
    for (unsigned int i = 0; i < 10; i++) {
        expect_one();
    }
    EXPECT(status_flags(irq.pirq) & XENIRQSTAT_needs_eoi);
    expect_port();
    /* it has its number: another is refused */
    map.index = (int)edu.line;
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) != 0 || map.pirq == irq.pirq);
    edu_unbind(&irq);
}

TEST(irq_message)
{
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};

    edu_find(&edu, 0);
    edu_bind_message(&edu, &irq);
    for (unsigned int i = 0; i < 10; i++) {
        expect_one();
    }
    expect_port();
    edu_unbind(&irq);
    /* gone, with its number */
    unmap.pirq = irq.pirq;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), E(INVAL));
    EXPECT_EQ(edu_eoi(&irq), E(INVAL));
    edu_bind_message(&edu, &irq);
    expect_one();
    edu_unbind(&irq);
}

/* Bits in a page say which interrupts want an EOI; by version 1 of the call it also unmasks. */
TEST_ALONE(irq_eoi_page)
{
    static uint64_t bits[512] __attribute__((aligned(4096)));
    struct physdev_pirq_eoi_gmfn gmfn = {.gmfn = mfn_of(bits)};

    edu_find(&edu, 0);
    EXPECT_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v1, &gmfn), 0);
    edu_bind_line(&edu, &irq);
    EXPECT(bits[irq.pirq / 64] >> irq.pirq % 64 & 1);
    EXPECT(status_flags(irq.pirq) & XENIRQSTAT_needs_eoi);
    port_mask(irq.port, true);
    edu_write(&edu, EDU_RAISE, 1);
    EXPECT(edu_wait(&irq));
    EXPECT(port_masked(irq.port));
    edu_write(&edu, EDU_ACK, 1);
    EXPECT_EQ(edu_eoi(&irq), 0);
    EXPECT(!port_masked(irq.port));
    port_mask(irq.port, true);
    edu_unbind(&irq);
    /* Xen leaves the bit as it is */
    EXPECT(!(bits[irq.pirq / 64] >> irq.pirq % 64 & 1) || !subject_is_mortise());
}

/* Unmapped under its port: the port stays, and nothing comes to it any more. */
TEST(irq_unmapped_while_bound)
{
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};
    struct evtchn_close close;

    edu_find(&edu, 0);
    edu_bind_message(&edu, &irq);
    expect_one();
    unmap.pirq = irq.pirq;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
    edu_write(&edu, EDU_RAISE, 1);
    EXPECT(edu_quiet(&irq));
    edu_write(&edu, EDU_ACK, 1);
    close.port = irq.port;
    EXPECT_EQ(evtchn(EVTCHNOP_close, &close), 0);
}

/* Numbers set aside before there is an interrupt for them: each once, until there are no more. */
TEST_ALONE(irq_free_numbers)
{
    struct physdev_get_free_pirq get = {.type = MAP_PIRQ_TYPE_MSI};
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};
    static uint8_t seen[4096];
    unsigned int count = 0;
    uint32_t first;

    EXPECT_EQ(physdev(PHYSDEVOP_get_free_pirq, &get), 0);
    first = get.pirq;
    for (long rc = 0; rc == 0 && count <= ARRAY_SIZE(seen); count++) {
        REQUIRE(get.pirq < ARRAY_SIZE(seen));
        EXPECT_EQ(seen[get.pirq]++, 0);
        rc = physdev(PHYSDEVOP_get_free_pirq, &get);
        EXPECT_EITHER(rc, 0, E(NOSPC));
    }
    EXPECT(count > 16 && count < ARRAY_SIZE(seen));
    get.type = MAP_PIRQ_TYPE_GSI;
    EXPECT_EITHER(physdev(PHYSDEVOP_get_free_pirq, &get), 0, E(NOSPC));
    get.type = 77;
    EXPECT_EITHER(physdev(PHYSDEVOP_get_free_pirq, &get), E(INVAL), E(NOSPC));
    unmap.pirq = (int)first;
    physdev(PHYSDEVOP_unmap_pirq, &unmap);
}

/* What the I/O APIC's registers may be told: the wiring of a line, nothing else. */
TEST(irq_apic_write)
{
    struct physdev_apic apic = {.apic_physbase = 0xfec00000, .reg = 0x10 + 2 * 22};
    uint32_t before;

    EXPECT_EQ(physdev(PHYSDEVOP_apic_read, &apic), 0);
    before = apic.value;
    apic.value = before | 0x1a000; /* masked, level, active low */
    EXPECT_EQ(physdev(PHYSDEVOP_apic_write, &apic), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_apic_write, &apic), 0);
    apic.reg++;
    apic.value = 0xff000000;
    EXPECT_EQ(physdev(PHYSDEVOP_apic_write, &apic), 0);
    apic.reg = 0;
    EXPECT_EQ(physdev(PHYSDEVOP_apic_write, &apic), 0);
    apic.reg = 0x10 + 2 * 100;
    apic.apic_physbase = 0x12345000;
    EXPECT(physdev(PHYSDEVOP_apic_write, &apic) != 0);
}

/* Several messages of a device at once: one is as good as none at all, more are not offered. */
TEST(irq_several_messages)
{
    struct physdev_map_pirq map = {.domid = DOMID_SELF,
                                   .type = MAP_PIRQ_TYPE_MULTI_MSI,
                                   .index = -1,
                                   .pirq = -1,
                                   .entry_nr = 2};
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};

    edu_find(&edu, 0);
    map.devfn = (int)edu.devfn;
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) < 0);
    map.pirq = -1;
    map.entry_nr = 1;
    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), 0);
    EXPECT(map.pirq >= 16);
    unmap.pirq = map.pirq;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
}

TEST(irq_targets)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 10, .pirq = 100000};
    struct physdev_unmap_pirq unmap = {.domid = 4321, .pirq = 9};
    struct evtchn_bind_pirq bind = {.pirq = 14};
    struct physdev_irq vector = {.irq = 100000};

    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), E(INVAL));
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), E(SRCH));
    /* for nobody to use: Xen takes any number */
    EXPECT_EITHER(physdev(PHYSDEVOP_alloc_irq_vector, &vector), 0, E(INVAL));
    bind.pirq = 0xffffffff;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_pirq, &bind), E(INVAL));
    unmap.domid = DOMID_SELF;
    unmap.pirq = -1;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), E(INVAL));
    unmap.pirq = 100000;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), E(INVAL));
}
