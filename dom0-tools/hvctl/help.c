/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Help in the terminal, from the table.
 */
#include "command.h"

static void option_print(FILE *out, const struct option_text *o)
{
    char left[64];

    snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name, *o->argument ? "=" : "",
             o->argument);
    fprintf(out, "  %-24s %s\n", left, o->text);
}

static void verb_print(FILE *out, const struct verb *verb)
{
    static const struct option_text help = {'h', "help", "", "this text"};

    fprintf(out, "usage: hvctl %s [OPTION...]%s%s\n\n%s\n\n", verb->name,
            *verb->arguments ? " " : "", verb->arguments, verb->summary);
    for (const struct option_text *o = verb->options; o->letter; o++) {
        option_print(out, o);
    }
    option_print(out, &help);
}

void help_print(FILE *out, const struct verb *verb)
{
    if (verb) {
        verb_print(out, verb);
        return;
    }
    fputs("usage: hvctl VERB [OPTION...] [ARGUMENT...]\n", out);
    for (verb = verbs; verb->name || verb->group; verb++) {
        if (verb->group) {
            fprintf(out, "\n%s:\n", verb->group);
        } else {
            fprintf(out, "  %-16s %s\n", verb->name, verb->summary);
        }
    }
    fputs("\nGUEST is a name, a domain identifier or a uuid.  hvctl help VERB says more.\n", out);
}

int verb_help(struct command *c)
{
    const struct verb *verb = c->argc ? verb_find(c->argv[0]) : NULL;

    if (c->argc && !verb) {
        return complain(EXIT_USAGE, "there is no verb \"%s\"; hvctl help lists them", c->argv[0]);
    }
    help_print(stdout, verb);
    return 0;
}
