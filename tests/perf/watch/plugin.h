/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the watchers use of QEMU's interface for plugins, version 1 (that of QEMU 7.2), declared
 * here because Debian ships no header for it: a plugin is told of each block that is translated,
 * may ask to be called when an instruction runs or touches memory, and sees no registers.
 */
#ifndef WATCH_PLUGIN_H
#define WATCH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLUGIN_EXPORT  __attribute__((visibility("default")))
#define PLUGIN_VERSION 1

struct plugin_info {
    const char *target;
    struct {
        int least, current;
    } version;
    bool system;
    struct {
        int vcpus, most_vcpus;
    } machine;
};

enum plugin_registers { PLUGIN_NO_REGISTERS };
/* QEMU 7.2 mixes loads and stores up in places: ask qemu_plugin_mem_is_store. */
enum plugin_access { PLUGIN_LOADS = 1, PLUGIN_STORES = 2, PLUGIN_BOTH = 3 };
enum plugin_inline { PLUGIN_ADD };

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

typedef void plugin_translated(uint64_t id, struct qemu_plugin_tb *block);
typedef void plugin_ran(unsigned int vcpu, void *data);
typedef void plugin_touched(unsigned int vcpu, uint32_t info, uint64_t va, void *data);

/* Ours, called by QEMU. */
extern int qemu_plugin_version;
int qemu_plugin_install(uint64_t id, const struct plugin_info *info, int count, char **arguments);

/* QEMU's. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, plugin_translated *function);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, plugin_ran *function,
                                          enum plugin_registers registers, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, plugin_ran *function,
                                            enum plugin_registers registers, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
                                                enum plugin_inline op, void *to, uint64_t value);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, plugin_touched *function,
                                      enum plugin_registers registers, enum plugin_access which,
                                      void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t at);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
bool qemu_plugin_mem_is_store(uint32_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t va);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *address);

#endif
