/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fuzzing kernel. A program is a string of bytes; its interpreter takes bytes as choices: which
 * operation, which of the objects that it keeps, and now and then a lie. So any string is a
 * program, a small change of it is a small change of what it does, and the seed of a random
 * sequence stands for as many as one likes. Each vCPU interprets for itself (struct side).
 */
#ifndef FUZZ_H
#define FUZZ_H

#define __XEN_TOOLS__ 1
#include "harness.h"

#define FRAMES        40 /* of the playground: used as anything, given away, taken back */
#define WINDOWS       8  /* addresses where anything may be mapped */
#define PORTS         48
#define HANDLES       24
#define REFS          32 /* entries of the grant table that programs write, from FIRST_REF on */
#define FIRST_REF     16
#define SIDES         2
#define HOST_FRAMES   0x20000ul /* the machines of these tests have less RAM */
#define PROGRAM_BYTES 4096

/* What the interpreter believes of a frame; the hypervisor need not agree. */
enum role { ROLE_PLAIN, ROLE_L1, ROLE_L2, ROLE_L3, ROLE_L4, ROLE_MISSING };

struct frame_state {
    uint64_t *page; /* its address, where it is mapped in quiet times */
    enum role role;
    bool pinned;
};

/* An operation that is to be the next call. */
struct wish {
    unsigned int call, sub;
};

struct side {
    unsigned int id;
    const uint8_t *program;
    unsigned int length, at, operations;
    uint64_t generator;   /* of a program that is not stored; 0 if it is */
    uint64_t parent;      /* the generator of the program that this one is a change of, or 0 */
    unsigned int changes; /* of 64 words */
    uint64_t word;        /* the last one that it gave, of that number */
    unsigned int word_at;
    char *room; /* a page for arguments; behind it nothing is mapped */
    unsigned int used;
    char *readonly;          /* a page that can't be written */
    bool deferring;          /* calls are collected for a multicall */
    char *batch_end;         /* where its list ends; behind it nothing is mapped */
    unsigned int members;    /* of it */
    bool tell;               /* print each call and answer */
    const struct wish *want; /* NULL: any call is made */
    bool granted;            /* the call that was wanted is made */
};

extern struct side sides[SIDES];
extern struct frame_state frames[FRAMES];
extern char *windows[WINDOWS];
extern struct tables tables; /* a pinned hierarchy; slots 8 to 15 of each are the programs' */
extern grant_entry_v1_t *grants;
extern uint32_t ports[PORTS];
extern struct fuzz_handle {
    uint64_t host, device, mfn;
    uint32_t handle;
    bool live;
} handles[HANDLES];
extern bool controlling, racing; /* as the control domain; two sides at once */
extern unsigned int vcpus;       /* of this domain; those from STACK_COUNT on never go up */
extern bool comparing; /* with another hypervisor: only what both have; each answer is printed */
extern domid_t own_domid, victim_domid;
extern unsigned long victim_mfn, canary_mfn;

struct side *side(void);

/* Choices (stream.c). */
extern unsigned int lies; /* of 256 choices */
uint8_t take(void);
bool program_over(void);
unsigned int pick(unsigned int below); /* below at most 256 */
bool one_in(unsigned int n);
bool lie(void);
uint64_t nasty(void);
uint64_t mix(uint64_t value);

/* Room for an argument, 0 bytes in it; and a pointer to it, or a lie. */
void *room(size_t bytes);
void *pointer(void *good);
/* A lie that never happens to be an argument, where that would be this kernel's own end. */
void *pointer_or_none(void *good);
/* Between operations: makes at least that many bytes of room. */
void room_refresh(unsigned int least);

/* Which operation is next (steer.c). */
void steer_start(void);
/* A list of N.M behind a key of the command line; how many there are. */
unsigned int pairs_read(const char *key, struct wish *list, unsigned int room_for);
void operate(void);
/* Whether a call is to be made; for a call that has preparations, before these. */
bool wanted(unsigned int call, unsigned int sub);

/* The operation of a call: the one that is wanted, or `otherwise`. */
unsigned int wanted_sub(unsigned int call, unsigned int otherwise);
/* One of `below` parts of a family, or the part that makes the wanted one. */
struct part {
    unsigned int call, first, last, part; /* operations from first to last */
};
unsigned int part_of(unsigned int below, const struct part *parts, unsigned int count);
#define PART(below, ...)                                                                           \
    part_of(below, (const struct part[]){__VA_ARGS__},                                             \
            sizeof((const struct part[]){__VA_ARGS__}) / sizeof(struct part))

/* Calls (answers.c): `sub` is what the statistics file it under. */
long issue(unsigned int call, unsigned int sub, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
/* Answers that tell of something to be remembered are 0 or more; DEFERRED is none. */
#define DEFERRED (-99999)
#define UNWANTED (-99998) /* the call was not made */
/* The same without a verdict: the caller finds one and files it. */
long issue_quietly(unsigned int call, unsigned int sub, uint64_t a, uint64_t b, uint64_t c,
                   uint64_t d);
void file(unsigned int call, unsigned int sub, long answer);
void defer_begin(void);
void defer_end(void);
uint64_t calls_made(void);
void times_start(void); /* before each program, by each side */
void statistics_print(void);
void refusals_print(void); /* the last few of this domain's */

/* Objects (objects.c). */
void words_clear(void *page);
char *guarded_page(void); /* with nothing mapped behind it */
/* The objects can't become what they were: this boot is over, the fuzzing goes on in the next. */
void worn_out(const char *why) __attribute__((noreturn));
void objects_start(void);
void objects_reset(void); /* everything as it was after objects_start() */
struct frame_state *any_frame(void);
struct frame_state *frame_of(enum role role); /* most often one of that role */
struct frame_state *frame_pinned(bool pinned, enum role role);
unsigned long frame_mfn(const struct frame_state *f);
unsigned long some_mfn(enum role role); /* or a lie */
uint64_t some_entry(unsigned int level);
domid_t some_domid(void);
/* Whether a grant is mapped there: when comparing, programs leave such places alone, since Xen
 * keeps a mapping for ever whose entry was overwritten. */
bool granted_at(uint64_t address);
char *some_window(void);

void questions_start(void);
void pirqs_reset(void);  /* questions.c */
void grants_reset(void); /* grant.c */
/* Takes another frame in place of one that can't be had back; false if it is none of the objects,
 * and in use. */
bool frame_lose(unsigned long mfn);

/* Other domains (control.c). */
void control_start(void);
void control_reset(void);
/* With `scarce`: the host has no frame to give any more, or has them again. */
void memory_scarce(bool yes);
extern bool scarce;
bool canary_sings(void); /* false, and a finding, when its memory has changed */

/* A domain of this kernel without privilege, until it ends (guest.c). */
void guest_run(bool (*judged)(unsigned int number));

void self_reset(void); /* what each vCPU has for itself (cpu.c) */
void nap(uint64_t ns);

/* Operations, one function a family. */
void op_mmu_update(void);
void op_va_mapping(void);
void op_mmuext(void);
void op_build(void);
void op_store(void);
void op_memory(void);
void op_grant_map(void);
void op_grant_other(void);
void op_grant_entry(void);
void op_event(void);
void op_vcpu(void);
void op_sched(void);
void op_registers(void);
void op_traps(void);
void op_descriptors(void);
void op_version(void);
void op_physdev(void);
void op_unknown(void);
void op_control(void);

#endif
