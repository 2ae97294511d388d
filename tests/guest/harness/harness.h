/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All of the harness, for a test's one include.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdint.h>

#include <xen/xen.h>
#include <xen/errno.h>
#include <xen/callback.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/mortise.h>
#include <xen/nmi.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#include "hypercall.h"
#include "lib.h"
#include "regs.h"
#include "test.h"
#include "trap.h"
#include "memory.h"
#include "tables.h"
#include "cpu.h"
#include "grants.h"
#include "user.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The hypervisor's errno values carry this prefix in its headers. */
#define E(name) (-(long)XEN_E##name)

void console_write(const char *text, size_t bytes);

#endif
