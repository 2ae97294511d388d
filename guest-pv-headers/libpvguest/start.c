/* SPDX-License-Identifier: MIT */
/*
 * start.c: from the first instruction to guest_main(), and the end of the domain.
 *
 * The entry and the notes are PV_KERNEL's; this brings up the parts in order.
 */
#include "internal.h"

PV_KERNEL("libpvguest", 0xffffffff80000000, 0x20000, pvguest_start);

_Static_assert(PV_STACK_BYTES == 0x20000, "the boot stack is a stack like any other");

start_info_t *pv_start_info;
static char shared_page[PV_PAGE_BYTES] __attribute__((aligned(4096)));
shared_info_t *const pv_shared_info = (shared_info_t *)shared_page;

void pvguest_must(long result, const char *what)
{
    if (result < 0) {
        pv_printf("libpvguest: %s: error %ld\n", what, result);
        pv_shutdown(SHUTDOWN_crash);
    }
}

void pvguest_start(start_info_t *info)
{
    int result;

    pv_start_info = info;
    pvguest_stack_mark(pv_boot_stack, 0);
    pvguest_console_start();
    pvguest_must(HYPERVISOR_update_va_mapping((unsigned long)shared_page,
                                              info->shared_info | PV_PTE_RW,
                                              UVMF_INVLPG | UVMF_LOCAL),
                 "mapping the shared page");
    pvguest_traps_start();
    pvguest_memory_start();
    pvguest_events_start();
    result = guest_main();
    if (result != 0) {
        pv_printf("libpvguest: guest_main() returned %d\n", result);
    }
    pv_shutdown(result == 0 ? SHUTDOWN_poweroff : SHUTDOWN_crash);
}

void pv_shutdown(unsigned int reason)
{
    struct sched_shutdown end = {.reason = reason};

    for (;;) {
        HYPERVISOR_sched_op(SCHEDOP_shutdown, &end);
    }
}

const char *pv_option(const char *name, char *value, size_t bytes, const char *fallback)
{
    const char *at = (const char *)pv_start_info->cmd_line, *end = at + MAX_GUEST_CMDLINE;
    size_t length = strlen(name), used = 0;

    while (at < end && *at != 0) {
        if ((size_t)(end - at) > length && memcmp(at, name, length) == 0 && at[length] == '=') {
            for (at += length + 1; at < end && *at != 0 && *at != ' ' && used + 1 < bytes; at++) {
                value[used++] = *at;
            }
            value[used] = 0;
            return value;
        }
        while (at < end && *at != 0 && *at != ' ') {
            at++;
        }
        while (at < end && *at == ' ') {
            at++;
        }
    }
    return fallback;
}

unsigned long pv_option_number(const char *name, unsigned long fallback)
{
    char value[24];
    const char *at = pv_option(name, value, sizeof(value), NULL);
    unsigned long number = 0;

    if (at == NULL || *at == 0) {
        return fallback;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (unsigned long)(*at - '0');
    }
    return *at == 0 ? number : fallback;
}

const void *pv_module(size_t *bytes)
{
    *bytes = pv_start_info->mod_len;
    /* Our notes don't say MOD_START_PFN, so it is mapped, below the free pages. */
    return *bytes == 0 ? NULL : (const void *)pv_start_info->mod_start;
}
