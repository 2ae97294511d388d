/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a test is, and its verdict.  EXPECT_* blames the subject (failure) and goes on;
 * REQUIRE blames the test or its set-up (error) and ends it; SKIP ends it and says why.
 * An exception that nobody expected ends the test with a failure.
 */
#ifndef HARNESS_TEST_H
#define HARNESS_TEST_H

#include "lib.h"

enum verdict { VERDICT_SUCCESS, VERDICT_SKIP, VERDICT_ERROR, VERDICT_FAILURE };

struct test {
    const char *name;
    void (*run)(void);
    /* Wants a boot of its own: runs only when the command line names it. */
    bool alone;
    /* The subject must end the domain: coming back from it is the failure. */
    bool fatal;
};

#define TEST_WITH(id, ...)                                                                         \
    static void test_##id(void);                                                                   \
    static const struct test entry_of_##id                                                         \
        __attribute__((section(".tests"), used, aligned(8))) = {#id, test_##id, ##__VA_ARGS__};    \
    static void test_##id(void)

#define TEST(id)       TEST_WITH(id)
#define TEST_ALONE(id) TEST_WITH(id, .alone = true)
#define TEST_FATAL(id) TEST_WITH(id, .alone = true, .fatal = true)

void verdict_note(enum verdict verdict, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void test_end(void) __attribute__((noreturn));

#define FAIL(...) verdict_note(VERDICT_FAILURE, __FILE__, __LINE__, __VA_ARGS__)

#define SKIP(...)                                                                                  \
    do {                                                                                           \
        verdict_note(VERDICT_SKIP, __FILE__, __LINE__, __VA_ARGS__);                               \
        test_end();                                                                                \
    } while (0)

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            verdict_note(VERDICT_ERROR, __FILE__, __LINE__, "%s", #condition);                     \
            test_end();                                                                            \
        }                                                                                          \
    } while (0)

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            FAIL("%s", #condition);                                                                \
        }                                                                                          \
    } while (0)

#define EXPECT_EQ(actual, wanted)                                                                  \
    ({                                                                                             \
        long actual_ = (long)(actual), wanted_ = (long)(wanted);                                   \
        if (actual_ != wanted_) {                                                                  \
            FAIL("%s is %ld (%lx), not %ld (%lx)", #actual, actual_, (unsigned long)actual_,       \
                 wanted_, (unsigned long)wanted_);                                                 \
        }                                                                                          \
        actual_ == wanted_;                                                                        \
    })

/* Where the two hypervisors differ on purpose: what Mortise says, and what Xen does. */
#define EXPECT_ON(actual, mortise, xen) EXPECT_EQ(actual, subject_is_mortise() ? (mortise) : (xen))

/* Either answer is right: where the ABI leaves it open. */
#define EXPECT_EITHER(actual, one, other)                                                          \
    do {                                                                                           \
        long actual_ = (long)(actual);                                                             \
        if (actual_ != (long)(one) && actual_ != (long)(other)) {                                  \
            FAIL("%s is %ld (%lx), neither %ld nor %ld", #actual, actual_, (unsigned long)actual_, \
                 (long)(one), (long)(other));                                                      \
        }                                                                                          \
    } while (0)

/* Whether the subject is Mortise (else Xen), told by what xen_version says. */
bool subject_is_mortise(void);

/* The number behind `key` (with its equals sign) on the command line, or `absent`. */
unsigned int argument(const char *key, unsigned int absent);

#endif
