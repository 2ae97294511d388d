/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl audit: every reference of the running system, counted again.
 */
#include "command.h"

int verb_audit(struct command *c)
{
    struct hvctl_audit a;
    int result;

    progress_begin(c);
    result = hvctl_audit(c->h, &a);
    progress_end(c);
    if (result) {
        return result;
    }
    if (c->option['j']) {
        result =
            json_print(json_pack("{s:I,s:I,s:I,s:I}", "frames", (json_int_t)a.frames, "references",
                                 (json_int_t)a.references, "differences", (json_int_t)a.differences,
                                 "pause_ns", (json_int_t)a.pause_ns),
                       JSON_INDENT(2));
        if (result) {
            return result;
        }
    } else {
        printf("%llu frames, %llu references, %llu differences; guests stood still for %.3f ms\n",
               (unsigned long long)a.frames, (unsigned long long)a.references,
               (unsigned long long)a.differences, (double)a.pause_ns / 1e6);
    }
    return a.differences ? complain(EXIT_ANSWER_NO, "the audit found differences; hvctl dmesg has "
                                                    "each of them")
                         : 0;
}
