/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The schema, applied: what libxml2's RELAX NG validator refuses is no definition, even if the
 * reader had no objection.  The reader goes first because it finds better words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/relaxng.h>

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

    if (complaint->noted) {
        return;
    }
    complaint->noted = true;
    complaint->line = error->line;
    snprintf(complaint->text, sizeof(complaint->text), "%s", error->message);
    complaint->text[strcspn(complaint->text, "\n")] = '\0';
}

/* The schema's <start> names the pattern "definition"; another one is put into its place. */
static int schema_text(const char *start, char **text)
{
    static const char usual[] = "<start><ref name=\"definition\"/></start>";
    const char *found = strstr(definition_schema_text, usual);

    if (!found) {
        return -1;
    }
    return asprintf(text, "%.*s<start><ref name=\"%s\"/></start>%s",
                    (int)(found - definition_schema_text), definition_schema_text, start,
                    found + strlen(usual));
}

int definition_check_schema(const struct definition_reader *r, const char *start)
{
    xmlRelaxNGParserCtxt *parser = NULL;
    xmlRelaxNGValidCtxt *validator = NULL;
    xmlRelaxNG *schema = NULL;
    struct complaint complaint = {0};
    char *text = NULL;
    int result;

    if (schema_text(start ? start : "definition", &text) < 0) {
        return hvctl_fail(r->h, HVCTL_NO_MEMORY, 0, "no memory for the schema of definitions");
    }
    parser = xmlRelaxNGNewMemParserCtxt(text, (int)strlen(text));
    if (parser) {
        xmlRelaxNGSetParserStructuredErrors(parser, note, &complaint);
        schema = xmlRelaxNGParse(parser);
    }
    validator = schema ? xmlRelaxNGNewValidCtxt(schema) : NULL;
    if (!validator) {
        result = hvctl_fail(r->h, HVCTL_IO, 0, "the schema of definitions can't be used: %s",
                            complaint.noted ? complaint.text : "no memory");
    } else {
        xmlRelaxNGSetValidStructuredErrors(validator, note, &complaint);
        result = xmlRelaxNGValidateDoc(validator, r->document);
        if (result) {
            result = hvctl_fail(r->h, HVCTL_INVALID, 0, "%s:%d: not by the schema: %s", r->file,
                                complaint.line, definition_shown(complaint.text));
        }
    }
    xmlRelaxNGFreeValidCtxt(validator);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    free(text);
    return result;
}
