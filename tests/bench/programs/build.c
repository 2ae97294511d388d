/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A build: source files of some hundred lines each are compiled one after the other, each by a
 * process of its own, and linked to a program, which runs and must come to the right result.  The
 * compiler is tcc, since it wants nothing but itself.  All in the folder it is called in.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FUNCTIONS  120
#define ROUNDS     16
#define MULTIPLIER 2654435761U
#define UNITS      99 /* the most */

static void write_unit(unsigned int unit)
{
    char name[32];
    FILE *file;

    snprintf(name, sizeof(name), "unit%u.c", unit);
    file = fopen(name, "w");
    if (!file)
        die(name);
    for (unsigned int i = 0; i < FUNCTIONS; i++)
        fprintf(file,
                "static unsigned f%u(unsigned x)\n{\n    unsigned i;\n\n"
                "    for (i = 0; i < %u; i++) {\n        switch (x & 3) {\n"
                "        case 0:\n        case 1:\n            x = x * %uU + %u;\n"
                "            break;\n        default:\n            x = x * %uU + %u;\n        }\n"
                "    }\n    return x;\n}\n\n",
                i, ROUNDS, MULTIPLIER, unit, MULTIPLIER, i);
    fprintf(file, "unsigned unit%u(unsigned x)\n{\n", unit);
    for (unsigned int i = 0; i < FUNCTIONS; i++)
        fprintf(file, "    x = f%u(x);\n", i);
    fprintf(file, "    return x;\n}\n");
    if (fclose(file))
        die(name);
}

static void write_start(unsigned int units)
{
    FILE *file = fopen("start.c", "w");

    if (!file)
        die("start.c");
    for (unsigned int unit = 0; unit < units; unit++)
        fprintf(file, "unsigned unit%u(unsigned x);\n", unit);
    fprintf(file, "void _start(void)\n{\n    unsigned x = 1;\n\n");
    for (unsigned int unit = 0; unit < units; unit++)
        fprintf(file, "    x = unit%u(x);\n", unit);
    fprintf(file, "    asm(\"syscall\" : : \"a\"(60), \"D\"(x >> 24 & 127));\n}\n");
    if (fclose(file))
        die("start.c");
}

/* What the program's exit status has to be. */
static int result(unsigned int units)
{
    unsigned int x = 1;

    for (unsigned int unit = 0; unit < units; unit++)
        for (unsigned int i = 0; i < FUNCTIONS * ROUNDS; i++)
            x = x * MULTIPLIER + ((x & 3) < 2 ? unit : i / ROUNDS);
    return (int)(x >> 24 & 127);
}

static void run(char **arguments, int wanted)
{
    int child = fork();

    if (child < 0)
        die("fork");
    if (!child) {
        execvp(arguments[0], arguments);
        _exit(127);
    }
    child_ended_with(child, wanted);
}

static void compile(const char *name)
{
    char source[32], object[32];
    char *arguments[] = {"tcc", "-c", source, "-o", object, NULL};

    snprintf(source, sizeof(source), "%s.c", name);
    snprintf(object, sizeof(object), "%s.o", name);
    run(arguments, 0);
}

static void link_all(unsigned int units)
{
    static char names[UNITS][32];
    static char *arguments[UNITS + 7] = {"tcc", "-nostdlib", "-static", "-o", "program", "start.o"};

    for (unsigned int unit = 0; unit < units; unit++) {
        snprintf(names[unit], sizeof(names[unit]), "unit%u.o", unit);
        arguments[6 + unit] = names[unit];
    }
    run(arguments, 0);
}

uint64_t bench_build(unsigned int units)
{
    char *program[] = {"./program", NULL};
    uint64_t begin;

    if (units > UNITS)
        die("too many units");
    for (unsigned int unit = 0; unit < units; unit++)
        write_unit(unit);
    write_start(units);
    begin = now_ns();
    for (unsigned int unit = 0; unit < units; unit++) {
        char name[16];

        snprintf(name, sizeof(name), "unit%u", unit);
        compile(name);
    }
    compile("start");
    link_all(units);
    run(program, result(units));
    return now_ns() - begin;
}
