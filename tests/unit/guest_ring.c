/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv/ring.h among honest ends: traffic with the macros of xen/io/ring.h at the other end, sleeping
 * threads, rings of bytes.
 */
#include <pthread.h>

#include "guest_ring.h"

static void sizes_are_those_of_the_macros(void)
{
    struct pv_ring ring;
    void *page = malloc(PAGE);

    pv_front_init(&ring, page, PAGE, SLOT);
    EXPECT(ring.entries == __CONST_RING_SIZE(test, PAGE));
    EXPECT(pv_front_room(&ring) == ring.entries);
    pv_front_init(&ring, page, PAGE, 1);
    EXPECT(ring.entries == 2048);
    pv_front_init(&ring, page, PAGE, PAGE - 64);
    EXPECT(ring.entries == 1);
    EXPECT(offsetof(struct test_sring, ring) == PV_RING_HEADER);
    EXPECT(offsetof(struct test_sring, rsp_event) == offsetof(struct pv_ring_counters, rsp_event));
    free(page);
}

/*
 * Our front end against a back end written with the macros; start puts the counters near their
 * wrap.
 */
static void front_against_macros(void)
{
    struct test_sring *page = malloc(PAGE);
    struct pv_ring front;
    test_back_ring_t back;
    uint32_t sent = 0, got = 0;
    RING_IDX start = 0u - 500;

    pv_front_init(&front, page, PAGE, SLOT);
    page->req_prod = page->rsp_prod = start;
    page->req_event = page->rsp_event = start + 1;
    front.made = front.sent = front.seen = start;
    BACK_RING_ATTACH(&back, page, start, PAGE);
    for (unsigned int step = 0; step < 200000; step++) {
        struct request request = request_of(sent);
        struct response response;

        switch (random_below(4)) {
        case 0:
            if (pv_front_put(&front, &request, sizeof(request))) {
                sent++;
            } else {
                EXPECT(sent - got == front.entries);
            }
            break;
        case 1:
            pv_front_push(&front);
            break;
        case 2:
            while (RING_HAS_UNCONSUMED_REQUESTS(&back) && random_below(8)) {
                RING_COPY_REQUEST(&back, back.req_cons, &request);
                back.req_cons++;
                response.id = request.id;
                response.sum = sum_of(&request);
                *RING_GET_RESPONSE(&back, back.rsp_prod_pvt) = response;
                back.rsp_prod_pvt++;
            }
            RING_PUSH_RESPONSES(&back);
            break;
        default:
            while (pv_front_get(&front, &response, sizeof(response)) == PV_RING_GOT) {
                request = request_of(got);
                EXPECT(response.id == got && response.sum == sum_of(&request));
                got++;
            }
        }
    }
    EXPECT(got > 10000 && !front.broken);
    free(page);
}

/* A front end written with the macros against our back end. */
static void back_against_macros(void)
{
    struct test_sring *page = malloc(PAGE);
    test_front_ring_t front;
    struct pv_ring back;
    uint32_t sent = 0, got = 0;

    XEN_FRONT_RING_INIT(&front, page, PAGE);
    pv_ring_attach(&back, page, PAGE, SLOT);
    for (unsigned int step = 0; step < 200000; step++) {
        struct request request;
        struct response response;

        switch (random_below(3)) {
        case 0:
            if (!RING_FULL(&front)) {
                *RING_GET_REQUEST(&front, front.req_prod_pvt) = request_of(sent++);
                front.req_prod_pvt++;
                RING_PUSH_REQUESTS(&front);
            }
            break;
        case 1:
            while (pv_back_get(&back, &request, sizeof(request)) == PV_RING_GOT) {
                response.id = request.id;
                response.sum = sum_of(&request);
                EXPECT(pv_back_put(&back, &response, sizeof(response)));
            }
            EXPECT(!pv_back_put(&back, &response, sizeof(response)));
            pv_back_push(&back);
            break;
        default:
            while (RING_HAS_UNCONSUMED_RESPONSES(&front)) {
                struct request expected = request_of(got++);

                RING_COPY_RESPONSE(&front, front.rsp_cons, &response);
                front.rsp_cons++;
                EXPECT(response.sum == sum_of(&expected));
            }
        }
    }
    EXPECT(got > 10000 && !back.broken);
    free(page);
}

