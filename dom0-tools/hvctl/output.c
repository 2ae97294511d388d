/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What verbs print: tables with columns as wide as they must be, JSON, and the names of things.
 */
#include "command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct listing {
    const char *const *titles;
    size_t columns, count, room;
    char **cells;
};

struct listing *listing_new(const char *const *titles)
{
    struct listing *l = calloc(1, sizeof(*l));

    if (!l) {
        abort();
    }
    l->titles = titles;
    while (titles[l->columns]) {
        l->columns++;
    }
    return l;
}

void listing_cell(struct listing *l, const char *format, ...)
{
    va_list arguments;
    int length;

    if (l->count == l->room) {
        l->room = l->room ? 2 * l->room : 64;
        l->cells = realloc(l->cells, l->room * sizeof(*l->cells));
        if (!l->cells) {
            abort(); /* the C library's way out: there is no memory for a line of text */
        }
    }
    va_start(arguments, format);
    length = vasprintf(&l->cells[l->count], format, arguments);
    va_end(arguments);
    if (length < 0) {
        abort();
    }
    for (char *at = l->cells[l->count++]; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 127) {
            *at = '?';
        }
    }
}

static const char *cell(const struct listing *l, size_t row, size_t column)
{
    return row ? l->cells[(row - 1) * l->columns + column] : l->titles[column];
}

/* Columns whose title begins with a space are flush right. */
void listing_print(struct listing *l, FILE *out)
{
    size_t rows = l->count / l->columns + 1, width[16] = {0};

    for (size_t at = 0; at < rows * l->columns; at++) {
        size_t column = at % l->columns;
        size_t length = strlen(cell(l, at / l->columns, column));

        if (length > width[column]) {
            width[column] = length;
        }
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < l->columns; column++) {
            bool right = *l->titles[column] == ' ', end = column + 1 == l->columns;
            int pad = right ? (int)width[column] : end ? 0 : -(int)width[column];

            fprintf(out, "%*s%s", pad, cell(l, row, column), end ? "\n" : "  ");
        }
    }
}

void listing_free(struct listing *l)
{
    for (size_t at = 0; at < l->count; at++) {
        free(l->cells[at]);
    }
    free(l->cells);
    free(l);
}

int json_print(json_t *value, size_t flags)
{
    int result = value ? json_dumpf(value, stdout, flags) : -1;

    json_decref(value);
    putchar('\n');
    return result ? complain(EXIT_FAILURE, "the output can't be made or written") : 0;
}

int listing_end(struct command *c, struct listing *l, json_t *array, int result)
{
    if (!result && c->option['j']) {
        result = json_print(array, JSON_INDENT(2));
    } else {
        if (!result) {
            listing_print(l, stdout);
        }
        json_decref(array);
    }
    listing_free(l);
    return result;
}

json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    char *copy;

    if (value) {
        return value;
    }
    copy = strdup(text);
    for (char *at = copy; at && *at; at++) {
        if (*at & 0x80) {
            *at = '?';
        }
    }
    value = copy ? json_string(copy) : NULL;
    free(copy);
    return value;
}

void text_print(const char *text)
{
    bool terminal = isatty(STDOUT_FILENO);

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        putchar(terminal && ((c < ' ' && c != '\n' && c != '\t') || c == 127) ? '?' : c);
    }
}

const char *state_name(enum hvctl_state state)
{
    switch (state) {
    case HVCTL_RUNNING:
        return "running";
    case HVCTL_BLOCKED:
        return "blocked";
    case HVCTL_PAUSED:
        return "paused";
    case HVCTL_SHUTDOWN:
        return "shutdown";
    case HVCTL_CRASHED:
        return "crashed";
    case HVCTL_DYING:
        return "dying";
    }
    return "unknown";
}

const char *reason_name(unsigned int reason)
{
    static const char *const names[] = {"poweroff", "reboot",   "suspend",
                                        "crash",    "watchdog", "soft-reset"};

    return reason < sizeof(names) / sizeof(*names) ? names[reason] : "unknown";
}

const char *uuid_text(const uint8_t u[16], char text[37])
{
    char *out = text;

    for (int at = 0; at < 16; at++) {
        out += sprintf(out, at == 4 || at == 6 || at == 8 || at == 10 ? "-%02x" : "%02x", u[at]);
    }
    return text;
}
