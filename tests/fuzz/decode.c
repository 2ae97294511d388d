/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as an instruction: nothing is read beyond the bytes given, a length
 * is one that the CPU allows, and what was decoded from fewer bytes is decoded
 * from more of them alike.
 *
 * sources: hypervisor/pv/decode.c
 */
#include <stdlib.h>
#include <string.h>

#include "pv/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t registers[16];
    struct insn whole, part;
    size_t n = size < INSN_MAX ? size : INSN_MAX;

    for (int mode = 0; mode < 2; mode++) {
        uint8_t *code = malloc(n ? n : 1);
        enum decode_result result;

        memcpy(code, data, n);
        memset(&whole, 0, sizeof(whole));
        result = decode_insn(&whole, code, n, mode);
        free(code);
        if (result != DECODE_OK)
            continue;
        if (whole.length == 0 || whole.length > n || whole.op > OP_STI || whole.segment > SEG_GS)
            abort();
        memset(registers, 0x5a, sizeof(registers));
        (void)insn_address(&whole, registers, 0x1000);

        code = malloc(whole.length);
        memcpy(code, data, whole.length);
        memset(&part, 0, sizeof(part));
        if (decode_insn(&part, code, whole.length, mode) != DECODE_OK ||
            part.length != whole.length || part.op != whole.op)
            abort();
        if (decode_insn(&part, code, (size_t)whole.length - 1, mode) == DECODE_OK)
            abort();
        free(code);
    }
    return 0;
}