/* Two threads that sleep whenever they may: an event that is not sent stops them for ever. */
#define ROUNDS 100000
static struct test_sring *shared;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool front_event, back_event;

static void event_send(bool *event)
{
    pthread_mutex_lock(&mutex);
    *event = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static void event_wait(bool *event)
{
    pthread_mutex_lock(&mutex);
    while (!*event) {
        pthread_cond_wait(&changed, &mutex);
    }
    *event = false;
    pthread_mutex_unlock(&mutex);
}

static void *back_thread(void *unused)
{
    struct pv_ring back;
    uint32_t done = 0;

    (void)unused;
    pv_ring_attach(&back, shared, PAGE, SLOT);
    while (done < ROUNDS) {
        struct request request;

        if (pv_back_get(&back, &request, sizeof(request)) == PV_RING_GOT) {
            struct response response = {.id = request.id, .sum = sum_of(&request)};

            pv_back_put(&back, &response, sizeof(response));
            if (pv_back_push(&back)) {
                event_send(&front_event);
            }
            done++;
        } else if (!pv_back_ask(&back)) {
            event_wait(&back_event);
        }
    }
    return NULL;
}

static void no_event_is_lost(void)
{
    struct pv_ring front;
    uint32_t sent = 0, got = 0;
    pthread_t thread;

    shared = aligned_alloc(PAGE, PAGE);
    pv_front_init(&front, shared, PAGE, SLOT);
    EXPECT(pthread_create(&thread, NULL, back_thread, NULL) == 0);
    while (got < ROUNDS) {
        struct request request = request_of(sent);
        struct response response;

        if (sent < ROUNDS && pv_front_put(&front, &request, sizeof(request))) {
            sent++;
            if (pv_front_push(&front)) {
                event_send(&back_event);
            }
        }
        if (pv_front_get(&front, &response, sizeof(response)) == PV_RING_GOT) {
            request = request_of(got);
            EXPECT(response.id == got && response.sum == sum_of(&request));
            got++;
        } else if ((sent == ROUNDS || pv_front_room(&front) == 0) && !pv_front_ask(&front)) {
            event_wait(&front_event);
        }
    }
    pthread_join(thread, NULL);
    free(shared);
}

static void bytes_come_in_order(void)
{
    char ring[1024], text[1500];
    uint32_t cons = 0u - 700, prod = cons;
    unsigned char next_in = 0, next_out = 0;

    for (unsigned int step = 0; step < 100000; step++) {
        unsigned int count = random_below(sizeof(text));
        int moved;

        if (random_below(2)) {
            for (unsigned int i = 0; i < count; i++) {
                text[i] = (char)(next_in + i);
            }
            moved = pv_bytes_put(ring, sizeof(ring), &cons, &prod, text, count);
            EXPECT(moved >= 0 && (unsigned int)moved <= count && prod - cons <= sizeof(ring));
            next_in = (unsigned char)(next_in + moved);
        } else {
            moved = pv_bytes_get(ring, sizeof(ring), &cons, &prod, text, count);
            EXPECT(moved >= 0);
            for (int i = 0; i < moved; i++) {
                EXPECT((unsigned char)text[i] == next_out++);
            }
        }
    }
    prod = cons + sizeof(ring) + 1;
    EXPECT(pv_bytes_get(ring, sizeof(ring), &cons, &prod, text, 1) == PV_RING_BROKEN);
    EXPECT(pv_bytes_put(ring, sizeof(ring), &cons, &prod, text, 1) == PV_RING_BROKEN);
}

int main(void)
{
    RUN(sizes_are_those_of_the_macros);
    RUN(front_against_macros);
    RUN(back_against_macros);
    RUN(no_event_is_lost);
    RUN(bytes_come_in_order);
    return UNIT_RESULT;
}
