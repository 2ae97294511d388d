/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random work by three domains, compared with a model that is as simple as can be: an array of
 * all paths there are in this small world, copied whole for each transaction. A transaction of
 * the model commits when everything that it looked at is still so; where the daemon says EAGAIN
 * though the model sees no conflict, that is counted, and must be rare.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hvstored_machine.h"
#include "unit.h"

#define NAMES  3
#define DEPTH  3
#define NODES  (1 + NAMES + NAMES * NAMES + NAMES * NAMES * NAMES)
#define OPEN   6
#define ROUNDS 200000

/* What of a node an act depends on; whether it is there always counts. */
#define THERE    1
#define VALUE    2
#define PERMS    4
#define CHILDREN 8

struct entry {
    bool there;
    uint16_t owner;
    char letter; /* for everybody else */
    char value[8];
};

struct world {
    struct entry nodes[NODES]; /* 0: "/m"; children of n: 3n + 1 to 3n + 3 */
};

struct open {
    uint16_t domid;
    uint32_t id;
    struct world world, base;
    int looked[NODES]; /* at what of a node */
};

static struct world now;
static struct open opens[OPEN];
static unsigned commits, conflicts, needless;

static int parent(int n)
{
    return (n - 1) / NAMES;
}

static void path_of(int n, char out[64])
{
    char rest[64];

    if (!n) {
        strcpy(out, "/m");
        return;
    }
    path_of(parent(n), rest);
    snprintf(out, 64, "%.58s/%c", rest, "abc"[(n - 1) % NAMES]);
}

static bool allowed(const struct entry *entry, uint16_t domid, char right)
{
    return !domid || entry->owner == domid || entry->letter == 'b' || entry->letter == right;
}

/* What a look at a node says: 0, -ENOENT or -EACCES. Notes all that it depends on. */
static int look(const struct world *world, struct open *open, int n, int what, uint16_t domid,
                char right)
{
    int nearest = n;

    if (open)
        open->looked[n] |= THERE | PERMS | what;
    while (nearest && !world->nodes[nearest].there) {
        nearest = parent(nearest);
        if (open)
            open->looked[nearest] |= THERE | PERMS;
    }
    if (!allowed(&world->nodes[nearest], domid, right))
        return -EACCES;
    return nearest == n ? 0 : -ENOENT;
}

static void make(struct world *world, int n, uint16_t domid)
{
    struct entry *entry = &world->nodes[n];

    if (entry->there)
        return;
    make(world, parent(n), domid);
    *entry = (struct entry){true, domid ? domid : world->nodes[parent(n)].owner,
                            world->nodes[parent(n)].letter, ""};
}

static void cut(struct world *world, int n)
{
    int i;

    world->nodes[n].there = false;
    for (i = 1; i <= NAMES && NAMES * n + i < NODES; i++)
        cut(world, NAMES * n + i);
}

static void look_below(struct open *open, int n)
{
    int i;

    open->looked[n] |= THERE | VALUE | PERMS | CHILDREN;
    for (i = 1; i <= NAMES && NAMES * n + i < NODES; i++)
        look_below(open, NAMES * n + i);
}

static bool same_children(const struct world *a, const struct world *b, int n)
{
    int i;

    for (i = 1; i <= NAMES && NAMES * n + i < NODES; i++) {
        if (a->nodes[NAMES * n + i].there != b->nodes[NAMES * n + i].there)
            return false;
    }
    return true;
}

static bool same_perms(const struct entry *a, const struct entry *b)
{
    return a->owner == b->owner && a->letter == b->letter;
}

static bool differs(const struct world *a, const struct world *b, int n, int what)
{
    const struct entry *x = &a->nodes[n], *y = &b->nodes[n];

    if (!what || (!x->there && !y->there))
        return false;
    return x->there != y->there || ((what & VALUE) && strcmp(x->value, y->value)) ||
           ((what & PERMS) && !same_perms(x, y)) || ((what & CHILDREN) && !same_children(a, b, n));
}

/* What a transaction changed of a node, done to the world as it is now. */
static void merge(const struct entry *base, const struct entry *changed, struct entry *to)
{
    if (base->there != changed->there) {
        *to = *changed;
        return;
    }
    if (strcmp(base->value, changed->value))
        strcpy(to->value, changed->value);
    if (!same_perms(base, changed)) {
        to->owner = changed->owner;
        to->letter = changed->letter;
    }
}

