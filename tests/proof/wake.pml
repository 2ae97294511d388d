/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that blocks and unmasks ports while others send it events: no wake-up is lost.
 *
 * Models hypervisor/event/bits.h:event_bits_raise, event_bits_forward, event_bits_upcall and
 * event_bits_unmask, dom/vcpu.c:vcpu_block and vcpu_kick, with dom/sched.c:sched_sleep and
 * sched_wake, which look at the flags under the queue's lock. The guest clears upcall, selector and
 * pending bit in this order, as the ABI asks. When all is quiet, no port may be pending and
 * unmasked while the vCPU sleeps.
 *
 * Left out: more than two ports, polls and timers, the way of the interrupt to a vCPU that runs (it
 * looks at its upcall byte on its way out), selector words beyond the first.
 */
#define PORTS 2

bool pending[PORTS], masked[PORTS], selector, upcall;
bool blocked, awake = true;
bool queue_lock;
byte sending = 2;
byte turns = 3;

#define WORK ((pending[0] && !masked[0]) || (pending[1] && !masked[1]))

/* sched_wake(): looks at the flags under the queue's lock */
inline place()
{
    atomic { !queue_lock -> queue_lock = true };
    if
    :: !blocked -> awake = true
    :: else
    fi;
    queue_lock = false
}

/* sched_sleep(), and schedule() for who runs: the same */
inline sleep()
{
    atomic { !queue_lock -> queue_lock = true };
    if
    :: blocked -> awake = false
    :: else
    fi;
    queue_lock = false
}

inline kick()
{
    atomic { was = blocked; blocked = false };
    if
    :: was -> place()
    :: else
    fi
}

inline forward(p)
{
    if
    :: masked[p]
    :: else ->
       atomic { was = selector; selector = true };
       if
       :: was
       :: else ->
          atomic { was = upcall; upcall = true };
          if
          :: was
          :: else -> kick()
          fi
       fi
    fi
}

proctype sender(byte p)
{
    bool was;

    atomic { was = pending[p]; pending[p] = true };
    if
    :: was
    :: else -> forward(p)
    fi;
    sending--
}

inline unmask(p)
{
    atomic { was = masked[p]; masked[p] = false };
    if
    :: was && pending[p] -> forward(p)
    :: else
    fi
}

/* The guest's handler: as long as the upcall byte is set. */
inline upcalls()
{
    do
    :: upcall ->
       upcall = false;
       atomic { work = selector; selector = false };
       if
       :: work && pending[0] && !masked[0] -> pending[0] = false
       :: else
       fi;
       if
       :: work && pending[1] && !masked[1] -> pending[1] = false
       :: else
       fi
    :: else -> break
    od
}

proctype vcpu()
{
    bool was, work;

    do
    :: turns ->
       turns--;
       upcalls();
       if
       :: unmask(1)
       :: masked[1] = true
       :: skip
       fi;
       blocked = true;
       if
       :: upcall -> blocked = false
       :: else ->
          sleep();
          awake || (sending == 0) /* sleeps; or it is over */
       fi
    :: turns == 0 -> break
    :: sending == 0 && !awake -> break
    od;
    sending == 0;
    /* nobody sends any more: if it sleeps, nothing may be waiting */
    assert(awake || !WORK)
}

init {
    atomic {
        masked[1] = true;
        run sender(0);
        run sender(1);
        run vcpu()
    }
}
