/* SPDX-License-Identifier: MIT */
/*
 * bus.c: devices as the store shows them, and the states of both ends.
 *
 * A front end's folder is device/KIND/NUMBER; it names that of the back end.
 */
#include "internal.h"

int pv_bus_find(const char *kind, unsigned int index, char *path, size_t bytes)
{
    char names[256], folder[32];
    int used;

    pv_format(folder, sizeof(folder), "device/%s", kind);
    used = pv_store_list(0, folder, names, sizeof(names));
    for (int at = 0; at < used; at += (int)strlen(names + at) + 1) {
        if (index-- == 0) {
            pv_format(path, bytes, "%s/%s", folder, names + at);
            return 0;
        }
    }
    return used < 0 && used != -XEN_ENOENT ? used : -XEN_ENODEV;
}

int pv_bus_read(const char *folder, const char *name, char *value, size_t bytes)
{
    char path[192];

    pv_format(path, sizeof(path), "%s/%s", folder, name);
    return pv_store_read(0, path, value, bytes);
}

int pv_bus_read_number(const char *folder, const char *name, uint64_t *value)
{
    char path[192];

    pv_format(path, sizeof(path), "%s/%s", folder, name);
    return pv_store_read_number(0, path, value);
}

int pv_bus_write(const char *folder, const char *name, const char *format, ...)
{
    char path[192], value[96];
    va_list arguments;

    va_start(arguments, format);
    pv_vformat(value, sizeof(value), format, arguments);
    va_end(arguments);
    pv_format(path, sizeof(path), "%s/%s", folder, name);
    return pv_store_write(0, path, value);
}

int pv_bus_wait(const char *backend, unsigned int states, unsigned int seconds)
{
    uint64_t deadline = pv_time() + seconds * 1000000000ul, state;
    char path[192];
    int result;

    pv_format(path, sizeof(path), "%s/state", backend);
    result = pv_store_watch(path, "bus");
    while (result >= 0) {
        result = pv_store_read_number(0, path, &state);
        if (result == -XEN_ENOENT) { /* the folder is gone, or not there yet */
            state = XenbusStateUnknown;
            result = 0;
        }
        if (result < 0) {
            break;
        }
        if (state < 32 && (states >> state & 1)) {
            result = (int)state;
            break;
        }
        if (!pv_store_wait(deadline)) {
            result = -XEN_ETIME;
            break;
        }
        pv_store_changes();
    }
    pv_store_unwatch(path, "bus");
    return result;
}

int pvguest_bus_attach(const char *kind, unsigned int index, char folder[64], char backend[128],
                       domid_t *peer)
{
    uint64_t number = 0;
    int result = pv_bus_find(kind, index, folder, 64);

    if (result >= 0) {
        result = pv_bus_read(folder, "backend", backend, 128);
    }
    if (result >= 0) {
        result = pv_bus_read_number(folder, "backend-id", &number);
    }
    *peer = (domid_t)number;
    if (result >= 0) {
        result = pv_bus_wait(backend, 1u << XenbusStateInitWait, 30);
    }
    return result < 0 ? result : 0;
}

void pvguest_bus_detach(const char *folder, const char *backend)
{
    pv_bus_write(folder, "state", "%d", XenbusStateClosing);
    pv_bus_wait(backend,
                1u << XenbusStateClosing | 1u << XenbusStateClosed | 1u << XenbusStateUnknown, 10);
    pv_bus_write(folder, "state", "%d", XenbusStateClosed);
    pv_bus_wait(backend, 1u << XenbusStateClosed | 1u << XenbusStateUnknown, 10);
}

int pvguest_ring_alloc(domid_t peer, void **page, grant_ref_t *ref)
{
    int granted;

    *page = pv_page_alloc();
    if (*page == NULL) {
        return -XEN_ENOMEM;
    }
    granted = pv_grant(peer, *page, false);
    if (granted < 0) {
        pv_page_free(*page);
        *page = NULL;
        return granted;
    }
    *ref = (grant_ref_t)granted;
    return 0;
}

bool pvguest_ring_free(void *page, grant_ref_t ref)
{
    if (page == NULL) {
        return true;
    }
    if (!pv_grant_end(ref)) {
        return false; /* lost for us: better than to share it unawares */
    }
    pv_page_free(page);
    return true;
}
