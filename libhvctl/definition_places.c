/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which elements and attributes a definition may have, and where: definition_places.def.
 *
 * What libvirt knows and we don't support is told apart from what nobody knows; neither is ever
 * passed over.  Below <metadata> anything may stand.
 */
#include <stdio.h>
#include <string.h>

#include "definition.h"

#define PATH_SIZE 128

struct place {
    const char *path, *elements, *attributes, *other_elements, *other_attributes;
};

static const struct place places[] = {
#define PLACE(path, elements, attributes, other_elements, other_attributes)                        \
    {path, elements, attributes, other_elements, other_attributes},
#define HINT(path, text)
#include "definition_places.def"
#undef PLACE
#undef HINT
};

static const struct {
    const char *path, *text;
} hints[] = {
#define PLACE(path, elements, attributes, other_elements, other_attributes)
#define HINT(path, text) {path, text},
#include "definition_places.def"
#undef PLACE
#undef HINT
};

static const struct place *place_find(const char *path)
{
    for (size_t at = 0; at < sizeof(places) / sizeof(*places); at++) {
        if (!strcmp(places[at].path, path)) {
            return &places[at];
        }
    }
    return NULL;
}

/* Whether a word is in a list; *many when it stands there with a star. */
static bool listed(const char *list, const char *word, bool *many)
{
    size_t length = strlen(word);

    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t here = strcspn(at, " ");
        bool star = here && at[here - 1] == '*';

        if (here - star == length && !strncmp(at, word, length)) {
            *many = star;
            return true;
        }
        at += here;
    }
    return false;
}

static int refuse_known(const struct definition_reader *r, const xmlNode *node, const char *path,
                        const char *what)
{
    for (size_t at = 0; at < sizeof(hints) / sizeof(*hints); at++) {
        if (!strcmp(hints[at].path, path)) {
            return definition_error(r, node, "%s is not supported; %s", what, hints[at].text);
        }
    }
    return definition_error(r, node, "%s is valid for libvirt, but not supported here", what);
}

static int check_attributes(const struct definition_reader *r, xmlNode *node,
                            const struct place *place)
{
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        char what[160], path[PATH_SIZE];
        bool many;

        snprintf(what, sizeof(what), "attribute %s of <%s>", definition_shown(name), node->name);
        if (!attribute->ns && listed(place->attributes, name, &many)) {
            continue;
        }
        if (!attribute->ns && listed(place->other_attributes, name, &many)) {
            snprintf(path, sizeof(path), "%s@%s", place->path, name);
            return refuse_known(r, node, path, what);
        }
        return definition_error(r, node, "%s is unknown", what);
    }
    return 0;
}

static int check_element(const struct definition_reader *r, xmlNode *node,
                         const struct place *above, char *path)
{
    const char *name = (const char *)node->name;
    char what[96];
    bool many = false;

    snprintf(what, sizeof(what), "<%s>", definition_shown(name));
    if (node->ns) {
        return definition_error(r, node, "%s is of the namespace %s, which has no meaning here",
                                what, definition_shown((const char *)node->ns->href));
    }
    snprintf(path, PATH_SIZE, "%s/%s", above->path, name);
    if (!listed(above->elements, name, &many)) {
        return listed(above->other_elements, name, &many)
                   ? refuse_known(r, node, path, what)
                   : definition_error(r, node, "%s is unknown in <%s>", what, node->parent->name);
    }
    for (const xmlNode *before = node->prev; before && !many; before = before->prev) {
        if (before->type == XML_ELEMENT_NODE && !xmlStrcmp(before->name, node->name)) {
            return definition_error(r, node, "a second %s; the first is on line %ld", what,
                                    xmlGetLineNo(before));
        }
    }
    return 0;
}

/* Text where there may be none.  The parser notes the line where a text ends. */
static int refuse_text(const struct definition_reader *r, const xmlNode *text)
{
    const char *at = (const char *)text->content + strspn((const char *)text->content, " \t\r\n");
    long line = xmlGetLineNo(text);

    for (; *at; at++) {
        line -= *at == '\n';
    }
    return hvctl_fail(r->h, HVCTL_INVALID, 0, "%s:%ld: text in <%s>, which has none", r->file, line,
                      text->parent->name);
}

/* Recursion: no deeper than the paths of the table are long. */
static int check(const struct definition_reader *r, xmlNode *node, const char *path)
{
    const struct place *place = place_find(path);
    bool text, many;
    int result;

    if (!place) {
        return 0; /* <metadata> */
    }
    result = check_attributes(r, node, place);
    text = listed(place->elements, "#text", &many);
    for (xmlNode *child = node->children; !result && child; child = child->next) {
        char below[PATH_SIZE];

        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            if (!text && !xmlIsBlankNode(child)) {
                result = refuse_text(r, child);
            }
        } else if (child->type == XML_ELEMENT_NODE) {
            result = text
                         ? definition_error(r, child, "<%s> in <%s>, which has text alone",
                                            definition_shown((const char *)child->name), node->name)
                         : check_element(r, child, place, below);
            if (!result) {
                result = check(r, child, below);
            }
        }
    }
    return result;
}

int definition_check_places(const struct definition_reader *r, xmlNode *root, const char *path)
{
    const char *wanted = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

    if (root->ns || xmlStrcmp(root->name, BAD_CAST wanted)) {
        return definition_error(r, root, "<%s> where <%s> was expected",
                                definition_shown((const char *)root->name), wanted);
    }
    return check(r, root, path);
}
