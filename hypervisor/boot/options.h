/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the hypervisor's command line. Pure.
 */
#ifndef BOOT_OPTIONS_H
#define BOOT_OPTIONS_H

#include "lib/types.h"

struct options {
    char console[16];  /* console=: com1 (default), com2, none */
    char com1[48];     /* com1=: speed, 8n1, port, irq */
    uint64_t dom0_mem; /* dom0_mem=: bytes; 0: all but a sixteenth, at most 128 MiB, of RAM */
    uint64_t dom0_mem_min, dom0_mem_max; /* dom0_mem=min:..,max:..; 0: not given */
    unsigned int dom0_max_vcpus;         /* 0: one a CPU */
    unsigned int maxcpus;                /* 0: all */
    unsigned int loglvl;                 /* 0 errors .. 3 everything */
    bool noreboot;
    bool audit_at_end;       /* audit=end */
    bool mitigations_off;    /* mitigations=off: no defences against speculation, for measuring */
    bool smap_off, smep_off; /* smap=off, smep=off: as if the CPU had it not */
};

/* What to say about a word of the command line: the text names it. */
typedef void (*options_complain)(void *context, const char *what, const char *word);

/*
 * Defaults, then every word of `text` behind the first (the image's name). A bad value or an
 * unknown word is complained about, and leaves the default in force; false when a bad value must
 * stop the boot (dom0_mem=).
 */
bool options_parse(const char *text, struct options *o, options_complain complain, void *context);

/* The text behind its first word. */
const char *skip_word(const char *text);

#endif
