/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects that programs work on, and how all of them become again what they were: so any
 * program can be run alone, whatever ran before it.
 */
#include "fuzz.h"

#define HOST_BITS 29  /* of an address in the RAM of these machines */
#define NAPS      100 /* until there must be memory */
#define NAP_NS    1000000

struct frame_state frames[FRAMES];
char *windows[WINDOWS];
struct tables tables;
grant_entry_v1_t *grants;
uint32_t ports[PORTS];
struct fuzz_handle handles[HANDLES];
bool controlling, racing, comparing;
unsigned int vcpus;
domid_t own_domid, victim_domid = 7;
unsigned long victim_mfn, canary_mfn;
static unsigned long window_mfns[WINDOWS];
static bool dirty[FRAMES];

static unsigned long *p2m(void)
{
    return (unsigned long *)start_info->mfn_list;
}

static void side_start(struct side *s, unsigned int id)
{
    s->id = id;
    s->room = guarded_page();
    s->batch_end = guarded_page() + PAGE_SIZE;
    s->readonly = page_alloc();
    REQUIRE(page_protect(s->readonly) == 0);
}

static void grants_start(void)
{
    xen_pfn_t frame = 0;
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};

    grants = page_alloc();
    set_xen_guest_handle(setup.frame_list, &frame);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1) == 0);
    REQUIRE(va_set(grants, pte_make(frame, PTE_RW)) == 0);
}

/*
 * A call that can't tell which frame it gave has given it all the same, and nobody finds it again:
 * the domain needs room for these.
 */
static void allowance_start(void)
{
    static xen_pfn_t list[256];
    struct xen_memory_reservation r = {.nr_extents = ARRAY_SIZE(list), .domid = DOMID_SELF};
    unsigned long first = start_info->nr_pages / 2;

    set_xen_guest_handle(r.extent_start, list);
    for (unsigned long at = first; at + ARRAY_SIZE(list) < start_info->nr_pages - 16;
         at += ARRAY_SIZE(list)) {
        memcpy(list, p2m() + at, sizeof(list));
        hcall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r);
    }
}

void objects_start(void)
{
    allowance_start();
    for (unsigned int id = 0; id < SIDES; id++) {
        side_start(&sides[id], id);
    }
    tables_build(&tables);
    for (unsigned int i = 0; i < FRAMES; i++) {
        frames[i] = (struct frame_state){.page = page_alloc()};
        dirty[i] = true;
    }
    for (unsigned int i = 0; i < WINDOWS; i++) {
        windows[i] = page_alloc();
        window_mfns[i] = mfn_of(windows[i]);
    }
    grants_start();
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
}

struct frame_state *any_frame(void)
{
    unsigned int i = pick(FRAMES);

    dirty[i] = true;
    return &frames[i];
}

struct frame_state *frame_of(enum role role)
{
    unsigned int first = pick(FRAMES);

    if (!lie()) {
        for (unsigned int i = 0; i < FRAMES; i++) {
            unsigned int at = first + i < FRAMES ? first + i : first + i - FRAMES;

            if (frames[at].role == role) {
                first = at;
                break;
            }
        }
    }
    dirty[first] = true;
    return &frames[first];
}

struct frame_state *frame_pinned(bool pinned, enum role role)
{
    unsigned int first = pick(FRAMES);

    for (unsigned int i = 0; i < FRAMES && !lie(); i++) {
        struct frame_state *f = &frames[(first + i) % FRAMES];

        if (f->pinned == pinned && (pinned || f->role == role)) {
            dirty[f - frames] = true;
            return f;
        }
    }
    return frame_of(role);
}

unsigned long frame_mfn(const struct frame_state *f)
{
    return mfn_of(f->page);
}

/* A number out of nowhere may be one of this kernel's own frames: it is none, then. */
static unsigned long stray_mfn(void)
{
    const volatile unsigned long *m2p = (unsigned long *)MACH2PHYS_VIRT_START;
    unsigned long mfn = nasty() & 0xfffffffffffff;

    if (comparing && (mfn & 0xffffffffff) < 256) { /* as an entry has it, of 40 bits */
        return HOST_FRAMES; /* RAM that one gives to its heap, and the other to nobody */
    }
    if (mfn < HOST_FRAMES && probe_read(&m2p[mfn]) < start_info->nr_pages) {
        return HOST_FRAMES;
    }
    return mfn;
}

