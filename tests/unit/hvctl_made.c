/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the build makes of the table of verbs: the manual page has every verb, option and exit
 * status; bash, with the completion loaded, offers verbs, options, guests and files where they
 * belong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "../../dom0-tools/hvctl/table.h"

static char build[4096];

/* A file of the build folder as text; the last one read. */
static const char *file_text(const char *name)
{
    static char text[1 << 18];
    char path[4200];
    FILE *file;
    size_t size;

    snprintf(path, sizeof(path), "%s/%s", build, name);
    file = fopen(path, "r");
    size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    if (file) {
        fclose(file);
    }
    text[size] = '\0';
    return text;
}

/* A text as the manual's language has it. */
static const char *roff(const char *text)
{
    static char out[512];
    char *at = out;

    for (; *text; text++) {
        at += sprintf(at, *text == '-' ? "\\-" : "%c", *text);
    }
    return out;
}

static void manual_page(void)
{
    const char *page = file_text("dom0-tools/hvctl/hvctl.1");
    char wanted[1024];

    EXPECT(*page);
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        if (verb->group) {
            snprintf(wanted, sizeof(wanted), "\n.SS %s\n", verb->group);
            EXPECT(strstr(page, wanted));
            continue;
        }
        snprintf(wanted, sizeof(wanted), "\n.B %s", roff(verb->name));
        EXPECT(strstr(page, wanted) && strstr(page, roff(verb->summary)));
        for (const struct option_text *o = verb->options; o->letter; o++) {
            snprintf(wanted, sizeof(wanted), "\n.BR \\-%c \", \" \\-\\-%s", o->letter,
                     roff(o->name));
            EXPECT(strstr(page, wanted) && strstr(page, roff(o->text)));
        }
    }
    for (size_t at = 0; at < exit_count; at++) {
        snprintf(wanted, sizeof(wanted), "\n.B %d\n%s\n", exits[at].number, exits[at].text);
        EXPECT(strstr(page, wanted));
    }
}

/* What bash offers for a line; words are divided by spaces, the last one is being typed. */
static const char *offered(const char *line)
{
    static char text[16384];
    char command[8192];
    size_t size;
    FILE *bash;

    snprintf(command, sizeof(command),
             "bash -c 'hvctl() { [ \"$*\" = \"list --names\" ] && echo web && echo db; }\n"
             "compopt() { :; }\ncd / && source %s/dom0-tools/hvctl/completion/hvctl\n"
             "IFS=, read -ra COMP_WORDS <<<\"%s\"\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
             "[ \"${COMP_WORDS[COMP_CWORD]}\" = + ] && COMP_WORDS[COMP_CWORD]=\n"
             "_hvctl\necho \" ${COMPREPLY[*]} \"' 2>&1",
             build, line);
    bash = popen(command, "r");
    size = bash ? fread(text, 1, sizeof(text) - 1, bash) : 0;
    text[size] = '\0';
    EXPECT(bash && !pclose(bash));
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static void completion_of_verbs_and_options(void)
{
    const char *all = strdup(offered("hvctl,+"));
    char wanted[64], line[64];

    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        if (verb->group) {
            continue;
        }
        snprintf(wanted, sizeof(wanted), " %s ", verb->name);
        EXPECT(strstr(all, wanted));
    }
    free((void *)all);
    EXPECT(!strcmp(offered("hvctl,block"), " block-attach block-detach block-list "));
    for (const struct verb *verb = verbs; verb->name || verb->group; verb++) {
        const char *options;

        if (verb->group) {
            continue;
        }
        snprintf(line, sizeof(line), "hvctl,%s,--", verb->name);
        options = offered(line);
        EXPECT(strstr(options, " --help "));
        for (const struct option_text *o = verb->options; o->letter; o++) {
            snprintf(wanted, sizeof(wanted), " --%s%s ", o->name, *o->argument ? "=" : "");
            EXPECT(strstr(options, wanted));
        }
    }
}

static void completion_of_guests(void)
{
    EXPECT(!strcmp(offered("hvctl,console,+"), " web db "));
    EXPECT(!strcmp(offered("hvctl,console,w"), " web "));
    EXPECT(!strcmp(offered("hvctl,console,--read-only,w"), " web "));
    EXPECT(!strcmp(offered("hvctl,destroy,web,d"), " db ")); /* as many as one likes */
    EXPECT(!strcmp(offered("hvctl,destroy,web,db,w"), " web "));
    EXPECT(!strcmp(offered("hvctl,console,web,+"), "  "));
    EXPECT(!strcmp(offered("hvctl,mem-set,web,+"), "  "));
    EXPECT(!strcmp(offered("hvctl,top,+"), "  "));
}

static void completion_of_files_and_verbs(void)
{
    EXPECT(!strcmp(offered("hvctl,create,/et"), " /etc "));
    EXPECT(!strcmp(offered("hvctl,dump,web,/et"), " /etc "));
    EXPECT(!strcmp(offered("hvctl,block-attach,web,/et"), " /etc "));
    EXPECT(!strcmp(offered("hvctl,help,vcpu-p"), " vcpu-pin "));
}

int main(void)
{
    ssize_t size = readlink("/proc/self/exe", build, sizeof(build) - 1);

    build[size > 0 ? size : 0] = '\0';
    for (int above = 0; above < 3; above++) {
        *strrchr(build, '/') = '\0';
    }
    RUN(manual_page);
    RUN(completion_of_verbs_and_options);
    RUN(completion_of_guests);
    RUN(completion_of_files_and_verbs);
    return UNIT_RESULT;
}
