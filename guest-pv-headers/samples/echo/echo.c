/* SPDX-License-Identifier: MIT */
/*
 * echo: a TCP server on port 7 that sends back what it gets, on lwIP.
 *
 * Options: ip=, mask=, gateway= (10.9.0.2, 255.255.255.0, 10.9.0.1); connections=N: ends after so
 * many. What can't be sent at once is not taken from lwIP either, so its window slows the client.
 */
#include "interface.h"
#include "lwip/tcp.h"

static unsigned long served, bytes_echoed;

/* What a connection still owes its client. */
struct client {
    struct tcp_pcb *pcb;
    struct pbuf *owed;
    bool ending;
};

static struct client clients[MEMP_NUM_TCP_PCB];

static void client_end(struct client *client)
{
    tcp_arg(client->pcb, NULL);
    tcp_recv(client->pcb, NULL);
    tcp_sent(client->pcb, NULL);
    tcp_err(client->pcb, NULL);
    if (tcp_close(client->pcb) != ERR_OK) {
        tcp_abort(client->pcb);
    }
    client->pcb = NULL;
    served++;
}

/* Sends as much as fits; what has been sent is taken off the window. */
static void client_work(struct client *client)
{
    while (client->owed != NULL) {
        struct pbuf *first = client->owed;
        u16_t room = tcp_sndbuf(client->pcb), part = first->len < room ? first->len : room;

        if (part == 0 ||
            tcp_write(client->pcb, first->payload, part, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        bytes_echoed += part;
        tcp_recved(client->pcb, part);
        client->owed = pbuf_free_header(first, part);
    }
    tcp_output(client->pcb);
    if (client->owed == NULL && client->ending) {
        client_end(client);
    }
}

static err_t on_data(void *arg, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
    struct client *client = arg;

    (void)pcb;
    (void)error;
    if (data == NULL) {
        client->ending = true;
    } else if (client->owed == NULL) {
        client->owed = data;
    } else {
        pbuf_cat(client->owed, data);
    }
    client_work(client);
    return ERR_OK;
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t bytes)
{
    (void)pcb;
    (void)bytes;
    client_work(arg);
    return ERR_OK;
}

/* The connection is gone already. */
static void on_error(void *arg, err_t error)
{
    struct client *client = arg;

    (void)error;
    if (client->owed != NULL) {
        pbuf_free(client->owed);
    }
    client->owed = NULL;
    client->pcb = NULL;
    served++;
}

static err_t on_client(void *arg, struct tcp_pcb *pcb, err_t error)
{
    (void)arg;
    for (struct client *client = clients; client < clients + MEMP_NUM_TCP_PCB && error == ERR_OK;
         client++) {
        if (client->pcb == NULL) {
            client->pcb = pcb;
            client->owed = NULL;
            client->ending = false;
            tcp_arg(pcb, client);
            tcp_recv(pcb, on_data);
            tcp_sent(pcb, on_sent);
            tcp_err(pcb, on_error);
            return ERR_OK;
        }
    }
    return ERR_MEM;
}

static ip4_addr_t address_option(const char *name, const char *fallback)
{
    char text[24];
    ip4_addr_t address;

    if (!ip4addr_aton(pv_option(name, text, sizeof(text), fallback), &address)) {
        ip4addr_aton(fallback, &address);
    }
    return address;
}

int guest_main(void)
{
    static struct netif netif;
    ip4_addr_t ip = address_option("ip", "10.9.0.2");
    ip4_addr_t mask = address_option("mask", "255.255.255.0");
    ip4_addr_t gateway = address_option("gateway", "10.9.0.1");
    unsigned long limit = pv_option_number("connections", 0);
    struct tcp_pcb *listener;
    int result = interface_open(&netif, &ip, &mask, &gateway);

    if (result < 0) {
        pv_printf("echo: FAILED: no network (%d)\n", result);
        return 1;
    }
    listener = tcp_new();
    if (listener == NULL || tcp_bind(listener, IP4_ADDR_ANY, 7) != ERR_OK ||
        (listener = tcp_listen(listener)) == NULL) {
        pv_printf("echo: FAILED: can't listen\n");
        return 1;
    }
    tcp_accept(listener, on_client);
    pv_printf("echo: listening on port 7\n");
    while (limit == 0 || served < limit) {
        interface_poll(&netif);
    }
    for (unsigned int i = 0; i < 5; i++) {
        interface_poll(&netif); /* the last connection's end goes out */
    }
    result = interface_close(&netif);
    if (result < 0) {
        pv_printf("echo: FAILED: the card does not close (%d)\n", result);
        return 1;
    }
    pv_printf("echo: done, %lu connections, %lu bytes\n", served, bytes_echoed);
    return 0;
}
