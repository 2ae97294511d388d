/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile: a guest that lies to all that serve it.  attack=store writes rubbish into its ring to
 * the store, console into that of its console, nodes into its devices' nodes, rings into the
 * rings of its devices and its grant table.  Options: attack=, seconds=N (10), seed=N (1).
 *
 * At the end it says in its node data/report what it did, and sleeps until it is destroyed.
 */
#include "hostile.h"

#include <xen/io/console.h>

#define SECOND 1000000000ul

unsigned long rounds;
const char *broken;
static uint64_t state, ends_at;

uint32_t any(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

uint32_t any_below(uint32_t limit)
{
    return any() % limit;
}

uint32_t edge(void)
{
    static const uint32_t edges[] = {0,      1,      15,         16,         17,         1023,
                                     1024,   1025,   2048,       2049,       4095,       4096,
                                     4097,   0xffff, 0x7fffffff, 0x80000000, 0xfffffbff, 0xfffffc00,
                                     -1024u, -16u,   -1u};
    unsigned int which = any_below(sizeof(edges) / sizeof(edges[0]) + 4);

    return which < sizeof(edges) / sizeof(edges[0]) ? edges[which] : any();
}

void scribble(volatile void *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        ((volatile unsigned char *)at)[i] = (unsigned char)any();
    }
}

/* The time begins when the attack does. */
bool going(void)
{
    if (!rounds++) {
        ends_at = pv_time() + pv_option_number("seconds", 10) * SECOND;
    }
    return pv_time() < ends_at;
}

void attack_console(void)
{
    struct xencons_interface *ring = pv_page_of_mfn(pv_start_info->console.domU.mfn);

    while (going()) {
        switch (any_below(6)) {
        case 0:
            pv_write32(&ring->out_prod, edge());
            break;
        case 1:
            pv_write32(&ring->out_prod, pv_read32(&ring->out_cons) + any_below(2200));
            break;
        case 2:
            pv_write32(any_below(2) ? &ring->in_cons : &ring->in_prod, edge());
            break;
        case 3:
            pv_write32(&ring->out_cons, edge());
            break;
        case 4:
            scribble(ring->out, sizeof(ring->out));
            break;
        default:
            scribble(ring, PV_PAGE_BYTES);
            break;
        }
        for (unsigned int i = any_below(20); i > 0; i--) {
            pv_event_send(pv_start_info->console.domU.evtchn);
        }
    }
}

static bool is(const char *text, const char *other)
{
    while (*text && *text == *other) {
        text++;
        other++;
    }
    return *text == *other;
}

int guest_main(void)
{
    char attack[16], report[128];

    state = pv_option_number("seed", 1) * 0x9e3779b97f4a7c15ul + 1;
    pv_option("attack", attack, sizeof(attack), "");
    pv_store_write(0, "data/report", "at work");
    if (is(attack, "store")) {
        attack_store();
    } else if (is(attack, "console")) {
        attack_console();
    } else if (is(attack, "nodes")) {
        attack_nodes();
    } else if (is(attack, "rings")) {
        attack_rings();
    } else {
        broken = "no such attack";
    }
    pv_format(report, sizeof(report), "%s: %s, %lu rounds", attack, broken ? broken : "done",
              rounds);
    pv_store_write(0, "data/report", report);
    for (;;) {
        pv_sleep(SECOND);
    }
}
