/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store-init: writes into XenStore what tools expect to find about the control domain itself.
 * Run once, after XenStore's daemon has started; it may be run again.
 */
#include <stdio.h>
#include <string.h>

#include <hvctl.h>

int main(void)
{
    static const struct {
        const char *path, *value;
    } nodes[] = {
        {"/local/domain/0/name", "Domain-0"},
        {"/local/domain/0/domid", "0"},
        {"/local/pool/0/name", "Pool-0"}, /* Debian's xl refuses a pool without a name */
    };
    struct hvctl *h = hvctl_open();

    for (size_t i = 0; h && i < sizeof(nodes) / sizeof(nodes[0]); i++) {
        if (hvctl_store_write(h, HVCTL_NO_TRANSACTION, nodes[i].path, nodes[i].value,
                              strlen(nodes[i].value))) {
            fprintf(stderr, "store-init: %s\n", hvctl_message(h));
            hvctl_close(h);
            return 1;
        }
    }
    hvctl_close(h);
    return h ? 0 : 1;
}