unsigned long some_mfn(enum role role)
{
    if (!lie()) {
        return frame_mfn(frame_of(role));
    }
    switch (pick(8)) {
    case 0:
        return mfn_of(boot_l4);
    case 1:
        /* Not where it might be written to: the clock is in there. */
        return role == ROLE_PLAIN ? ~0ul >> 12 : start_info->shared_info >> PAGE_SHIFT;
    case 2:
        return canary_mfn;
    case 3:
        return victim_mfn;
    case 4:
        return mfn_of(tables.at[1 + pick(4)]);
    case 5:
        /* Near ones could be this kernel's own: beyond the host's RAM, then. */
        return frame_mfn(any_frame()) | 1ul << (17 + pick(23));
    default:
        return stray_mfn();
    }
}

uint64_t some_entry(unsigned int level)
{
    static const uint64_t leaf[] = {PTE_RW, PTE_RW, PTE_RO, PTE_RO,       PTE_RW | PTE_NX,
                                    PTE_P,  0,      0,      PTE_P | PTE_W};
    enum role role = level > 1 && !one_in(8) ? (enum role)(level - 1) : ROLE_PLAIN;
    uint64_t flags = level > 1 ? PTE_RW : leaf[pick(ARRAY_SIZE(leaf))];

    if (flags == 0 || one_in(6)) {
        return 0;
    }
    if (lie()) {
        unsigned int bit = pick(64);

        /* Of the number, only what is beyond the host's RAM: which frame else differs by host. */
        flags ^= 1ul << (bit >= PAGE_SHIFT && bit < HOST_BITS ? bit + HOST_BITS - PAGE_SHIFT : bit);
    }
    return pte_make(some_mfn(role), flags);
}

domid_t some_domid(void)
{
    static const domid_t others[] = {DOMID_IO,   DOMID_XEN, DOMID_COW, DOMID_INVALID,
                                     DOMID_IDLE, 0,         5000};

    if (!lie()) {
        return DOMID_SELF;
    }
    if (controlling && one_in(2)) {
        return victim_domid;
    }
    return others[pick(ARRAY_SIZE(others))];
}

char *some_window(void)
{
    unsigned int first = pick(WINDOWS);

    for (unsigned int i = 0; comparing && i < WINDOWS; i++) {
        if (!granted_at((uint64_t)windows[(first + i) % WINDOWS])) {
            return windows[(first + i) % WINDOWS];
        }
    }
    return windows[first];
}

/* Programs use slots 8 to 15 of it, and others when they lie. */
static void table_reset(unsigned int level)
{
    uint64_t *t = tables.at[level], first = pte_make(mfn_of(tables.at[level - 1]), PTE_RW);

    for (unsigned int slot = 1; slot < 512; slot++) {
        if (t[slot] != 0 && (level < 4 || slot < 256 || slot > 271)) {
            pte_set(&t[slot], 0);
        }
    }
    if (t[0] >> PAGE_SHIFT != first >> PAGE_SHIFT) {
        pte_set(&t[0], first);
    }
}

static void tables_reset(void)
{
    for (unsigned int i = 0; i < WINDOWS; i++) {
        if (va_set(windows[i], pte_make(window_mfns[i], PTE_RW)) != 0) {
            worn_out("a window");
        }
    }
    for (unsigned int level = 4; level >= 1; level--) {
        table_reset(level);
    }
    REQUIRE(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0) == 0);
    REQUIRE(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user_l4), 0) == 0);
}

/* Another frame for a page. */
static void frame_new(uint64_t *page)
{
    xen_pfn_t frame = pfn_of(page);
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    unsigned int tries = 0;

    set_xen_guest_handle(r.extent_start, &frame);
    /* The host may have none for a moment. */
    while (hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) != 1 && tries < NAPS) {
        nap(NAP_NS);
        tries++;
    }
    if (tries == NAPS) {
        worn_out("a frame of the playground");
    }
    p2m()[pfn_of(page)] = frame;
    if (page_unprotect(page) != 0) {
        worn_out("a page of the playground");
    }
}

