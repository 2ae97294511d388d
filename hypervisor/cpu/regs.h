/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the shape of saved registers: where the entry code puts each one, and the bits of RFLAGS,
 * CR0 and CR4.
 *
 * A frame is the ABI's struct cpu_user_regs; assembly uses the offsets below, which cpu/regs.c
 * compares with it.
 */
#ifndef CPU_REGS_H
#define CPU_REGS_H

#define FRAME_R15    0
#define FRAME_R14    8
#define FRAME_R13    16
#define FRAME_R12    24
#define FRAME_RBP    32
#define FRAME_RBX    40
#define FRAME_R11    48
#define FRAME_R10    56
#define FRAME_R9     64
#define FRAME_R8     72
#define FRAME_RAX    80
#define FRAME_RCX    88
#define FRAME_RDX    96
#define FRAME_RSI    104
#define FRAME_RDI    112
#define FRAME_ERROR  120 /* error code, 32 bits; then the entry vector, 32 bits */
#define FRAME_VECTOR 124
#define FRAME_RIP    128
#define FRAME_CS     136
#define FRAME_RFLAGS 144
#define FRAME_RSP    152
#define FRAME_SS     160
#define FRAME_ES     168 /* es, ds, fs, gs: 8 bytes each, only filled when a vCPU leaves the CPU */
#define FRAME_SIZE   200

#define RFLAGS_CF    0x1
#define RFLAGS_FIXED 0x2
#define RFLAGS_TF    0x100
#define RFLAGS_IF    0x200
#define RFLAGS_DF    0x400
#define RFLAGS_IOPL  0x3000
#define RFLAGS_NT    0x4000
#define RFLAGS_RF    0x10000
#define RFLAGS_VM    0x20000
#define RFLAGS_AC    0x40000
#define RFLAGS_VIF   0x80000
#define RFLAGS_VIP   0x100000
#define RFLAGS_ID    0x200000

#define CR0_PE 0x1
#define CR0_MP 0x2
#define CR0_EM 0x4
#define CR0_TS 0x8
#define CR0_ET 0x10
#define CR0_NE 0x20
#define CR0_WP 0x10000
#define CR0_AM 0x40000
#define CR0_PG 0x80000000

#define CR4_TSD        0x4
#define CR4_DE         0x8
#define CR4_PSE        0x10
#define CR4_PAE        0x20
#define CR4_MCE        0x40
#define CR4_PGE        0x80
#define CR4_OSFXSR     0x200
#define CR4_OSXMMEXCPT 0x400
#define CR4_UMIP       0x800
#define CR4_FSGSBASE   0x10000
#define CR4_PCIDE      0x20000
#define CR4_OSXSAVE    0x40000
#define CR4_SMEP       0x100000
#define CR4_SMAP       0x200000

#define TRAP_DE  0
#define TRAP_DB  1
#define TRAP_NMI 2
#define TRAP_BP  3
#define TRAP_OF  4
#define TRAP_BR  5
#define TRAP_UD  6
#define TRAP_NM  7
#define TRAP_DF  8
#define TRAP_TS  10
#define TRAP_NP  11
#define TRAP_SS  12
#define TRAP_GP  13
#define TRAP_PF  14
#define TRAP_MF  16
#define TRAP_AC  17
#define TRAP_MC  18
#define TRAP_XM  19
#define TRAP_CP  21

#define PF_PRESENT  0x1
#define PF_WRITE    0x2
#define PF_USER     0x4
#define PF_RESERVED 0x8
#define PF_FETCH    0x10

/*
 * The entry vector of a frame made by SYSCALL; no exception or interrupt has it. Such a frame's
 * error code is FRAME_PART until rbx, rbp and r12 to r15 are in it (cpu/entry.S).
 */
#define VECTOR_SYSCALL  0xffffffff
#define FRAME_PART      0xffffffff
#define VECTOR_SYSENTER 257

#define HYPERCALL_IRET 23 /* its result is the guest's RAX: cpu/entry.S makes it never again */

/*
 * vectors 0x20 to 0xdf are devices' and 0x80 the guests'; our own messages between CPUs come above
 * them
 */
#define VECTOR_DEVICE_FIRST 0x20
#define VECTOR_DEVICE_LAST  0xdf
#define VECTOR_GUEST_INT80  0x80
#define VECTOR_FLUSH        0xf8
#define VECTOR_CALL         0xf9
#define VECTOR_RESCHED      0xfa
#define VECTOR_TIMER        0xfb
#define VECTOR_ERROR        0xfe
#define VECTOR_SPURIOUS     0xff

#endif
