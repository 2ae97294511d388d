/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's side of a ring. It keeps to the protocol; tests that don't write into the page.
 */
#include "guest.h"

#include <stdlib.h>
#include <string.h>

#include "fake.h"

void guest_init(struct guest *guest, uint16_t domid)
{
    memset(guest, 0, sizeof(*guest));
    guest->page = &fake_machine->pages[domid].ring;
    guest->domid = domid;
}

void guest_post(struct guest *guest, uint32_t type, uint32_t req_id, uint32_t tx_id,
                const void *body, size_t len)
{
    struct xsd_sockmsg header = {type, req_id, tx_id, (uint32_t)len};

    if (guest->unsent + sizeof(header) + len > sizeof(guest->out))
        abort();
    memcpy(guest->out + guest->unsent, &header, sizeof(header));
    memcpy(guest->out + guest->unsent + sizeof(header), body, len);
    guest->unsent += sizeof(header) + len;
    guest_push(guest);
}

bool guest_push(struct guest *guest)
{
    struct xenstore_domain_interface *page = guest->page;
    uint32_t cons = __atomic_load_n(&page->req_cons, __ATOMIC_ACQUIRE), prod = page->req_prod;
    size_t n = 0;

    while (n < guest->unsent && prod - cons < XENSTORE_RING_SIZE)
        page->req[MASK_XENSTORE_IDX(prod++)] = (char)guest->out[n++];
    if (!n)
        return false;
    memmove(guest->out, guest->out + n, guest->unsent - n);
    guest->unsent -= n;
    __atomic_store_n(&page->req_prod, prod, __ATOMIC_RELEASE);
    fake_kick(guest->domid);
    return true;
}

bool guest_take(struct guest *guest, struct guest_message *message)
{
    struct xenstore_domain_interface *page = guest->page;
    uint32_t prod = __atomic_load_n(&page->rsp_prod, __ATOMIC_ACQUIRE), cons = page->rsp_cons;
    size_t wanted = sizeof(message->header), taken = 0;

    if (prod - cons > XENSTORE_RING_SIZE)
        guest->broken = true;
    for (;;) {
        if (guest->have >= sizeof(message->header)) {
            memcpy(&message->header, guest->in, sizeof(message->header));
            if (message->header.len > XENSTORE_PAYLOAD_MAX || message->header.type > XS_TYPE_COUNT)
                guest->broken = true;
            wanted = sizeof(message->header) + message->header.len;
        }
        if (guest->broken || (guest->have == wanted && wanted >= sizeof(message->header)) ||
            cons == prod)
            break;
        guest->in[guest->have++] = (uint8_t)page->rsp[MASK_XENSTORE_IDX(cons++)];
        taken++;
    }
    if (taken) {
        __atomic_store_n(&page->rsp_cons, cons, __ATOMIC_RELEASE);
        fake_kick(guest->domid);
    }
    if (guest->broken || guest->have < sizeof(message->header) || guest->have < wanted)
        return false;
    memcpy(message->body, guest->in + sizeof(message->header), message->header.len);
    message->body[message->header.len] = '\0';
    guest->have = 0;
    return true;
}
