/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the words of the command line to a verb's function and its exit status.
 */
#include "command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The functions, in the order of the table (a group has none). */
#define GROUP(title)                                                 NULL,
#define VERB(symbol, name, arguments, least, most, summary, options) verb_##symbol,
static verb_fn *const functions[] = {
#include "verbs.def"
};
#undef GROUP
#undef VERB

#define MAX_OPTIONS 8

int complain(int status, const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    fputs("hvctl: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}

int complain_failure(const struct hvctl *h, int result)
{
    for (size_t at = 0; at < exit_count; at++) {
        if (exits[at].status == -result) {
            bool remedy = *exits[at].remedy;

            return complain(exits[at].number, "%s%s%s", hvctl_message(h), remedy ? "; " : "",
                            exits[at].remedy);
        }
    }
    return complain(EXIT_FAILURE, "%s", hvctl_message(h));
}

static int usage(const struct verb *verb, const char *what)
{
    return complain(EXIT_USAGE, "%s; usage: hvctl %s%s%s%s", what, verb->name,
                    verb->options->letter ? " [OPTION...]" : "", *verb->arguments ? " " : "",
                    verb->arguments);
}

/* The table's options in getopt's form. */
static void options_of(const struct verb *verb, struct option *longs, char *shorts)
{
    *shorts++ = '+';
    *shorts++ = ':';
    *shorts++ = 'h';
    *longs++ = (struct option){"help", no_argument, NULL, 'h'};
    for (const struct option_text *o = verb->options; o->letter; o++) {
        bool argument = *o->argument;

        *longs++ =
            (struct option){o->name, argument ? required_argument : no_argument, NULL, o->letter};
        *shorts++ = o->letter;
        if (argument) {
            *shorts++ = ':';
        }
    }
    *longs = (struct option){0};
    *shorts = '\0';
}

/* Options may stand anywhere: words between them are moved to the front of argv. */
static int parse(struct command *c, int argc, char **argv)
{
    struct option longs[MAX_OPTIONS];
    char shorts[3 * MAX_OPTIONS], what[160];
    int words = 0;

    options_of(c->verb, longs, shorts);
    c->argv = calloc((size_t)argc + 1, sizeof(*c->argv));
    if (!c->argv) {
        return complain(EXIT_FAILURE, "no memory");
    }
    opterr = 0;
    optind = 0;
    while (optind < argc) {
        int letter = getopt_long(argc, argv, shorts, longs, NULL);
        bool ended = letter == -1 && optind > 1 && !strcmp(argv[optind - 1], "--");

        if (letter == -1) {
            do {
                if (optind < argc) {
                    c->argv[words++] = argv[optind++];
                }
            } while (ended && optind < argc);
        } else if (letter == ':') {
            snprintf(what, sizeof(what), "%s needs an argument", argv[optind - 1]);
            return usage(c->verb, what);
        } else if (letter == '?') {
            snprintf(what, sizeof(what), "unknown option %s", argv[optind - 1]);
            return usage(c->verb, what);
        } else {
            c->option[letter] = optarg ? optarg : "";
        }
    }
    c->argc = words;
    if (c->option['h']) {
        return 0;
    }
    if (words < c->verb->least || words > c->verb->most) {
        return usage(c->verb, words < c->verb->least ? "an argument is missing"
                                                     : "there are too many arguments");
    }
    return 0;
}

static int run(struct command *c)
{
    int result;

    c->h = hvctl_open();
    if (!c->h) {
        return complain(EXIT_FAILURE, "no memory");
    }
    result = functions[c->verb - verbs](c);
    if (result < 0) {
        result = complain_failure(c->h, result);
    }
    hvctl_close(c->h);
    if (fflush(stdout) || ferror(stdout)) {
        return complain(EXIT_FAILURE, "the output can't be written (is the disk full?)");
    }
    return result;
}

int command_main(int argc, char **argv)
{
    struct command c = {0};
    const char *name = argc > 1 ? argv[1] : NULL;
    int result;

    if (!name) {
        help_print(stderr, NULL);
        return EXIT_USAGE;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
        name = "help";
    } else if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
        printf("hvctl %s\n", hvctl_version());
        return 0;
    }
    c.verb = verb_find(name);
    if (!c.verb) {
        return complain(EXIT_USAGE, "there is no verb \"%s\"; hvctl help lists them", name);
    }
    result = parse(&c, argc - 1, argv + 1);
    if (!result && c.option['h']) {
        help_print(stdout, c.verb);
    } else if (!result) {
        result = run(&c);
    }
    free(c.argv);
    return result;
}
