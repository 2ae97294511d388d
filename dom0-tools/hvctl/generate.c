/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes, from the table of verbs, the middle of the manual page ("generate man") and the shell's
 * completion ("generate bash").  It runs during the build and is not installed.
 */
#include <stdio.h>
#include <string.h>

#include "table.h"

/* A text in the manual's language, where - and \ are more than themselves. */
static void roff(const char *text)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\') {
            printf("\\%s", *text == '-' ? "-" : "e");
        } else {
            putchar(*text);
        }
    }
}

static void man_option(const struct option_text *o)
{
    printf(".TP\n.BR \\-%c \", \" \\-\\-", o->letter);
    roff(o->name);
    if (*o->argument) {
        printf(" =\\fI%s\\fR", o->argument);
    }
    printf("\n");
    roff(o->text);
    printf(".\n");
}

static void man(void)
{
    printf(".SH VERBS\n");
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        if (verb->group) {
            printf(".SS %s\n", verb->group);
            continue;
        }
        printf(".TP\n.B ");
        roff(verb->name);
        printf("%s\\fI", verb->options->letter ? "\\fR [\\fIOPTION\\fR...] " : " ");
        roff(verb->arguments);
        printf("\\fR\n");
        roff(verb->summary);
        printf("\n");
        if (verb->options->letter) {
            printf(".RS\n");
            for (const struct option_text *o = verb->options; o->letter; o++) {
                man_option(o);
            }
            printf(".RE\n");
        }
    }
    printf(".SH EXIT STATUS\n.TP\n.B 1\nThe answer is no: the audit found differences; or the "
           "command itself failed.\n.TP\n.B 2\nThe command line is wrong.\n");
    for (size_t at = 0; at < exit_count; at++) {
        printf(".TP\n.B %d\n%s\n", exits[at].number, exits[at].text);
    }
}

/* What the verb's first, second, ... argument is: a word for the shell's function. */
static void kinds(const char *arguments)
{
    arguments += strspn(arguments, "[");
    for (; *arguments; arguments += strspn(arguments, " [].")) {
        size_t length = strcspn(arguments, " [].");

        if (!strncmp(arguments, "GUEST", length)) {
            printf(" guest");
        } else if (!strncmp(arguments, "FILE", length) || !strncmp(arguments, "SOURCE", length)) {
            printf(" file");
        } else if (!strncmp(arguments, "VERB", length)) {
            printf(" verb");
        } else if (strncmp(arguments, "xml", length)) {
            printf(" other");
        }
        arguments += length;
    }
}

static void bash(void)
{
    printf("# Completion of hvctl for bash; made from its table of verbs.\n");
    printf("_hvctl_verbs=(");
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        printf("%s%s", verb->name ? " " : "", verb->name ? verb->name : "");
    }
    printf(" )\n_hvctl_options() {\n    case $1 in\n");
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        if (verb->name) {
            printf("    %s) echo '--help", verb->name);
            for (const struct option_text *o = verb->options; o->letter; o++) {
                printf(" --%s%s", o->name, *o->argument ? "=" : "");
            }
            printf("' ;;\n");
        }
    }
    printf("    esac\n}\n_hvctl_kinds() {\n    case $1 in\n");
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        if (verb->name) {
            printf("    %s) echo '", verb->name);
            kinds(verb->arguments);
            printf("%s' ;;\n", strstr(verb->arguments, "...") ? " more" : "");
        }
    }
    printf("    esac\n}\n");
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "man")) {
        man();
    } else if (argc == 2 && !strcmp(argv[1], "bash")) {
        bash();
    } else {
        fprintf(stderr, "usage: generate man|bash\n");
        return 2;
    }
    return fflush(stdout) ? 1 : 0;
}
