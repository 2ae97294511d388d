/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows on one CPU, with flushes that come as interrupts between any two instructions.
 *
 * Models hypervisor/mm/window.h:window_map, window_unmap and window_read, mm/window.c:window_fill
 * and window_cache_empty, called from mm/tlb.c:note_flush. Two frames, A and B, whose own place is
 * the same window, and a third, C, of the other. The TLB takes in what a window's entry shows at
 * any moment, and keeps it until INVLPG or a flush.
 *
 * Frame A is taken from its owner while no bracket is open on it: the flush that this calls for
 * must leave no view of it by the time the next bracket opens, and none may open a wrong one.
 *
 * Left out: more windows and frames than that, nesting deeper than two, other CPUs (each has a
 * cache of its own), the switch to another vCPU's region (which empties the cache, and flushes).
 */
#define NONE 9
#define OPS  5

#define PLACE(m) ((m) % 2) /* A is 0, B is 2, C is 1 */

byte entries[2] = NONE;
byte tlb[2] = NONE;
byte shows[2] = NONE; /* mfn[] */
byte users[2];
bool filled[2];
bool irqs_off;
byte flushes = 2;
byte open_on_a;
bool a_is_gone; /* flushed since a bracket was open on A: no view may be left */

inline forget(k)
{
    if
    :: filled[k] && users[k] == 0 ->
       shows[k] = NONE;
       entries[k] = NONE;
       filled[k] = false
    :: else
    fi
}

active proctype interrupt()
{
end:
    do
    :: atomic { flushes && !irqs_off -> flushes--;
          forget(0);
          forget(1);
          tlb[0] = NONE;
          tlb[1] = NONE;
          a_is_gone = (open_on_a == 0)
       }
    od
}

active proctype walker()
{
end:
    do
    :: atomic { entries[0] != NONE && tlb[0] == NONE -> tlb[0] = entries[0] }
    :: atomic { entries[1] != NONE && tlb[1] == NONE -> tlb[1] = entries[1] }
    od
}

/* What the CPU sees through window k: the TLB first, then the entry; a fault is NONE. */
#define SEEN(k) (tlb[k] != NONE -> tlb[k] : entries[k])

inline fill(m, i)
{
    atomic { irqs_off = true; i = PLACE(m) };
    if
    :: users[i] -> i = 1 - i
    :: else
    fi;
    assert(users[i] == 0);
    users[i] = 1;
    shows[i] = m;
    entries[i] = m;
    if
    :: filled[i] -> tlb[i] = NONE
    :: else
    fi;
    filled[i] = true;
    irqs_off = false
}

inline map(m, i)
{
    i = PLACE(m);
    atomic { open_on_a = open_on_a + (m == 0); a_is_gone = a_is_gone && m != 0 };
    users[i]++;
    if
    :: shows[i] == m
    :: else ->
       users[i]--;
       fill(m, i)
    fi;
    assert(SEEN(i) == m)
}

inline unmap(m, i)
{
    assert(SEEN(i) == m);
    atomic { users[i]--; open_on_a = open_on_a - (m == 0) }
}

inline choose(m)
{
    if
    :: m = 0
    :: m = 1
    :: m = 2
    fi
}

active proctype cpu()
{
    byte n, m, i, m2, i2, seen;

    do
    :: n < OPS ->
       n++;
       choose(m);
       map(m, i);
       if
       :: choose(m2);
          map(m2, i2);
          assert(SEEN(i) == m);
          unmap(m2, i2)
       :: skip
       fi;
       unmap(m, i);
       /* between brackets, as on the way back to the guest */
       atomic {
           assert(!(a_is_gone && (entries[0] == 0 || entries[1] == 0 || tlb[0] == 0 ||
                                  tlb[1] == 0)))
       }
    :: n < OPS -> /* window_read() */
       n++;
       choose(m);
       if
       :: shows[PLACE(m)] == m ->
          seen = SEEN(PLACE(m));
          assert(seen == m || seen == NONE)
       :: else
       fi
    :: n == OPS -> break
    od
}