/* One request to both; false when they differ. */
static bool act(struct open *open, uint16_t domid)
{
    struct world *world = open ? &open->world : &now;
    uint32_t tx = open ? open->id : 0;
    int n = (int)(random() % NODES), expected, i;
    char path[64], body[96], list[16] = "";
    struct entry *entry = &world->nodes[n];
    bool leaf = NAMES * n + 1 >= NODES;

    path_of(n, path);
    switch (random() % 6) {
    case 0:
        expected = look(world, open, n, VALUE, domid, 'r');
        snprintf(body, sizeof(body), "%s|", path);
        return ask(domid, XS_READ, tx, body) == expected &&
               (expected || !strcmp(machine_reply.body, entry->value));
    case 1:
        expected = look(world, open, n, CHILDREN, domid, 'r');
        for (i = 1; i <= NAMES && !leaf && !expected; i++) {
            if (world->nodes[NAMES * n + i].there)
                snprintf(list + strlen(list), 3, "%c", "abc"[i - 1]);
        }
        snprintf(body, sizeof(body), "%s|", path);
        if (ask(domid, XS_DIRECTORY, tx, body) != expected)
            return false;
        for (i = 0; !expected && list[i]; i++) {
            if (machine_reply.body[2 * i] != list[i])
                return false;
        }
        return expected || machine_reply.header.len == 2 * strlen(list);
    case 2:
    case 3:
        expected = look(world, open, n, VALUE, domid, 'w');
        snprintf(list, sizeof(list), "%ld", random() % 1000);
        snprintf(body, sizeof(body), "%s|%s", path, list);
        if (expected != -EACCES) {
            make(world, n, domid);
            strcpy(entry->value, list);
            expected = 0;
        }
        return ask(domid, XS_WRITE, tx, body) == expected;
    case 4:
        if (!n || random() % 3)
            return true;
        expected = look(world, open, n, 0, domid, 'w');
        if (open)
            look_below(open, n);
        if (expected == -ENOENT && world->nodes[parent(n)].there)
            expected = 0;
        if (!expected)
            cut(world, n);
        snprintf(body, sizeof(body), "%s|", path);
        return ask(domid, XS_RM, tx, body) == expected;
    default:
        expected = look(world, open, n, 0, domid, 'w');
        if (!expected && domid && entry->owner != domid)
            expected = -EACCES;
        i = "nrwb"[random() % 4];
        snprintf(body, sizeof(body), "%s|%c%u|", path, i, entry->there ? entry->owner : domid);
        if (!expected)
            entry->letter = (char)i;
        return ask(domid, XS_SET_PERMS, tx, body) == expected;
    }
}

static bool finish(struct open *open)
{
    int result = end(open->domid, open->id), n;
    bool conflict = false;

    open->id = 0;
    for (n = 0; n < NODES; n++)
        conflict |= differs(&open->base, &now, n, open->looked[n]);
    if (result == -EAGAIN) {
        conflicts++;
        needless += !conflict;
        return true;
    }
    commits++;
    for (n = 0; !result && n < NODES; n++)
        merge(&open->base.nodes[n], &open->world.nodes[n], &now.nodes[n]);
    return !result && !conflict;
}

/* Every node of both. */
static bool agree(void)
{
    char path[64], body[80];
    int n, result;

    for (n = 0; n < NODES; n++) {
        path_of(n, path);
        snprintf(body, sizeof(body), "%s|", path);
        result = ask(0, XS_READ, 0, body);
        if (result != (now.nodes[n].there ? 0 : -ENOENT) ||
            (!result && strcmp(machine_reply.body, now.nodes[n].value)))
            return false;
        if (result)
            continue;
        if (ask(0, XS_GET_PERMS, 0, body) || machine_reply.body[0] != now.nodes[n].letter ||
            atoi(machine_reply.body + 1) != now.nodes[n].owner)
            return false;
    }
    return true;
}

static void random_work(void)
{
    struct open *open;
    int i;

    srandom(1);
    machine_start(machine_folder());
    EXPECT(!ask(0, XS_MKDIR, 0, "/m|") && !ask(0, XS_SET_PERMS, 0, "/m|b0|"));
    now.nodes[0] = (struct entry){true, 0, 'b', ""};
    for (i = 0; i < ROUNDS && !unit_broken; i++) {
        open = &opens[random() % OPEN];
        if (random() % 3 == 0) {
            EXPECT(act(NULL, (uint16_t)(random() % 3)));
        } else if (!open->id) {
            memset(open, 0, sizeof(*open));
            open->domid = (uint16_t)(random() % 3);
            open->id = begin(open->domid);
            open->world = open->base = now;
        } else if (random() % 5) {
            EXPECT(act(open, open->domid));
        } else {
            EXPECT(finish(open));
        }
        if (i % 1000 == 0)
            EXPECT(agree());
        if (i % 10000 == 9999) {
            for (open = opens; open < opens + OPEN; open++) {
                if (open->id)
                    EXPECT(finish(open));
            }
            machine_restart();
            EXPECT(agree());
        }
    }
    EXPECT(agree() && commits > ROUNDS / 30 && conflicts > ROUNDS / 100);
    EXPECT(needless * 10 < commits);
    EXPECT(!ask(0, XS_CONTROL, 0, "check|") && strstr(machine_reply.body, " 0 errors"));
    printf("# %u commits, %u conflicts, %u of them needless\n", commits, conflicts, needless);
    machine_stop();
}

int main(void)
{
    RUN(random_work);
    return UNIT_RESULT;
}
