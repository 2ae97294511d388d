/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl audit: every reference of the running system, counted again; each difference in words.
 */
#include <stdlib.h>

#include "command.h"

static json_t *difference_json(const struct hvctl_difference *d)
{
    json_t *domid = d->domid == HVCTL_NO_DOMAIN ? json_null() : json_integer(d->domid);

    return json_pack("{s:s,s:o,s:I,s:I,s:I,s:o}", "kind", d->kind, "domid", domid, "object",
                     (json_int_t)d->object, "recorded", (json_int_t)d->recorded, "found",
                     (json_int_t)d->found, "words", json_text(d->words));
}

static int print_json(const struct hvctl_audit *a, const struct hvctl_difference *list,
                      size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, difference_json(&list[i]));
    }
    return json_print(json_pack("{s:I,s:I,s:I,s:I,s:o}", "frames", (json_int_t)a->frames,
                                "references", (json_int_t)a->references, "differences",
                                (json_int_t)a->differences, "pause_ns", (json_int_t)a->pause_ns,
                                "described", array),
                      JSON_INDENT(2));
}

static int print_text(const struct hvctl_audit *a, const struct hvctl_difference *list,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_print(list[i].words);
        putchar('\n');
    }
    if (a->differences > count) {
        printf("and %llu more\n", (unsigned long long)(a->differences - count));
    }
    printf("%llu references on %llu frames, %llu differences; guests stood still for %.3f ms\n",
           (unsigned long long)a->references, (unsigned long long)a->frames,
           (unsigned long long)a->differences, (double)a->pause_ns / 1e6);
    return 0;
}

int verb_audit(struct command *c)
{
    struct hvctl_difference *list = NULL;
    struct hvctl_audit a;
    size_t count = 0;
    int result;

    progress_begin(c);
    result = hvctl_audit(c->h, &a, &list, &count);
    progress_end(c);
    if (result) {
        return result;
    }
    result = c->option['j'] ? print_json(&a, list, count) : print_text(&a, list, count);
    free(list);
    if (!result && a.differences) {
        return complain(EXIT_ANSWER_NO, "the audit found differences");
    }
    return result;
}
