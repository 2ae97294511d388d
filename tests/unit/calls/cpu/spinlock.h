/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spin lock of the simulated machine.
 */
#include "../../fake/cpu/spinlock.h"
