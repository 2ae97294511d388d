/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches the rounds of a measurement (perf/perf.h) and counts what runs in the hypervisor between
 * MARK_BEGIN and MARK_END, on all CPUs: instructions, CR3 loads, flushes, INVLPG, IPIs, locked
 * instructions, MSR writes. At MARK_REPORT it writes those of the round that took the fewest
 * instructions, the guest's included, as one line of the file `out=`; the order is that of the
 * kernel's own lines. QEMU is expected to run all CPUs on one thread (-icount).
 */
#include "insn.h"
#include "plugin.h"

#include <stdio.h>
#include <string.h>

PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_VERSION;

enum count { INSIDE, CR3, FLUSH, INVLPG, IPI, LOCKED, WRMSR, COUNTS };

#define ICR_LOW 0x300 /* the local APIC's command register; a write to it sends */

static uint64_t all, now[COUNTS];         /* since QEMU started */
static uint64_t all_begin, begin[COUNTS]; /* when the round began */
static uint64_t least, best[COUNTS];      /* of the round with the fewest instructions */
static unsigned long rounds;
static bool inside;
static FILE *out;

static void round_begin(void)
{
    all_begin = all;
    memcpy(begin, now, sizeof(begin));
    inside = true;
}

static void round_end(void)
{
    if (!inside) {
        return;
    }
    inside = false;
    rounds++;
    if (rounds == 1 || all - all_begin < least) {
        least = all - all_begin;
        for (unsigned int i = 0; i < COUNTS; i++) {
            best[i] = now[i] - begin[i];
        }
    }
}

static void report(void)
{
    fprintf(out, "%lu", rounds);
    for (unsigned int i = 0; i < COUNTS; i++) {
        fprintf(out, " %lu", rounds != 0 ? (unsigned long)best[i] : 0);
    }
    fprintf(out, "\n");
    fflush(out); /* QEMU may be killed */
    rounds = 0;
}

static void mark_ran(unsigned int vcpu, void *data)
{
    (void)vcpu;
    switch ((uintptr_t)data) {
    case MARK_BEGIN:
        round_begin();
        break;
    case MARK_END:
        round_end();
        break;
    case MARK_REPORT:
        report();
        break;
    }
}

static void stored(unsigned int vcpu, uint32_t info, uint64_t va, void *data)
{
    (void)vcpu;
    (void)data;
    /* QEMU 7.2 reports loads from devices here too. */
    if ((va & 0xfff) == ICR_LOW && inside && qemu_plugin_mem_is_store(info)) {
        const struct qemu_plugin_hwaddr *address = qemu_plugin_get_hwaddr(info, va);

        now[IPI] += address != NULL && qemu_plugin_hwaddr_is_io(address);
    }
}

static void count(struct qemu_plugin_insn *insn, enum count what)
{
    qemu_plugin_register_vcpu_insn_exec_inline(insn, PLUGIN_ADD, &now[what], 1);
}

static void translated_one(struct qemu_plugin_insn *insn)
{
    struct insn is = insn_decode(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));

    qemu_plugin_register_vcpu_insn_exec_inline(insn, PLUGIN_ADD, &all, 1);
    if (!in_hypervisor(qemu_plugin_insn_vaddr(insn))) {
        if (is.kind == INSN_MARK) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, mark_ran, PLUGIN_NO_REGISTERS,
                                                   (void *)(uintptr_t)is.number);
        }
        return;
    }
    count(insn, INSIDE);
    qemu_plugin_register_vcpu_mem_cb(insn, stored, PLUGIN_NO_REGISTERS, PLUGIN_STORES, NULL);
    if (is.kind == INSN_CR3) {
        count(insn, CR3);
    }
    if (is.kind == INSN_CR3 || is.kind == INSN_CR4 || is.kind == INSN_INVPCID) {
        count(insn, FLUSH);
    }
    if (is.kind == INSN_INVLPG) {
        count(insn, INVLPG);
    }
    if (is.kind == INSN_LOCKED) {
        count(insn, LOCKED);
    }
    if (is.kind == INSN_WRMSR) {
        count(insn, WRMSR);
    }
}

static void translated(uint64_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        translated_one(qemu_plugin_tb_get_insn(block, i));
    }
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct plugin_info *info, int count_of,
                                      char **arguments)
{
    if (!info->system || count_of != 1 || strncmp(arguments[0], "out=", 4) != 0) {
        fprintf(stderr, "rounds: wants a whole machine and out=FILE\n");
        return -1;
    }
    out = fopen(arguments[0] + 4, "w");
    if (out == NULL) {
        perror(arguments[0]);
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
