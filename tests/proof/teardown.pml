/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain with two frames is destroyed while a second one maps its grant and takes the mapping
 * out again, others map its frames and give one back, and what is free gets a new owner.
 *
 * Models hypervisor/ctl/domain_destroy.c:teardown and give_up_frames, mm/assign.c:owner_first_frame,
 * owner_give_up, owner_empty_or and frame_free_last, mm/frame.h:frame_get and frame_put,
 * dom/domain.c:hold and domain_put, and of grant/: claim_locked, grant_claim, mapping_end and
 * grant_table_drop. Nobody looks at the domain after its last reference is gone; nobody has a frame
 * of its that has another owner by now; at the end everything is given back, once.
 *
 * Left out: types (type_machine.pml), what the entry says (grant_map.pml), the other steps of the
 * end, a second destroyer (the caller's lock), and a domain's structure that has become another
 * domain's, which domain_get() tells by its number.
 */
#define FRAMES 2
#define GONE   0 /* owners of a frame */
#define DYING  1
#define NEW    2

byte refs = 1;          /* of the domain: its existence */
bool listed = true;     /* owner_find() finds it */
bool given;             /* its structure is given back */
bool lock, grant_lock;
byte pages = FRAMES;    /* tot_pages */
bool waits;             /* last_frame_gone is set */
bool ending, table = true;
byte pins;

byte count[FRAMES] = 1, owner[FRAMES] = DYING;
bool own[FRAMES] = true; /* FRAME_ALLOCATED, and its part of count */
bool in_list[FRAMES] = true, free[FRAMES];
byte mappers;

#define HERE assert(!given)

inline acquire(l)
{
    atomic { !l -> l = true }
}

inline domain_put()
{
    HERE;
    atomic { assert(refs > 0); refs--; last = refs == 0 };
    if
    :: last ->
       listed = false;
       assert(pages == 0 && pins == 0);
       atomic { HERE; given = true }
    :: else
    fi
}

/* Leaves in `got` whether there is a reference. */
inline domain_get()
{
    got = false;
    if
    :: listed ->
       atomic {
           if
           :: refs > 0 -> refs++; got = true
           :: else
           fi
       }
    :: else
    fi
}

inline free_last(f)
{
    assert(owner[f] == DYING && listed);
    HERE;
    acquire(lock);
    pages--;
    in_list[f] = false;
    gone = waits && pages == 0;
    lock = false;
    owner[f] = GONE;
    free[f] = true;
    if
    :: gone -> domain_put()
    :: else
    fi
}

inline frame_put(f)
{
    atomic { assert(count[f] > 0); count[f]--; last = count[f] == 0 };
    if
    :: last -> free_last(f)
    :: else
    fi
}

inline frame_get(f)
{
    got = false;
    if
    :: owner[f] == DYING ->
       atomic {
           if
           :: count[f] > 0 -> count[f]++; got = true
           :: else
           fi
       };
       if
       :: got && owner[f] != DYING ->
          got = false;
          frame_put(f)
       :: else
       fi
    :: else
    fi
}

inline release_pins()
{
    HERE;
    acquire(grant_lock);
    pins--;
    grant_lock = false
}

/* Maps the grant of frame 0, and takes the mapping out. */
proctype grant_mapper()
{
    bool got, last, gone, claimed;

    domain_get();
    if
    :: got ->
       HERE;
       acquire(grant_lock);
       claimed = !ending && table;
       pins = pins + claimed;
       grant_lock = false;
       if
       :: claimed ->
          frame_get(0);
          if
          :: got ->
             assert(owner[0] == DYING);
             frame_put(0)
          :: else
          fi;
          release_pins()
       :: else
       fi;
       domain_put()
    :: else
    fi;
    mappers--
}

/* Has any frame mapped, with a reference on the frame alone. */
proctype foreign_mapper()
{
    bool got, last, gone;
    byte f;

    if
    :: f = 0
    :: f = 1
    fi;
    domain_get();
    if
    :: got ->
       frame_get(f);
       if
       :: got ->
          domain_put();
          assert(owner[f] == DYING);
          frame_put(f)
       :: else -> domain_put()
       fi
    :: else
    fi;
    mappers--
}

/* Gives frame 1 back for the domain, as the control domain may at any time. */
proctype releaser()
{
    bool got, last, gone, disowned;

    domain_get();
    if
    :: got ->
       frame_get(1);
       if
       :: got ->
          atomic { disowned = own[1]; own[1] = false };
          if
          :: disowned -> frame_put(1)
          :: else
          fi;
          frame_put(1)
       :: else
       fi;
       domain_put()
    :: else
    fi;
    mappers--
}

/* A frame that is free is another domain's next. */
proctype new_owner()
{
    do
    :: atomic { free[0] -> free[0] = false }; owner[0] = NEW; own[0] = true; count[0] = 1
    :: atomic { free[1] -> free[1] = false }; owner[1] = NEW; own[1] = true; count[1] = 1
    :: atomic { owner[0] == NEW && owner[1] == NEW && count[0] && count[1] -> break }
    od
}

proctype destroyer()
{
    bool got, last, gone, disowned;
    byte f;

    acquire(grant_lock);
    ending = true;
    grant_lock = false;
    acquire(grant_lock);
    table = false;
    grant_lock = false;
    do
    :: f < FRAMES ->
       acquire(lock);
       got = false;
       if
       :: in_list[f] ->
          atomic {
              if
              :: count[f] > 0 -> count[f]++; got = true
              :: else
              fi
          }
       :: else
       fi;
       lock = false;
       if
       :: got ->
          acquire(lock);
          in_list[f] = false;
          lock = false;
          atomic { disowned = own[f]; own[f] = false };
          if
          :: disowned -> frame_put(f)
          :: else
          fi;
          frame_put(f);
          f++
       :: !got && in_list[f] -> skip /* its last use ends just now: again */
       :: else -> f++
       fi
    :: f == FRAMES -> break
    od;
    acquire(lock);
    gone = pages == 0;
    waits = !gone;
    lock = false;
    if
    :: gone -> domain_put()
    :: else
    fi;
    mappers == 0;
    assert(given && !listed && pages == 0 && pins == 0)
}

init {
    atomic {
        mappers = 3;
        run destroyer();
        run grant_mapper();
        run foreign_mapper();
        run releaser();
        run new_owner()
    }
}
