/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as the hypervisor's command line: every complaint names a word of
 * it, and what was understood stays within its bounds.
 *
 * sources: hypervisor/boot/options.c hypervisor/dev/uart_config.c hypervisor/lib/string.c
 */
#include <stdlib.h>
#include <string.h>

#include "boot/options.h"
#include "dev/uart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void complain(void *context, const char *what, const char *word)
{
    (void)context;
    if (!what || !what[0] || !word || !memchr(word, 0, 4096))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct options options;
    struct uart_config uart = uart_default(1);

    memcpy(text, data, size);
    text[size] = '\0';
    if (options_parse(text, &options, complain, NULL)) {
        if (!memchr(options.console, 0, sizeof(options.console)) ||
            !memchr(options.com1, 0, sizeof(options.com1)) || options.loglvl > 3)
            abort();
        if (!uart_config_parse(options.com1, &uart) && uart.port != uart_default(1).port)
            abort();
    }
    (void)uart_config_parse(text, &uart);
    free(text);
    return 0;
}
