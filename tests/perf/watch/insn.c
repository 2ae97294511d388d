/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling instructions by their prefixes, opcode and ModRM byte (insn.h). QEMU says where an
 * instruction ends, so its length is not looked for.
 */
#include "insn.h"

#include <string.h>

static bool is_prefix(uint8_t byte)
{
    return byte == 0x66 || byte == 0x67 || byte == 0xf2 || byte == 0xf3 || byte == 0x2e ||
           byte == 0x36 || byte == 0x3e || byte == 0x26 || byte == 0x64 || byte == 0x65;
}

/* The kinds whose opcode begins with 0f; `modrm` is 0xc0 where there is none. */
static struct insn decode_0f(uint8_t opcode, uint8_t modrm, const uint8_t *rest, size_t left)
{
    unsigned int reg = modrm >> 3 & 7;
    uint32_t offset;

    switch (opcode) {
    case 0x01:
        return (struct insn){reg == 7 && modrm < 0xc0 ? INSN_INVLPG : INSN_OTHER, 0};
    case 0x05:
        return (struct insn){INSN_SYSCALL, 0};
    case 0x07:
        return (struct insn){INSN_SYSRET, 0};
    case 0x1f:
        if (modrm != 0x80 || left != sizeof(offset)) {
            break;
        }
        memcpy(&offset, rest, sizeof(offset));
        if ((offset & 0xffff0000u) == MARK_WORD) {
            return (struct insn){INSN_MARK, offset & 0xffff};
        }
        break;
    case 0x22:
        return (struct insn){reg == 3 ? INSN_CR3 : reg == 4 ? INSN_CR4 : INSN_OTHER, 0};
    case 0x30:
        return (struct insn){INSN_WRMSR, 0};
    case 0x38: /* the third byte of the opcode stands where ModRM would */
        return (struct insn){modrm == 0x82 ? INSN_INVPCID : INSN_OTHER, 0};
    }
    return (struct insn){INSN_OTHER, 0};
}

struct insn insn_decode(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    bool locked = false;
    uint8_t modrm;

    for (; data < end && (is_prefix(*data) || *data == 0xf0); data++) {
        locked |= *data == 0xf0;
    }
    data += data < end && (*data & 0xf0) == 0x40;
    if (data == end) {
        return (struct insn){INSN_OTHER, 0};
    }
    if (locked) {
        return (struct insn){INSN_LOCKED, 0};
    }
    modrm = data + 1 < end ? data[1] : 0xc0;
    switch (*data) {
    case 0x0f:
        if (data + 1 == end) {
            break;
        }
        modrm = data + 2 < end ? data[2] : 0xc0;
        return decode_0f(data[1], modrm, data + 3, data + 3 < end ? (size_t)(end - data) - 3 : 0);
    case 0x86:
    case 0x87:
        return (struct insn){modrm < 0xc0 ? INSN_LOCKED : INSN_OTHER, 0};
    case 0x9d:
        return (struct insn){INSN_POPF, 0};
    case 0xcf:
        return (struct insn){INSN_IRET, 0};
    case 0xf4:
        return (struct insn){INSN_HLT, 0};
    case 0xfa:
        return (struct insn){INSN_CLI, 0};
    case 0xfb:
        return (struct insn){INSN_STI, 0};
    }
    return (struct insn){INSN_OTHER, 0};
}
