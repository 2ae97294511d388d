/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests: one table names for each message who serves it and who may send it. A handler checks
 * without effect, and fills in the reply and a change. Who called it commits the change, and only
 * then are things done that are not part of the tree (after).
 */
#ifndef HVSTORED_REQUEST_H
#define HVSTORED_REQUEST_H

#include <errno.h> /* before xs_wire.h, which then has the names of errors */

#include "change.h"
#include "path.h"
#include "store.h"
#include "transaction.h"

struct request {
    struct store *store;
    struct connection *by;
    uint32_t type;
    const char *body;
    size_t len;
    struct transaction *transaction;        /* or NULL */
    struct change own;                      /* of a request without a transaction */
    struct change *change;                  /* the transaction's, or own */
    bool commit;                            /* own is to be committed */
    bool ok;                                /* the answer is "OK" */
    struct bytes reply;                     /* another one */
    void (*after)(struct request *request); /* once the commit is done */
    void (*undo)(struct request *request);  /* when it can't be done, or answered */
    /* What handlers keep for after. */
    char path[PATH_MAX_BYTES];
    const char *token;
    struct domain *domain;
    struct watch *watch; /* freed unless it was made somebody's */
    struct perms *perms; /* the same */
};

typedef int request_handler(struct request *request);

/* Serves a request and answers it; body: len bytes, as the header says. */
void request_serve(struct connection *by, const struct xsd_sockmsg *header, const char *body);

/* The texts that a body consists of, each with a final 0. Returns how many, or -EINVAL. */
int request_texts(const struct request *request, const char *texts[], int most)
    __attribute__((warn_unused_result));
/* A number that names a domain: 0, or -EINVAL. */
int request_domid(const char *text, uint16_t *domid) __attribute__((warn_unused_result));
/* Answers "OK", as requests do that have nothing to tell. */
int request_ok(struct request *request);

/*
 * Makes request->path of a name of n bytes, and looks for the node. 0; -EINVAL for a wrong name;
 * -ENOENT; -EACCES when mode (PERM_*) is not allowed, by the node's list or, without a node, that
 * of the nearest above. seen: what a transaction notes (SEEN_*).
 */
int request_look(struct request *request, const char *name, size_t n, uint16_t mode, uint32_t seen,
                 const struct node **node) __attribute__((warn_unused_result));

request_handler request_read, request_directory, request_directory_part, request_get_perms;
request_handler request_write, request_mkdir, request_rm, request_set_perms;
request_handler request_watch, request_unwatch, request_reset_watches;
request_handler request_transaction_start, request_transaction_end;
request_handler request_introduce, request_release, request_get_domain_path;
request_handler request_is_introduced, request_resume, request_set_target, request_control;

#endif
