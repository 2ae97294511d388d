/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvconsoled's pure parts: the shared page with a guest that plays by the rules and with one that
 * does not, allowances, and what is remembered of a console.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "../../dom0-tools/hvconsoled/history.h"
#include "../../dom0-tools/hvconsoled/rate.h"
#include "../../dom0-tools/hvconsoled/ring.h"

#define SECOND UINT64_C(1000000000)

static struct xencons_interface *page;

static void guest_says(const char *text)
{
    for (; *text; text++) {
        page->out[page->out_prod++ % RING_OUT] = *text;
    }
}

static void begin(struct ring *r)
{
    free(page);
    page = calloc(1, sizeof(*page)); /* exactly its size: the sanitizer sees its end */
    ring_attach(r, page);
}

static void out_and_in(void)
{
    struct ring r;
    char text[RING_OUT];

    begin(&r);
    EXPECT(ring_take(&r, text) == 0);
    guest_says("hello");
    EXPECT(ring_take(&r, text) == 5 && !memcmp(text, "hello", 5));
    EXPECT(page->out_cons == 0); /* it is not given back before it is kept */
    EXPECT(ring_take(&r, text) == 5);
    ring_taken(&r);
    EXPECT(page->out_cons == 5 && ring_take(&r, text) == 0);
    EXPECT(ring_put(&r, "ls\n", 3) == 3 && page->in_prod == 3 && !memcmp(page->in, "ls\n", 3));
}

/* Around the end of the buffers and of the counters. */
static void around(void)
{
    struct ring r;
    char text[RING_OUT], typed[RING_IN];

    begin(&r);
    page->out_cons = page->out_prod = page->in_cons = page->in_prod = UINT32_MAX - 2;
    ring_attach(&r, page);
    guest_says("around the end");
    EXPECT(ring_take(&r, text) == 14 && !memcmp(text, "around the end", 14));
    ring_taken(&r);
    EXPECT(page->out_cons == 11);
    memset(typed, 'x', sizeof(typed));
    EXPECT(ring_put(&r, typed, sizeof(typed)) == RING_IN);
    EXPECT(ring_put(&r, "y", 1) == 0);
    page->in_cons += 10;
    EXPECT(ring_put(&r, typed, sizeof(typed)) == 10 && !r.nonsense);
}

/* A daemon that is killed between the log and the ring says the same again: nothing is lost. */
static void killed_in_between(void)
{
    struct ring r;
    char text[RING_OUT];

    begin(&r);
    guest_says("first ");
    EXPECT(ring_take(&r, text) == 6);
    ring_taken(&r);
    guest_says("second");
    EXPECT(ring_take(&r, text) == 6);
    ring_attach(&r, page); /* the next daemon */
    EXPECT(ring_take(&r, text) == 6 && !memcmp(text, "second", 6));
}

static void counters_that_can_not_be(void)
{
    struct ring r;
    char text[RING_OUT];

    begin(&r);
    page->out_prod = RING_OUT + 1;
    EXPECT(ring_take(&r, text) == 0 && r.nonsense == 1);
    ring_taken(&r);
    guest_says("on");
    EXPECT(ring_take(&r, text) == 2 && !memcmp(text, "on", 2));
    ring_taken(&r);
    page->out_cons = page->out_prod = 0; /* a kernel that begins anew */
    guest_says("boot");
    EXPECT(ring_take(&r, text) == 4 && !memcmp(text, "boot", 4));
    page->in_cons = 5; /* more than was ever typed */
    EXPECT(ring_put(&r, "ab", 2) == 2 && page->in_prod == 7);
}

static void *rage(void *opaque)
{
    unsigned int seed = 1;
    volatile struct xencons_interface *p = opaque;

    for (int at = 0; at < 2000000; at++) {
        uint32_t value = (uint32_t)rand_r(&seed) * (uint32_t)(at | 1);

        switch (at % 5) {
        case 0:
            p->out_prod = value;
            break;
        case 1:
            p->out_cons = value;
            break;
        case 2:
            p->in_cons = value;
            break;
        case 3:
            p->in_prod = value;
            break;
        default:
            p->out[value % RING_OUT] = (char)value;
        }
    }
    return NULL;
}

