/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data that leaves the guest and comes back: files, of which the kernel keeps nothing between
 * writing and reading, and TCP connections to a server of this program.  Whoever reads checks that
 * each sector is the right one.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK  131072
#define SECTOR 512
#define MIXER  0x9e3779b97f4a7c15
#define PORT   5001

/* What a client asks of the server. */
struct request {
    uint64_t bytes;
    uint64_t send; /* does the server send? */
};

static uint64_t chunk[CHUNK / sizeof(uint64_t)];

void pattern_fill(void *data, size_t size, uint64_t offset)
{
    uint64_t *word = data;

    for (size_t i = 0; i < size / sizeof(*word); i++)
        word[i] = (offset / sizeof(*word) + i) * MIXER;
}

void pattern_check(const void *data, size_t size, uint64_t offset)
{
    const uint64_t *word = data;

    for (size_t i = 0; i < size / sizeof(*word); i += SECTOR / sizeof(*word))
        if (word[i] != (offset / sizeof(*word) + i) * MIXER)
            die("wrong data");
}

void read_all(int file, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(file, (char *)data + done, size - done);

        if (got <= 0)
            die(got ? "read" : "the data ended too soon");
        done += (size_t)got;
    }
}

void write_all(int file, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t put = write(file, (const char *)data + done, size - done);

        if (put <= 0)
            die("write");
        done += (size_t)put;
    }
}

static void pour(int file, uint64_t bytes)
{
    for (uint64_t offset = 0; offset < bytes; offset += CHUNK) {
        pattern_fill(chunk, CHUNK, offset);
        write_all(file, chunk, CHUNK);
    }
}

static void drain(int file, uint64_t bytes)
{
    for (uint64_t offset = 0; offset < bytes; offset += CHUNK) {
        read_all(file, chunk, CHUNK);
        pattern_check(chunk, CHUNK, offset);
    }
}

static void forget_cached(void)
{
    int file = open("/proc/sys/vm/drop_caches", O_WRONLY);

    sync();
    if (file < 0 || write(file, "3", 1) != 1 || close(file))
        die("drop_caches");
}

uint64_t bench_write(const char *path, unsigned int mib)
{
    uint64_t begin;
    int file;

    unlink(path);
    sync();
    begin = now_ns();
    file = open(path, O_WRONLY | O_CREAT, 0600);
    if (file < 0)
        die(path);
    pour(file, mib * MIB);
    if (fsync(file) || close(file))
        die("fsync");
    return now_ns() - begin;
}

uint64_t bench_read(const char *path, unsigned int mib)
{
    int file = open(path, O_RDONLY);
    uint64_t begin;

    if (file < 0)
        die(path);
    forget_cached();
    begin = now_ns();
    drain(file, mib * MIB);
    begin = now_ns() - begin;
    close(file);
    return begin;
}

static int connect_to(const char *address)
{
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    int connection = socket(AF_INET, SOCK_STREAM, 0);

    if (connection < 0 || !inet_aton(address, &peer.sin_addr))
        die(address);
    if (connect(connection, (struct sockaddr *)&peer, sizeof(peer)))
        die("connect");
    return connection;
}

uint64_t bench_send(const char *address, unsigned int mib)
{
    struct request request = {.bytes = mib * MIB, .send = false};
    int connection = connect_to(address);
    uint64_t begin = now_ns(), arrived;

    write_all(connection, &request, sizeof(request));
    pour(connection, request.bytes);
    read_all(connection, &arrived, sizeof(arrived));
    begin = now_ns() - begin;
    if (arrived != request.bytes)
        die("not all arrived");
    close(connection);
    return begin;
}

uint64_t bench_receive(const char *address, unsigned int mib)
{
    struct request request = {.bytes = mib * MIB, .send = true};
    int connection = connect_to(address);
    uint64_t begin = now_ns();

    write_all(connection, &request, sizeof(request));
    drain(connection, request.bytes);
    begin = now_ns() - begin;
    close(connection);
    return begin;
}

static void serve(int connection)
{
    struct request request;

    read_all(connection, &request, sizeof(request));
    if (request.send) {
        pour(connection, request.bytes);
    } else {
        drain(connection, request.bytes);
        write_all(connection, &request.bytes, sizeof(request.bytes));
    }
}

void bench_serve(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
        bind(listener, (struct sockaddr *)&own, sizeof(own)) || listen(listener, 1))
        die("listen");
    for (;;) {
        int connection = accept(listener, NULL, NULL), child;

        if (connection < 0)
            die("accept");
        child = fork();
        if (child < 0)
            die("fork");
        if (!child) {
            serve(connection);
            _exit(0);
        }
        close(connection);
        child_ended_with(child, 0);
    }
}
