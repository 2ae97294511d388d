/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the grant tests share: entries of the table from REF on are theirs.
 */
#ifndef TEST_GRANT_H
#define TEST_GRANT_H

#include "harness.h"

#define REF 20u

#endif
