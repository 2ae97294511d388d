/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv/ring.h against a peer that writes anything into the shared page: counters, counts of
 * responses, events, and what may never happen.
 */
#include "guest_ring.h"

/*
 * Whatever the peer stores: no access outside, never more answers than questions, and broken stays
 * broken.
 */
static void hostile_back_end(void)
{
    for (unsigned int game = 0; game < 3000; game++) {
        unsigned int *page = malloc(PAGE);
        struct pv_ring front;
        unsigned int asked = 0, answered = 0;
        bool was_broken = false;

        pv_front_init(&front, page, PAGE, SLOT);
        for (unsigned int step = 0; step < 100; step++) {
            struct request request = request_of(step);
            struct response response;
            int got;

            if (random_below(2)) {
                asked += (unsigned int)pv_front_put(&front, &request, sizeof(request));
                pv_front_push(&front);
            }
            switch (random_below(4)) {
            case 0:
                page[random_below(PAGE / 4)] = random_below(1000);
                break;
            case 1: /* the counters themselves: near what is right, or far off */
                page[random_below(4)] = random_below(3) ? asked + random_below(3) - 1 : seed;
                break;
            }
            got = pv_front_get(&front, &response, sizeof(response));
            answered += got == PV_RING_GOT;
            EXPECT(answered <= asked);
            EXPECT(!was_broken || got == PV_RING_BROKEN);
            was_broken = was_broken || got == PV_RING_BROKEN;
            EXPECT(!was_broken || !pv_front_put(&front, &request, sizeof(request)));
        }
        free(page);
    }
}

static void hostile_front_end(void)
{
    struct test_sring *page = malloc(PAGE);
    struct request request;
    struct pv_ring back;

    memset(page, 0, PAGE);
    pv_ring_attach(&back, page, PAGE, SLOT);
    page->req_prod = back.entries;
    for (unsigned int i = 0; i < back.entries; i++) {
        EXPECT(pv_back_get(&back, &request, sizeof(request)) == PV_RING_GOT);
    }
    EXPECT(pv_back_get(&back, &request, sizeof(request)) == PV_RING_EMPTY);
    page->req_prod++; /* not one of them is answered: there is no free slot it could be in */
    EXPECT(pv_back_get(&back, &request, sizeof(request)) == PV_RING_BROKEN);
    page->req_prod--;
    EXPECT(pv_back_get(&back, &request, sizeof(request)) == PV_RING_BROKEN);
    free(page);
}

/* An event is wanted exactly when the wish lies among what is newly published. */
static void events_are_sent_when_asked_for(void)
{
    struct pv_ring_counters *page = calloc(1, PAGE);
    struct pv_ring front, back;

    for (unsigned int game = 0; game < 20000; game++) {
        RING_IDX from = random_below(2) ? 0u - random_below(8) : random_below(8);
        unsigned int count = random_below(6);
        RING_IDX wish = from + random_below(12) - 3;
        bool wanted = false;

        for (unsigned int i = 1; i <= count; i++) {
            wanted = wanted || from + i == wish;
        }
        pv_ring_attach(&front, page, PAGE, SLOT);
        front.made = front.sent = front.seen = from;
        page->req_event = wish;
        for (unsigned int i = 0; i < count; i++) {
            struct request request = request_of(i);

            EXPECT(pv_front_put(&front, &request, sizeof(request)));
        }
        EXPECT(pv_front_push(&front) == wanted);
        EXPECT(page->req_prod == from + count);
        pv_ring_attach(&back, page, PAGE, SLOT);
        back.made = back.seen = from + count;
        EXPECT(!pv_back_ask(&back) && page->req_event == from + count + 1);
        page->req_prod++;
        EXPECT(pv_back_ask(&back));
    }
    free(page);
}

/* No response before its request is published, and not one too many. */
static void responses_are_counted(void)
{
    for (unsigned int sent = 0; sent <= 32; sent++) {
        struct pv_ring_counters *page = malloc(PAGE);
        struct request request = request_of(0);
        struct response response;
        struct pv_ring front;

        pv_front_init(&front, page, PAGE, SLOT);
        for (unsigned int i = 0; i < sent; i++) {
            pv_front_put(&front, &request, sizeof(request));
        }
        pv_front_push(&front);
        if (pv_front_put(&front, &request, sizeof(request))) { /* not yet pushed: no answer to it */
            EXPECT(sent < front.entries);
        }
        page->rsp_prod = sent;
        for (unsigned int i = 0; i < sent; i++) {
            EXPECT(pv_front_get(&front, &response, sizeof(response)) == PV_RING_GOT);
        }
        EXPECT(pv_front_get(&front, &response, sizeof(response)) == PV_RING_EMPTY);
        page->rsp_prod = sent + 1;
        EXPECT(pv_front_get(&front, &response, sizeof(response)) == PV_RING_BROKEN);
        free(page);
        if (sent > 0) {
            page = malloc(PAGE);
            pv_front_init(&front, page, PAGE, SLOT);
            for (unsigned int i = 0; i < sent; i++) {
                pv_front_put(&front, &request, sizeof(request));
            }
            pv_front_push(&front);
            page->rsp_prod = sent + 1; /* all at once, one too many: none is believed */
            EXPECT(pv_front_get(&front, &response, sizeof(response)) == PV_RING_BROKEN);
            free(page);
        }
    }
}

int main(void)
{
    RUN(hostile_back_end);
    RUN(hostile_front_end);
    RUN(events_are_sent_when_asked_for);
    RUN(responses_are_counted);
    return UNIT_RESULT;
}
