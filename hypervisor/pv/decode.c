/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the decoder: prefixes, opcode, ModRM, SIB, displacement, immediate, each in one function,
 * each reading bytes through one place that knows how many there are. Encodings: the
 * instruction-format chapter of either vendor's manual.
 */
#include "pv/decode.h"
#include "lib/string.h"

struct state {
    const uint8_t *code;
    size_t n, at;
    bool long_mode, short_read;
    bool operand16, address_override, rep;
    int segment; /* override, or -1 */
    uint8_t rex; /* 0, or 0x40 to 0x4f */
};

#define REX_W 8
#define REX_R 4
#define REX_X 2
#define REX_B 1

static bool ran_out(const struct state *s)
{
    return s->at > INSN_MAX;
}

static uint8_t next_byte(struct state *s)
{
    if (s->at < s->n && s->at < INSN_MAX)
        return s->code[s->at++];
    if (!ran_out(s))
        s->short_read = s->at < INSN_MAX;
    s->at = INSN_MAX + 1; /* whatever follows fails too */
    return 0;
}

/* A little-endian number of 1, 2, 4 or 8 bytes, sign extended. */
static int64_t next_signed(struct state *s, unsigned int bytes)
{
    uint64_t v = 0;
    unsigned int i;

    for (i = 0; i < bytes; i++)
        v |= (uint64_t)next_byte(s) << (8 * i);
    if (bytes < 8 && v >> (8 * bytes - 1) & 1)
        v |= ~0UL << (8 * bytes);
    return (int64_t)v;
}

/* Prefixes; returns the first byte that is none. At most INSN_MAX of them. */
static uint8_t prefixes(struct state *s, struct insn *out)
{
    s->segment = -1;
    for (;;) {
        uint8_t b = next_byte(s);

        if (s->long_mode && (b & 0xf0) == 0x40) {
            s->rex = b;
            continue;
        }
        switch (b) {
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
            if (!s->long_mode)
                s->segment = (b >> 3) & 3;
            break;
        case 0x64:
            s->segment = SEG_FS;
            break;
        case 0x65:
            s->segment = SEG_GS;
            break;
        case 0x66:
            s->operand16 = true;
            break;
        case 0x67:
            s->address_override = true;
            break;
        case 0xf0:
            out->lock = true;
            break;
        case 0xf2:
        case 0xf3:
            out->repeat = true;
            break;
        default:
            return b; /* also when no byte was left: the opcode is then never used */
        }
        s->rex = 0; /* REX counts only right before the opcode */
    }
}

static void sib(struct state *s, struct insn *out, unsigned int mod)
{
    uint8_t b = next_byte(s);
    uint8_t index = (uint8_t)((b >> 3 & 7) | (s->rex & REX_X ? 8 : 0));

    out->scale = b >> 6;
    out->index = index == REG_RSP ? REG_NONE : index;
    out->base = (uint8_t)((b & 7) | (s->rex & REX_B ? 8 : 0));
    if ((b & 7) == REG_RBP && mod == 0) {
        out->base = REG_NONE;
        out->disp = next_signed(s, 4);
    }
}

/* The memory operand of 32-bit and 64-bit addressing. 16-bit addressing is left out: nobody has
 * page tables there. */
static bool memory_operand(struct state *s, struct insn *out, unsigned int mod, unsigned int rm)
{
    if (out->address == 2)
        return false;
    out->memory = true;
    if (rm == 4) {
        sib(s, out, mod);
    } else if (mod == 0 && rm == 5) {
        out->base = s->long_mode ? REG_RIP : REG_NONE;
        out->disp = next_signed(s, 4);
    } else {
        out->base = (uint8_t)(rm | (s->rex & REX_B ? 8 : 0));
    }
    if (mod == 1)
        out->disp = next_signed(s, 1);
    else if (mod == 2)
        out->disp = next_signed(s, 4);
    out->segment = out->base == REG_RSP || out->base == REG_RBP ? SEG_SS : SEG_DS;
    if (s->segment >= 0)
        out->segment = (uint8_t)s->segment;
    return true;
}

/* ModRM and what hangs on it; returns the reg field without REX, which some opcodes use as their
 * second half; -1: not ours. */
