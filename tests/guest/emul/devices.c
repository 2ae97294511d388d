/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of devices that the control domain and the hypervisor share: of the PIT the guest has
 * channel 2 and its gate, of the latch at cf8 only whole words, and every width where a port has
 * one.
 */
#include "harness.h"

static void set_iopl(unsigned int level)
{
    struct physdev_set_iopl iopl = {.iopl = level};

    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0);
}

static uint32_t in(uint16_t port, unsigned int bytes)
{
    uint32_t value = 0;

    if (bytes == 1) {
        PROBE("inb %%dx, %%al", : "+a"(value) : "d"(port));
    } else if (bytes == 2) {
        PROBE("inw %%dx, %%ax", : "+a"(value) : "d"(port));
    } else {
        PROBE("inl %%dx, %%eax", : "+a"(value) : "d"(port));
    }
    EXPECT_NO_FAULT();
    return value;
}

static void out(uint16_t port, unsigned int bytes, uint32_t value)
{
    if (bytes == 1) {
        PROBE("outb %%al, %%dx", : : "a"(value), "d"(port));
    } else if (bytes == 2) {
        PROBE("outw %%ax, %%dx", : : "a"(value), "d"(port));
    } else {
        PROBE("outl %%eax, %%dx", : : "a"(value), "d"(port));
    }
    EXPECT_NO_FAULT();
}

static unsigned int counter(void)
{
    unsigned int low;

    out(0x43, 1, 0x80); /* latch channel 2 */
    low = in(0x42, 1) & 0xff;
    return low | (in(0x42, 1) & 0xff) << 8;
}

/* Channel 2 counts while its gate is open, and its output shows in port 61. */
TEST(devices_pit)
{
    uint32_t gate, first;
    uint64_t end;

    set_iopl(1);
    gate = in(0x61, 1) & 0xff;
    out(0x61, 1, (gate & ~3u) | 1);
    EXPECT_EQ(in(0x61, 1) & 3, 1);
    out(0x43, 1, 0xb0); /* channel 2, both bytes, mode 0 */
    out(0x42, 1, 0xff);
    out(0x42, 1, 0xff);
    first = counter();
    end = time_now() + 1000000;
    while (time_now() < end) {}
    EXPECT(counter() < first);
    out(0x61, 1, gate & ~3u);
    EXPECT_EQ(in(0x61, 1) & 3, 0);
    /* channel 0 is the hypervisor's: no command for it changes how time goes */
    out(0x43, 1, 0x30);
    out(0x40, 1, 0);
    EXPECT_EQ(in(0x40, 1) & 0xff, 0xff);
    out(0x61, 1, gate);
    set_iopl(0);
}

TEST(devices_widths)
{
    uint32_t beyond = 0;

    set_iopl(1);
    /* PCI: 0:0.0's command register, and its vendor by halves */
    out(0xcf8, 4, 0x80000004u);
    EXPECT_EQ(in(0xcf8, 4), 0x80000004u);
    out(0xcfc, 2, in(0xcfc, 2));
    out(0xcf8, 4, 0x80000000u);
    EXPECT_EQ(in(0xcfc, 2) & 0xffff, 0x8086);
    /* less than the whole latch is not the latch */
    out(0xcf8, 2, 0x1234);
    EXPECT_EQ(in(0xcf8, 4), 0x80000000u);
    in(0xcf8, 1);
    /* closed: ones, and a write goes nowhere */
    out(0xcf8, 4, 0);
    out(0xcfc, 4, 0x12345678);
    EXPECT_EQ(in(0xcfc, 4), 0xffffffffu);
    EXPECT_EQ(in(0xcfd, 1) & 0xff, 0xff);
    /* a word and a double word where nobody listens */
    out(0xf000, 2, 1);
    out(0xf000, 4, 1);
    in(0xf000, 2);
    in(0xf000, 4);
    /* half beyond the last port: refused, or nothing is there */
    PROBE("inl %%dx, %%eax", : "=a"(beyond) : "d"(0xffff));
    EXPECT(fault_last()->taken ? fault_last()->regs.entry == VEC_GP : beyond >> 8 == 0xffffff);
    set_iopl(0);
}

/* Immediate ports and the widths that prefixes give. */
TEST(devices_immediate)
{
    uint32_t value = 0x11223344;

    set_iopl(1);
    PROBE("outb %%al, $0x80", : : "a"(0));
    EXPECT_NO_FAULT();
    PROBE("outw %%ax, $0x80", : : "a"(0));
    EXPECT_NO_FAULT();
    PROBE("inw $0x20, %%ax", : "+a"(value));
    EXPECT_EQ(value, 0x1122ffff);
    PROBE("inl $0x20, %%eax", : "+a"(value));
    EXPECT_EQ(value, 0xffffffff);
    set_iopl(0);
}
