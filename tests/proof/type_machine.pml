/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One frame that two CPUs take up and give up, as writable memory and as a page table, at once.
 *
 * Models hypervisor/mm/type.c:frame_use_first, frame_unuse_last, check and undo with the moves of
 * mm/type_word.c:type_get_move and type_put_move, mm/tlb.c:note_flush, tlb_flush_older, flush_mask,
 * flush_others and tlb_flush_ipi. A CPU's TLB takes in a writable translation at any moment while
 * an entry shows it, and keeps it until it flushes: nothing else removes it.
 *
 * Left out: partial and pinned frames, references, flushes of one address, CPUs that run no guest,
 * epochs beyond those that 2 * OPS takes can reach.
 */
#define OPS 2

#define WRITABLE 1
#define TABLE    2

/* The word, as one number, so that one comparison sees all of it. */
#define IDLE(t, e)   ((t) + 4 * (e))
#define USED(t, n)   (64 + (t) + 4 * (n))
#define CLAIMED(t)   (128 + (t))
#define TYPE(w)      ((w) & 3)
#define COUNT(w)     (((w) & 63) >> 2)
#define IS_IDLE(w)   ((w) < 64)
#define IS_BUSY(w)   ((w) >= 128)

byte word = IDLE(0, 0);
byte epoch = 1;
byte flushed[2];       /* each CPU's flush_epoch */
byte entries;          /* that show the frame writable */
bool stale[2];         /* the TLB holds such an entry */
bool request_lock, waiting[2];
bool irqs_off[2];
byte others = 1;       /* flushes that other frames call for */
bool trusted;          /* checked as a table: no CPU may write to it */

inline swap(old, next, good)
{
    atomic {
        good = (word == old);
        if
        :: good -> word = next
        :: else
        fi
    }
}

/* note_flush() with interrupts off */
inline flush_here(c, e)
{
    atomic { e = epoch; epoch++; assert(epoch < 16) };
    stale[c] = false;
    flushed[c] = e + 1
}

/* What other CPUs ask of this one, between any two instructions with interrupts on. */
proctype interrupts(byte c)
{
    byte e;
end:
    do
    :: atomic { waiting[c] && !irqs_off[c] -> irqs_off[c] = true };
       flush_here(c, e);
       atomic { waiting[c] = false; irqs_off[c] = false }
    :: atomic { others && !irqs_off[c] -> others--; irqs_off[c] = true };
       flush_here(c, e);
       irqs_off[c] = false
    od
}

/* Translations come into a TLB whenever the CPU likes. */
active proctype walker()
{
end:
    do
    :: atomic { entries > 0 && !stale[0] -> stale[0] = true }
    :: atomic { entries > 0 && !stale[1] -> stale[1] = true }
    od
}

active proctype judge()
{
end:
    do
    :: atomic { trusted && (stale[0] || stale[1] || entries) -> assert(false) }
    od
}

inline flush_older(since)
{
    if
    :: flushed[c] <= since ->
       atomic { !irqs_off[c] -> irqs_off[c] = true };
       flush_here(c, e);
       irqs_off[c] = false
    :: else
    fi;
    if
    :: flushed[1 - c] <= since ->
       atomic { !request_lock -> request_lock = true };
       waiting[1 - c] = true;
       !waiting[1 - c];
       request_lock = false
    :: else
    fi
}

inline take(want)
{
    got = false;
    w = word;
    do
    :: IS_IDLE(w) && (TYPE(w) == want || TYPE(w) == 0) && want == WRITABLE ->
       swap(w, USED(want, 1), good);
       if
       :: good -> got = true; break
       :: else -> w = word
       fi
    :: IS_IDLE(w) && !((TYPE(w) == want || TYPE(w) == 0) && want == WRITABLE) ->
       swap(w, CLAIMED(want), good);
       if
       :: good ->
          if
          :: TYPE(w) != want && TYPE(w) != 0 -> flush_older(w >> 2)
          :: else
          fi;
          trusted = (want == TABLE);
          word = USED(want, 1);
          got = true;
          break
       :: else -> w = word
       fi
    :: IS_BUSY(w) && TYPE(w) == want -> w = word
    :: IS_BUSY(w) && TYPE(w) != want -> break
    :: !IS_IDLE(w) && !IS_BUSY(w) && TYPE(w) != want -> break
    :: !IS_IDLE(w) && !IS_BUSY(w) && TYPE(w) == want ->
       swap(w, w + 4, good);
       if
       :: good -> got = true; break
       :: else -> w = word
       fi
    od
}

inline give()
{
    w = word;
    do
    :: COUNT(w) > 1 && !IS_BUSY(w) ->
       swap(w, w - 4, good);
       if
       :: good -> break
       :: else -> w = word
       fi
    :: COUNT(w) <= 1 && !IS_BUSY(w) ->
       swap(w, CLAIMED(TYPE(w)), good);
       if
       :: good ->
          if
          :: TYPE(w) == TABLE -> trusted = false
          :: else
          fi;
          e = epoch; /* now that nobody can take it up in between */
          word = IDLE(TYPE(w), e);
          break
       :: else -> w = word
       fi
    od
}

proctype cpu(byte c)
{
    byte n, w, e;
    bool good, got, maps, uses;

    do
    :: n < OPS && !maps && !uses ->
       n++;
       take(WRITABLE);
       if
       :: got -> entries++; maps = true
       :: else
       fi
    :: maps ->
       entries--; /* the entry goes first, then the use of the frame */
       give();
       maps = false
    :: n < OPS && !maps && !uses ->
       n++;
       take(TABLE);
       uses = got
    :: uses ->
       give();
       uses = false
    :: n == OPS && !maps && !uses -> break
    od
}

init {
    atomic {
        run interrupts(0);
        run interrupts(1);
        run cpu(0);
        run cpu(1)
    }
}
