/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The per-CPU block of the simulated machine; the frame table here is the hypervisor's own.
 */
#include "../../fake/cpu/percpu.h"
