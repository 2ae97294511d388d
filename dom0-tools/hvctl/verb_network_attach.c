/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl network-attach: another network card for a guest.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

static bool mac_parse(const char *text, uint8_t mac[6])
{
    unsigned int byte[6];
    int end = 0;

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1], &byte[2], &byte[3], &byte[4],
               &byte[5], &end) != 6 ||
        end != 17 || text[end] || byte[0] & 1) {
        return false;
    }
    for (int at = 0; at < 6; at++) {
        mac[at] = (uint8_t)byte[at];
    }
    return true;
}

static int from_file(struct command *c, struct hvctl_nic *nic)
{
    const char *path = c->argv[1];
    size_t size;
    char *text;
    int result = file_text(c, path, &text, &size);

    if (!result) {
        result = hvctl_nic_parse(c->h, path, text, size, nic);
        free(text);
    }
    return result;
}

static int from_words(struct command *c, struct hvctl_nic *nic)
{
    nic->bridge = strdup(c->argv[1]);
    return nic->bridge ? 0 : complain(EXIT_FAILURE, "no memory");
}

static int add_options(struct command *c, struct hvctl_nic *nic)
{
    if (c->option['m']) {
        nic->mac_given = mac_parse(c->option['m'], nic->mac);
        if (!nic->mac_given) {
            return complain(EXIT_USAGE,
                            "\"%s\" is no MAC address of a card; one is like "
                            "00:16:3e:00:00:01",
                            c->option['m']);
        }
    }
    if (c->option['t']) {
        free(nic->target);
        nic->target = strdup(c->option['t']);
    }
    return 0;
}

/* What is a file's name has a slash or ends in .xml; bridges have neither. */
int verb_network_attach(struct command *c)
{
    const char *what = c->argv[1];
    size_t length = strlen(what);
    bool file = strchr(what, '/') || (length > 4 && !strcmp(what + length - 4, ".xml"));
    struct hvctl_nic nic = {0};
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        result = file ? from_file(c, &nic) : from_words(c, &nic);
    }
    if (!result) {
        result = add_options(c, &nic);
    }
    if (!result) {
        result = hvctl_nic_attach(c->h, domid, &nic);
    }
    hvctl_nic_clear(&nic);
    return result;
}
