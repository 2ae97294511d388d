/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What verbs about disks and verbs about network cards have in common; and the version of the
 * hypervisor as a text.
 */
#include "command.h"

#include <stdlib.h>

static const char *device_state(unsigned int state)
{
    static const char *const names[] = {"unknown", "beginning",     "waiting",
                                        "ready",   "connected",     "closing",
                                        "closed",  "reconfiguring", "reconfigured"};

    return names[state < sizeof(names) / sizeof(*names) ? state : 0];
}

static int print_json(const char *source, const char *address, const struct hvctl_device *devices,
                      size_t count)
{
    json_t *array = json_array();

    for (size_t at = 0; at < count; at++) {
        const struct hvctl_device *d = &devices[at];

        json_array_append_new(array,
                              json_pack("{s:o,s:i,s:s,s:o,s:o}", "target", json_text(d->target),
                                        "id", (int)d->id, "state", device_state(d->state), address,
                                        json_text(d->address), source, json_text(d->source)));
    }
    return json_print(array, JSON_INDENT(2));
}

static void print_table(const char *const *titles, const struct hvctl_device *devices, size_t count)
{
    struct listing *l = listing_new(titles);

    for (size_t at = 0; at < count; at++) {
        listing_cell(l, "%s", devices[at].target);
        listing_cell(l, "%u", devices[at].id);
        listing_cell(l, "%s", device_state(devices[at].state));
        listing_cell(l, "%s", devices[at].address);
        listing_cell(l, "%s", devices[at].source);
    }
    listing_print(l, stdout);
    listing_free(l);
}

int devices_list(struct command *c, devices_fn *ask, const char *const *titles, const char *source,
                 const char *address)
{
    struct hvctl_device *devices;
    size_t count;
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        result = ask(c->h, domid, &devices, &count);
    }
    if (result) {
        return result;
    }
    if (c->option['j']) {
        result = print_json(source, address, devices, count);
    } else {
        print_table(titles, devices, count);
    }
    free(devices);
    return result;
}

int devices_detach(struct command *c, detach_fn *detach)
{
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        progress_begin(c);
        result = detach(c->h, domid, c->argv[1], c->option['f']);
        progress_end(c);
    }
    return result;
}

const char *version_text(const struct hvctl_host *host)
{
    static char text[64];

    snprintf(text, sizeof(text), "%u.%u%s", host->version_major, host->version_minor, host->extra);
    return text;
}
