/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The schema, applied: what libxml2's RELAX NG validator refuses is no definition, even if the
 * reader had no objection.  The reader goes first because it finds better words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/relaxng.h>

#include "alloc.h"
#include "definition.h"

/* The first complaint is the most precise one. */
struct complaint {
    bool noted;
    int line;
    char text[200];
};

static void note(void *opaque, xmlErrorPtr error)
{
    struct complaint *complaint = opaque;

    definition_note(error);
    if (complaint->noted) {
        return;
    }
    complaint->noted = true;
    complaint->line = error->line;
    snprintf(complaint->text, sizeof(complaint->text), "%s", error->message);
    complaint->text[strcspn(complaint->text, "\n")] = '\0';
}

/* The schema's <start> names the pattern "definition"; another one is put into its place. */
static char *schema_text(const char *start)
{
    static const char usual[] = "<start><ref name=\"definition\"/></start>";
    const char *found = strstr(definition_schema_text, usual);

    return alloc_printf("%.*s<start><ref name=\"%s\"/></start>%s",
                        (int)(found - definition_schema_text), definition_schema_text, start,
                        found + strlen(usual));
}

/* 0, or what the validator says: below 0 for want of memory; the first complaint is noted. */
static int validate(xmlRelaxNG *schema, xmlDoc *document, struct complaint *complaint)
{
    xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(schema);
    int result;

    if (!validator) {
        return -1;
    }
    *complaint = (struct complaint){0};
    xmlRelaxNGSetValidStructuredErrors(validator, note, complaint);
    result = xmlRelaxNGValidateDoc(validator, document);
    xmlRelaxNGFreeValidCtxt(validator);
    return result;
}

static int check(const struct definition_reader *r, xmlRelaxNG *schema)
{
    struct complaint complaint = {0};
    int result = validate(schema, r->document, &complaint);

    if (result > 0 && !validate(schema, r->document, &complaint)) {
        result = -1; /* a value that it had no memory to look at is a wrong one to libxml2 */
    }
    if (result < 0) {
        return hvctl_fail(r->h, HVCTL_NO_MEMORY, 0, "%s: no memory to check it", r->file);
    }
    return result ? hvctl_fail(r->h, HVCTL_INVALID, 0, "%s:%d: not by the schema: %s", r->file,
                               complaint.line, definition_shown(complaint.text))
                  : 0;
}

int definition_check_schema(const struct definition_reader *r, const char *start)
{
    xmlRelaxNGParserCtxt *parser = NULL;
    xmlRelaxNG *schema = NULL;
    struct complaint complaint = {0};
    char *text = schema_text(start ? start : "definition");
    int result;

    if (!text) {
        return hvctl_fail(r->h, HVCTL_NO_MEMORY, 0, "no memory for the schema of definitions");
    }
    parser = xmlRelaxNGNewMemParserCtxt(text, (int)strlen(text));
    if (parser) {
        xmlRelaxNGSetParserStructuredErrors(parser, note, &complaint);
        schema = xmlRelaxNGParse(parser);
    }
    if (schema) {
        result = check(r, schema);
    } else {
        /* It is a schema, which is tested: all that it can lack is memory. */
        result = hvctl_fail(r->h, HVCTL_NO_MEMORY, 0, "no memory for the schema of definitions%s%s",
                            complaint.noted ? ": " : "", complaint.text);
    }
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    free(text);
    return result;
}
