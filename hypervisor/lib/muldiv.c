/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the division of a 128-bit product, bit by bit. Pure.
 */
#include "lib/muldiv.h"

uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    uint64_t rest = (uint64_t)(product >> 64), low = (uint64_t)product, quotient = 0;
    unsigned int i;

    if (rest >= c)
        return ~0UL;
    for (i = 0; i < 64; i++) {
        bool carry = rest >> 63;

        rest = rest << 1 | low >> 63;
        low <<= 1;
        quotient <<= 1;
        if (carry || rest >= c) {
            rest -= c;
            quotient |= 1;
        }
    }
    return quotient;
}
