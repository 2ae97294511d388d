/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verbs.def and exits.def as arrays.  Each verb's options are an array of their own.
 */
#include "table.h"

#include <string.h>

#include "hvctl.h"

#define GROUP(title)
#define OPTION(letter, name, argument, text) {letter, name, argument, text},
#define VERB(symbol, name, arguments, least, most, summary, options)                               \
    static const struct option_text options_##symbol[] = {options{0, NULL, NULL, NULL}};
#include "verbs.def"
#undef GROUP
#undef VERB

#define GROUP(title) {.group = (title)},
#define VERB(symbol, name, arguments, least, most, summary, options)                               \
    {name, arguments, least, most, summary, options_##symbol, NULL},
const struct verb verbs[] = {
#include "verbs.def"
    {.name = NULL},
};
#undef GROUP
#undef VERB

#define EXIT(number, status, text, remedy) {number, status, text, remedy},
const struct exit_text exits[] = {
#include "exits.def"
};
const size_t exit_count = sizeof(exits) / sizeof(*exits);

const struct verb *verb_find(const char *name)
{
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        if (verb->name && !strcmp(verb->name, name)) {
            return verb;
        }
    }
    return NULL;
}