static int modrm(struct state *s, struct insn *out)
{
    uint8_t b = next_byte(s);
    unsigned int mod = b >> 6, rm = b & 7;

    out->reg = (uint8_t)((b >> 3 & 7) | (s->rex & REX_R ? 8 : 0));
    if (mod == 3)
        out->rm = (uint8_t)(rm | (s->rex & REX_B ? 8 : 0));
    else if (!memory_operand(s, out, mod, rm))
        return -1;
    return b >> 3 & 7;
}

static void operand_size(const struct state *s, struct insn *out, bool byte)
{
    if (byte)
        out->size = 1;
    else if (s->rex & REX_W)
        out->size = 8;
    else
        out->size = s->operand16 ? 2 : 4;
}

/* Two operands, the first named by ModRM, the second a register. */
static bool with_register(struct state *s, struct insn *out, enum insn_op op, bool byte)
{
    out->op = (uint8_t)op;
    operand_size(s, out, byte);
    return modrm(s, out) >= 0;
}

static void immediate(struct state *s, struct insn *out, unsigned int bytes)
{
    out->has_imm = true;
    out->imm = (uint64_t)next_signed(s, bytes);
}

/* AND and OR with an immediate (80, 81, 83), MOV with an immediate (c6, c7). */
static bool with_immediate(struct state *s, struct insn *out, uint8_t opcode)
{
    int ext;

    operand_size(s, out, !(opcode & 1));
    ext = modrm(s, out);
    if (opcode >= 0xc6 ? ext != 0 : ext != 1 && ext != 4)
        return false;
    out->op = opcode >= 0xc6 ? OP_MOV : ext == 4 ? OP_AND : OP_OR;
    immediate(s, out, opcode == 0x83 ? 1 : MIN(out->size, 4));
    return true;
}

static bool port_io(struct state *s, struct insn *out, uint8_t opcode)
{
    static const uint8_t ops[] = {OP_IN, OP_OUT};

    operand_size(s, out, !(opcode & 1));
    out->size = MIN(out->size, 4); /* there are no 64-bit ports */
    if (opcode < 0x70) {
        out->op = opcode < 0x6e ? OP_INS : OP_OUTS;
        out->segment = (uint8_t)(opcode >= 0x6e && s->segment >= 0 ? s->segment : SEG_DS);
        if (opcode < 0x6e)
            out->segment = SEG_ES;
        return true;
    }
    out->op = ops[opcode >> 1 & 1];
    if (opcode < 0xe8) {
        out->has_imm = true;
        out->imm = next_byte(s);
    }
    return true;
}

/* MOV to and from control and debug registers: always registers, always 8 bytes in 64-bit code,
 * whatever the prefixes. */
static bool special_register(struct state *s, struct insn *out, uint8_t opcode)
{
    static const uint8_t ops[] = {OP_READ_CR, OP_READ_DR, OP_WRITE_CR, OP_WRITE_DR};
    uint8_t b = next_byte(s);

    out->op = ops[opcode & 3];
    out->size = s->long_mode ? 8 : 4;
    out->reg = (uint8_t)((b >> 3 & 7) | (s->rex & REX_R ? 8 : 0));
    out->rm = (uint8_t)((b & 7) | (s->rex & REX_B ? 8 : 0));
    return true;
}

static bool group_0f01(struct state *s, struct insn *out)
{
    uint8_t b = s->at < s->n ? s->code[s->at] : 0;

    if (b == 0xd1 || b == 0xf9) {
        out->op = b == 0xd1 ? OP_XSETBV : OP_RDTSCP;
        next_byte(s);
        return true;
    }
    switch (modrm(s, out)) {
    case 6:
        out->op = OP_LMSW;
        out->size = 2;
        return true;
    case 7:
        out->op = OP_INVLPG;
        return out->memory;
    default:
        return false;
    }
}

static bool group_0fba(struct state *s, struct insn *out)
{
    int ext;

    operand_size(s, out, false);
    ext = modrm(s, out);
    out->op = ext == 5 ? OP_BTS : OP_BTR;
    immediate(s, out, 1);
    return ext == 5 || ext == 6;
}