/* The guest's other vCPU writes anything, at any time; the sanitizer watches the page's ends. */
static void rubbish_at_any_time(void)
{
    struct ring r;
    char text[RING_OUT];
    pthread_t thread;
    bool right = true;

    begin(&r);
    pthread_create(&thread, NULL, rage, page);
    for (int at = 0; at < 200000; at++) {
        right &= ring_take(&r, text) <= RING_OUT;
        ring_taken(&r);
        right &= ring_put(&r, "rubbish", 7) <= 7;
    }
    pthread_join(thread, NULL);
    EXPECT(right);
    free(page);
    page = NULL;
}

static void allowances(void)
{
    struct rate r;

    rate_begin(&r, 10000, 5 * SECOND);
    EXPECT(rate_allows(&r, 5 * SECOND));
    rate_pay(&r, 9999);
    EXPECT(rate_allows(&r, 5 * SECOND));
    rate_pay(&r, 2000);
    EXPECT(!rate_allows(&r, 5 * SECOND) && r.waiting);
    EXPECT(!rate_allows(&r, 5 * SECOND + SECOND / 4)); /* 499 of the 4096 it waits for */
    EXPECT(rate_wait_ns(&r, 5 * SECOND + SECOND / 4) > SECOND / 10);
    EXPECT(rate_allows(&r, 5 * SECOND + SECOND / 4 + rate_wait_ns(&r, 5 * SECOND + SECOND / 4)));
    EXPECT(rate_allows(&r, 500 * SECOND) && r.allowance == 10000);
    for (int at = 0; at < 10000 / RATE_EVENT + 1; at++) {
        rate_pay(&r, 0); /* events without a word are paid for, too */
    }
    EXPECT(!rate_allows(&r, 500 * SECOND));
}

/* Looks that are closer than a byte's worth of time don't lose the time. */
static void many_looks(void)
{
    struct rate r;
    uint64_t now = 0;

    rate_begin(&r, 1024, 0);
    rate_pay(&r, 1024);
    for (now = 0; now < SECOND; now += 1000) {
        rate_allows(&r, now);
    }
    EXPECT(r.allowance >= 1000 && r.allowance <= 1024);
}

/* A second of the worst guest is its allowance and a ring's worth, not more. */
static void flood(void)
{
    struct rate r;
    uint64_t said = 0;

    rate_begin(&r, 512 << 10, 0);
    rate_pay(&r, 512 << 10);
    for (uint64_t now = 0; now < 10 * SECOND; now += 100000) {
        if (rate_allows(&r, now)) {
            rate_pay(&r, RING_OUT);
            said += RING_OUT;
        }
    }
    EXPECT(said <= 10 * (512 << 10) + RING_OUT && said > 9 * (512 << 10));
}

static void memory_of_a_console(void)
{
    struct history *h = calloc(1, sizeof(*h));
    char text[HISTORY_SIZE];

    EXPECT(history_read(h, false, text, sizeof(text)) == 0);
    history_add(h, "from the log", 12);
    history_seed(h);
    EXPECT(history_read(h, true, text, sizeof(text)) == 0);
    history_add(h, "now", 3);
    EXPECT(history_read(h, false, text, sizeof(text)) == 15 &&
           !memcmp(text, "from the lognow", 15));
    EXPECT(history_read(h, true, text, sizeof(text)) == 3 && !memcmp(text, "now", 3));
    EXPECT(history_read(h, false, text, 4) == 4 && !memcmp(text, "gnow", 4));
    for (int at = 0; at < HISTORY_SIZE; at++) {
        history_add(h, at % 2 ? "b" : "a", 1);
    }
    EXPECT(history_read(h, false, text, sizeof(text)) == HISTORY_SIZE && text[0] == 'a');
    EXPECT(history_read(h, true, text, sizeof(text)) == HISTORY_SIZE);
    free(h);
}

int main(void)
{
    RUN(out_and_in);
    RUN(around);
    RUN(killed_in_between);
    RUN(counters_that_can_not_be);
    RUN(rubbish_at_any_time);
    RUN(allowances);
    RUN(many_looks);
    RUN(flood);
    RUN(memory_of_a_console);
    return UNIT_RESULT;
}
