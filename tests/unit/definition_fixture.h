/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small definition that is complete, and what the reader says of one.
 */
#ifndef TESTS_DEFINITION_FIXTURE_H
#define TESTS_DEFINITION_FIXTURE_H

#include "hvctl.h"

/* Lines 1 to 4; what a test adds is on line 5 and below. */
#define GUEST                                                                                      \
    "<domain type='xen'>\n<name>web</name>\n<memory unit='MiB'>64</memory>\n"                      \
    "<os><kernel>/boot/vmlinuz</kernel></os>\n"
#define GUEST_END "</domain>\n"

/** The complaint about a text, called t.xml; "" when it is right.  Valid until the next call. */
const char *definition_complaint(const char *text);

/** Reads a definition that must be right; hvctl_definition_free(). */
struct hvctl_definition *definition_of(const char *text);

#endif
