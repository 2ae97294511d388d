/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A definition's text becomes a document: no DTD (so no entities but XML's own five), no
 * network, bounded in size and depth.  And what is asked of elements, with complaints that name
 * file and line.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "alloc.h"
#include "definition.h"

int definition_error(const struct definition_reader *r, const xmlNode *node, const char *format,
                     ...)
{
    char sentence[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    return hvctl_fail(r->h, HVCTL_INVALID, 0, "%s:%ld: %s", r->file, xmlGetLineNo(node), sentence);
}

const char *definition_shown(const char *value)
{
    static _Thread_local char buffers[4][72];
    static _Thread_local unsigned int next;
    char *out = buffers[next++ % 4];
    size_t used = 0;

    for (; *value && used < 64; value++) {
        out[used++] = iscntrl((unsigned char)*value) ? '?' : *value;
    }
    if (*value) {
        while (used && ((unsigned char)out[used - 1] & 0xc0) == 0x80) {
            used--; /* not in the middle of a character */
        }
        used -= used && (unsigned char)out[used - 1] >= 0xc0;
        memcpy(out + used, "...", 3);
        used += 3;
    }
    out[used] = '\0';
    return out;
}

xmlNode *definition_element(xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE) {
        node = node->next;
    }
    return node;
}

xmlNode *definition_child(const xmlNode *parent, const char *name)
{
    for (xmlNode *node = definition_element(parent->children); node;
         node = definition_element(node->next)) {
        if (!xmlStrcmp(node->name, BAD_CAST name)) {
            return node;
        }
    }
    return NULL;
}

char *definition_text(const xmlNode *node)
{
    xmlChar *content = xmlNodeGetContent(node);
    const char *first = (const char *)content;
    char *text;
    size_t length;

    if (!content) {
        return NULL;
    }
    first += strspn(first, " \t\r\n");
    length = strlen(first);
    while (length && strchr(" \t\r\n", first[length - 1])) {
        length--;
    }
    text = alloc_printf("%.*s", (int)length, first);
    xmlFree(content);
    return text;
}

char *definition_attribute(const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    char *copy = value ? alloc_string((const char *)value) : NULL;

    xmlFree(value);
    return copy;
}

/* What the parser came across: a DTD, and its first complaint. */
struct trouble {
    long doctype_line;
    int line;
    char text[200];
};

/* Told when <!DOCTYPE is seen, before anything that it declares. */
static void refuse_doctype(void *opaque, const xmlChar *name, const xmlChar *external,
                           const xmlChar *system)
{
    xmlParserCtxt *context = opaque;
    struct trouble *trouble = context->_private;

    (void)name, (void)external, (void)system;
    trouble->doctype_line = context->input->line;
    xmlStopParser(context);
}

/* The message's last character is a new line. */
static void note_error(void *opaque, xmlErrorPtr error)
{
    struct trouble *trouble = ((xmlParserCtxt *)opaque)->_private;

    definition_note(error);
    if (!trouble->line && error->message) {
        trouble->line = error->line;
        snprintf(trouble->text, sizeof(trouble->text), "%s", error->message);
        trouble->text[strcspn(trouble->text, "\n")] = '\0';
    }
}

static int check_depth(const struct definition_reader *r)
{
    xmlNode *node = xmlDocGetRootElement(r->document);
    int depth = 1;

    while (node) {
        if (node->type == XML_ELEMENT_NODE && depth > DEFINITION_MAX_DEPTH) {
            return definition_error(r, node, "elements are nested more than %d deep",
                                    DEFINITION_MAX_DEPTH);
        }
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            depth++;
            continue;
        }
        while (node && !node->next) {
            node = node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
            depth--;
        }
        node = node ? node->next : NULL;
    }
    return 0;
}

int definition_load(struct definition_reader *r, const char *text, size_t size)
{
    const int options =
        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES;
    xmlParserCtxt *context;
    struct trouble trouble = {0};
    int result = 0;

    r->document = NULL;
    if (size > DEFINITION_MAX_BYTES) {
        return hvctl_fail(r->h, HVCTL_INVALID, 0,
                          "%s: larger than %u KiB, too large to be a guest's"
                          " definition",
                          r->file, DEFINITION_MAX_BYTES / 1024);
    }
    if (!size || memchr(text, 0, size)) {
        return hvctl_fail(r->h, HVCTL_INVALID, 0, "%s: %s, so it is no guest's definition", r->file,
                          size ? "has bytes of value 0" : "is empty");
    }
    context = xmlNewParserCtxt();
    if (!context) {
        return hvctl_fail(r->h, HVCTL_NO_MEMORY, 0, "%s: no memory to read it", r->file);
    }
    context->_private = &trouble;
    context->sax->internalSubset = refuse_doctype;
    context->sax->serror = note_error;
    r->document = xmlCtxtReadMemory(context, text, (int)size, NULL, NULL, options);
    if (trouble.doctype_line) {
        result = hvctl_fail(r->h, HVCTL_INVALID, 0,
                            "%s:%ld: a document type or entities (<!DOCTYPE>) are not allowed here",
                            r->file, trouble.doctype_line);
    } else if (!r->document) {
        result = hvctl_fail(r->h, HVCTL_INVALID, 0, "%s:%d: not well-formed XML: %s", r->file,
                            trouble.line, definition_shown(trouble.text));
    } else {
        result = check_depth(r);
    }
    xmlFreeParserCtxt(context);
    if (result) {
        definition_unload(r);
    }
    return result;
}

void definition_unload(struct definition_reader *r)
{
    xmlFreeDoc(r->document);
    r->document = NULL;
}
