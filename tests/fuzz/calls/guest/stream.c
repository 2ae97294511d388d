/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program as a stream of choices, the lies, and room for arguments.
 */
#include "fuzz.h"

#define RESULTS 512 /* bytes */

struct side sides[SIDES];
unsigned int lies = 14;

struct side *side(void)
{
    return &sides[this_cpu()->id < SIDES ? this_cpu()->id : 0];
}

/* The finaliser of a well-known generator: tests/fuzz/calls has the same in Python. */
uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15ul;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ul;
    value = (value ^ value >> 27) * 0x94d049bb133111ebul;
    return value ^ value >> 31;
}

bool program_over(void)
{
    return side()->at >= side()->length;
}

/* Eight bytes of a program: a parent's for the most part, if it has one. */
static uint64_t word_of(const struct side *s, unsigned int at)
{
    uint64_t own = mix(s->generator + at);

    return s->parent != 0 && own % 64 >= s->changes ? mix(s->parent + at) : own;
}

uint8_t take(void)
{
    struct side *s = side();
    unsigned int at = s->at++;

    if (at >= s->length) {
        return 0;
    }
    if (s->generator == 0) {
        return s->program[at];
    }
    if (at % 8 == 0 || s->word_at != at / 8) {
        s->word = word_of(s, at / 8);
        s->word_at = at / 8;
    }
    return (uint8_t)(s->word >> at % 8 * 8);
}

unsigned int pick(unsigned int below)
{
    return take() % below;
}

bool one_in(unsigned int n)
{
    return pick(n) == n - 1;
}

bool lie(void)
{
    return take() >= 256 - lies;
}

uint64_t nasty(void)
{
    static const uint64_t values[] = {
        0,
        1,
        2,
        7,
        0x80,
        0xfff,
        0x1000,
        0x7ff1,
        0x7fff,
        0xffff,
        0x10000,
        0x7fffffff,
        0x80000000,
        0xffffffff,
        0x100000000,
        0x3fffffffffffff,
        0x7fffffffffff,
        0x800000000000,
        0xffff7fffffffffff,
        0xffff800000000000,
        0xffff808000000000,
        0xffff810000000000,
        0xffff818000000000,
        0xffff87ffffffffff,
        0xffff880000000000,
        0x7fffffffffffffff,
        0x8000000000000000,
        0xfffffffffffff000,
        0xffffffffffffffff,
    };
    uint64_t value = values[pick(ARRAY_SIZE(values))];

    return one_in(4) ? value ^ 1ul << pick(64) : value;
}

char *guarded_page(void)
{
    char *page = page_alloc(), *guard = page_alloc();

    REQUIRE(guard == page + PAGE_SIZE);
    REQUIRE(va_set(guard, 0) == 0);
    return page;
}

void words_clear(void *at)
{
    uint64_t *page = at;

    for (unsigned int i = 0; i < PAGE_SIZE / 8; i++) {
        page[i] = 0;
    }
}

/*
 * What lies behind the last argument must be zeros: a list may be longer than it should be. Results
 * may be longer than their room, and pointers that are lies are to the page's end.
 */
void room_refresh(unsigned int least)
{
    struct side *s = side();

    if (PAGE_SIZE - s->used < least || least == 0) {
        for (unsigned int at = 0; at < PAGE_SIZE; at += 8) {
            if (at == s->used + RESULTS && at < PAGE_SIZE - RESULTS) {
                at = PAGE_SIZE - RESULTS;
            }
            *(volatile uint64_t *)(s->room + at) = 0;
        }
        s->used = 0;
        s->members = 0;
        s->deferring = false;
    }
}

void *room(size_t bytes)
{
    struct side *s = side();

    bytes = (bytes + 7) & ~7ul;
    if (s->used + bytes > PAGE_SIZE) {
        /* Only a long multicall gets here: what was collected is lost. */
        room_refresh(0);
    }
    s->used += (unsigned int)bytes;
    return s->room + s->used - bytes;
}

void *pointer(void *good)
{
    struct side *s = side();

    if (!lie()) {
        return good;
    }
    switch (pick(8)) {
    case 0:
        return NULL;
    case 1:
        return s->room + PAGE_SIZE - 8 * (1 + pick(4));
    case 2:
        return s->room + PAGE_SIZE;
    case 3:
        return s->readonly;
    case 4:
        return (void *)(0xffff800000000000ul + 8 * pick(256));
    case 5:
        return (void *)0xffff818000000000ul;
    case 6:
        return (char *)good + 1;
    default:
        return (void *)0x800000000000ul;
    }
}

void *pointer_or_none(void *good)
{
    return lie() ? (one_in(2) ? NULL : (void *)0xffff818000000000ul) : good;
}
