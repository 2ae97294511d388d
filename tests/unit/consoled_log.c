/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's log on a disk that is full (/dev/full stands for it): what is lost is told once there
 * is room, also when the daemon was killed meanwhile.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "../../dom0-tools/hvconsoled/logfile.h"

#define LOST "bytes lost: No space left on device]\n"

static char folder[] = "/tmp/consoled-log-XXXXXX", path[128], gone[128];

static bool file_is(const char *text)
{
    char found[512] = "";
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, found, sizeof(found) - 1);

    close(fd);
    if (size < 0 || strcmp(found, text)) {
        printf("# the log is \"%s\"\n", found);
    }
    return size >= 0 && !strcmp(found, text);
}

/* A daemon whose log is on a full disk, until it is killed. */
static void life_without_room(const char *state, uint64_t before, const char *text)
{
    struct logfile log;

    logfile_open(&log, path, 4096, 1, state);
    EXPECT(log.lost == before);
    logfile_close(&log);
    log.fd = open("/dev/full", O_WRONLY);
    logfile_write(&log, text, strlen(text));
    EXPECT(log.lost == before + strlen(text));
    close(log.fd);
}

/* One that has room. */
static void life_with_room(const char *state, uint64_t before, const char *text)
{
    struct logfile log;

    logfile_open(&log, path, 4096, 1, state);
    EXPECT(log.lost == before);
    logfile_write(&log, text, strlen(text));
    EXPECT(!log.lost);
    logfile_close(&log);
}

static void loss_is_told(void)
{
    struct logfile log;

    logfile_open(&log, path, 4096, 1, NULL);
    log.fd = open("/dev/full", O_WRONLY);
    logfile_write(&log, "twelve bytes", 12);
    EXPECT(log.lost == 12);
    close(log.fd);
    log.fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    logfile_write(&log, "on", 2);
    logfile_close(&log);
    EXPECT(file_is("\n[hvconsoled: 12 " LOST "on"));
    unlink(path);
}

/* It could not be opened, and then it can. */
static void loss_of_a_log_that_was_not_there(void)
{
    struct logfile log;

    logfile_open(&log, gone, 4096, 1, NULL);
    logfile_write(&log, "five", 4);
    EXPECT(log.lost == 4);
    snprintf(log.path, sizeof(log.path), "%s", path);
    logfile_write(&log, "on", 2);
    logfile_close(&log);
    EXPECT(file_is("\n[hvconsoled: 4 bytes lost: No such file or directory]\non"));
    unlink(path);
}

static void loss_is_known_after_a_kill(void)
{
    char command[160];

    life_without_room(folder, 0, "twelve bytes");
    life_without_room(folder, 12, "six...");
    life_with_room(folder, 18, "on");
    life_with_room(folder, 0, "ward");
    EXPECT(file_is("\n[hvconsoled: 18 " LOST "onward"));
    snprintf(command, sizeof(command), "[ -z \"$(ls %s | grep lost)\" ]", folder);
    EXPECT(!system(command));
    unlink(path);
}

static void nowhere_to_keep_it(void)
{
    life_without_room(gone, 0, "twelve bytes");
    life_with_room(gone, 0, "on");
    EXPECT(file_is("on"));
    unlink(path);
}

int main(void)
{
    EXPECT(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/guest.log", folder);
    snprintf(gone, sizeof(gone), "%s/nowhere/guest.log", folder);
    RUN(loss_is_told);
    RUN(loss_of_a_log_that_was_not_there);
    RUN(loss_is_known_after_a_kill);
    RUN(nowhere_to_keep_it);
    EXPECT(!rmdir(folder));
    return UNIT_RESULT;
}
