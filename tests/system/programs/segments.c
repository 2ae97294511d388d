/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modify_ldt and the thread's segment bases in the control domain: two
 * processes with an LDT each, descriptors loaded, changed and dropped while
 * both are switched to and fro; FS and GS bases that stay with their thread.
 */
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS  2000
#define ENTRIES 600 /* more than one page of descriptors */

static sigjmp_buf out;

static void on_fault(int number)
{
    siglongjmp(out, number);
}

static void expect(int condition, const char *what)
{
    if (condition)
        return;
    printf("segments: failed: %s\n", what);
    exit(1);
}

static void set_entry(unsigned int index, uint32_t *base)
{
    struct user_desc entry = {.entry_number = index,
                              .base_addr = (unsigned int)(uintptr_t)base,
                              .limit = 4095,
                              .seg_32bit = 1,
                              .useable = base != NULL,
                              .read_exec_only = !base,
                              .seg_not_present = !base};

    expect(syscall(SYS_modify_ldt, 1, &entry, sizeof(entry)) == 0, "modify_ldt");
}

static uint32_t read_fs(unsigned int index)
{
    uint16_t selector = (uint16_t)(index << 3 | 7), before;
    uint32_t value;
    unsigned long base;

    /* The thread's own FS (it finds errno through it) is put back. */
    syscall(SYS_arch_prctl, ARCH_GET_FS, &base);
    __asm__ volatile("movw %%fs, %1\n\tmovw %2, %%fs\n\tmovl %%fs:0, %0\n\tmovw %1, %%fs"
                     : "=r"(value), "=&r"(before)
                     : "r"(selector)
                     : "memory");
    __asm__ volatile("syscall"
                     :
                     : "a"(SYS_arch_prctl), "D"(ARCH_SET_FS), "S"(base)
                     : "rcx", "r11", "memory");
    return value;
}

static uint32_t read_es(unsigned int index)
{
    uint16_t selector = (uint16_t)(index << 3 | 7);
    uint32_t value;

    /* In 64-bit mode ES has no base; loading it still checks the descriptor. */
    __asm__ volatile("movw %1, %%es\n\tmovl $1, %0" : "=r"(value) : "r"(selector));
    return value;
}

static int child(uint32_t mark)
{
    uint32_t *low =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

    expect(low != MAP_FAILED, "mmap");
    low[0] = mark;
    low[1024] = ~mark;
    for (unsigned int i = 0; i < ENTRIES; i++)
        set_entry(i, low);
    expect(syscall(SYS_arch_prctl, ARCH_SET_GS, low) == 0, "ARCH_SET_GS");
    for (unsigned int i = 0; i < ROUNDS; i++) {
        unsigned int index = i * 7 % ENTRIES;
        uint32_t value;

        set_entry(index, low + (i & 1 ? 1024 : 0));
        expect(read_fs(index) == (i & 1 ? ~mark : mark), "the LDT's descriptor is another's");
        expect(read_es(index) == 1, "a data segment cannot be loaded");
        set_entry(index, low);
        sched_yield();
        __asm__ volatile("movl %%gs:0, %0" : "=r"(value));
        expect(value == mark, "the GS base is another's");
    }
    set_entry(5, NULL);
    signal(SIGSEGV, on_fault);
    signal(SIGBUS, on_fault);
    if (!sigsetjmp(out, 1)) {
        read_es(5);
        expect(0, "a segment that is not present can be loaded");
    }
    return 0;
}

int main(void)
{
    int status, bad = 0;

    for (uint32_t i = 0; i < 3; i++) {
        if (fork() == 0)
            _exit(child(0x11111111 * (i + 1)));
    }
    for (int i = 0; i < 3; i++) {
        wait(&status);
        bad |= status;
    }
    if (bad)
        return 1;
    puts("segments: descriptors and bases stay with their process");
    return 0;
}
