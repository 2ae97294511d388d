/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl audit: every reference of the running system, counted again.
 */
#include "command.h"

/* Not each hypervisor tells how many references it counted. */
static int print_json(const struct hvctl_audit *a)
{
    json_t *references = a->references ? json_integer((json_int_t)a->references) : json_null();

    return json_print(json_pack("{s:I,s:o,s:I,s:I}", "frames", (json_int_t)a->frames, "references",
                                references, "differences", (json_int_t)a->differences, "pause_ns",
                                (json_int_t)a->pause_ns),
                      JSON_INDENT(2));
}

static int print_text(const struct hvctl_audit *a)
{
    printf("%llu frames, ", (unsigned long long)a->frames);
    if (a->references) {
        printf("%llu references, ", (unsigned long long)a->references);
    }
    printf("%llu differences; guests stood still for %.3f ms\n", (unsigned long long)a->differences,
           (double)a->pause_ns / 1e6);
    return 0;
}

int verb_audit(struct command *c)
{
    struct hvctl_audit a;
    int result;

    progress_begin(c);
    result = hvctl_audit(c->h, &a);
    progress_end(c);
    if (!result) {
        result = c->option['j'] ? print_json(&a) : print_text(&a);
    }
    if (!result && a.differences) {
        return complain(EXIT_ANSWER_NO,
                        "the audit found differences; hvctl dmesg has each of them");
    }
    return result;
}
