/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A console's terminal: what the guest says comes out of it as it is, what is typed goes in, an
 * opener who leaves does no harm, and one that nobody opens costs no more than its room.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#include "../../dom0-tools/hvconsoled/console.h"
#include "../../dom0-tools/hvconsoled/terminal.h"

static struct reader *readers;
static struct console console;
static char name[64];
static int held;

static void begin(void)
{
    int fd = terminal_open(&held, name, sizeof(name));

    EXPECT(fd >= 0 && !strncmp(name, "/dev/pts/", 9));
    EXPECT(reader_terminal(&readers, fd, &console) && readers->console == &console);
}

static void both_ways(void)
{
    char text[64] = "";
    int fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);

    EXPECT(fd >= 0);
    reader_give(readers, "login:\n", 7);
    reader_flush(readers);
    EXPECT(read(fd, text, sizeof(text)) == 7 && !memcmp(text, "login:\n", 7));
    EXPECT(write(fd, "root\r\3", 6) == 6); /* no line, no signal of a terminal's own */
    EXPECT(reader_take(readers, text, sizeof(text)) == 6 && !memcmp(text, "root\r\3", 6));
    close(fd);
    EXPECT(reader_take(readers, text, sizeof(text)) == 0 && !readers->gone);
}

static void nobody_reads(void)
{
    static const char line[] = "a line that nobody reads, again and again, until all is full\n";

    for (int at = 0; at < 4000; at++) {
        reader_give(readers, line, sizeof(line) - 1);
        reader_flush(readers);
    }
    EXPECT(!readers->gone && readers->missed && readers->out_size <= READER_ROOM);
}

static void ends_with_its_console(void)
{
    readers->gone = true;
    readers_clean(&readers);
    EXPECT(!readers);
    close(held);
}

int main(void)
{
    RUN(begin);
    RUN(both_ways);
    RUN(nobody_reads);
    RUN(ends_with_its_console);
    return UNIT_RESULT;
}
