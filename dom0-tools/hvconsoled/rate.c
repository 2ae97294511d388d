/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure: allowances.  Times are of one clock that does not go back.
 */
#include "rate.h"

#define SECOND UINT64_C(1000000000)

void rate_begin(struct rate *r, uint64_t per_second, uint64_t now_ns)
{
    *r = (struct rate){
        .per_second = per_second, .allowance = (int64_t)per_second, .time_ns = now_ns};
}

/* Never more than a second's worth, so the product fits for all times. */
static void grow(struct rate *r, uint64_t now_ns)
{
    uint64_t passed = now_ns - r->time_ns;
    uint64_t more = passed >= SECOND ? r->per_second : r->per_second * passed / SECOND;

    if (!more) {
        return; /* the time is kept until it is worth a byte */
    }
    r->time_ns = now_ns;
    r->allowance += (int64_t)more;
    if (r->allowance > (int64_t)r->per_second) {
        r->allowance = (int64_t)r->per_second;
    }
}

/* The allowance at which a guest that waits goes on. */
static int64_t restart_at(const struct rate *r)
{
    return r->per_second < RATE_RESTART ? (int64_t)r->per_second : RATE_RESTART;
}

bool rate_allows(struct rate *r, uint64_t now_ns)
{
    grow(r, now_ns);
    r->waiting = r->allowance < (r->waiting ? restart_at(r) : 1);
    return !r->waiting;
}

void rate_pay(struct rate *r, size_t bytes)
{
    uint64_t price = bytes > RATE_EVENT ? bytes : RATE_EVENT;

    r->allowance -= (int64_t)price;
}

uint64_t rate_wait_ns(const struct rate *r, uint64_t now_ns)
{
    int64_t needed = restart_at(r);
    uint64_t missing = needed > r->allowance ? (uint64_t)(needed - r->allowance) : 0;
    uint64_t wait = missing * SECOND / r->per_second + 1, passed = now_ns - r->time_ns;

    return wait > passed ? wait - passed : 0;
}
