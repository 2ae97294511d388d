/* SPDX-License-Identifier: MIT */
/*
 * xenbus.h: the store's node "state" of each end of a device.
 *
 * The usual way up: back end to InitWait, front end publishes its ring and goes to Initialised,
 * back end maps it and goes to Connected, front end follows. The way down: Closing, Closed. Each
 * end writes its own.
 */
#ifndef _XEN_PUBLIC_IO_XENBUS_H
#define _XEN_PUBLIC_IO_XENBUS_H

typedef enum xenbus_state {
    XenbusStateUnknown = 0,
    XenbusStateInitialising = 1,
    XenbusStateInitWait = 2,    /* what the peer must know is in the store */
    XenbusStateInitialised = 3, /* ring and event channel are in the store */
    XenbusStateConnected = 4,
    XenbusStateClosing = 5, /* going away, on error or unplug */
    XenbusStateClosed = 6,
    XenbusStateReconfiguring = 7,
    XenbusStateReconfigured = 8
} XenbusState;

#endif
