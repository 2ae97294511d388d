/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpvguest's store client: answers in slices of every size, watch events between them, errors by
 * name; and a store that breaks the protocol, which is never spoken to again.
 */
#include "guest_machine.h"
#include "unit.h"

static void reads_and_writes(void)
{
    static const unsigned int slices[] = {1, 7, 16, 100, 1024};

    for (unsigned int i = 0; i < 5; i++) {
        char text[64], names[64];
        uint64_t number = 0;
        uint32_t tx = 0;

        machine_start();
        store_slice = slices[i];
        EXPECT(pv_store_read(0, "absent", text, sizeof(text)) == -XEN_ENOENT);
        EXPECT(pv_store_write(0, "a/b", "hello") == 0);
        EXPECT(pv_store_read(0, "a/b", text, sizeof(text)) == 5 && strcmp(text, "hello") == 0);
        EXPECT(pv_store_read(0, "a/b", text, 6) == 5);
        EXPECT(pv_store_read(0, "a/b", text, 5) == -XEN_E2BIG && strcmp(text, "hell") == 0);
        EXPECT(pv_store_write(0, "a/c", "42") == 0);
        EXPECT(pv_store_read_number(0, "a/c", &number) == 0 && number == 42);
        EXPECT(pv_store_read_number(0, "a/b", &number) == -XEN_EINVAL);
        EXPECT(pv_store_list(0, "a", names, sizeof(names)) == 4 && memcmp(names, "b\0c", 4) == 0);
        EXPECT(pv_store_begin(&tx) == 0 && tx == 77);
        EXPECT(pv_store_end(tx, true) == 0);
        EXPECT(pv_store_end(3, true) == -XEN_EAGAIN);
    }
}

static void long_values_are_cut_off_whole(void)
{
    char text[16];

    machine_start();
    store_set("long", "0123456789012345678901234567890123456789");
    EXPECT(pv_store_read(0, "long", text, sizeof(text)) == -XEN_E2BIG);
    store_set("long", "short");
    EXPECT(pv_store_read(0, "long", text, sizeof(text)) == 5 && strcmp(text, "short") == 0);
}

static void watch_events_are_counted(void)
{
    char text[16];
    unsigned int before;

    machine_start();
    before = pv_store_changes();
    EXPECT(pv_store_watch("w", "token") == 0);
    store_set("w", "1");
    EXPECT(pv_store_read(0, "w", text, sizeof(text)) ==
           1); /* events come first, and are not answers */
    EXPECT(pv_store_changes() - before == 2);
    store_set("w", "2");
    EXPECT(pv_store_wait(1000));
    EXPECT(pv_store_changes() - before == 3);
    EXPECT(!pv_store_wait(pv_time() + 1000));
    EXPECT(pv_store_unwatch("w", "token") == 0);
}

static void states_are_waited_for(void)
{
    machine_start();
    store_set("back/state", "2");
    EXPECT(pv_bus_wait("back", 1u << 2 | 1u << 4, 5) == 2);
    EXPECT(pv_bus_wait("back", 1u << 4, 5) == -XEN_ETIME);
    EXPECT(pv_bus_wait("absent", 1u << XenbusStateUnknown, 5) == XenbusStateUnknown);
    EXPECT(store_watches == 0);
}

static void lie_id(struct xsd_sockmsg *head, char *body)
{
    (void)body;
    head->req_id++;
}

static void lie_length(struct xsd_sockmsg *head, char *body)
{
    (void)body;
    head->len = 5000;
}

static void lie_error(struct xsd_sockmsg *head, char *body)
{
    head->type = XS_ERROR;
    strcpy(body, "ENONSENSE");
    head->len = 10;
}

/* An error's name longer than any there is. */
static void lie_long_error(struct xsd_sockmsg *head, char *body)
{
    head->type = XS_ERROR;
    memset(body, 'E', 2000);
    head->len = 2000;
}

static void broken_after(void (*lie)(struct xsd_sockmsg *head, char *body), bool for_ever)
{
    char text[16];

    machine_start();
    store_set("x", "1");
    store_lie = lie;
    EXPECT(pv_store_read(0, "x", text, sizeof(text)) == -XEN_EIO);
    store_lie = NULL;
    EXPECT(pv_store_read(0, "x", text, sizeof(text)) == (for_ever ? -XEN_EIO : 1));
}

static void answer_to_another_question(void)
{
    broken_after(lie_id, true);
}

static void answer_longer_than_any(void)
{
    broken_after(lie_length, true);
}

static void unknown_errors_are_errors(void)
{
    broken_after(lie_error, false);
    broken_after(lie_long_error, false);
}

static void impossible_counter(void)
{
    struct xenstore_domain_interface *ring;
    char text[16];

    machine_start();
    ring = pv_page_of_mfn(STORE_MFN);
    ring->rsp_prod = ring->rsp_cons + XENSTORE_RING_SIZE + 1;
    EXPECT(pv_store_read(0, "x", text, sizeof(text)) == -XEN_EIO);
    ring->rsp_prod = ring->rsp_cons;
    EXPECT(pv_store_read(0, "x", text, sizeof(text)) == -XEN_EIO);
}

static void answer_nobody_asked_for(void)
{
    struct xsd_sockmsg head = {.type = XS_READ};
    struct xenstore_domain_interface *ring;

    machine_start();
    ring = pv_page_of_mfn(STORE_MFN);
    memcpy(ring->rsp + ring->rsp_prod % XENSTORE_RING_SIZE, &head, sizeof(head));
    ring->rsp_prod += sizeof(head);
    pv_store_changes();
    EXPECT(pv_store_write(0, "x", "1") == -XEN_EIO);
}

int main(void)
{
    RUN_ALONE(reads_and_writes);
    RUN_ALONE(long_values_are_cut_off_whole);
    RUN_ALONE(watch_events_are_counted);
    RUN_ALONE(states_are_waited_for);
    RUN_ALONE(answer_to_another_question);
    RUN_ALONE(answer_longer_than_any);
    RUN_ALONE(unknown_errors_are_errors);
    RUN_ALONE(impossible_counter);
    RUN_ALONE(answer_nobody_asked_for);
    return UNIT_RESULT;
}
