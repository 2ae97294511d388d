/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port I/O of a control domain: by its I/O privilege level or its bitmap, never more; ports
 * that the hypervisor owns read as ones and swallow writes; CF8 is latched for CFC.
 */
#include "harness.h"

static uint32_t port_in(uint16_t port, unsigned int bytes)
{
    uint32_t value = 0x12345678;

    switch (bytes) {
    case 1:
        PROBE("inb %%dx, %%al", : "+a"(value) : "d"(port));
        break;
    case 2:
        PROBE("inw %%dx, %%ax", : "+a"(value) : "d"(port));
        break;
    default:
        PROBE("inl %%dx, %%eax", : "+a"(value) : "d"(port));
        break;
    }
    return value;
}

static void port_out(uint16_t port, uint32_t value)
{
    PROBE("outl %%eax, %%dx", : : "a"(value), "d"(port));
}

static void set_iopl(unsigned int level)
{
    struct physdev_set_iopl iopl = {.iopl = level};

    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0);
}

TEST(ports_kernel)
{
    set_iopl(0);
    port_in(0x80, 1);
    EXPECT_FAULT(VEC_GP, 0);
    set_iopl(1);
    EXPECT_EQ(port_in(0x80, 1) >> 8, 0x123456);
    EXPECT_NO_FAULT();
    EXPECT_EQ(port_in(0x80, 2) >> 16, 0x1234);
    EXPECT_NO_FAULT();
    PROBE("inb $0x80, %%al", : : : "rax");
    EXPECT_NO_FAULT();
    PROBE("outb %%al, $0x80", : : "a"(0));
    EXPECT_NO_FAULT();
    set_iopl(0);
}

/* 8259, PIT channel 0 and the console's UART: ones, and nothing written. */
TEST(ports_hypervisors_own)
{
    set_iopl(1);
    EXPECT_EQ(port_in(0x21, 1) & 0xff, 0xff);
    EXPECT_NO_FAULT();
    EXPECT_EQ(port_in(0x3fd, 1) & 0xff, 0xff);
    EXPECT_NO_FAULT();
    EXPECT_EQ(port_in(0x40, 1) & 0xff, 0xff);
    PROBE("outb %%al, %%dx", : : "a"(0), "d"(0x21));
    EXPECT_NO_FAULT();
    set_iopl(0);
}

/* The host bridge at 0:0.0 names its vendor through CF8 and CFC. */
TEST(ports_pci_configuration)
{
    set_iopl(1);
    port_out(0xcf8, 0x80000000u);
    EXPECT_NO_FAULT();
    EXPECT_EQ(port_in(0xcf8, 4), 0x80000000u);
    EXPECT_EQ(port_in(0xcfc, 4) & 0xffff, 0x8086);
    EXPECT_EQ(port_in(0xcfc, 2) & 0xffff, 0x8086);
    EXPECT_EQ(port_in(0xcfd, 1) & 0xff, 0x80);
    port_out(0xcf8, 0x8000f800u);
    EXPECT_NO_FAULT();
    set_iopl(0);
}

/* String instructions go byte by byte through the same checks. */
TEST(ports_strings)
{
    static uint8_t bytes[16];
    uint8_t *to = bytes;
    unsigned long count = 8;

    set_iopl(1);
    PROBE("rep insb", : "+D"(to), "+c"(count) : "d"(0x21) : "memory");
    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_GP, 0);
    } else {
        EXPECT_EQ(count, 0);
        EXPECT_EQ(to - bytes, 8);
        EXPECT_EQ(bytes[7], 0xff);
    }
    set_iopl(0);
}

static uint64_t user_in(uint64_t port)
{
    uint8_t value;

    __asm__ volatile("inb %%dx, %%al" : "=a"(value) : "d"((uint16_t)port));
    return value;
}

TEST(ports_user_iopl)
{
    EXPECT_EQ(user_run(user_in, 0x80, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    set_iopl(1);
    EXPECT_EQ(user_run(user_in, 0x80, NULL), USER_FAULTED);
    set_iopl(3);
    EXPECT_EQ(user_run(user_in, 0x80, NULL), USER_RETURNED);
    set_iopl(0);
}

TEST(ports_user_bitmap)
{
    static uint8_t bits[8192];
    struct physdev_set_iobitmap map = {.nr_ports = 0x82};

    memset(bits, 0xff, sizeof(bits));
    bits[0x80 / 8] &= (uint8_t)~1u;
    set_xen_guest_handle(map.bitmap, bits);
    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &map), 0);
    EXPECT_EQ(user_run(user_in, 0x80, NULL), USER_RETURNED);
    EXPECT_EQ(user_run(user_in, 0x81, NULL), USER_FAULTED);
    EXPECT_EQ(user_run(user_in, 0x82, NULL), USER_FAULTED);
    EXPECT_EQ(user_run(user_in, 0xffff, NULL), USER_FAULTED);
    map.nr_ports = 65537;
    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &map), E(INVAL));
    map.nr_ports = 0;
    set_xen_guest_handle(map.bitmap, (void *)NULL);
    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, &map), 0);
    EXPECT_EQ(user_run(user_in, 0x80, NULL), USER_FAULTED);
}

TEST(ports_bad_iopl)
{
    struct physdev_set_iopl iopl = {.iopl = 4};

    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, 0x1000), E(FAULT));
}
