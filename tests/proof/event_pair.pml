/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of three domains: one sends through its port while others bind to it, and either end is
 * closed.
 *
 * Models hypervisor/event/deliver.c:event_send, send_elsewhere and send_to_peer,
 * event/bind.c:bind_pair under event/channel.c:event_lock_both, and event/channel.c:peer_get,
 * close_locked and event_close. Domain 0 has the port that others may bind to; the port of domain
 * 1 or 2 is its other end. Whoever is raised must be bound at that moment to who sends; with no
 * lock held the two ends name each other; the locks' order lets everybody on.
 *
 * Left out: allocation of ports (each domain has one), VIRQs, PIRQs and IPIs, which have no peer,
 * the bits (wake.pml), the end of a domain (references keep it: peer_get's is taken under the
 * lock).
 */
#define FREE    0
#define UNBOUND 1
#define PAIR    2
#define NOBODY  9

#define ATTEMPTS 3
#define BINDS    2
#define SENDS    1

byte state[3], peer[3] = NOBODY;
bool lock[3];
byte binds, closes;

inline acquire(d)
{
    atomic { !lock[d] -> lock[d] = true }
}

/* The lower number first. */
inline acquire_both(a, b)
{
    first = (a < b -> a : b);
    acquire(first);
    first = (a < b -> b : a);
    acquire(first)
}

active proctype judge()
{
    byte a;
end:
    do
    :: atomic { !lock[0] && !lock[1] && !lock[2] ->
          for (a : 0 .. 2) {
              if
              :: state[a] == PAIR -> assert(state[peer[a]] == PAIR && peer[peer[a]] == a)
              :: else
              fi
          }
          a = 0
       }
    od
}

proctype sender(byte d)
{
    byte n;

    do
    :: n < SENDS ->
       n++;
       if
       :: state[d] == PAIR ->
          acquire(d);
          if
          :: state[d] == PAIR ->
             assert(state[peer[d]] == PAIR && peer[peer[d]] == d)
          :: else
          fi;
          lock[d] = false
       :: else
       fi
    :: n == SENDS -> break
    od
}

/* Domain d binds its port to domain 0's. */
inline bind(d)
{
    acquire_both(0, d);
    if
    :: state[0] == UNBOUND && state[d] == FREE ->
       peer[d] = 0;
       state[d] = PAIR;
       peer[0] = d;
       state[0] = PAIR
    :: else
    fi;
    lock[0] = false;
    lock[d] = false
}

/* event_close() by domain d, of its own port. */
inline close(d)
{
    i = 0;
    done = false;
    do
    :: i < ATTEMPTS && !done ->
       i++;
       acquire(d);
       other = (state[d] == PAIR -> peer[d] : NOBODY);
       lock[d] = false;
       if
       :: other != NOBODY -> acquire_both(d, other)
       :: else -> acquire(d)
       fi;
       if
       :: state[d] != PAIR || peer[d] == other ->
          done = true;
          if
          :: state[d] == PAIR -> state[peer[d]] = UNBOUND
          :: else
          fi;
          state[d] = FREE
       :: else
       fi;
       if
       :: other != NOBODY -> lock[other] = false
       :: else
       fi;
       lock[d] = false
    :: i == ATTEMPTS || done -> break
    od
}

/* A domain that binds and closes by turns. */
proctype binder(byte d)
{
    byte n, i, other, first;
    bool done;

    do
    :: n < BINDS ->
       n++;
       bind(d);
       close(d)
    :: n == BINDS -> break
    od
}

/* Domain 0 closes its port, and offers it again. */
proctype closer()
{
    byte i, other, first;
    bool done;

    close(0);
    acquire(0);
    if
    :: state[0] == FREE -> state[0] = UNBOUND
    :: else
    fi;
    lock[0] = false
}

init {
    atomic {
        state[0] = UNBOUND;
        run sender(0);
        run sender(1);
        run binder(1);
        run binder(2);
        run closer()
    }
}
