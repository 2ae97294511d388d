/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the proofs take for the compiler's atomic operations and for copies of bytes. Memory that a
 * guest may write at any time is read as anything; an exchange says in proof_from and proof_to what
 * it replaced by what.
 */
#ifndef PROOF_ATOMICS_H
#define PROOF_ATOMICS_H

#include <stddef.h>
#include <stdint.h>

extern int proof_claims;
extern uint64_t proof_from, proof_to;

/*@ requires \valid_read(p);
    assigns \nothing;
*/
uint64_t proof_load(const uint64_t *p);

/*@ requires \valid(p) && \valid(expected);
    assigns *p, *expected, proof_claims, proof_from, proof_to;
    ensures \result != 0 ==> proof_claims == \old(proof_claims) + 1 &&
              proof_from == \old(*expected) && proof_to == next && *expected == \old(*expected);
    ensures \result == 0 ==> proof_claims == \old(proof_claims);
*/
int proof_exchange(uint64_t *p, uint64_t *expected, uint64_t next);

/*@ requires \valid(p);
    assigns *p, proof_to;
    ensures proof_to == bits;
*/
uint64_t proof_and(uint64_t *p, uint64_t bits);

/*@ requires \valid(p);
    assigns *p;
*/
uint64_t proof_change(uint64_t *p, uint64_t bits);

/*@ requires \valid(p);
    assigns *p;
    ensures *p == v;
*/
uint8_t proof_exchange_byte(uint8_t *p, uint8_t v);

#define __atomic_load_n(p, order)                             proof_load(p)
#define __atomic_and_fetch(p, bits, order)                    proof_and(p, bits)
#define __atomic_or_fetch(p, bits, order)                     proof_change(p, bits)
#define __atomic_fetch_or(p, bits, order)                     proof_change(p, bits)
#define __atomic_fetch_and(p, bits, order)                    proof_change(p, bits)
#define __atomic_exchange_n(p, v, order)                      proof_exchange_byte(p, v)
#define __atomic_compare_exchange_n(p, e, n, weak, good, bad) proof_exchange(p, e, n)

#endif