bool frame_lose(unsigned long mfn)
{
    for (unsigned int i = 0; i < FRAMES; i++) {
        if (frame_mfn(&frames[i]) == mfn) {
            unpin(frames[i].page);
            frame_new(frames[i].page);
            dirty[i] = true;
            return true;
        }
    }
    for (unsigned long pfn = 0; pfn < start_info->nr_pages / 2; pfn++) {
        if (p2m()[pfn] == mfn) {
            return false;
        }
    }
    return true; /* it was given away meanwhile */
}

/* The frame behind a page becomes plain memory, or there is a new one. */
static void frame_reset(unsigned int i)
{
    uint64_t *page = frames[i].page;

    if (page_unprotect(page) != 0) {
        frame_new(page);
    }
    mmu_update1((uint64_t)mfn_of(page) << PAGE_SHIFT | MMU_MACHPHYS_UPDATE, pfn_of(page));
    frames[i].role = ROLE_PLAIN;
    frames[i].pinned = false;
}

static void frames_reset(void)
{
    bool clear[FRAMES] = {false};

    for (unsigned int i = 0; i < FRAMES; i++) {
        if (dirty[i]) {
            unpin(frames[i].page);
            va_set(frames[i].page, 0);
        }
    }
    /* A table goes when nothing names it: those above it first, whichever they are. */
    for (unsigned int round = 0; round < 4; round++) {
        for (unsigned int i = 0; i < FRAMES; i++) {
            if (dirty[i] && !clear[i] && page_unprotect(frames[i].page) == 0) {
                words_clear(frames[i].page);
                clear[i] = true;
            }
        }
    }
    for (unsigned int i = 0; i < FRAMES; i++) {
        if (dirty[i]) {
            frame_reset(i);
            dirty[i] = false;
        }
    }
}

/* Whether the root is pinned with all below it: a pin that is there already is refused, too. */
static bool tables_sound(void)
{
    for (unsigned int level = 1; level < 4; level++) {
        if (pte_set(&tables.at[level][15], 0) != 0) {
            return false;
        }
    }
    return true;
}

/* Programs may unpin the hierarchy; nothing else uses its frames by now. */
static void hierarchy_reset(void)
{
    pin(4, boot_l4);
    for (unsigned int level = 1; level < 4; level++) {
        unpin(tables.at[level]);
    }
    if (pin(4, tables.at[4]) != 0 && tables_sound()) {
        return;
    }
    for (unsigned int level = 4; level >= 1; level--) {
        unpin(tables.at[level]);
    }
    for (unsigned int level = 4; level >= 1; level--) {
        if (page_unprotect(tables.at[level]) != 0) {
            worn_out("the hierarchy");
        }
        words_clear(tables.at[level]);
        tables.at[level][0] = pte_make(mfn_of(tables.at[level - 1]), PTE_RW);
    }
    REQUIRE(tables_protect(&tables, 4) == 0);
    if (pin(4, tables.at[4]) != 0) {
        worn_out("the hierarchy's root");
    }
}

void objects_reset(void)
{
    struct evtchn_reset reset = {.dom = DOMID_SELF};

    if (racing) {
        cpu_run(1, self_reset);
        REQUIRE(cpu_wait(1));
    }
    self_reset();
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, &reset);
    memset(ports, 0, sizeof(ports));
    pirqs_reset();
    grants_reset();
    for (unsigned int id = 2; id < STACK_COUNT; id++) {
        hcall(__HYPERVISOR_vcpu_op, VCPUOP_down, id, NULL);
    }
    hcall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_m2p_strict);
    for (unsigned int type = 0; type < 8; type++) {
        hcall(__HYPERVISOR_vm_assist,
              type == VMASST_TYPE_pae_extended_cr3 ? VMASST_CMD_enable : VMASST_CMD_disable, type);
    }
    tables_reset();
    frames_reset();
    hierarchy_reset();
    events_reset();
    memset((void *)shared_info->evtchn_mask, 0, sizeof(shared_info->evtchn_mask));
}
