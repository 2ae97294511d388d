/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event bits with any port below 4096, any contents of the pages that the guest shares, and a
 * vCPU with or without a place to be told: what EVA analyses.
 */
#include "event/bits.h"

extern volatile int any;
extern struct shared_info shared;
extern struct vcpu_info info;

int main(void)
{
    uint32_t port = (uint32_t)any & 4095;
    struct vcpu_info *told = any ? &info : NULL;

    event_bits_raise(&shared, told, port);
    event_bits_unmask(&shared, told, port);
    event_bits_pending(&shared, port);
    event_bits_clear(&shared, port);
    return 0;
}
