/* SPDX-License-Identifier: MIT */
/*
 * memory.h: libpvguest's memory. PFN n is at PV_VIRT_BASE + n * 4096, up to 1 GiB.
 *
 * All RAM of the domain is mapped there, writable, except page tables. A machine address is what
 * page tables, grants and rings want; it comes from the p2m.
 */
#ifndef PV_MEMORY_H
#define PV_MEMORY_H

#include "guest.h"
#include "p2m.h"
#include "start.h"

#ifdef __cplusplus
extern "C" {
#endif

extern struct pv_p2m pv_p2m;

/* A page filled with zeros, or null; free returns one page. */
void *pv_page_alloc(void);
void pv_page_free(void *page);

/* A run of pages, not zeroed, that never comes back; null when there are not so many. */
void *pv_pages_alloc(unsigned long pages);
unsigned long pv_pages_left(void);

/* Machine frame of an address in the map of RAM; address of a machine frame of this domain's. */
unsigned long pv_mfn_of(const void *at);
void *pv_page_of_mfn(unsigned long mfn);

/*
 * Maps one frame anywhere, making tables as needed (entry 0: unmaps). The caller keeps an address
 * to one vCPU at a time. 0, -XEN_ENOMEM, or the hypervisor's refusal.
 */
int pv_map(unsigned long address, uint64_t entry);

#ifdef __cplusplus
}
#endif

#endif
