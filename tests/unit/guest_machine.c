/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake machine under libpvguest (guest_machine.h): what its other files and the hypervisor
 * would do. Pages of the arena have the numbers 1 and up; page 1 is the store's ring.
 */
#include "guest_machine.h"

#define PAGES 1200

static unsigned char arena[PAGES][4096] __attribute__((aligned(4096)));
static unsigned int next_page;
static void *free_list[PAGES];
static unsigned int free_count, open_ports, last_port;
static start_info_t info;
static uint64_t now = 1;
static grant_entry_v1_t *table;

start_info_t *pv_start_info = &info;
bool (*machine_peer)(void);
unsigned int machine_patience;

void machine_start(void)
{
    info.store_mfn = STORE_MFN;
    info.store_evtchn = STORE_PORT;
    memset(arena[STORE_MFN], 0, 4096);
    next_page = next_page == 0 ? 2 : next_page;
    machine_patience = 50;
    machine_peer = store_work;
    store_lie = NULL;
    store_slice = 4096;
    store_count = store_watches = 0;
}

void machine_pages_forget(void)
{
    next_page = 2;
    free_count = 0;
}

unsigned long pv_mfn_of(const void *at)
{
    return (unsigned long)((const unsigned char *)at - arena[0]) / 4096;
}

void *pv_page_of_mfn(unsigned long mfn)
{
    return arena[mfn];
}

void *pv_pages_alloc(unsigned long pages)
{
    void *found = arena[next_page];

    if (next_page + pages > PAGES) {
        return NULL;
    }
    next_page += (unsigned int)pages;
    return found;
}

void *pv_page_alloc(void)
{
    void *page = free_count > 0 ? free_list[--free_count] : pv_pages_alloc(1);

    return page == NULL ? NULL : memset(page, 0, 4096);
}

void pv_page_free(void *page)
{
    free_list[free_count++] = page;
}

uint64_t pv_time(void)
{
    return now;
}

bool pv_wait(bool (*ready)(void *arg), void *arg, uint64_t deadline)
{
    for (unsigned int idle = 0; !ready(arg); idle++) {
        if (machine_peer()) {
            idle = 0;
        }
        if (idle > machine_patience) {
            if (deadline == 0) {
                printf("FAIL a sleep for ever\n");
                exit(1);
            }
            now = deadline;
            return false;
        }
    }
    return true;
}

bool pv_lock(struct pv_lock *lock)
{
    (void)lock;
    return false;
}

void pv_unlock(struct pv_lock *lock, bool masked)
{
    (void)lock;
    (void)masked;
}

int pv_event_alloc(domid_t peer, pv_event_fn handler, void *arg)
{
    (void)peer;
    (void)handler;
    (void)arg;
    open_ports++;
    return (int)++last_port + 10;
}

void pv_event_send(evtchn_port_t port)
{
    (void)port;
}

void pv_event_close(evtchn_port_t port)
{
    (void)port;
    open_ports--;
}

unsigned int machine_ports(void)
{
    return open_ports;
}

void pvguest_must(long result, const char *what);

void pvguest_must(long result, const char *what)
{
    if (result < 0) {
        printf("FAIL %s: %ld\n", what, result);
        exit(1);
    }
}

/* The only calls of these files: the grant table's. Its first mapping says where the table is. */
long pv_hypercall(unsigned long nr, unsigned long a1, unsigned long a2, unsigned long a3,
                  unsigned long a4, unsigned long a5)
{
    (void)a3;
    (void)a4;
    (void)a5;
    if (nr == __HYPERVISOR_grant_table_op && a1 == GNTTABOP_setup_table) {
        struct gnttab_setup_table *setup = (struct gnttab_setup_table *)a2;

        setup->status = GNTST_okay;
        for (unsigned int i = 0; i < setup->nr_frames; i++) {
            setup->frame_list.p[i] = 100 + i;
        }
        return 0;
    }
    if (nr == __HYPERVISOR_update_va_mapping) {
        table = table == NULL ? (grant_entry_v1_t *)a1 : table;
        return 0;
    }
    return -XEN_ENOSYS;
}

void *machine_granted(uint32_t ref, bool write)
{
    if (table == NULL || ref >= 2048 || (table[ref].flags & GTF_type_mask) != GTF_permit_access ||
        table[ref].domid != 0 || (write && (table[ref].flags & GTF_readonly))) {
        return NULL;
    }
    return arena[table[ref].frame];
}

void machine_grant_use(uint32_t ref, bool used)
{
    table[ref].flags =
        (uint16_t)(used ? table[ref].flags | GTF_reading : table[ref].flags & ~GTF_reading);
}

unsigned int machine_grants(void)
{
    unsigned int count = 0;

    for (unsigned int ref = 8; table != NULL && ref < 2048; ref++) {
        count += table[ref].flags != 0;
    }
    return count;
}
