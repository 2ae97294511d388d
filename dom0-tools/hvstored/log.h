/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon says: to the system's log, or to stderr in the foreground. What a guest can
 * cause to be said is limited to some lines a second. The trace, when there is one, gets a line
 * for each message.
 */
#ifndef HVSTORED_LOG_H
#define HVSTORED_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;

void log_open(bool to_stderr);
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Opens the file of the trace, or again after it was moved away. 0 or -errno. */
int trace_open(const char *name) __attribute__((warn_unused_result));
/* NULL when there is no trace. */
const char *trace_name(void);
void trace_close(void);
/* A message; in: the client sent it. */
void trace_message(const struct connection *connection, bool in, uint32_t type, uint32_t tx_id,
                   const void *body, size_t len);
const char *message_name(uint32_t type);

#endif
