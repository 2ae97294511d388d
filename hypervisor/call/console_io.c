/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_console_io(cmd, count, buffer): the control domain's console is the hypervisor's.
 *
 * Text passes through a small buffer; between two of them a long write makes way for other work and
 * goes on where it was.
 */
#include "call/handlers.h"
#include "cpu/percpu.h"
#include "kern/console.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "pv/continuation.h"

#define CHUNK 128U

/* Bound: count, with a look at other work after each chunk. */
static long console_out(uint64_t count, uint64_t buffer)
{
    char text[CHUNK];

    while (count) {
        size_t n = MIN(count, CHUNK);

        if (copy_from_guest(text, gva(buffer), n))
            return refuse_memory(gva(buffer));
        console_write(text, n);
        count -= n;
        buffer += n;
        if (count && softirq_pending())
            return call_again(3, CONSOLEIO_write, count, buffer, 0);
    }
    return 0;
}

/* As much as there is; one call gets at most what fits in the console's input buffer. */
static long console_in(uint64_t count, uint64_t buffer)
{
    char text[CHUNK];
    size_t n = console_read(text, MIN(count, CHUNK));

    if (copy_to_guest(gva(buffer), text, n))
        return refuse_memory(gva(buffer));
    return (long)n;
}

long do_console_io(uint64_t cmd, uint64_t count, uint64_t buffer)
{
    count = (uint32_t)count;
    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, cmd, -EPERM);
    switch ((uint32_t)cmd) {
    case CONSOLEIO_write:
        return console_out(count, buffer);
    case CONSOLEIO_read:
        return console_in(count, buffer);
    default:
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
}
