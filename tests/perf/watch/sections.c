/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches one CPU and keeps, for each kind of entry into the hypervisor, the longest section with
 * interrupts off and the longest without a preemption point, in instructions, with the addresses
 * where they begin and end, and the longest stay (stay.h). The file `out=` is the table of rows,
 * mapped, so that it is whole whenever QEMU ends.
 *
 * A preemption point is a look at the CPU's word of softirqs: whoever finds a bit there leaves. A
 * test kernel labels the call that it made last with MARK_LABEL; without one it goes by its number.
 *
 * Addresses of the image, in hex: stubs= (entry_stubs), exit= (exit_to_guest), iret= (guest_iretq),
 * run= (softirq_run), idle= (idle_loop); of what sets a softirq, whose look at the word is none:
 * raise= and raise_end=, on= and on_end=; of spin_unlock_irqrestore, where no section is said to
 * end: unlock= and unlock_end=. labels= is the kernel's watch_labels.
 */
#include "insn.h"
#include "plugin.h"
#include "stay.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_VERSION;

#define EXIT_BYTES 16 /* of exit_to_guest, where the word of softirqs is looked at */

static uint64_t exit_at, iret_at, raise_at, raise_end, on_at, on_end, labels;
static const struct {
    const char *name;
    uint64_t *value;
} addresses[] = {
    {"stubs", &stay_stubs},    {"exit", &exit_at},       {"iret", &iret_at},
    {"run", &stay_run},        {"idle", &stay_idle},     {"raise", &raise_at},
    {"raise_end", &raise_end}, {"on", &on_at},           {"on_end", &on_end},
    {"labels", &labels},       {"unlock", &stay_unlock}, {"unlock_end", &stay_unlock_end}};

static uint64_t word; /* address of the CPU's word of softirqs */

static void block_ran(unsigned int vcpu, void *data)
{
    (void)vcpu;
    stay_block((uintptr_t)data);
}

static void cli_ran(unsigned int vcpu, void *data)
{
    (void)vcpu;
    stay_cli((uintptr_t)data);
}

static void sti_ran(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    stay_sti();
}

static void sysret_ran(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    stay_return(true);
}

static void iret_ran(unsigned int vcpu, void *data)
{
    (void)vcpu;
    stay_return((uintptr_t)data == iret_at);
}

static void stop_ran(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    stay_stop();
}

static void loaded(unsigned int vcpu, uint32_t info, uint64_t va, void *data)
{
    uint64_t at = (uintptr_t)data;

    (void)vcpu;
    if (qemu_plugin_mem_is_store(info)) {
        return;
    }
    if (word == 0 && at - exit_at < EXIT_BYTES) {
        word = va;
    }
    if (va == word && at - raise_at >= raise_end - raise_at && at - on_at >= on_end - on_at) {
        stay_point(at);
    }
}

/* The call's number stands in the address' upper byte, which is all ones anyway. */
static void syscall_ran(unsigned int vcpu, void *data)
{
    uint64_t at = (uintptr_t)data;

    (void)vcpu;
    stay_call((unsigned int)(at >> 56), at | 0xffull << 56);
}

static void labelled(unsigned int vcpu, uint32_t info, uint64_t va, void *data)
{
    (void)vcpu;
    (void)info;
    (void)data;
    if (va - labels < ROW_NO_CALL) {
        stay_label((unsigned int)(va - labels));
    }
}

static void translated_inside(struct qemu_plugin_insn *insn, const struct insn *is)
{
    void *va = (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn);
    plugin_ran *function = is->kind == INSN_CLI      ? cli_ran
                           : is->kind == INSN_STI    ? sti_ran
                           : is->kind == INSN_IRET   ? iret_ran
                           : is->kind == INSN_SYSRET ? sysret_ran
                                                     : NULL;

    qemu_plugin_register_vcpu_insn_exec_inline(insn, PLUGIN_ADD, &stay_now, 1);
    if (function != NULL) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, function, PLUGIN_NO_REGISTERS, va);
    }
    if (is->kind != INSN_LOCKED) {
        qemu_plugin_register_vcpu_mem_cb(insn, loaded, PLUGIN_NO_REGISTERS, PLUGIN_BOTH, va);
    }
}

/* `mov $number, %eax` before SYSCALL: how the pages of calls are written. */
static unsigned int number_of(const uint8_t *bytes, size_t size)
{
    uint32_t value;

    if (size != 5 || bytes[0] != 0xb8) {
        return NO_NUMBER;
    }
    memcpy(&value, bytes + 1, sizeof(value));
    return value < CALLS ? value : NO_NUMBER;
}

static void translated_guest(struct qemu_plugin_insn *insn, const struct insn *is,
                             unsigned int number, bool label)
{
    uint64_t va = qemu_plugin_insn_vaddr(insn);

    if (is->kind == INSN_SYSCALL) {
        void *both = (void *)(uintptr_t)((va & ~(0xffull << 56)) | (uint64_t)number << 56);

        qemu_plugin_register_vcpu_insn_exec_cb(insn, syscall_ran, PLUGIN_NO_REGISTERS, both);
    }
    if (is->kind == INSN_MARK && is->number == MARK_STOP) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, stop_ran, PLUGIN_NO_REGISTERS, NULL);
    }
    if (label) {
        qemu_plugin_register_vcpu_mem_cb(insn, labelled, PLUGIN_NO_REGISTERS, PLUGIN_STORES, NULL);
    }
}

static void translated(uint64_t id, struct qemu_plugin_tb *block)
{
    unsigned int number = NO_NUMBER;
    bool label = false;

    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(block, block_ran, PLUGIN_NO_REGISTERS,
                                         (void *)(uintptr_t)qemu_plugin_tb_vaddr(block));
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
        const uint8_t *bytes = qemu_plugin_insn_data(insn);
        size_t size = qemu_plugin_insn_size(insn);
        struct insn is = insn_decode(bytes, size);

        if (in_hypervisor(qemu_plugin_insn_vaddr(insn))) {
            translated_inside(insn, &is);
            continue;
        }
        translated_guest(insn, &is, number, label);
        label = is.kind == INSN_MARK && is.number == MARK_LABEL;
        number = number_of(bytes, size);
    }
}

static bool table_open(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);

    if (fd < 0 || ftruncate(fd, ROWS * sizeof(struct row)) != 0) {
        perror(path);
        return false;
    }
    stay_rows = mmap(NULL, ROWS * sizeof(struct row), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return stay_rows != MAP_FAILED;
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct plugin_info *info, int count,
                                      char **arguments)
{
    bool ready = info->system && info->machine.vcpus == 1;

    for (int i = 0; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        bool known = value != NULL && strncmp(arguments[i], "out=", 4) == 0;

        if (known) {
            ready = ready && table_open(value + 1);
        }
        for (size_t a = 0; value != NULL && a < sizeof(addresses) / sizeof(addresses[0]); a++) {
            size_t length = (size_t)(value - arguments[i]);

            if (strlen(addresses[a].name) == length &&
                strncmp(addresses[a].name, arguments[i], length) == 0) {
                *addresses[a].value = strtoull(value + 1, NULL, 16);
                known = true;
            }
        }
        ready = ready && known;
    }
    if (!ready || stay_rows == NULL) {
        fprintf(stderr, "sections: wants one CPU, out=FILE and addresses\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
