/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small pure parts of dev/ and kern/: serial options, the CMOS date, vectors, redirection entries,
 * messages, symbols, Ctrl-A.
 */
#include <stdint.h>
#include <string.h>

#include "cpu/regs.h"
#include "dev/ioapic.h"
#include "dev/msi.h"
#include "dev/rtc.h"
#include "dev/uart.h"
#include "kern/input_switch.h"
#include "kern/trace.h"
#include "kern/vector_map.h"
#include "unit.h"

static void serial_options(void)
{
    struct uart_config c = uart_default(1);

    EXPECT(c.port == 0x3f8 && c.irq == 4 && uart_default(2).port == 0x2f8 &&
           uart_default(2).irq == 3);
    EXPECT(uart_config_parse("", &c) && c.baud == 115200);
    EXPECT(uart_config_parse("9600,7e2,0x3e8,5", &c));
    EXPECT(c.baud == 9600 && c.data_bits == 7 && c.parity == 'e' && c.stop_bits == 2 &&
           c.port == 0x3e8 && c.irq == 5);
    EXPECT(uart_config_parse(",,0x2e8", &c) && c.port == 0x2e8 && c.baud == 9600);
    EXPECT(uart_config_parse("0", &c) && c.baud == 0);
}

static void bad_serial_options_change_nothing(void)
{
    static const char *const bad[] = {"x",
                                      "115200,9n1",
                                      "115200,8x1",
                                      "115200,8n3",
                                      "115200,8n1,0",
                                      "115200,8n1,0x10000",
                                      "1,8n1,0x3f8,16",
                                      "7",
                                      "230400",
                                      "115200 ",
                                      "115200,8n",
                                      "115200,8n1,0x3f8,4,5"};
    struct uart_config c = uart_default(1), d = c;
    unsigned int i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT(!uart_config_parse(bad[i], &c));
        EXPECT(!memcmp(&c, &d, sizeof(c)));
    }
}

static void cmos_dates(void)
{
    struct rtc_fields epoch = {0, 0, 0, 1, 1, 70, 0x06};
    struct rtc_fields bcd = {0x59, 0x59, 0x23, 0x29, 0x02, 0x24, 0x02};
    struct rtc_fields noon = {0, 0, 0x92, 1, 1, 0, 0}, midnight = {0, 0, 0x12, 1, 1, 0, 0};
    struct rtc_fields bad = {60, 0, 0, 1, 1, 0, 0x06}, zero_month = {0, 0, 0, 1, 0, 0, 0x06};

    EXPECT(rtc_to_unix(&epoch) == 0);
    EXPECT(rtc_to_unix(&bcd) == 1709251199); /* 2024-02-29 23:59:59 */
    EXPECT(rtc_to_unix(&noon) == 946684800 + 12 * 3600);
    EXPECT(rtc_to_unix(&midnight) == 946684800);
    EXPECT(rtc_to_unix(&bad) == -1 && rtc_to_unix(&zero_month) == -1);
}

static void vectors_are_devices_only(void)
{
    static struct vector_map m;
    unsigned int i;
    uint8_t v;

    for (i = 0; i < 0xdf - 0x20; i++) { /* all but 0x80 */
        v = vector_alloc(&m, i);
        EXPECT(v >= VECTOR_DEVICE_FIRST && v <= VECTOR_DEVICE_LAST && v != VECTOR_GUEST_INT80);
        EXPECT(vector_irq(&m, v) == (int)i);
    }
    EXPECT(vector_alloc(&m, 1000) == 0);
    vector_free(&m, 0x42);
    EXPECT(vector_irq(&m, 0x42) >= 0); /* a latecomer still finds its IRQ */
    EXPECT(vector_alloc(&m, 1000) == 0x42 && vector_irq(&m, 0x42) == 1000);
    EXPECT(vector_irq(&m, 0xe0) == -1);
}

static void freed_vectors_rest(void)
{
    static struct vector_map m;
    uint8_t first = vector_alloc(&m, 1);

    vector_free(&m, first);
    EXPECT(vector_alloc(&m, 2) != first);
}

static void entries_and_messages(void)
{
    EXPECT(rte_make(0x31, 5, false, false, true) == (0x31 | 0x10000 | 5UL << 56));
    EXPECT(rte_make(0x31, 0, true, true, false) == (0x31 | 0x8000 | 0x2000));
    EXPECT(msi_address(7) == 0xfee07000);
}

static void symbols_are_found(void)
{
    static const struct symbol t[] = {{0x10, 0}, {0x20, 2}, {0x100, 4}};

    EXPECT(symbol_find(t, 3, 0x0f) == -1 && symbol_find(t, 3, 0x10) == 0 &&
           symbol_find(t, 3, 0x1f) == 0);
    EXPECT(symbol_find(t, 3, 0x20) == 1 && symbol_find(t, 3, 0x99999) == 2 &&
           symbol_find(t, 0, 5) == -1);
}

static void three_ctrl_a_switch(void)
{
    struct input_switch s = {0};
    char out[SWITCH_COUNT];
    bool switched;

    EXPECT(input_switch_feed(&s, 'x', out, &switched) == 1 && out[0] == 'x' && !switched);
    EXPECT(input_switch_feed(&s, 1, out, &switched) == 0 && !switched);
    EXPECT(input_switch_feed(&s, 1, out, &switched) == 0 && !switched);
    EXPECT(input_switch_feed(&s, 'y', out, &switched) == 3 && out[0] == 1 && out[1] == 1 &&
           out[2] == 'y');
    EXPECT(!s.to_hypervisor);
    (void)input_switch_feed(&s, 1, out, &switched);
    (void)input_switch_feed(&s, 1, out, &switched);
    EXPECT(input_switch_feed(&s, 1, out, &switched) == 0 && switched && s.to_hypervisor);
    EXPECT(input_switch_feed(&s, 'h', out, &switched) == 1 && out[0] == 'h' && !switched);
}

int main(void)
{
    RUN(serial_options);
    RUN(bad_serial_options_change_nothing);
    RUN(cmos_dates);
    RUN(vectors_are_devices_only);
    RUN(freed_vectors_rest);
    RUN(entries_and_messages);
    RUN(symbols_are_found);
    RUN(three_ctrl_a_switch);
    return UNIT_RESULT;
}