static bool two_bytes(struct state *s, struct insn *out)
{
    uint8_t opcode = next_byte(s);

    switch (opcode) {
    case 0x01:
        return group_0f01(s, out);
    case 0x06:
        out->op = OP_CLTS;
        return true;
    case 0x08:
    case 0x09:
        out->op = OP_WBINVD;
        return true;
    case 0x20 ... 0x23:
        return special_register(s, out, opcode);
    case 0x30:
        out->op = OP_WRMSR;
        return true;
    case 0x31:
        out->op = OP_RDTSC;
        return true;
    case 0x32:
        out->op = OP_RDMSR;
        return true;
    case 0xa2:
        out->op = OP_CPUID;
        return true;
    case 0xab:
        return with_register(s, out, OP_BTS, false);
    case 0xb0:
    case 0xb1:
        return with_register(s, out, OP_CMPXCHG, opcode == 0xb0);
    case 0xb3:
        return with_register(s, out, OP_BTR, false);
    case 0xba:
        return group_0fba(s, out);
    default:
        return false;
    }
}

static bool one_byte(struct state *s, struct insn *out, uint8_t opcode)
{
    switch (opcode) {
    case 0x0f:
        return two_bytes(s, out);
    case 0x08:
    case 0x09:
        return with_register(s, out, OP_OR, opcode == 0x08);
    case 0x20:
    case 0x21:
        return with_register(s, out, OP_AND, opcode == 0x20);
    case 0x6c ... 0x6f:
    case 0xe4 ... 0xe7:
    case 0xec ... 0xef:
        return port_io(s, out, opcode);
    case 0x80:
    case 0x81:
    case 0x83:
    case 0xc6:
    case 0xc7:
        return with_immediate(s, out, opcode);
    case 0x86:
    case 0x87:
        return with_register(s, out, OP_XCHG, opcode == 0x86);
    case 0x88 ... 0x8b:
        out->to_reg = opcode >= 0x8a;
        return with_register(s, out, OP_MOV, !(opcode & 1));
    case 0xfa:
    case 0xfb:
        out->op = opcode == 0xfa ? OP_CLI : OP_STI;
        return true;
    default:
        return false;
    }
}

/* LOCK is legal only before an instruction that reads and writes memory. */
static bool lock_is_legal(const struct insn *i)
{
    return !i->lock || (i->memory && i->op >= OP_XCHG && i->op <= OP_BTR);
}

enum decode_result decode_insn(struct insn *out, const uint8_t *code, size_t n, bool long_mode)
{
    struct state s = {.code = code, .n = n, .long_mode = long_mode};
    uint8_t opcode;
    bool known;

    memset(out, 0, sizeof(*out));
    out->base = out->index = REG_NONE;
    out->segment = SEG_DS;
    opcode = prefixes(&s, out);
    out->rex = s.rex != 0;
    out->address = long_mode ? (s.address_override ? 4 : 8) : (s.address_override ? 2 : 4);
    known = one_byte(&s, out, opcode);
    if (ran_out(&s))
        return s.short_read ? DECODE_SHORT : DECODE_UNKNOWN;
    if (!known || !lock_is_legal(out))
        return DECODE_UNKNOWN;
    out->length = (uint8_t)s.at;
    return DECODE_OK;
}

uint64_t insn_address(const struct insn *i, const uint64_t gpr[16], uint64_t next)
{
    uint64_t a = (uint64_t)i->disp;

    if (i->base == REG_RIP)
        a += next;
    else if (i->base != REG_NONE)
        a += gpr[i->base & 15];
    if (i->index != REG_NONE)
        a += gpr[i->index & 15] << i->scale;
    if ((i->op == OP_BTS || i->op == OP_BTR) && !i->has_imm) {
        int64_t bit = (int64_t)gpr[i->reg & 15];

        if (i->size == 4)
            bit = (int32_t)bit;
        else if (i->size == 2)
            bit = (int16_t)bit;
        a += (uint64_t)(bit >> (i->size == 8 ? 6 : i->size == 4 ? 5 : 4)) * i->size;
    }
    return i->address == 4 ? (uint32_t)a : i->address == 2 ? (uint16_t)a : a;
}
