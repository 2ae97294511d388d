/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A 32-bit program of the control domain, without a C library: system calls
 * through int 0x80 and through the kernel's vDSO (sysenter or syscall), signal
 * delivery and return, and a fault, all from 32-bit code.
 */
typedef unsigned int u32;

enum { NR_exit = 1, NR_write = 4, NR_getpid = 20, NR_kill = 37, NR_sigaction = 174 };
enum { AT_NULL = 0, AT_SYSINFO = 32 };
enum { SIGILL = 4, SIGUSR1 = 10, SIGSEGV = 11, SA_SIGINFO = 4 };

static volatile u32 usr1, segv;
static u32 sysinfo;

static u32 call80(u32 number, u32 a, u32 b, u32 c, u32 d)
{
    u32 result;

    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
                     : "memory");
    return result;
}

static u32 call_vdso(u32 number, u32 a)
{
    u32 result;

    __asm__ volatile("call *%2" : "=a"(result) : "a"(number), "m"(sysinfo), "b"(a) : "memory");
    return result;
}

static void say(const char *text)
{
    u32 length = 0;

    while (text[length])
        length++;
    call80(NR_write, 1, (u32)text, length, 0);
}

static void fail(const char *text)
{
    say("compat32: failed: ");
    say(text);
    say("\n");
    for (;;)
        call80(NR_exit, 1, 0, 0, 0);
}

/* What the kernel reads of a 32-bit rt_sigaction. */
struct action {
    void (*handler)(int, void *, u32 *);
    u32 flags;
    void (*restorer)(void);
    u32 mask[2];
};

static void on_usr1(int number, void *info, u32 *context)
{
    (void)info;
    (void)context;
    usr1 += (u32)number;
}

/* Steps over the two bytes of the faulting load: the saved EIP is the 15th word of the registers,
 * which begin behind flags, link and the three words of the stack. */
static void on_segv(int number, void *info, u32 *context)
{
    (void)info;
    segv += (u32)number;
    context[5 + 14] += 2;
}

static void handle(int number, void (*handler)(int, void *, u32 *))
{
    struct action action = {handler, SA_SIGINFO, 0, {0, 0}};

    if (call80(NR_sigaction, (u32)number, (u32)&action, 0, 8))
        fail("rt_sigaction");
}

__attribute__((used, noreturn)) void start(u32 *stack);
void start(u32 *stack)
{
    u32 pid = call80(NR_getpid, 0, 0, 0, 0);

    stack += 1 + stack[0] + 1; /* the count, the arguments, their end */
    while (*stack)
        stack++;
    for (stack++; stack[0] != AT_NULL; stack += 2) {
        if (stack[0] == AT_SYSINFO)
            sysinfo = stack[1];
    }
    if (!sysinfo)
        fail("no vDSO");
    for (u32 i = 0; i < 100000; i++) {
        if (call_vdso(NR_getpid, 0) != pid)
            fail("getpid through the vDSO");
        if (call80(NR_getpid, 0, 0, 0, 0) != pid)
            fail("getpid through int 0x80");
    }
    handle(SIGUSR1, on_usr1);
    handle(SIGSEGV, on_segv);
    for (u32 i = 0; i < 1000; i++)
        call80(NR_kill, pid, SIGUSR1, 0, 0);
    if (usr1 != 1000 * SIGUSR1)
        fail("signals");
    for (u32 i = 0; i < 1000; i++)
        __asm__ volatile("movl (%0), %%eax" : : "c"(16) : "eax", "memory");
    if (segv != 1000 * SIGSEGV)
        fail("faults");
    say("compat32: 200000 calls, 1000 signals, 1000 faults\n");
    for (;;)
        call80(NR_exit, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start: movl %esp, %eax\n pushl %eax\n call start\n");
