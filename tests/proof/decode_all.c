/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder on any bytes at all, in both modes: what EVA analyses. The bytes lie in an array of
 * exactly that size, so reading one too many is an alarm. memset() is a loop here, since the
 * hypervisor's own is assembly.
 */
#include "pv/decode.h"

extern volatile int any;

void *memset(void *dst, int c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)dst)[i] = (uint8_t)c;
    return dst;
}

static void one(uint8_t *code, size_t n)
{
    struct insn insn;

    for (size_t i = 0; i < n; i++)
        code[i] = (uint8_t)any;
    (void)decode_insn(&insn, code, n, any != 0);
}

#define BYTES(n)                                                                                   \
    {                                                                                              \
        uint8_t code[(n) ? (n) : 1];                                                               \
        one(code, n);                                                                              \
    }

int main(void)
{
    BYTES(0)
    BYTES(1)
    BYTES(2)
    BYTES(3)
    BYTES(7)
    BYTES(15)
    BYTES(16)
    return 0;
}
