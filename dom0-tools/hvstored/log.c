/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log and trace. Bytes that are no printable characters are shown as dots in the trace, since
 * guests choose them.
 */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "store.h"

#define LINES_AT_ONCE  100 /* then one in a while: guests cause them, and nobody rotates the log */
#define SECONDS_A_LINE 10
#define TRACED_BYTES   200

static bool on_stderr = true;
static FILE *trace;
static char *name_of_trace;

static const char *const message_names[XS_TYPE_COUNT] = {
    [XS_CONTROL] = "CONTROL",
    [XS_DIRECTORY] = "DIRECTORY",
    [XS_READ] = "READ",
    [XS_GET_PERMS] = "GET_PERMS",
    [XS_WATCH] = "WATCH",
    [XS_UNWATCH] = "UNWATCH",
    [XS_TRANSACTION_START] = "TRANSACTION_START",
    [XS_TRANSACTION_END] = "TRANSACTION_END",
    [XS_INTRODUCE] = "INTRODUCE",
    [XS_RELEASE] = "RELEASE",
    [XS_GET_DOMAIN_PATH] = "GET_DOMAIN_PATH",
    [XS_WRITE] = "WRITE",
    [XS_MKDIR] = "MKDIR",
    [XS_RM] = "RM",
    [XS_SET_PERMS] = "SET_PERMS",
    [XS_WATCH_EVENT] = "WATCH_EVENT",
    [XS_ERROR] = "ERROR",
    [XS_IS_DOMAIN_INTRODUCED] = "IS_DOMAIN_INTRODUCED",
    [XS_RESUME] = "RESUME",
    [XS_SET_TARGET] = "SET_TARGET",
    [XS_RESET_WATCHES] = "RESET_WATCHES",
    [XS_DIRECTORY_PART] = "DIRECTORY_PART",
};

void log_open(bool to_stderr)
{
    on_stderr = to_stderr;
    if (!to_stderr)
        openlog("hvstored", LOG_PID, LOG_DAEMON);
}

/* Errors are said in any case; how much else was not is told with the next that is. */
static bool too_many(void)
{
    static time_t since;
    static unsigned int lines = LINES_AT_ONCE, left_out;
    time_t now = time(NULL);
    time_t more = (now - since) / SECONDS_A_LINE;

    if (more < 0 || more > LINES_AT_ONCE - (time_t)lines) {
        lines = LINES_AT_ONCE;
        since = now;
    } else {
        lines += (unsigned int)more;
        since += more * SECONDS_A_LINE;
    }
    if (!lines) {
        left_out++;
        return true;
    }
    lines--;
    if (left_out) {
        unsigned int count = left_out;

        left_out = 0;
        log_error("%u lines were left out here", count);
    }
    return false;
}

static void say(int level, const char *format, va_list args)
{
    if (level != LOG_ERR && too_many())
        return;
    if (!on_stderr) {
        vsyslog(level, format, args);
        return;
    }
    fputs("hvstored: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void log_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(LOG_ERR, format, args);
    va_end(args);
}

void log_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(LOG_WARNING, format, args);
    va_end(args);
}

void log_info(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(LOG_INFO, format, args);
    va_end(args);
}

int trace_open(const char *name)
{
    FILE *file = fopen(name, "ae");
    char *copy;

    if (!file)
        return -errno;
    copy = mem_string(name);
    if (!copy) {
        fclose(file);
        return -ENOMEM;
    }
    trace_close();
    trace = file;
    name_of_trace = copy;
    setvbuf(trace, NULL, _IOLBF, BUFSIZ);
    return 0;
}

const char *trace_name(void)
{
    return name_of_trace;
}

void trace_close(void)
{
    if (trace)
        fclose(trace);
    free(name_of_trace);
    trace = NULL;
    name_of_trace = NULL;
}

const char *message_name(uint32_t type)
{
    return type < XS_TYPE_COUNT && message_names[type] ? message_names[type] : "UNKNOWN";
}

void trace_message(const struct connection *connection, bool in, uint32_t type, uint32_t tx_id,
                   const void *body, size_t len)
{
    const char *at = body;
    struct timespec now;
    struct tm when;
    size_t i;

    if (!trace)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &when);
    fprintf(trace, "%04d-%02d-%02d %02d:%02d:%02d.%06ld %s%u %s %s", when.tm_year + 1900,
            when.tm_mon + 1, when.tm_mday, when.tm_hour, when.tm_min, when.tm_sec,
            now.tv_nsec / 1000, connection->domain ? "ring" : "socket", connection->domid,
            in ? "<-" : "->", message_name(type));
    if (tx_id)
        fprintf(trace, " in %u", tx_id);
    fputc(' ', trace);
    for (i = 0; i < len && i < TRACED_BYTES; i++)
        fputc(!at[i] ? ' ' : at[i] < ' ' || at[i] > '~' ? '.' : at[i], trace);
    fputs(i < len ? "...\n" : "\n", trace);
}
