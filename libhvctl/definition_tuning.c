/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a definition says of how the guest runs: scheduling, clock, what happens at its end.
 *
 * Scheduling: <shares> is the weight; <global_quota> of <global_period> microseconds (100,000
 * when not given) is the cap, in per cent of one CPU.
 */
#include <stdlib.h>
#include <string.h>

#include "definition.h"

#define PERIOD_DEFAULT 100000u
#define CAP_MAX        UINT16_MAX /* XEN_DOMCTL_SCHEDOP_putinfo */

/* A number below <cputune> within bounds; it stays what it is without the element. */
static int read_number(const struct definition_reader *r, const xmlNode *parent, const char *name,
                       int64_t least, int64_t most, int64_t *value)
{
    const xmlNode *node = definition_child(parent, name);
    char *text = NULL;
    int result = definition_read_text(r, parent, name, &text);

    if (!result && text && (!value_signed(text, value) || *value < least || *value > most)) {
        result = definition_error(r, node, "<%s>: \"%s\" is not %lld to %lld", name,
                                  definition_shown(text), (long long)least, (long long)most);
    }
    free(text);
    return result;
}

static int read_cputune(const struct definition_reader *r, xmlNode *root,
                        struct hvctl_definition *d)
{
    const xmlNode *node = definition_child(root, "cputune");
    int64_t weight = 0, period = PERIOD_DEFAULT, quota = -1, cap = 0;
    int result;

    if (!node) {
        return 0;
    }
    result = read_number(r, node, "shares", 1, UINT16_MAX, &weight);
    if (!result) {
        result = read_number(r, node, "global_period", 1000, 1000000, &period);
    }
    if (!result) {
        result = read_number(r, node, "global_quota", INT64_MIN / 200, INT64_MAX / 200, &quota);
    }
    if (!result && quota >= 0) {
        cap = (quota * 100 + period / 2) / period;
        if (cap < 1 || cap > CAP_MAX) {
            result = definition_error(r, definition_child(node, "global_quota"),
                                      "<global_quota> of <global_period> is not 1 to %d per cent "
                                      "of a CPU",
                                      CAP_MAX);
        }
    }
    d->weight = (unsigned int)weight;
    d->cap = (unsigned int)cap;
    return result;
}

static int read_clock(const struct definition_reader *r, xmlNode *root, struct hvctl_definition *d)
{
    const xmlNode *node = definition_child(root, "clock");
    char *offset, *adjustment, *basis;
    bool variable;
    int result = 0;

    if (!node) {
        return 0;
    }
    offset = definition_attribute(node, "offset");
    adjustment = definition_attribute(node, "adjustment");
    basis = definition_attribute(node, "basis");
    variable = offset && !strcmp(offset, "variable");
    d->clock_local = offset && !strcmp(variable && basis ? basis : offset, "localtime");
    if (!offset || (strcmp(offset, "utc") && strcmp(offset, "localtime") && !variable)) {
        result = definition_error(r, node,
                                  "<clock>: offset=\"%s\" is not supported, only \"utc\", "
                                  "\"localtime\" and \"variable\"",
                                  definition_shown(offset ? offset : ""));
    } else if (!variable && (adjustment || basis)) {
        result = definition_error(r, node,
                                  "<clock>: adjustment= and basis= need "
                                  "offset=\"variable\"");
    } else if (basis && strcmp(basis, "utc") && strcmp(basis, "localtime")) {
        result = definition_error(r, node,
                                  "<clock>: basis=\"%s\" is neither \"utc\" nor "
                                  "\"localtime\"",
                                  definition_shown(basis));
    } else if (adjustment && (!value_signed(adjustment, &d->clock_offset_s) ||
                              d->clock_offset_s > INT32_MAX || d->clock_offset_s < INT32_MIN)) {
        result = definition_error(r, node, "<clock>: adjustment=\"%s\" is no number of seconds",
                                  definition_shown(adjustment));
    }
    free(offset);
    free(adjustment);
    free(basis);
    return result;
}

static int read_action(const struct definition_reader *r, xmlNode *root, const char *name,
                       enum hvctl_action usual, enum hvctl_action *action)
{
    static const char *const names[] = {
        [HVCTL_ACTION_DESTROY] = "destroy",
        [HVCTL_ACTION_RESTART] = "restart",
        [HVCTL_ACTION_PRESERVE] = "preserve",
        [HVCTL_ACTION_RENAME_RESTART] = "rename-restart",
    };
    char *text = NULL;
    int result = definition_read_text(r, root, name, &text);

    *action = usual;
    if (result || !text) {
        return result;
    }
    result = -1;
    for (size_t at = 0; at < sizeof(names) / sizeof(*names); at++) {
        if (!strcmp(text, names[at])) {
            *action = (enum hvctl_action)at;
            result = 0;
        }
    }
    if (result) {
        result = definition_error(r, definition_child(root, name),
                                  "<%s>: \"%s\" is not supported, "
                                  "only destroy, restart, preserve and rename-restart",
                                  name, definition_shown(text));
    }
    free(text);
    return result;
}

int definition_read_tuning(const struct definition_reader *r, xmlNode *root,
                           struct hvctl_definition *d)
{
    int result = read_cputune(r, root, d);

    if (!result) {
        result = read_clock(r, root, d);
    }
    if (!result) {
        result = read_action(r, root, "on_poweroff", HVCTL_ACTION_DESTROY, &d->on_poweroff);
    }
    if (!result) {
        result = read_action(r, root, "on_reboot", HVCTL_ACTION_RESTART, &d->on_reboot);
    }
    if (!result) {
        result = read_action(r, root, "on_crash", HVCTL_ACTION_DESTROY, &d->on_crash);
    }
    return result;
}
