/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x87, SSE and (where the CPU has it) AVX registers across context switches:
 * twice as many processes as CPUs fill all registers with their own pattern,
 * give the CPU away, and look whether it is still theirs.
 */
#include <cpuid.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 4000
#define REGS   16

struct image {
    uint8_t bytes[REGS][32];
} __attribute__((aligned(32)));

#define EACH(X)                                                                                    \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define LOAD_SSE(n)  "movdqa " #n "*32(%0), %%xmm" #n "\n\t"
#define STORE_SSE(n) "movdqa %%xmm" #n ", " #n "*32(%1)\n\t"
#define LOAD_AVX(n)  "vmovdqa " #n "*32(%0), %%ymm" #n "\n\t"
#define STORE_AVX(n) "vmovdqa %%ymm" #n ", " #n "*32(%1)\n\t"
#define CLOBBERS                                                                                   \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",       \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "rax", "rcx", "r11", "memory"

/*
 * The registers are filled, sched_yield is called, and they are stored, in one piece of assembly.
 */
static void through_sse(const struct image *in, struct image *out)
{
    __asm__ volatile(EACH(LOAD_SSE) "movl $24, %%eax\n\tsyscall\n\t" EACH(STORE_SSE)
                     :
                     : "r"(in), "r"(out)
                     : CLOBBERS);
}

static void through_avx(const struct image *in, struct image *out)
{
    __asm__ volatile(EACH(LOAD_AVX) "movl $24, %%eax\n\tsyscall\n\t" EACH(STORE_AVX) "vzeroupper"
                     :
                     : "r"(in), "r"(out)
                     : CLOBBERS);
}

static int has_avx(void)
{
    unsigned int a, b, c, d, low, high;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX))
        return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6;
}

static int child(unsigned int mark, int avx)
{
    struct image in, out;
    long double sum = mark;

    for (unsigned int round = 0; round < ROUNDS; round++) {
        memset(&in, (int)(mark * 16 + round), sizeof(in));
        for (unsigned int reg = 0; reg < REGS; reg++)
            in.bytes[reg][0] = (uint8_t)reg;
        memset(&out, 0, sizeof(out));
        if (avx)
            through_avx(&in, &out);
        else
            through_sse(&in, &out);
        for (unsigned int reg = 0; reg < REGS; reg++) {
            if (memcmp(in.bytes[reg], out.bytes[reg], avx ? 32 : 16)) {
                printf("vectors: failed: register %u of process %u, round %u\n", reg, mark, round);
                return 1;
            }
        }
        sum += 0.5L;
        sched_yield();
    }
    if (sum != mark + ROUNDS * 0.5L) {
        printf("vectors: failed: x87 of process %u\n", mark);
        return 1;
    }
    return 0;
}

int main(void)
{
    int status, bad = 0, avx = has_avx();
    unsigned int count = 2 * (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);

    for (unsigned int i = 1; i <= count; i++) {
        fflush(stdout);
        if (fork() == 0)
            _exit(child(i, avx));
    }
    for (unsigned int i = 1; i <= count; i++) {
        wait(&status);
        bad |= status;
    }
    if (!bad)
        printf("vectors: %u processes kept their %s registers\n", count, avx ? "AVX" : "SSE");
    return bad ? 1 : 0;
}
