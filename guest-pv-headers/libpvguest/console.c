/* SPDX-License-Identifier: MIT */
/*
 * console.c: the console of a guest, a ring shared with a daemon; that of the control domain,
 * calls.
 *
 * A daemon that reads nothing must not stop the guest: after a while, text is dropped.
 */
#include "internal.h"
#include <xen/io/console.h>

#define PATIENCE 20000 /* yields */

static struct xencons_interface *ring;
static struct pv_lock lock;

void pvguest_console_start(void)
{
    if (!pv_is_control_domain()) {
        unsigned long pfn = machine_to_phys_mapping[pv_start_info->console.domU.mfn];

        ring = (struct xencons_interface *)(PV_VIRT_BASE + (pfn << PV_PAGE_SHIFT));
    }
}

static void notify(void)
{
    pv_event_send(pv_start_info->console.domU.evtchn);
}

static void ring_write(const char *text, size_t bytes)
{
    for (unsigned int tries = 0; bytes > 0 && tries < PATIENCE; tries++) {
        int moved = pv_bytes_put(ring->out, sizeof(ring->out), &ring->out_cons, &ring->out_prod,
                                 text, (unsigned int)bytes);

        if (moved < 0) {
            return;
        }
        if (moved > 0) {
            notify();
            text += moved;
            bytes -= (size_t)moved;
        } else {
            HYPERVISOR_sched_op(SCHEDOP_yield, NULL);
        }
    }
}

/* Lines end with \n here and with \r\n on a guest's console; the hypervisor does that itself. */
void pv_console_write(const char *text, size_t bytes)
{
    bool masked = pv_lock(&lock);

    while (bytes > 0) {
        size_t line = 0;

        if (ring == NULL) {
            HYPERVISOR_console_io(CONSOLEIO_write, (unsigned int)bytes, (char *)text);
            break;
        }
        while (line < bytes && text[line] != '\n') {
            line++;
        }
        ring_write(text, line);
        if (line < bytes) {
            ring_write("\r\n", 2);
            line++;
        }
        text += line;
        bytes -= line;
    }
    pv_unlock(&lock, masked);
}

size_t pv_console_read(char *text, size_t bytes)
{
    bool masked;
    int got;

    if (ring == NULL) {
        long result = HYPERVISOR_console_io(CONSOLEIO_read, (unsigned int)bytes, text);

        return result < 0 ? 0 : (size_t)result;
    }
    masked = pv_lock(&lock);
    got = pv_bytes_get(ring->in, sizeof(ring->in), &ring->in_cons, &ring->in_prod, text,
                       (unsigned int)bytes);
    if (got > 0) {
        notify();
    }
    pv_unlock(&lock, masked);
    return got < 0 ? 0 : (size_t)got;
}

int pv_printf(const char *format, ...)
{
    char text[512];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = pv_vformat(text, sizeof(text), format, arguments);
    va_end(arguments);
    pv_console_write(text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
    return length;
}
