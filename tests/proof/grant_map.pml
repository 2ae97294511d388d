/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two vCPUs map one grant, for reading and for writing, while its granter writes anything at all
 * into the entry.
 *
 * Models hypervisor/grant/claim.c:grant_entry_claim and grant_entry_unmark, with the pins of
 * grant/table.c:claim_locked and grant_release_pins. At the moment of the exchange the entry must
 * have permitted, to this domain, what is claimed, and the frame used must be the one that stood
 * there then. A mark may go only when nobody uses the entry in that way any more, unless the
 * granter itself wiped it.
 *
 * Left out: frames' own references and types (type_machine.pml), handles, page-table entries,
 * granters that die.
 */
#define ATTEMPTS 2
#define REWRITES 3

/* The word of an entry: access, read-only, domain (0 or 1), frame (0 or 1), both marks. */
#define ACCESS    1
#define READONLY  2
#define DOMAIN    4
#define FRAME     8
#define READING   16
#define WRITING   32

byte entry;
bool lock;
byte readers, writers;
byte read_by_us, written_by_us; /* that hold a claim */
bool wiped[2];                  /* the granter took a mark away while it was there: 0 reading */

/* Any value, with or without the marks that stand there. */
active proctype granter()
{
    byte n, next, old;

    do
    :: n < REWRITES ->
       n++;
       old = entry;
       next = 0;
       if
       :: next = next | ACCESS
       :: skip
       fi;
       if
       :: next = next | READONLY
       :: skip
       fi;
       if
       :: next = next | DOMAIN
       :: skip
       fi;
       if
       :: next = next | FRAME
       :: skip
       fi;
       if
       /* a friendly one, by compare-exchange, */
       :: next = next | (old & (READING | WRITING));
          atomic {
              if
              :: entry == old -> entry = next
              :: else
              fi
          }
       :: atomic { /* or one that just stores */
             wiped[0] = wiped[0] || (entry & READING);
             wiped[1] = wiped[1] || (entry & WRITING);
             entry = next
          }
       fi
    :: break
    od
}

active proctype judge()
{
end:
    do
    :: atomic { !lock && read_by_us + written_by_us && !wiped[0] && !(entry & READING) ->
          assert(false) }
    :: atomic { !lock && written_by_us && !wiped[1] && !(entry & WRITING) -> assert(false) }
    od
}

inline check()
{
    permitted = (word & ACCESS) && (word & DOMAIN) && !(write && (word & READONLY))
}

proctype mapper(bool write)
{
    byte word, i, frame;
    bool permitted, claimed;

    atomic { !lock -> lock = true };
    word = entry;
    do
    :: i < ATTEMPTS ->
       i++;
       check();
       if
       :: permitted ->
          atomic {
              if
              :: entry == word ->
                 assert((entry & ACCESS) && (entry & DOMAIN) && !(write && (entry & READONLY)));
                 entry = entry | READING | (write -> WRITING : 0);
                 claimed = true
              :: else -> word = entry
              fi
          };
          if
          :: claimed ->
             frame = word & FRAME;
             break
          :: else
          fi
       :: else -> break
       fi
    :: i == ATTEMPTS -> break /* it keeps changing: refused */
    od;
    if
    :: claimed && write -> writers++
    :: claimed && !write -> readers++
    :: else
    fi;
    atomic {
        if
        :: claimed && write -> written_by_us++
        :: claimed && !write -> read_by_us++
        :: else
        fi;
        lock = false
    };
    if
    :: claimed ->
       assert(frame == (word & FRAME));
       atomic { !lock -> lock = true };
       if
       :: write -> writers--; written_by_us--
       :: else -> readers--; read_by_us--
       fi;
       atomic {
           entry = entry & ~((writers == 0 -> WRITING : 0) |
                             (writers == 0 && readers == 0 -> READING : 0));
           wiped[0] = wiped[0] && readers + writers;
           wiped[1] = wiped[1] && writers
       };
       lock = false
    :: else
    fi
}

init {
    atomic {
        run mapper(false);
        run mapper(true)
    }
}
